import { describe, expect, it } from "vitest";
import {
  addBusinessTime,
  type BusinessHours,
  businessHours,
  businessMillisecondsBetween,
  type Opening,
} from "./business-hours";
import { randomFrom } from "./testing/random";

const HOUR = 3_600_000;
const NINE_TO_FIVE: Opening = { from: 540, until: 1020 };
const WEEKDAYS = [1, 2, 3, 4, 5].map(() => [NINE_TO_FIVE]);
const office = (zone: string, holidays: string[] = []) => businessHours(zone, WEEKDAYS, holidays);
/** Open from 22:00 to 06:00, every day of the week. */
const night = (zone: string) =>
  businessHours(zone, Array<Opening[]>(7).fill([{ from: 1320, until: 360 }]));
const always = (zone: string) =>
  businessHours(zone, Array<Opening[]>(7).fill([{ from: 0, until: 1440 }]));

// 27 November 2026 is a Friday.
describe("business time between two moments", () => {
  it.each<[string, BusinessHours | null, string, string, number]>([
    ["without hours", null, "2026-11-27T10:00Z", "2026-11-29T11:00Z", 49],
    ["backwards", office("UTC"), "2026-11-27T12:00Z", "2026-11-27T10:00Z", 0],
    ["within a day", office("UTC"), "2026-11-27T10:00Z", "2026-11-27T12:30Z", 2.5],
    ["from before opening", office("UTC"), "2026-11-27T03:00Z", "2026-11-27T10:00Z", 1],
    ["past closing", office("UTC"), "2026-11-27T16:00Z", "2026-11-27T23:00Z", 1],
    ["over a weekend", office("UTC"), "2026-11-27T16:00Z", "2026-11-30T10:00Z", 2],
    ["on a weekend", office("UTC"), "2026-11-28T00:00Z", "2026-11-29T23:00Z", 0],
    ["a week", office("UTC"), "2026-11-23T00:00Z", "2026-11-30T00:00Z", 40],
    ["a holiday", office("UTC", ["2026-11-27"]), "2026-11-26T16:00Z", "2026-11-30T10:00Z", 2],
    ["in Berlin", office("Europe/Berlin"), "2026-11-27T07:00Z", "2026-11-27T09:00Z", 1],
    // The zone's Monday begins before UTC's: Kiritimati is 14 hours ahead.
    ["far ahead", office("Pacific/Kiritimati"), "2026-11-29T19:00Z", "2026-11-29T21:00Z", 2],
    ["far behind", office("Pacific/Pago_Pago"), "2026-11-27T20:00Z", "2026-11-28T10:00Z", 8],
    ["past midnight", night("UTC"), "2026-11-27T23:00Z", "2026-11-28T05:00Z", 6],
    ["a day of nights", night("UTC"), "2026-11-27T00:00Z", "2026-11-28T00:00Z", 8],
    // Berlin's clocks go forward on 29 March, back on 25 October, both in the night to Sunday.
    ["a night in spring", night("Europe/Berlin"), "2026-03-28T12:00Z", "2026-03-29T12:00Z", 7],
    ["a night in autumn", night("Europe/Berlin"), "2026-10-24T12:00Z", "2026-10-25T12:00Z", 9],
    ["a day of spring", always("Europe/Berlin"), "2026-03-28T23:00Z", "2026-03-29T22:00Z", 23],
    ["a day of autumn", always("Europe/Berlin"), "2026-10-24T22:00Z", "2026-10-25T23:00Z", 25],
    ["office in spring", office("Europe/Berlin"), "2026-03-27T08:00Z", "2026-03-30T08:00Z", 9],
    ["office in autumn", office("Europe/Berlin"), "2026-10-23T07:00Z", "2026-10-26T09:00Z", 9],
    // In Beirut clocks go from midnight to one, in Havana from one back to midnight.
    ["midnight left out", always("Asia/Beirut"), "2026-03-28T10:00Z", "2026-03-29T10:00Z", 24],
    ["midnight twice", always("America/Havana"), "2026-10-31T16:00Z", "2026-11-01T16:00Z", 24],
  ])("%s", (_name, hours, start, end, expected) => {
    const ms = businessMillisecondsBetween(new Date(start), new Date(end), hours);
    expect(ms / HOUR).toBe(expected);
  });
});

describe("a moment after some business time", () => {
  it.each<[string, BusinessHours | null, string, number, string]>([
    ["without hours", null, "2026-11-27T10:00Z", 49, "2026-11-29T11:00Z"],
    ["none", office("UTC"), "2026-11-28T10:00Z", 0, "2026-11-28T10:00Z"],
    ["the same day", office("UTC"), "2026-11-27T10:00Z", 4, "2026-11-27T14:00Z"],
    ["to closing", office("UTC"), "2026-11-27T10:00Z", 7, "2026-11-27T17:00Z"],
    ["over the weekend", office("UTC"), "2026-11-27T16:00Z", 4, "2026-11-30T12:00Z"],
    ["a holiday", office("UTC", ["2026-11-30"]), "2026-11-27T16:00Z", 4, "2026-12-01T12:00Z"],
    ["from a Sunday", office("Europe/Berlin"), "2026-11-29T10:00Z", 1, "2026-11-30T09:00Z"],
    ["over the change", office("Europe/Berlin"), "2026-03-27T15:00Z", 2, "2026-03-30T08:00Z"],
    ["past midnight", night("UTC"), "2026-11-27T23:00Z", 8, "2026-11-28T23:00Z"],
  ])("%s", (_name, hours, start, count, expected) => {
    expect(addBusinessTime(new Date(start), count * HOUR, hours)).toEqual(new Date(expected));
  });
});

describe("business hours", () => {
  it("that are never open are refused", () => {
    expect(() => businessHours("UTC", [])).toThrow(RangeError);
    expect(() => businessHours("UTC", [[], [], [], [], [], [], []])).toThrow(RangeError);
  });

  it("that overlap count once", () => {
    const doubled = businessHours("UTC", [
      [NINE_TO_FIVE, { from: 600, until: 1080 }, { from: 1080, until: 1140 }],
    ]);
    expect(doubled.week[0]).toEqual([{ from: 540, until: 1140 }]);
  });

  it("look at most twenty years ahead, and fast", () => {
    const rare = businessHours("Europe/Berlin", [[], [], [], [], [], [], [{ from: 0, until: 1 }]]);
    const start = new Date("2026-11-27T10:00Z");
    const began = performance.now();
    const end = addBusinessTime(start, 10_000 * HOUR, rare);
    const ms = businessMillisecondsBetween(start, new Date("2999-01-01T00:00Z"), rare);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(end.getUTCFullYear()).toBe(2046);
    expect(ms / 60_000).toBeGreaterThan(1_000);
  });

  const ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca"];
  const random = randomFrom(20_261_127);
  const upTo = (max: number) => Math.floor(random() * max);
  const someHours = () =>
    businessHours(
      ZONES[upTo(ZONES.length)] ?? "UTC",
      Array.from({ length: 7 }, (_, day) =>
        day === 2 || random() < 0.7 ? [{ from: upTo(1440), until: upTo(1441) }] : [],
      ),
      Array.from({ length: upTo(5) }, () => `2026-${10 + upTo(3)}-${10 + upTo(19)}`),
    );
  const cases = Array.from({ length: 400 }, (_, n) => ({
    n,
    hours: someHours(),
    start: new Date(Date.UTC(2026, 0, 1) + upTo(400 * 24 * 60) * 60_000),
    ms: upTo(90 * HOUR) + 1,
  }));

  it("what was added is measured again", () => {
    for (const { n, hours, start, ms } of cases) {
      const end = addBusinessTime(start, ms, hours);
      expect({ n, ms: businessMillisecondsBetween(start, end, hours) }).toEqual({ n, ms });
      const before = new Date(end.getTime() - 1);
      expect({ n, ms: businessMillisecondsBetween(start, before, hours) }).toEqual({
        n,
        ms: ms - 1,
      });
    }
  });

  it("more time ends later, and two parts are their whole", () => {
    for (const { n, hours, start, ms } of cases) {
      const middle = addBusinessTime(start, ms, hours);
      const end = addBusinessTime(start, ms + 1 + upTo(10 * HOUR), hours);
      expect({ n, isLater: end > middle }).toEqual({ n, isLater: true });
      const parts =
        businessMillisecondsBetween(start, middle, hours) +
        businessMillisecondsBetween(middle, end, hours);
      expect({ n, parts }).toEqual({ n, parts: businessMillisecondsBetween(start, end, hours) });
    }
  });
});
