import { expect, it } from "vitest";
import { durationText, fullDayText } from "./words";

it.each([
  [null, "–"],
  [0, "0 s"],
  [59.4, "59 s"],
  [60, "1 min"],
  [3599, "1 h"],
  [3660, "1 h 1 min"],
  [32_700, "9 h 5 min"],
  [187_200, "52 h"],
  [4_334_400, "1,204 h"],
])("%j seconds are %s", (seconds, text) => {
  expect(durationText(seconds)).toBe(text);
});

it("days are the calendar's, wherever the machine stands", () => {
  expect(fullDayText("2026-11-27")).toBe("Fri, 27 Nov 2026");
});
