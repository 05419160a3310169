import type { Opening } from "./business-hours";

/** In the order of BusinessHours. */
export const WEEKDAYS = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

/** Openings of one day. */
const OPENINGS_MAX = 6;
const RANGE = /^(\d{1,2})(?:[:.](\d{2}))?\s*(?:-|–|—|to)\s*(\d{1,2})(?:[:.](\d{2}))?$/i;

/**
 * Reads the hours of one day as people type them: "9-17", "09:00–12:30, 13.30–18", "22:00-06:00" for
 * a night that goes on into the next day; "" and "closed" for none. Null when it is none of these.
 */
export function parseOpenings(text: string): Opening[] | null {
  const clean = text.trim();
  if (clean === "" || /^closed$/i.test(clean)) return [];
  const parts = clean.split(/[,;]/).map((part) => part.trim());
  if (parts.length > OPENINGS_MAX) return null;
  const openings: Opening[] = [];
  for (const part of parts) {
    const [whole, fromHour, fromMinute = "0", untilHour, untilMinute = "0"] =
      RANGE.exec(part) ?? [];
    const from = minuteOf(Number(fromHour), Number(fromMinute));
    const until = minuteOf(Number(untilHour), Number(untilMinute));
    if (whole === undefined || from === null || until === null) return null;
    if (from === until || from === 1440) return null;
    openings.push({ from, until });
  }
  return openings;
}

/** The openings as parseOpenings() reads them: "09:00-12:30, 13:30-18:00"; "" for none. */
export function openingsText(openings: readonly Opening[]): string {
  return openings.map(({ from, until }) => `${clock(from)}-${clock(until)}`).join(", ");
}

function minuteOf(hour: number, minute: number): number | null {
  const sum = hour * 60 + minute;
  return minute < 60 && sum <= 1440 ? sum : null;
}

function clock(minute: number): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
}
