import { describe, expect, it } from "vitest";
import { isLaterTomorrow, wakeAtClock, wakeOnDay, wakeTime, wakeWords, zoneOr } from "./snooze";

const FRIDAY = new Date("2026-11-27T22:30:00Z");
const BERLIN = "Europe/Berlin";

describe("when a ticket wakes", () => {
  it.each([
    ["later", BERLIN, "2026-11-28T01:30:00Z"],
    ["tomorrow", BERLIN, "2026-11-28T08:00:00Z"],
    ["monday", BERLIN, "2026-11-30T08:00:00Z"],
    ["week", BERLIN, "2026-12-04T08:00:00Z"],
    // There it is Saturday already.
    ["tomorrow", "Asia/Tokyo", "2026-11-29T00:00:00Z"],
    ["tomorrow", "UTC", "2026-11-28T09:00:00Z"],
  ] as const)("%s in %s is %s", (preset, zone, expected) => {
    expect(wakeTime(preset, zone, FRIDAY)).toEqual(new Date(expected));
  });

  it("later is no longer today in the evening, by the clock of whoever asks", () => {
    expect(isLaterTomorrow(BERLIN, FRIDAY)).toBe(true);
    expect(isLaterTomorrow("America/New_York", FRIDAY)).toBe(false);
  });

  it("on a Monday, Monday is the next one", () => {
    const monday = new Date("2026-11-30T06:00:00Z");
    expect(wakeTime("monday", "UTC", monday)).toEqual(new Date("2026-12-07T09:00:00Z"));
  });

  it("is 9:00 of a day that is to come, within a year", () => {
    expect(wakeOnDay("2026-12-24", BERLIN, FRIDAY)).toEqual(new Date("2026-12-24T08:00:00Z"));
    for (const day of ["2026-11-27", "2025-12-24", "2028-01-01", "2026-02-30", "soon", ""])
      expect(() => wakeOnDay(day, BERLIN, FRIDAY), day).toThrow(/^Choose a day/);
  });

  it("is any minute of a clock that is to come, within a year", () => {
    const at = (text: string) => wakeAtClock(text, BERLIN, FRIDAY);
    expect(at("2026-12-24T14:30")).toEqual(new Date("2026-12-24T13:30:00Z"));
    expect(at("2026-11-27T23:31:00")).toEqual(new Date("2026-11-27T22:31:00Z"));
    for (const text of [
      ...["2026-11-27T23:30", "2028-01-01T09:00", "2026-02-30T09:00", "2026-12-24"],
      ...["2026-12-24T24:00", "2026-12-24T9:00", "soon", ""],
    ])
      expect(() => at(text), text).toThrow(/^Choose a (day|time)/);
  });

  it("is said with whose clock it is by", () => {
    const moment = new Date("2026-11-28T08:00:00Z");
    expect(wakeWords(moment, BERLIN)).toBe("Sat 28 Nov 2026, 09:00 (Europe/Berlin)");
    expect(wakeWords(moment, "Mars/Base")).toBe("Sat 28 Nov 2026, 08:00 (UTC)");
    expect(zoneOr("")).toBe("UTC");
  });
});
