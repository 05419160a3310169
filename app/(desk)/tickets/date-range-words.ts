import { type Language, LOCALES } from "@/app/words/dictionary";
import { filterWords } from "@/app/words/filters";
import { parseDateRange } from "@/lib/tickets/date-range";

/** "Last 7 days", "5 Nov 2026", "since 5 Nov 2026"; "" for text that is no range of days. */
export function dateRangeWords(text: string, language: Language): string {
  const words = filterWords[language];
  const range = parseDateRange(text);
  if (!range) return "";
  if ("lastDays" in range)
    return range.lastDays === 1 ? words.lastDay : words.lastDays(range.lastDays);
  const { from, until } = range;
  if (from === null) return until === null ? "" : words.untilDay(dayText(until, language));
  if (until === null) return words.sinceDay(dayText(from, language));
  return from === until
    ? dayText(from, language)
    : words.days(dayText(from, language), dayText(until, language));
}

function dayText(day: string, language: Language): string {
  const format = new Intl.DateTimeFormat(LOCALES[language], {
    dateStyle: "medium",
    timeZone: "UTC",
  });
  return format.format(new Date(`${day}T00:00:00Z`));
}
