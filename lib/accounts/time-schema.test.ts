import { describe, expect, it } from "vitest";
import { accountTimeSchema } from "./time-schema";

const problems = (form: Record<string, string>) => {
  const { error } = accountTimeSchema.safeParse(form);
  return Object.fromEntries(error?.issues.map(({ path, message }) => [path[0], message]) ?? []);
};

describe("an account's hours and targets", () => {
  it("are off when nothing is filled in", () => {
    expect(accountTimeSchema.parse({})).toEqual({
      ...{ timeZone: "UTC", openings: [], holidays: [] },
      ...{ firstResponseMinutes: null, resolutionMinutes: null },
    });
  });

  it("are kept in one form, however they are typed", () => {
    const form = {
      ...{ timeZone: " Europe/Berlin ", hours: "week", day0: "9-17", day6: "closed" },
      ...{ holidays: "2026-12-26\r\n\r\n 2026-12-25\n2026-12-25", firstResponseHours: "1,5" },
    };
    expect(accountTimeSchema.parse(form)).toEqual({
      ...{ timeZone: "Europe/Berlin", holidays: ["2026-12-25", "2026-12-26"] },
      openings: ["09:00-17:00", "", "", "", "", "", ""],
      ...{ firstResponseMinutes: 90, resolutionMinutes: null },
    });
  });

  it.each<[string, Record<string, string>, Record<string, string>]>([
    ["a time zone nobody knows", { timeZone: "Mars/Base" }, { timeZone: "Choose a time zone" }],
    [
      "hours that are none",
      { day2: "9 to five" },
      { day2: "Wednesday must look like 09:00-17:00" },
    ],
    ["a week without hours", { hours: "week" }, { hours: "Enter the hours of one day at least" }],
    ["a day that is none", { holidays: "2026-02-30" }, { holidays: "“2026-02-30” is no date" }],
    ["another way of dates", { holidays: "25.12.2026" }, { holidays: "such as 2026-12-25" }],
    [
      "words for hours",
      { resolutionHours: "soon" },
      { resolutionHours: "must be a number of hours" },
    ],
    ["no time at all", { firstResponseHours: "0" }, { firstResponseHours: "such as 4 or 0.5" }],
    ["more than a year", { firstResponseHours: "8785" }, { firstResponseHours: "up to 8784" }],
    ["less than nothing", { resolutionHours: "-1" }, { resolutionHours: "a number of hours" }],
  ])("are refused for %s", (_what, form, expected) => {
    const found = problems(form);
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    for (const [field, words] of Object.entries(expected)) expect(found[field]).toContain(words);
  });

  it("take so many holidays and no more", () => {
    const days = (count: number) =>
      Array.from({ length: count }, (_, n) =>
        new Date(Date.UTC(2026, 0, 1 + n)).toISOString().slice(0, 10),
      ).join("\n");
    expect(problems({ holidays: days(200) })).toEqual({});
    expect(problems({ holidays: days(201) }).holidays).toContain("At most 200 holidays");
  });
});
