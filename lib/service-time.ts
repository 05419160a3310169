import { type BusinessHours, businessHours } from "./business-hours";
import { parseOpenings } from "./opening-text";

const MINUTE_MS = 60_000;

/** When an account's people are there (null: always), and its targets in business time (null: none). */
export type ServiceTime = {
  hours: BusinessHours | null;
  firstResponseMs: number | null;
  resolutionMs: number | null;
};

/** What counts where an account says nothing, or there is none. */
export const ANY_TIME: ServiceTime = { hours: null, firstResponseMs: null, resolutionMs: null };

/** A row of AccountTime; null in each column where there is none. */
export type ServiceTimeRow = {
  timeZone: string | null;
  openings: string[] | null;
  holidays: string[] | null;
  firstResponseMinutes: number | null;
  resolutionMinutes: number | null;
};

/** What a row of AccountTime means. */
export function serviceTime(row: ServiceTimeRow | null | undefined): ServiceTime {
  if (!row?.timeZone) return ANY_TIME;
  const { timeZone, openings, holidays, firstResponseMinutes, resolutionMinutes } = row;
  const days = (openings ?? []).map((text) => parseOpenings(text) ?? []);
  const isAllDay = days.every((day) => day.length === 0);
  const isAlways = isAllDay && (holidays ?? []).length === 0;
  return {
    hours: isAlways ? null : businessHours(timeZone, isAllDay ? ALL_DAY : days, holidays ?? []),
    firstResponseMs: inMs(firstResponseMinutes),
    resolutionMs: inMs(resolutionMinutes),
  };
}

const ALL_DAY = Array.from({ length: 7 }, () => [{ from: 0, until: 1440 }]);
const inMs = (minutes: number | null) => (minutes === null ? null : minutes * MINUTE_MS);
