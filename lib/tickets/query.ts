import type { TicketSource, TicketStatus } from "../db/generated/enums";
import { cut, oneLine } from "../mail/text";
import { isUuid } from "../uuid";

export const TICKET_VIEWS = [
  "my-open",
  "unassigned",
  "all-open",
  "waiting",
  "solved",
  "automatic",
  "spam",
  "all",
] as const;
export type TicketView = (typeof TICKET_VIEWS)[number];

const SOURCES: readonly TicketSource[] = ["EMAIL", "WEB", "API"];
const STATUSES: readonly TicketStatus[] = ["OPEN", "PENDING", "SOLVED", "CLOSED"];
const CURSOR = /^(\d{1,15})_([0-9a-f-]{36})$/;
const SEARCH_LENGTH_MAX = 200;
const REQUESTER_LENGTH_MAX = 254;

/** A place in a list: the last mail's time in milliseconds, then the ticket's id. */
export type TicketCursor = { time: number; id: string };

/** What a ticket list shows. An empty `statuses` leaves the choice to the view. */
export type TicketQuery = {
  view: TicketView;
  source: TicketSource | null;
  statuses: TicketStatus[];
  /** "me", "none" or a user's id */
  assignee: string | null;
  /** an email account's id */
  account: string | null;
  /** part of the requester's name or address */
  requester: string;
  /** words of subjects, people and messages, or a ticket's number */
  q: string;
  /** only tickets further down the list than this one */
  after: TicketCursor | null;
  /** only tickets further up the list than this one */
  before: TicketCursor | null;
};

export const EVERY_OPEN_TICKET: TicketQuery = {
  view: "all-open",
  source: null,
  statuses: [],
  assignee: null,
  account: null,
  requester: "",
  q: "",
  after: null,
  before: null,
};

type SearchParams = Record<string, string | string[] | undefined>;

/**
 * Reads a ticket list's address. What cannot be understood is left out, and `notes` says so in one
 * sentence each; nothing here throws.
 */
export function parseTicketQuery(params: SearchParams): { query: TicketQuery; notes: string[] } {
  const notes: string[] = [];
  const ignore = (what: string, value: string) => {
    notes.push(`${what} “${cut(value, 40)}” is not known and was left out.`);
    return null;
  };
  const value = (name: string) => oneLine(first(params[name]));
  const choice = <T extends string>(name: string, what: string, known: readonly T[]) => {
    const text = value(name);
    if (text === "") return null;
    return known.find((item) => item.toLowerCase() === text.toLowerCase()) ?? ignore(what, text);
  };
  const id = (name: string, what: string, words: string[]) => {
    const text = value(name);
    const known = text.toLowerCase();
    if (text === "") return null;
    return isUuid(known) || words.includes(known) ? known : ignore(what, text);
  };
  const cursor = (name: string) => {
    const text = value(name);
    return text === "" ? null : (parseCursor(text) ?? ignore("The page", text));
  };

  const statuses = listed(params.status).flatMap((text) => {
    const status = STATUSES.find((item) => item === text.toUpperCase());
    if (!status) ignore("Status", text);
    return status ?? [];
  });
  const after = cursor("after");
  return {
    query: {
      view: choice("view", "The view", TICKET_VIEWS) ?? EVERY_OPEN_TICKET.view,
      source: choice("source", "Source", SOURCES),
      statuses: STATUSES.filter((status) => statuses.includes(status)),
      assignee: id("assignee", "Assignee", ["me", "none"]),
      account: id("account", "Account", []),
      requester: cut(value("requester"), REQUESTER_LENGTH_MAX),
      q: cut(value("q"), SEARCH_LENGTH_MAX),
      after,
      before: after ? null : cursor("before"),
    },
    notes,
  };
}

/** The address of a list: parseTicketQuery() reads back the same query. "" for every open ticket. */
export function ticketQueryString(query: TicketQuery): string {
  const params = new URLSearchParams();
  const set = (name: string, text: string | null) => {
    if (text) params.set(name, text);
  };
  set("view", query.view === EVERY_OPEN_TICKET.view ? null : query.view);
  set("source", query.source);
  set("status", query.statuses.join(","));
  set("assignee", query.assignee);
  set("account", query.account);
  set("requester", query.requester);
  set("q", query.q);
  set("after", query.after && cursorText(query.after));
  set("before", query.before && cursorText(query.before));
  return params.toString();
}

/** True when anything beyond the view narrows the list. */
export function isFiltered(query: TicketQuery): boolean {
  return Boolean(
    query.source ||
      query.statuses.length > 0 ||
      query.assignee ||
      query.account ||
      query.requester ||
      query.q,
  );
}

/** A cursor as addresses hold it. */
export function cursorText(cursor: TicketCursor): string {
  return `${cursor.time}_${cursor.id}`;
}

/** The cursor in an address, or null. */
export function parseCursor(text: string): TicketCursor | null {
  const match = CURSOR.exec(text);
  const id = match?.[2] ?? "";
  return match && isUuid(id) ? { time: Number(match[1]), id } : null;
}

function first(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? "";
}

/** All values of a parameter that may be repeated or hold a comma-separated list. At most 10. */
function listed(value: string | string[] | undefined): string[] {
  return (Array.isArray(value) ? value : [value ?? ""])
    .flatMap((item) => item.split(","))
    .map(oneLine)
    .filter((item) => item !== "")
    .slice(0, 10);
}
