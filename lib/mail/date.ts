const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const NAMED_ZONES = new Map<string, number>([
  ["EST", -300],
  ["EDT", -240],
  ["CST", -360],
  ["CDT", -300],
  ["MST", -420],
  ["MDT", -360],
  ["PST", -480],
  ["PDT", -420],
  ["CET", 60],
  ["CEST", 120],
]);
const YEAR_MIN = 1970;
const YEAR_MAX = 2100;
const RFC_5322 =
  /^(?:\p{L}{2,12}\.?,?\s*)?(\d{1,2})[\s.-]{1,3}([a-z]{3})[a-z]{0,6}\.?[\s,-]{1,3}(\d{2,6})[\s,]{1,3}(?:(?:at|um|à|om|alle|kl\.?|a las) )?(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(.{0,40})/iu;
// How Outlook and Gmail write dates above what they quote, in English.
const MONTH_FIRST =
  /^(?:[a-z]{3,9},? )?([a-z]{3})[a-z]{0,6} (\d{1,2}),? (\d{4}),? (?:at )?(\d{1,2}):(\d{2})(?::(\d{2}))?(.{0,40})/i;
const ASCTIME =
  /^[a-z]{3},?\s+([a-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(?:([A-Z]{2,5}|[+-]\d{4})\s+)?(\d{4})$/i;
const ISO_8601 = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?\s?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * The moment a Date header names (RFC 5322 §3.3, the obsolete forms of §4.3, asctime, ISO 8601), or
 * null when it is none or lies outside the years 1970 to 2100. JavaScript's own parser would read
 * "year 0001" as 2001 and "order 12" as a date.
 */
export function parseMailDate(header: string): Date | null {
  const text = header
    .replace(/\([^()]{0,100}\)/g, " ")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 100);
  const date = parseRfc(text) ?? parseAsctime(text) ?? parseMonthFirst(text) ?? parseIso(text);
  if (date === null || Number.isNaN(date.getTime())) return null;
  const year = date.getUTCFullYear();
  return year >= YEAR_MIN && year <= YEAR_MAX ? date : null;
}

function parseRfc(text: string): Date | null {
  const match = RFC_5322.exec(text);
  if (match === null) return null;
  const [, day = "", month = "", year = "", hour = "", minute = "", second = "0", rest = ""] =
    match;
  return moment({
    year: fullYear(year),
    month: MONTHS.indexOf(month.toLowerCase()),
    day: Number(day),
    time: [hourOf(hour, rest), Number(minute), Number(second)],
    zone: zoneMinutes(withoutHalfDay(rest)),
  });
}

function parseMonthFirst(text: string): Date | null {
  const match = MONTH_FIRST.exec(text);
  if (match === null) return null;
  const [, month = "", day = "", year = "", hour = "", minute = "", second = "0", rest = ""] =
    match;
  return moment({
    year: Number(year),
    month: MONTHS.indexOf(month.toLowerCase()),
    day: Number(day),
    time: [hourOf(hour, rest), Number(minute), Number(second)],
    zone: zoneMinutes(withoutHalfDay(rest)),
  });
}

/** Hour on a 24 hour clock, where AM or PM follows the time. */
function hourOf(hour: string, rest: string): number {
  const half = /^\s?([ap])\.?m\b/i.exec(rest)?.[1]?.toLowerCase();
  if (half === undefined) return Number(hour);
  return (Number(hour) % 12) + (half === "p" ? 12 : 0);
}

function withoutHalfDay(rest: string): string {
  return rest.replace(/^\s?[ap]\.?m\.?/i, "").trim();
}

function parseAsctime(text: string): Date | null {
  const match = ASCTIME.exec(text);
  if (match === null) return null;
  const [, month = "", day = "", hour = "", minute = "", second = "", zone = "", year = ""] = match;
  return moment({
    year: Number(year),
    month: MONTHS.indexOf(month.toLowerCase()),
    day: Number(day),
    time: [Number(hour), Number(minute), Number(second)],
    zone: zoneMinutes(zone),
  });
}

function parseIso(text: string): Date | null {
  if (!ISO_8601.test(text)) return null;
  const iso = text.replace(/\s+(?=[Z+-])/, "").replace(" ", "T");
  return new Date(/(Z|[+-]\d{2}:?\d{2})$/.test(iso) ? iso : `${iso}Z`);
}

type Parts = {
  year: number;
  month: number;
  day: number;
  time: [number, number, number];
  zone: number;
};

function moment({ year, month, day, time, zone }: Parts): Date | null {
  const [hour, minute, second] = time;
  if (month === -1 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null;
  if (year < YEAR_MIN - 1 || year > YEAR_MAX + 1) return null;
  return new Date(Date.UTC(year, month, day, hour, minute, Math.min(second, 59)) - zone * 60_000);
}

/** RFC 5322 §4.3: two digits below 50 are 20xx, other two and three digits count from 1900. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length === 2) return year < 50 ? 2000 + year : 1900 + year;
  return digits.length === 3 ? 1900 + year : year;
}

function zoneMinutes(text: string): number {
  const numeric = /^(?:gmt|utc)?\s?([+-])(\d{2}):?(\d{2})/i.exec(text);
  if (numeric !== null) {
    const [, sign = "+", hours = "0", minutes = "0"] = numeric;
    const offset = Number(hours) * 60 + Number(minutes);
    return offset > 24 * 60 ? 0 : sign === "-" ? -offset : offset;
  }
  return NAMED_ZONES.get(/^[a-z]{1,5}/i.exec(text)?.[0]?.toUpperCase() ?? "") ?? 0;
}
