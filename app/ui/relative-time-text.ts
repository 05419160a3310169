const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const count = (n: number, unit: string) => `${n} ${unit}${n === 1 ? "" : "s"}`;

/**
 * "20 seconds ago", "3 hours ago", "in 40 seconds"; "just now" within 5 seconds. From 30 days on the
 * date itself says more, and is returned as "14 Mar 2026" in the reader's time zone.
 */
export function agoText(date: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - date.getTime()) / 1000);
  const distance = Math.abs(seconds);
  if (distance < 5) return "just now";
  if (distance >= 30 * DAY)
    return new Intl.DateTimeFormat("en-GB", { dateStyle: "medium" }).format(date);
  const text =
    distance < MINUTE
      ? count(distance, "second")
      : distance < HOUR
        ? count(Math.floor(distance / MINUTE), "minute")
        : distance < DAY
          ? count(Math.floor(distance / HOUR), "hour")
          : count(Math.floor(distance / DAY), "day");
  return seconds < 0 ? `in ${text}` : `${text} ago`;
}

/** A length of time for narrow columns: "40 s", "51 min", "9 h", "2 d 4 h", "12 d". */
export function spanText(date: Date, now: Date): string {
  const seconds = Math.max(0, Math.round((now.getTime() - date.getTime()) / 1000));
  if (seconds < MINUTE) return `${seconds} s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)} min`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)} h`;
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / HOUR);
  return days < 7 && hours > 0 ? `${days} d ${hours} h` : `${days} d`;
}

/** The moment in full, as the server writes it before the reader's time zone is known. */
export function absoluteText(date: Date, timeZone?: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZone,
    timeZoneName: "short",
  }).format(date);
}
