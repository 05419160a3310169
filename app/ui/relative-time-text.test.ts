import { describe, expect, it } from "vitest";
import { absoluteText, agoText, spanText } from "./relative-time-text";

const NOW = new Date("2026-11-22T12:00:00Z");
const earlier = (seconds: number) => new Date(NOW.getTime() - seconds * 1000);
const HOUR = 3600;
const DAY = 24 * HOUR;

describe("agoText", () => {
  it.each([
    [0, "just now", "gerade eben"],
    [4, "just now", "gerade eben"],
    [20, "20 seconds ago", "vor 20 Sekunden"],
    [60, "1 minute ago", "vor 1 Minute"],
    [61 * 60, "1 hour ago", "vor 1 Stunde"],
    [3 * HOUR, "3 hours ago", "vor 3 Stunden"],
    [26 * HOUR, "1 day ago", "vor 1 Tag"],
    [29 * DAY, "29 days ago", "vor 29 Tagen"],
    [-40, "in 40 seconds", "in 40 Sekunden"],
    [-3 * HOUR, "in 3 hours", "in 3 Stunden"],
  ])("says of %d seconds before: %s", (seconds, english, german) => {
    expect(agoText(earlier(seconds), NOW, "en")).toBe(english);
    expect(agoText(earlier(seconds), NOW, "de")).toBe(german);
  });

  it("names the day once it is a month away", () => {
    expect(agoText(earlier(60 * DAY), NOW, "en")).toBe("23 Sept 2026");
    expect(agoText(earlier(60 * DAY), NOW, "de")).toBe("23.09.2026");
  });
});

describe("spanText", () => {
  it.each([
    [-5, "0 s", "0 s"],
    [40, "40 s", "40 s"],
    [51 * 60, "51 min", "51 min"],
    [9 * HOUR, "9 h", "9 h"],
    [2 * DAY + 4 * HOUR, "2 d 4 h", "2 T 4 h"],
    [2 * DAY, "2 d", "2 T"],
    [12 * DAY + 4 * HOUR, "12 d", "12 T"],
  ])("says of %d seconds: %s", (seconds, english, german) => {
    expect(spanText(earlier(seconds), NOW, "en")).toBe(english);
    expect(spanText(earlier(seconds), NOW, "de")).toBe(german);
  });
});

it("writes a moment in full with its time zone", () => {
  expect(absoluteText(NOW, "en", "UTC")).toBe("22 Nov 2026, 12:00:00 UTC");
  expect(absoluteText(NOW, "de", "UTC")).toBe("22. Nov. 2026, 12:00:00 UTC");
});
