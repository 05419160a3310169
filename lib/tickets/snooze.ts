import { AppError } from "../errors";
import { clockAt, isTimeZone, momentOf } from "../zoned-time";
import { isDay } from "./date-range";

export const SNOOZE_PRESETS = ["later", "tomorrow", "monday", "week"] as const;
export type SnoozePreset = (typeof SNOOZE_PRESETS)[number];

/** A ticket sleeps at most this long. */
const DAYS_MAX = 366;
const DAY_MS = 86_400_000;
const LATER_MS = 3 * 3_600_000;
/** On the clock of whoever asked. */
const MORNING = { hour: 9, minute: 0 };

/**
 * When a ticket wakes: "later" in three hours, the others at 9:00 in `zone`: tomorrow, the next
 * Monday after today, in seven days.
 */
export function wakeTime(preset: SnoozePreset, zone: string, now: Date): Date {
  if (preset === "later") return new Date(now.getTime() + LATER_MS);
  const today = clockAt(now, zone);
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay();
  const days = { tomorrow: 1, monday: (8 - weekday) % 7 || 7, week: 7 }[preset];
  return momentOf({ ...today, ...MORNING, day: today.day + days }, zone);
}

/** Whether "later" is no longer today, as it is in the evening. */
export function isLaterTomorrow(zone: string, now: Date): boolean {
  return clockAt(wakeTime("later", zone, now), zone).day !== clockAt(now, zone).day;
}

/**
 * The moment of a day such as "2026-12-01", at 9:00 in `zone`; of today, when that is over, none.
 * @throws AppError "invalid" (date) for what is no day, is over, or is more than 366 days away.
 */
export function wakeOnDay(text: string, zone: string, now: Date): Date {
  if (!isDay(text)) throw new AppError("invalid", "Choose a day.", "date");
  const [year = 0, month = 0, day = 0] = text.split("-").map(Number);
  return requireToCome(momentOf({ year, month, day, ...MORNING }, zone), now, "day");
}

/**
 * The moment of what a field for date and time holds, such as "2026-12-01T14:30", on the clocks of
 * `zone`.
 * @throws AppError "invalid" (date) as of wakeOnDay().
 */
export function wakeAtClock(text: string, zone: string, now: Date): Date {
  const [day = "", time = ""] = text.split("T");
  const [, hour, minute] = /^([01]\d|2[0-3]):([0-5]\d)(?::\d\d)?$/.exec(time) ?? [];
  if (!isDay(day) || hour === undefined || minute === undefined)
    throw new AppError("invalid", "Choose a day and a time.", "date");
  const [year = 0, month = 0, date = 0] = day.split("-").map(Number);
  const clock = { year, month, day: date, hour: Number(hour), minute: Number(minute) };
  return requireToCome(momentOf(clock, zone), now, "time");
}

function requireToCome(moment: Date, now: Date, what: "day" | "time"): Date {
  if (moment <= now) throw new AppError("invalid", `Choose a ${what} that is to come.`, "date");
  if (moment.getTime() > now.getTime() + DAYS_MAX * DAY_MS)
    throw new AppError("invalid", `Choose a ${what} within a year.`, "date");
  return moment;
}

/** The time zone a browser says it is in; UTC when it says none, or one nobody knows. */
export function zoneOr(name: string): string {
  return isTimeZone(name) ? name : "UTC";
}

/** "Sat 28 Nov 2026, 09:00 (Europe/Berlin)". */
export function wakeWords(moment: Date, zone: string): string {
  const known = zoneOr(zone);
  const text = new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short", year: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: known },
  }).formatToParts(moment);
  const part = (type: string) => text.find((each) => each.type === type)?.value ?? "";
  const day = `${part("weekday")} ${part("day")} ${part("month")} ${part("year")}`;
  return `${day}, ${part("hour")}:${part("minute")} (${known})`;
}
