const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const LAST_DAYS = /^(\d{1,4})d$/;

/** Days of the calendar in UTC, both included, as "2026-11-27"; or the last so many days. */
export type DateRange = { from: string | null; until: string | null } | { lastDays: number };

/**
 * Reads "2026-11-01..2026-11-05", either end left out, one day alone, or "7d". Null when it is none
 * of these, or its end lies before its beginning.
 */
export function parseDateRange(text: string): DateRange | null {
  const lastDays = Number(LAST_DAYS.exec(text.toLowerCase())?.[1] ?? 0);
  if (lastDays > 0) return { lastDays };
  const [first = "", last = first, ...more] = text.split("..").map((part) => part.trim());
  if (more.length > 0 || (first === "" && last === "")) return null;
  if ([first, last].some((day) => day !== "" && !isDay(day))) return null;
  if (first !== "" && last !== "" && last < first) return null;
  return { from: first || null, until: last || null };
}

/** The range as parseDateRange() reads it. */
export function dateRangeText(range: DateRange): string {
  if ("lastDays" in range) return `${range.lastDays}d`;
  if (range.from === range.until) return range.from ?? "";
  return `${range.from ?? ""}..${range.until ?? ""}`;
}

/** The moments a range stands for: from the first on, and before the second; null has no bound. */
export function boundsOf(range: DateRange, now: Date): { from: Date | null; before: Date | null } {
  if ("lastDays" in range)
    return { from: new Date(now.getTime() - range.lastDays * DAY_MS), before: null };
  return {
    from: range.from === null ? null : startOf(range.from),
    before: range.until === null ? null : new Date(startOf(range.until).getTime() + DAY_MS),
  };
}

/** Whether it is a day of the calendar, such as "2026-11-27": Date takes 31 February for a day of March. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  const start = startOf(text);
  return !Number.isNaN(start.getTime()) && start.toISOString().startsWith(text);
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}
