import { describe, expect, it } from "vitest";
import { clockAt, isTimeZone, momentOf } from "./zoned-time";

const at9 = (month: number, day: number, hour = 9, minute = 0) => ({
  ...{ year: 2026, month, day, hour, minute },
});

describe("a time on somebody's clock", () => {
  it.each([
    ["UTC", at9(11, 28), "2026-11-28T09:00:00Z"],
    ["Europe/Berlin", at9(11, 28), "2026-11-28T08:00:00Z"],
    ["Europe/Berlin", at9(7, 1), "2026-07-01T07:00:00Z"],
    ["America/New_York", at9(7, 1), "2026-07-01T13:00:00Z"],
    ["Asia/Kathmandu", at9(7, 1), "2026-07-01T03:15:00Z"],
    ["Pacific/Kiritimati", at9(1, 1), "2025-12-31T19:00:00Z"],
    ["Pacific/Pago_Pago", at9(1, 1), "2026-01-01T20:00:00Z"],
    // The day the clocks change, and times there are twice and not at all.
    ["Europe/Berlin", at9(3, 29), "2026-03-29T07:00:00Z"],
    ["Europe/Berlin", at9(10, 25), "2026-10-25T08:00:00Z"],
    ["Europe/Berlin", at9(10, 25, 2, 30), "2026-10-25T00:30:00Z"],
    ["Europe/Berlin", at9(3, 29, 2, 30), "2026-03-29T01:30:00Z"],
    // Past the end of a month and of a year.
    ["Europe/Berlin", at9(2, 30), "2026-03-02T08:00:00Z"],
    ["UTC", at9(12, 32), "2027-01-01T09:00:00Z"],
  ])("%s, %o, is the moment %s", (zone, time, expected) => {
    expect(momentOf(time, zone)).toEqual(new Date(expected));
  });

  it("is read back from a moment", () => {
    expect(clockAt(new Date("2026-12-31T23:30:00Z"), "Asia/Tokyo")).toEqual({
      ...{ year: 2027, month: 1, day: 1, hour: 8, minute: 30 },
    });
  });

  it("knows its time zones", () => {
    expect(["Europe/Berlin", "UTC"].map(isTimeZone)).toEqual([true, true]);
    expect(["", "Mars/Base", "a".repeat(1000), "\0"].map(isTimeZone)).toEqual([
      ...[false, false, false, false],
    ]);
  });
});
