import { countText } from "@/app/ui/count-text";

/** A length of time in hours at most, as business days have no fixed length: "40 s", "9 h 5 min", "52 h". */
export function durationText(seconds: number | null): string {
  if (seconds === null) return "–";
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return hours < 10 && rest > 0
    ? `${hours} h ${rest} min`
    : `${countText(Math.round(minutes / 60))} h`;
}

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const FULL_DAY = new Intl.DateTimeFormat("en-GB", {
  ...{ weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: "UTC" },
});

/** "27 Nov" for "2026-11-27". */
export const dayText = (day: string) => DAY.format(new Date(`${day}T00:00:00Z`));
/** "Fri, 27 Nov 2026". */
export const fullDayText = (day: string) => FULL_DAY.format(new Date(`${day}T00:00:00Z`));
