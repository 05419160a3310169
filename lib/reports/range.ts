import { isDay } from "../tickets/date-range";
import { isUuid } from "../uuid";
import { clockAt, momentOf } from "../zoned-time";

const DAY_MS = 86_400_000;

export const PERIODS = [7, 30, 90] as const;
const PERIOD_DEFAULT = 30;
/** Days of one report. */
const DAYS_MAX = 366;
/** Nothing is older. */
const FIRST_DAY = "2000-01-01";

/** What a report is about: days of the desk's calendar, both included, and whose tickets. */
export type ReportQuery = {
  from: string;
  until: string;
  /** The period by which it was asked for; null for days of one's own. */
  days: number | null;
  account: string | null;
  /** "none" for tickets nobody has */
  agent: string | null;
};

type SearchParams = Record<string, string | string[] | undefined>;

/**
 * Reads a report's address; without days, the last 30 up to `today`. What cannot be understood is left
 * out, and `notes` says so in a sentence each; nothing here throws.
 */
export function parseReportQuery(
  params: SearchParams,
  today: string,
): { query: ReportQuery; notes: string[] } {
  const notes: string[] = [];
  const value = (name: string) => {
    const given = params[name];
    return ((Array.isArray(given) ? given[0] : given) ?? "").trim();
  };
  const id = (name: string, what: string, word?: string) => {
    const text = value(name).toLowerCase();
    if (text === "" || text === word || isUuid(text)) return text || null;
    notes.push(`${what} “${text.slice(0, 40)}” is not known and was left out.`);
    return null;
  };
  const days = daysOf({ days: value("days"), from: value("from"), until: value("until") }, today);
  notes.push(...days.notes);
  return {
    query: {
      ...{ from: days.from, until: days.until, days: days.days },
      ...{ account: id("account", "Account"), agent: id("agent", "Agent", "none") },
    },
    notes,
  };
}

type Days = Pick<ReportQuery, "from" | "until" | "days"> & { notes: string[] };

function daysOf(typed: { days: string; from: string; until: string }, today: string): Days {
  const last = (days: number, ...notes: string[]): Days => ({
    ...{ from: addDays(today, 1 - days), until: today, days, notes },
  });
  const named = PERIODS.find((each) => String(each) === typed.days);
  if (named) return last(named);
  if (typed.from === "" && typed.until === "") {
    const note = `“${typed.days.slice(0, 40)}” is no period: these are the last 30 days.`;
    return last(PERIOD_DEFAULT, ...(typed.days === "" ? [] : [note]));
  }
  const until = typed.until === "" || typed.until > today ? today : typed.until;
  const from = typed.from || addDays(until, 1 - PERIOD_DEFAULT);
  if (!isDay(from) || !isDay(until) || from < FIRST_DAY || from > until)
    return last(PERIOD_DEFAULT, "These days make no period: these are the last 30 days.");
  const first = addDays(until, 1 - DAYS_MAX);
  const same = PERIODS.find((each) => until === today && from === addDays(today, 1 - each));
  if (same) return last(same);
  if (from >= first) return { from, until, days: null, notes: [] };
  const note = `A report has at most ${DAYS_MAX} days: it begins with ${first}.`;
  return { from: first, until, days: null, notes: [note] };
}

/** The address of a report, as parseReportQuery() reads it. */
export function reportParams({ from, until, days, account, agent }: ReportQuery) {
  return { ...(days === null ? { from, until } : { days }), account, agent };
}

/** What day it is on the clock of a zone. */
export function dayIn(zone: string, now: Date): string {
  const { year, month, day } = clockAt(now, zone);
  return new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
}

/** All days of a report, and the moments at which they begin in `zone`; last, when the last one ends. */
export function daysIn(
  { from, until }: Pick<ReportQuery, "from" | "until">,
  zone: string,
): { days: string[]; bounds: Date[] } {
  const days: string[] = [];
  for (let day = from; day <= until && days.length < DAYS_MAX; day = addDays(day, 1))
    days.push(day);
  const bounds = [...days, addDays(until, 1)].map((text) => {
    const [year = 0, month = 1, day = 1] = text.split("-").map(Number);
    return momentOf({ year, month, day, hour: 0, minute: 0 }, zone);
  });
  return { days, bounds };
}

function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}
