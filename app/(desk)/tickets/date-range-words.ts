import { parseDateRange } from "@/lib/tickets/date-range";

const DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
const dayText = (day: string) => DAY.format(new Date(`${day}T00:00:00Z`));

/** "Last 7 days", "5 Nov 2026", "since 5 Nov 2026"; "" for text that is no range of days. */
export function dateRangeWords(text: string): string {
  const range = parseDateRange(text);
  if (!range) return "";
  if ("lastDays" in range)
    return range.lastDays === 1 ? "Last 24 hours" : `Last ${range.lastDays} days`;
  const { from, until } = range;
  if (from === null) return until === null ? "" : `until ${dayText(until)}`;
  if (until === null) return `since ${dayText(from)}`;
  return from === until ? dayText(from) : `${dayText(from)} to ${dayText(until)}`;
}
