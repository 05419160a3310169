import type { CalendarEvent, CalendarMoment } from "@/lib/mail/calendar-summary";

/** How and where the reader reads dates; undefined: as the browser is set. */
type Reader = { locale?: string; timeZone?: string };

const DAY: Intl.DateTimeFormatOptions = {
  weekday: "short",
  day: "numeric",
  month: "short",
  year: "numeric",
};
const TIME: Intl.DateTimeFormatOptions = { ...DAY, hour: "numeric", minute: "2-digit" };

/**
 * "Thu, Dec 3, 2026, 10:00 – 11:30 AM GMT+1": a moment in the reader's own time zone, which is named.
 * A time whose zone we do not know is left as it was written, with what is known about it.
 */
export function eventTimeText(
  { start, end }: Pick<CalendarEvent, "start" | "end">,
  { locale, timeZone }: Reader,
): string {
  switch (start.kind) {
    case "moment":
      return range({ locale, ...TIME, timeZone, timeZoneName: "short" }, start, end);
    case "day":
      return range({ locale, ...DAY, timeZone: "UTC" }, start, end);
    case "clock": {
      const where = start.zone ? `time zone “${start.zone}”` : "no time zone given";
      return `${range({ locale, ...TIME, timeZone: "UTC" }, start, end)} (${where})`;
    }
  }
}

type Format = Intl.DateTimeFormatOptions & { locale: string | undefined };

function range(
  { locale, ...options }: Format,
  start: CalendarMoment,
  end: CalendarMoment | null,
): string {
  const format = new Intl.DateTimeFormat(locale, options);
  const from = dateOf(start);
  const to = end && dateOf(end);
  return to && to > from ? format.formatRange(from, to) : format.format(from);
}

function dateOf(moment: CalendarMoment): Date {
  switch (moment.kind) {
    case "moment":
      return new Date(moment.at);
    case "day":
      return new Date(moment.day);
    case "clock":
      return new Date(`${moment.time}Z`);
  }
}
