import { describe, expect, it } from "vitest";
import { absoluteText, agoText, spanText } from "./relative-time-text";

const NOW = new Date("2026-11-22T12:00:00Z");
const earlier = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const HOUR = 3600;
const DAY = 24 * HOUR;

describe("agoText", () => {
  it.each([
    [0, "just now"],
    [4, "just now"],
    [20, "20 seconds ago"],
    [60, "1 minute ago"],
    [61 * 60, "1 hour ago"],
    [3 * HOUR, "3 hours ago"],
    [26 * HOUR, "1 day ago"],
    [29 * DAY, "29 days ago"],
    [-40, "in 40 seconds"],
    [-3 * HOUR, "in 3 hours"],
  ])("says of %d seconds before: %s", (seconds, text) => {
    expect(agoText(earlier(seconds), NOW)).toBe(text);
  });

  it("names the day once it is a month away", () => {
    expect(agoText(earlier(60 * DAY), NOW)).toBe("23 Sept 2026");
  });
});

describe("spanText", () => {
  it.each([
    [-5, "0 s"],
    [40, "40 s"],
    [51 * 60, "51 min"],
    [9 * HOUR, "9 h"],
    [2 * DAY + 4 * HOUR, "2 d 4 h"],
    [2 * DAY, "2 d"],
    [12 * DAY + 4 * HOUR, "12 d"],
  ])("says of %d seconds: %s", (seconds, text) => {
    expect(spanText(earlier(seconds), NOW)).toBe(text);
  });
});

it("writes a moment in full with its time zone", () => {
  expect(absoluteText(NOW, "UTC")).toBe("22 Nov 2026, 12:00:00 UTC");
});
