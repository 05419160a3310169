import { expect, it } from "vitest";
import { dateRangeWords } from "./date-range-words";

it.each([
  ["1d", "Last 24 hours"],
  ["7d", "Last 7 days"],
  ["2026-11-05", "5 Nov 2026"],
  ["2026-11-05..2026-11-05", "5 Nov 2026"],
  ["2026-11-05..2026-12-01", "5 Nov 2026 to 1 Dec 2026"],
  ["2026-11-05..", "since 5 Nov 2026"],
  ["..2026-11-05", "until 5 Nov 2026"],
  ["", ""],
  ["yesterday", ""],
])("says of %s: %s", (text, words) => {
  expect(dateRangeWords(text)).toBe(words);
});
