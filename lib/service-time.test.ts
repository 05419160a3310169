import { describe, expect, it } from "vitest";
import { businessMillisecondsBetween } from "./business-hours";
import { ANY_TIME, type ServiceTimeRow, serviceTime } from "./service-time";

const row: ServiceTimeRow = {
  ...{ timeZone: "UTC", openings: [], holidays: [] },
  ...{ firstResponseMinutes: null, resolutionMinutes: null },
};
/** Hours of the week from Monday, 23 November 2026, that count. */
const counted = (fields: Partial<ServiceTimeRow>) =>
  businessMillisecondsBetween(
    new Date("2026-11-23T00:00Z"),
    new Date("2026-11-30T00:00Z"),
    serviceTime({ ...row, ...fields }).hours,
  ) / 3_600_000;

describe("an account's row", () => {
  it("means any time where there is none", () => {
    expect(serviceTime(null)).toEqual(ANY_TIME);
    expect(serviceTime({ ...row, timeZone: null })).toEqual(ANY_TIME);
  });

  it("without openings means all day, except on holidays", () => {
    expect(counted({})).toBe(168);
    expect(counted({ holidays: ["2026-11-24"] })).toBe(144);
  });

  it("with openings means those, from Monday on", () => {
    const openings = ["09:00-17:00", "", "09:00-12:00, 13:00-14:00", "", "", "", ""];
    expect(counted({ openings })).toBe(12);
    expect(counted({ openings, holidays: ["2026-11-23"] })).toBe(4);
  });

  it("gives targets in milliseconds", () => {
    const { firstResponseMs, resolutionMs } = serviceTime({ ...row, firstResponseMinutes: 90 });
    expect([firstResponseMs, resolutionMs]).toEqual([5_400_000, null]);
  });
});
