import { type Language, LOCALES } from "../words/dictionary";
import { timeWords } from "../words/times";

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Made once for each use: a list asks for hundreds. */
function once<Format>(make: (language: Language, zone?: string) => Format) {
  const made = new Map<string, Format>();
  return (language: Language, zone?: string): Format => {
    const key = `${language} ${zone ?? ""}`;
    const format = made.get(key) ?? make(language, zone);
    made.set(key, format);
    return format;
  };
}

const relative = once((language) => new Intl.RelativeTimeFormat(LOCALES[language]));
const day = once((language) => new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "medium" }));
const moment = once(
  (language, timeZone) =>
    new Intl.DateTimeFormat(LOCALES[language], {
      ...{ day: "numeric", month: "short", year: "numeric" },
      ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
      ...{ timeZone, timeZoneName: "short" },
    }),
);

const clockTime = once(
  (language) => new Intl.DateTimeFormat(LOCALES[language], { hour: "2-digit", minute: "2-digit" }),
);
const dayAndTime = once(
  (language, timeZone) =>
    new Intl.DateTimeFormat(LOCALES[language], {
      ...{ day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZone },
      ...(timeZone ? { timeZoneName: "short" } : {}),
    }),
);

/**
 * "14:02", or "26 Nov, 14:02" where that is not today's, in the reader's time zone. With `now` null,
 * where that zone is unknown: with the day, in UTC.
 */
export function clockText(date: Date, now: Date | null, language: Language): string {
  if (now === null) return dayAndTime(language, "UTC").format(date);
  const isToday = day(language).format(date) === day(language).format(now);
  return (isToday ? clockTime : dayAndTime)(language).format(date);
}

/**
 * "20 seconds ago", "3 hours ago", "in 40 seconds"; "just now" within 5 seconds. From 30 days on the
 * date itself says more, and is returned as "14 Mar 2026" in the reader's time zone.
 */
export function agoText(date: Date, now: Date, language: Language): string {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return timeWords[language].justNow;
  if (distance >= 30 * DAY) return day(language).format(date);
  const text = (unit: "second" | "minute" | "hour" | "day", unitSeconds: number) =>
    relative(language).format(-Math.sign(seconds) * Math.floor(distance / unitSeconds), unit);
  if (distance < MINUTE) return text("second", 1);
  if (distance < HOUR) return text("minute", MINUTE);
  return distance < DAY ? text("hour", HOUR) : text("day", DAY);
}

/** A length of time for narrow columns: "40 s", "51 min", "9 h", "2 d 4 h", "12 d". */
export function spanText(date: Date, now: Date, language: Language): string {
  const words = timeWords[language];
  const seconds = Math.max(0, Math.round((now.getTime() - date.getTime()) / 1000));
  if (seconds < MINUTE) return words.seconds(seconds);
  if (seconds < HOUR) return words.minutes(Math.floor(seconds / MINUTE));
  if (seconds < DAY) return words.hours(Math.floor(seconds / HOUR));
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / HOUR);
  return days < 7 && hours > 0 ? `${words.days(days)} ${words.hours(hours)}` : words.days(days);
}

/** The moment in full, as the server writes it before the reader's time zone is known. */
export function absoluteText(date: Date, language: Language, timeZone?: string): string {
  return moment(language, timeZone).format(date);
}
