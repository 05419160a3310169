import { expect, it } from "vitest";
import { dateRangeWords } from "./date-range-words";

it.each([
  ["1d", "Last 24 hours", "Letzte 24 Stunden"],
  ["7d", "Last 7 days", "Letzte 7 Tage"],
  ["2026-11-05", "5 Nov 2026", "05.11.2026"],
  ["2026-11-05..2026-11-05", "5 Nov 2026", "05.11.2026"],
  ["2026-11-05..2026-12-01", "5 Nov 2026 to 1 Dec 2026", "05.11.2026 bis 01.12.2026"],
  ["2026-11-05..", "since 5 Nov 2026", "seit 05.11.2026"],
  ["..2026-11-05", "until 5 Nov 2026", "bis 05.11.2026"],
  ["", "", ""],
  ["yesterday", "", ""],
])("says of %s: %s", (text, english, german) => {
  expect(dateRangeWords(text, "en")).toBe(english);
  expect(dateRangeWords(text, "de")).toBe(german);
});
