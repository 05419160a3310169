const DAY_MS = 86_400_000;

/** A day and a time on somebody's clock; `month` from 1. A day past the month's end counts on. */
export type ClockTime = { year: number; month: number; day: number; hour: number; minute: number };

/** Whether Intl knows a time zone by this name, such as "Europe/Berlin". */
export function isTimeZone(name: string): boolean {
  try {
    return name !== "" && new Intl.DateTimeFormat("en-GB", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** What the clocks of a time zone show at a moment. */
export function clockAt(date: Date, zone: string): ClockTime {
  const parts = clockOf(zone).formatToParts(date);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  return {
    ...{ year: part("year"), month: part("month"), day: part("day") },
    ...{ hour: part("hour"), minute: part("minute") },
  };
}

/** More time zones than any desk has; beyond them, clocks are made anew. */
const CLOCKS_MAX = 50;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** To make a clock takes a hundred times as long as to read it. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known) return known;
  const clock = new Intl.DateTimeFormat("en-GB", {
    ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric" },
    ...{ hourCycle: "h23", timeZone: zone },
  });
  if (clocks.size < CLOCKS_MAX) clocks.set(zone, clock);
  return clock;
}

/**
 * The moment at which the clocks of a zone show `time`. A time they show twice is the first of the
 * two; one they leave out in spring is an hour later.
 */
export function momentOf(time: ClockTime, zone: string): Date {
  const wanted = asUtc(time);
  const offsets = [wanted - DAY_MS, wanted + DAY_MS].map(
    (near) => asUtc(clockAt(new Date(near), zone)) - near,
  );
  const fits = offsets
    .map((offset) => new Date(wanted - offset))
    .filter((moment) => asUtc(clockAt(moment, zone)) === wanted);
  const first = fits.sort((a, b) => a.getTime() - b.getTime())[0];
  return first ?? new Date(wanted - Math.min(...offsets));
}

function asUtc({ year, month, day, hour, minute }: ClockTime): number {
  return Date.UTC(year, month - 1, day, hour, minute);
}
