import { expect, it } from "vitest";
import { openingsText, parseOpenings } from "./opening-text";

it.each([
  ["", ""],
  [" Closed ", ""],
  ["9-17", "09:00-17:00"],
  ["09:00–17:30", "09:00-17:30"],
  ["8.30 to 12, 13:00 — 18", "08:30-12:00, 13:00-18:00"],
  ["22:00-06:00", "22:00-06:00"],
  ["0-24", "00:00-24:00"],
  ["18:00-00:00", "18:00-00:00"],
])("%j is %j", (typed, kept) => {
  const openings = parseOpenings(typed);
  expect(openings && openingsText(openings)).toBe(kept);
  expect(parseOpenings(kept)).toEqual(openings);
});

it.each([
  "9",
  "9-25",
  "9:60-10",
  "24:00-06:00",
  "9-9",
  "9-17,",
  "nine to five",
  "24:01-1",
  "-9-17",
])("%j is none", (typed) => {
  expect(parseOpenings(typed)).toBeNull();
});

it("takes no more than six a day", () => {
  expect(parseOpenings(Array(7).fill("9-10").join(","))).toBeNull();
});
