import type { TicketStatus } from "../db/generated/enums";
import { cut } from "../mail/text";
import { boundsOf, parseDateRange } from "./date-range";
import type { TicketQuery, TicketView } from "./query";

/** What is:… may say. */
export const SEARCH_STATES = [
  "open",
  "pending",
  "solved",
  "closed",
  "unread",
  "snoozed",
  "spam",
  "automatic",
  "unassigned",
  "mine",
] as const;
export type SearchState = (typeof SEARCH_STATES)[number];

const TEXT_OPERATORS = ["from", "to", "subject", "tag", "account", "assignee"] as const;
const OPERATORS = [...TEXT_OPERATORS, "is", "has", "before", "after"] as const;

const WORDS_MAX = 12;
const OPERATORS_MAX = 12;
const NUMBER_MAX = 2_147_483_647;
const TOKEN = /(\p{L}+):"([^"]*)(?:"|$)|"([^"]*)(?:"|$)|(\S+)/gu;

/** One condition of a search. A moment is the start of a day in UTC, or so many days ago. */
export type SearchTerm =
  | { name: (typeof TEXT_OPERATORS)[number]; value: string }
  | { name: "is"; value: SearchState }
  | { name: "has"; value: "attachment" }
  | { name: "before" | "after"; value: string; moment: Date }
  | { name: "number"; value: string };

/** A term, and what the search is when it is taken off. */
export type SearchChip = { term: SearchTerm; without: string };

/** What of a search was not understood, or was too much. */
export type SearchNote =
  | { kind: "many-words"; max: number }
  | { kind: "many-operators"; text: string; max: number }
  /** "name:" is none; `text` was looked for as words */
  | { kind: "no-operator"; name: string; text: string }
  | { kind: "says-nothing"; operator: string }
  /** the operator has no such value; it was looked for as words */
  | { kind: "unknown-value"; operator: string; value: string };

export type Search = {
  /** what is looked for in subjects, people, messages and names of files; all of them */
  words: string[];
  /** words that must follow each other */
  phrases: string[];
  chips: SearchChip[];
  /** the search without its operators, as it was typed; and without its words */
  text: string;
  withoutText: string;
  notes: SearchNote[];
};

/**
 * Reads what was typed into the search field. Nothing is refused: what is no operator is looked for as
 * words, and `notes` says so. Quotes may be left open. At most 12 words and 12 operators count.
 */
export function parseSearch(q: string, now = new Date()): Search {
  const tokens = tokensOf(q.replace(/[“”„«»]/g, '"').normalize("NFC"));
  const words: string[] = [];
  const phrases: string[] = [];
  const terms: { term: SearchTerm; tokens: Token[] }[] = [];
  const notes: SearchNote[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token) continue;
    const used = [token];
    const next = tokens[index + 1];
    let { value } = token;
    if (token.operator && value === "" && next && !next.operator) {
      // "from: marta"
      value = next.value;
      used.push(next);
      index++;
    }
    const term = token.operator ? termOf(token.operator, value, now) : numberOf(token);
    if (term && terms.length < OPERATORS_MAX) {
      terms.push({ term, tokens: used });
      continue;
    }
    const note = noteOn(token, value, term);
    if (note) notes.push(note);
    if (token.operator && value === "") continue;
    if (used.some(({ isPhrase }) => isPhrase)) phrases.push(value);
    for (const { text } of used) words.push(...text.split(/[\s"]+/).filter((word) => word !== ""));
  }
  if (words.length > WORDS_MAX) notes.push({ kind: "many-words", max: WORDS_MAX });
  const spent = terms.flatMap((term) => term.tokens);
  const textOf = (kept: Token[]) => kept.map(({ text }) => text).join(" ");
  return {
    words: words.slice(0, WORDS_MAX),
    phrases: phrases.slice(0, WORDS_MAX),
    chips: terms.map(({ term, tokens: own }) => ({
      term,
      without: textOf(tokens.filter((token) => !own.includes(token))),
    })),
    text: textOf(tokens.filter((token) => !spent.includes(token))),
    withoutText: textOf(tokens.filter((token) => spent.includes(token))),
    notes,
  };
}

/**
 * The list a search asks for: is:solved takes the place of the view's own statuses, as the filter does,
 * and is:spam, is:snoozed and is:automatic that of a view which leaves such tickets out.
 */
export function asSearched(query: TicketQuery): TicketQuery {
  if (query.q === "") return query;
  const states = parseSearch(query.q).chips.flatMap(({ term }) =>
    term.name === "is" ? term.value : [],
  );
  const statuses = query.statuses.length > 0 ? query.statuses : states.flatMap(statusOf);
  const views = states.filter(isView);
  return { ...query, statuses, view: views.at(-1) ?? query.view };
}

/** The ticket's status a state stands for, if it is one. */
export function statusOf(state: SearchState): TicketStatus[] {
  if (state === "open") return ["OPEN"];
  if (state === "pending") return ["PENDING"];
  if (state === "solved") return ["SOLVED"];
  return state === "closed" ? ["CLOSED"] : [];
}

/** True for the states that are views of their own. */
export function isView(state: SearchState): state is SearchState & TicketView {
  return state === "spam" || state === "snoozed" || state === "automatic";
}

/** `text` is as typed, `value` what it says beyond the operator and quotes. */
type Token = { text: string; operator: string | null; value: string; isPhrase: boolean };

function tokensOf(q: string): Token[] {
  return [...q.matchAll(TOKEN)].map(([text, name, quoted, phrase, bare = ""]) => {
    if (name !== undefined && isOperator(name))
      return { text, operator: name.toLowerCase(), value: quoted?.trim() ?? "", isPhrase: false };
    if (name !== undefined || phrase !== undefined)
      return { text, operator: null, value: (phrase ?? text).trim(), isPhrase: true };
    const [, word = "", value = ""] = /^(\p{L}+):(.*)$/u.exec(bare) ?? [];
    return isOperator(word)
      ? { text, operator: word.toLowerCase(), value, isPhrase: false }
      : { text, operator: null, value: bare, isPhrase: false };
  });
}

function isOperator(name: string): boolean {
  return OPERATORS.some((known) => known === name.toLowerCase());
}

function termOf(operator: string, value: string, now: Date): SearchTerm | null {
  const text = TEXT_OPERATORS.find((name) => name === operator);
  if (value === "") return null;
  if (text) return { name: text, value };
  const known = value.toLowerCase();
  if (operator === "is") {
    const state = SEARCH_STATES.find((name) => name === known);
    return state ? { name: "is", value: state } : null;
  }
  if (operator === "has")
    return /^(attachments?|files?)$/.test(known) ? { name: "has", value: "attachment" } : null;
  const range = parseDateRange(known);
  const moment = range && !known.includes("..") ? boundsOf(range, now).from : null;
  if (!moment) return null;
  return { name: operator === "before" ? "before" : "after", value: known, moment };
}

function numberOf({ text }: Token): SearchTerm | null {
  const value = /^#(\d{1,10})$/.exec(text)?.[1];
  return value && Number(value) <= NUMBER_MAX ? { name: "number", value } : null;
}

function noteOn(token: Token, value: string, term: SearchTerm | null): SearchNote | null {
  const text = cut(token.text, 40);
  if (term) return { kind: "many-operators", text, max: OPERATORS_MAX };
  const { operator } = token;
  if (operator === null) {
    const [, name] = /^(\p{L}{2,12}):[^/\s]/u.exec(token.text) ?? [];
    return name ? { kind: "no-operator", name, text } : null;
  }
  if (value === "") return { kind: "says-nothing", operator };
  return { kind: "unknown-value", operator, value: cut(value, 40) };
}
