import { z } from "zod";
import { businessHours } from "../business-hours";
import { openingsText, parseOpenings } from "../opening-text";
import { isDay } from "../tickets/date-range";
import { isTimeZone } from "../zoned-time";

/** Days an account may be closed on: ten years of them. */
const HOLIDAYS_MAX = 200;
/** Targets reach a year of business time at most. */
const TARGET_MINUTES_MAX = 366 * 24 * 60;

const targetMinutes = (label: string) =>
  z
    .string()
    .default("")
    .transform((text, context) => {
      const clean = text.trim().replace(",", ".");
      if (clean === "") return null;
      const minutes = /^\d{1,5}(\.\d{1,2})?$/.test(clean) ? Math.round(Number(clean) * 60) : 0;
      if (minutes >= 1 && minutes <= TARGET_MINUTES_MAX) return minutes;
      context.addIssue({
        code: "custom",
        message: `${label} must be a number of hours, such as 4 or 0.5, up to 8784.`,
      });
      return z.NEVER;
    });

const openings = (day: string) =>
  z
    .string()
    .default("")
    .transform((text, context) => {
      const known = text.length > 200 ? null : parseOpenings(text);
      if (known) return openingsText(known);
      context.addIssue({
        code: "custom",
        message: `${day} must look like 09:00-17:00, or 09:00-12:30, 13:30-18:00; empty when closed.`,
      });
      return z.NEVER;
    });

const holidays = z
  .string()
  .default("")
  .transform((text, context) => {
    const days = [...new Set(text.split(/[\n,;]/).map((line) => line.trim()))].filter(Boolean);
    const wrong = days.find((day) => !isDay(day));
    const message = wrong
      ? `“${wrong.slice(0, 40)}” is no date: write one a line, such as 2026-12-25.`
      : days.length > HOLIDAYS_MAX &&
        `At most ${HOLIDAYS_MAX} holidays; leave out those that are over.`;
    if (!message) return days.sort();
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  });

/**
 * The form of an account's hours and targets: hours without any openings mean that somebody is there
 * all day, except on holidays. Its output is what AccountTime keeps.
 */
export const accountTimeSchema = z
  .object({
    timeZone: z
      .string()
      .default("UTC")
      .transform((text) => text.trim() || "UTC")
      .refine(isTimeZone, "Choose a time zone, such as Europe/Berlin."),
    hours: z.enum(["always", "week"], "Choose when somebody is there.").default("always"),
    ...{ day0: openings("Monday"), day1: openings("Tuesday"), day2: openings("Wednesday") },
    ...{ day3: openings("Thursday"), day4: openings("Friday"), day5: openings("Saturday") },
    day6: openings("Sunday"),
    holidays,
    firstResponseHours: targetMinutes("First response"),
    resolutionHours: targetMinutes("Resolution"),
  })
  .transform((form, context) => {
    const { timeZone, hours, holidays, firstResponseHours, resolutionHours } = form;
    const week = [form.day0, form.day1, form.day2, form.day3, form.day4, form.day5, form.day6];
    const isWeek = hours === "week";
    if (isWeek && !isEverOpen(week)) {
      const message = "Enter the hours of one day at least, or choose Always, except on holidays.";
      context.addIssue({ code: "custom", path: ["hours"], message });
    }
    return {
      ...{ timeZone, openings: isWeek ? week : [], holidays },
      ...{ firstResponseMinutes: firstResponseHours, resolutionMinutes: resolutionHours },
    };
  });

export type AccountTimeInput = z.input<typeof accountTimeSchema>;
export type AccountTimeValues = z.output<typeof accountTimeSchema>;

function isEverOpen(week: string[]): boolean {
  try {
    const days = week.map((text) => parseOpenings(text) ?? []);
    return businessHours("UTC", days) !== undefined;
  } catch {
    return false;
  }
}
