import { clockAt, momentOf } from "./zoned-time";

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const DAY_MS = DAY_MINUTES * MINUTE_MS;

/** How far calculations look: twenty years. */
const DAYS_MAX = 20 * 366;

/** From one minute of a day up to another, on the clock: 0 to 1440. */
export type Opening = { from: number; until: number };

/** When somebody is there: by weekday, Monday first, in the time zone; never on a holiday. */
export type BusinessHours = {
  zone: string;
  week: readonly (readonly Opening[])[];
  /** Days such as "2026-12-25". */
  holidays: ReadonlySet<string>;
};

/**
 * Makes business hours of what is open on each weekday, Monday first. What ends no later than it
 * begins goes on into the next day, up to its end there; what touches is joined.
 * @throws RangeError when nothing is ever open: no time would ever pass.
 */
export function businessHours(
  zone: string,
  days: readonly (readonly Opening[])[],
  holidays: Iterable<string> = [],
): BusinessHours {
  const week: Opening[][] = [[], [], [], [], [], [], []];
  for (const [index, openings] of days.slice(0, 7).entries())
    for (const { from, until } of openings) {
      week[index]?.push({ from, until: until > from ? until : DAY_MINUTES });
      if (until <= from && until > 0) week[(index + 1) % 7]?.push({ from: 0, until });
    }
  if (week.every((openings) => openings.length === 0))
    throw new RangeError("Business hours need an hour that is open.");
  return { zone, week: week.map(joined), holidays: new Set(holidays) };
}

function joined(openings: Opening[]): Opening[] {
  const all: Opening[] = [];
  for (const next of openings.toSorted((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && next.from <= last.until) last.until = Math.max(last.until, next.until);
    else all.push({ ...next });
  }
  return all;
}

/**
 * The milliseconds of business time from one moment to a later one; 0 when it is no later. Without
 * hours it is always open. Counts at most twenty years.
 */
export function businessMillisecondsBetween(
  start: Date,
  end: Date,
  hours: BusinessHours | null,
): number {
  const [from, until] = [start.getTime(), end.getTime()];
  if (until <= from) return 0;
  if (!hours) return until - from;
  let sum = 0;
  for (const open of openTimes(from, hours)) {
    if (open.from >= until) break;
    sum += Math.max(0, Math.min(open.until, until) - Math.max(open.from, from));
  }
  return sum;
}

/**
 * The moment at which `ms` of business time have passed since `start`; `start` itself for none. No
 * later than twenty years on.
 */
export function addBusinessTime(start: Date, ms: number, hours: BusinessHours | null): Date {
  const from = start.getTime();
  if (ms <= 0) return start;
  if (!hours) return new Date(Math.min(from + ms, from + DAYS_MAX * DAY_MS));
  let left = ms;
  for (const open of openTimes(from, hours)) {
    const begin = Math.max(open.from, from);
    if (open.until <= begin) continue;
    if (open.until - begin >= left) return new Date(begin + left);
    left -= open.until - begin;
  }
  return new Date(from + DAYS_MAX * DAY_MS);
}

type Span = { from: number; until: number };

/** What is open from the day of a moment on, in order and apart from each other, for twenty years. */
function* openTimes(since: number, { zone, week, holidays }: BusinessHours): Generator<Span> {
  const clock = clockAt(new Date(since), zone);
  const first = Math.floor(Date.UTC(clock.year, clock.month - 1, clock.day) / DAY_MS);
  let last = -Infinity;
  for (let day = first; day < first + DAYS_MAX; day++) {
    // Day 0 of the epoch was a Thursday.
    const openings = week[(day + 3) % 7] ?? [];
    if (openings.length === 0 || holidays.has(dayText(day))) continue;
    for (const { from, until } of openings) {
      const span = { from: momentIn(day, from, zone), until: momentIn(day, until, zone) };
      // Where clocks go back over midnight, two days share an hour: it counts once.
      const begin = Math.max(span.from, last);
      if (span.until <= begin) continue;
      last = span.until;
      yield { from: begin, until: span.until };
    }
  }
}

/** Where the clock goes the same way for days around, asking it once a day is enough. */
function momentIn(day: number, minute: number, zone: string): number {
  const offset = offsetOn(day - 1, zone);
  const wall = day * DAY_MS + minute * MINUTE_MS;
  if (offset === offsetOn(day + 2, zone) && offset === offsetOn(day, zone)) return wall - offset;
  const date = new Date(day * DAY_MS);
  return momentOf(
    {
      ...{ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() },
      ...{ hour: 0, minute },
    },
    zone,
  ).getTime();
}

/** Days of which the offset is remembered: a few time zones' twenty years. */
const OFFSETS_MAX = 50_000;
const offsets = new Map<string, number>();

/** How far the clock is ahead of UTC at midnight UTC of a day, in milliseconds. */
function offsetOn(day: number, zone: string): number {
  const key = `${day} ${zone}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const { year, month, day: date, hour, minute } = clockAt(new Date(day * DAY_MS), zone);
  const offset = Date.UTC(year, month - 1, date, hour, minute) - day * DAY_MS;
  if (offsets.size >= OFFSETS_MAX) offsets.clear();
  offsets.set(key, offset);
  return offset;
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}
