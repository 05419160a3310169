import type { TicketPriority, TicketSource, TicketStatus } from "../db/generated/enums";
import { cut, oneLine } from "../mail/text";
import { isUuid } from "../uuid";
import { dateRangeText, parseDateRange } from "./date-range";

/** What is owed soon, or should have been by now. */
const DUES = ["soon", "overdue"] as const;
export type TicketDue = (typeof DUES)[number];

export const TICKET_VIEWS = [
  "my-open",
  "unassigned",
  "all-open",
  "waiting",
  "snoozed",
  "solved",
  "automatic",
  "spam",
  "all",
] as const;
export type TicketView = (typeof TICKET_VIEWS)[number];

const SOURCES: readonly TicketSource[] = ["EMAIL", "WEB", "API"];
const STATUSES: readonly TicketStatus[] = ["OPEN", "PENDING", "SOLVED", "CLOSED"];
const PRIORITIES: readonly TicketPriority[] = ["LOW", "NORMAL", "HIGH", "URGENT"];
const SORTS = ["newest", "wait"] as const;
const CURSOR = /^([uc]?)(\d{1,15})_([0-9a-f-]{36})$/;
const SEARCH_LENGTH_MAX = 200;
const REQUESTER_LENGTH_MAX = 254;
const TAG_LENGTH_MAX = 50;

/** The newest mail first; or who awaits us first, those who have waited longest before the others. */
export type TicketSort = (typeof SORTS)[number];

/**
 * A place in a list, in milliseconds, then the ticket's id: the last mail's time; where the list is
 * by wait, the beginning of the wait, and `awaits` whom.
 */
export type TicketCursor = { time: number; id: string; awaits?: "us" | "customer" };

/** What a ticket list shows. An empty `statuses` leaves the choice to the view. */
export type TicketQuery = {
  view: TicketView;
  source: TicketSource | null;
  statuses: TicketStatus[];
  priorities: TicketPriority[];
  /** "me", "none" or a user's id */
  assignee: string | null;
  /** an email account's id */
  account: string | null;
  /** part of the requester's name or address */
  requester: string;
  /** a tag's name */
  tag: string;
  /** days, as dateRangeText() writes them; "" for any */
  created: string;
  /** days of the last mail */
  updated: string;
  /** only tickets whose target is missed soon, or was missed */
  due: TicketDue | null;
  /** words of subjects, people and messages, or a ticket's number */
  q: string;
  sort: TicketSort;
  /** only tickets further down the list than this one */
  after: TicketCursor | null;
  /** only tickets further up the list than this one */
  before: TicketCursor | null;
};

export const EVERY_OPEN_TICKET: TicketQuery = {
  view: "all-open",
  source: null,
  statuses: [],
  priorities: [],
  assignee: null,
  account: null,
  requester: "",
  tag: "",
  created: "",
  updated: "",
  due: null,
  q: "",
  sort: "newest",
  after: null,
  before: null,
};

/** The parts of a list's address that notes are about. */
export type AddressPart =
  | Exclude<keyof TicketQuery, "statuses" | "priorities" | "q" | "after" | "before">
  | "status"
  | "priority"
  | "search"
  | "page";

/** What of an address is not known and was left out, or was cut after so many characters. */
export type AddressNote = { part: AddressPart } & ({ value: string } | { charsMax: number });

type SearchParams = Record<string, string | string[] | undefined>;

/** Reads the part of a list's address after the "?", as parseTicketQuery() does. */
export function parseTicketAddress(address: string): {
  query: TicketQuery;
  notes: AddressNote[];
} {
  const params = new URLSearchParams(address);
  const names = [...new Set(params.keys())];
  return parseTicketQuery(Object.fromEntries(names.map((name) => [name, params.getAll(name)])));
}

/**
 * Reads a ticket list's address. What cannot be understood is left out, and `notes` says so;
 * nothing here throws.
 */
export function parseTicketQuery(params: SearchParams): {
  query: TicketQuery;
  notes: AddressNote[];
} {
  const notes: AddressNote[] = [];
  const ignore = (part: AddressPart, value: string) => {
    notes.push({ part, value: cut(value, 40) });
    return null;
  };
  const value = (name: string) => oneLine(first(params[name]));
  const choice = <T extends string>(name: AddressPart, known: readonly T[]) => {
    const text = value(name);
    if (text === "") return null;
    return known.find((item) => item.toLowerCase() === text.toLowerCase()) ?? ignore(name, text);
  };
  const id = (name: AddressPart, words: string[]) => {
    const text = value(name);
    const known = text.toLowerCase();
    if (text === "") return null;
    return isUuid(known) || words.includes(known) ? known : ignore(name, text);
  };
  const sort = choice("sort", SORTS) ?? EVERY_OPEN_TICKET.sort;
  const cursor = (name: string) => {
    const text = value(name);
    if (text === "") return null;
    const found = parseCursor(text);
    const fits = found && (found.awaits !== undefined) === (sort === "wait");
    return fits ? found : ignore("page", text);
  };
  const several = <T extends string>(name: AddressPart, known: readonly T[]) => {
    const wanted = listed(params[name]).flatMap(
      (text) => known.find((item) => item === text.toUpperCase()) ?? ignore(name, text) ?? [],
    );
    return known.filter((item) => wanted.includes(item));
  };
  const days = (name: AddressPart) => {
    const text = value(name) || daysOfForm(value(`${name}From`), value(`${name}Until`));
    if (text === "") return "";
    const range = parseDateRange(text);
    return range ? dateRangeText(range) : (ignore(name, text) ?? "");
  };
  const words = (name: string, part: AddressPart, max: number) => {
    const text = value(name);
    const kept = cut(text, max);
    if (kept.length < text.length) notes.push({ part, charsMax: max });
    return kept;
  };

  const after = cursor("after");
  return {
    query: {
      view: choice("view", TICKET_VIEWS) ?? EVERY_OPEN_TICKET.view,
      source: choice("source", SOURCES),
      statuses: several("status", STATUSES),
      priorities: several("priority", PRIORITIES),
      assignee: id("assignee", ["me", "none"]),
      account: id("account", []),
      requester: words("requester", "requester", REQUESTER_LENGTH_MAX),
      tag: words("tag", "tag", TAG_LENGTH_MAX),
      created: days("created"),
      updated: days("updated"),
      due: choice("due", DUES),
      q: words("q", "search", SEARCH_LENGTH_MAX),
      sort,
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
  set("priority", query.priorities.join(","));
  set("assignee", query.assignee);
  set("account", query.account);
  set("requester", query.requester);
  set("tag", query.tag);
  set("created", query.created);
  set("updated", query.updated);
  set("due", query.due);
  set("q", query.q);
  set("sort", query.sort === EVERY_OPEN_TICKET.sort ? null : query.sort);
  set("after", query.after && cursorText(query.after));
  set("before", query.before && cursorText(query.before));
  return params.toString();
}

/** The address of the first page of a query: what stays of it when it is kept. */
export function firstPageString(query: TicketQuery): string {
  return ticketQueryString({ ...query, after: null, before: null });
}

/** True when anything beyond the view narrows the list. */
export function isFiltered(query: TicketQuery): boolean {
  return Boolean(
    query.source ||
      query.statuses.length > 0 ||
      query.priorities.length > 0 ||
      query.assignee ||
      query.account ||
      query.requester ||
      query.tag ||
      query.created ||
      query.updated ||
      query.due ||
      query.q,
  );
}

/** A cursor as addresses hold it. */
export function cursorText({ time, id, awaits }: TicketCursor): string {
  return `${awaits?.charAt(0) ?? ""}${time}_${id}`;
}

/** The cursor in an address, or null. */
export function parseCursor(text: string): TicketCursor | null {
  const [, awaits, time, id = ""] = CURSOR.exec(text) ?? [];
  if (!isUuid(id)) return null;
  const place = { time: Number(time), id };
  return awaits ? { ...place, awaits: awaits === "u" ? "us" : "customer" } : place;
}

/** What a form's two fields of days mean together; "" when neither is filled in. */
function daysOfForm(from: string, until: string): string {
  if (from === until) return from;
  return `${from}..${until}`;
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
