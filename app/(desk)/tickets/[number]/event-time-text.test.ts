import { describe, expect, it } from "vitest";
import { eventTimeText } from "./event-time-text";

const moment = (at: string) => ({ kind: "moment", at }) as const;
const day = (date: string) => ({ kind: "day", day: date }) as const;
const clock = (zone: string | null) =>
  ({ kind: "clock", time: "2026-12-03T09:00:00", zone }) as const;
const american = { locale: "en-US", timeZone: "America/New_York" };
const german = { locale: "de-DE", timeZone: "Europe/Berlin" };
/** Intl sets thin and narrow spaces of its own. */
const text = (...args: Parameters<typeof eventTimeText>) =>
  eventTimeText(...args).replace(/[\u2009\u202f]/g, " ");

describe("when an event is", () => {
  it("is said the reader's way, in the reader's time zone", () => {
    const event = { start: moment("2026-12-03T09:00:00Z"), end: moment("2026-12-03T10:30:00Z") };
    expect(text(event, american)).toBe("Thu, Dec 3, 2026, 4:00 – 5:30 AM EST");
    expect(text(event, german)).toBe("Do., 3. Dez. 2026, 10:00–11:30 Uhr MEZ");
  });

  it("may have no end, or one before its start", () => {
    const start = moment("2026-12-03T09:00:00Z");
    expect(text({ start, end: null }, german)).toBe("Do., 3. Dez. 2026, 10:00 MEZ");
    expect(text({ start, end: moment("2026-12-02T09:00:00Z") }, german)).toBe(
      "Do., 3. Dez. 2026, 10:00 MEZ",
    );
  });

  it("is the same day for everybody when it is a day", () => {
    expect(text({ start: day("2026-12-03"), end: null }, american)).toBe("Thu, Dec 3, 2026");
    expect(text({ start: day("2026-12-03"), end: day("2026-12-05") }, american)).toBe(
      "Thu, Dec 3 – Sat, Dec 5, 2026",
    );
  });

  it("is left as written when its time zone is not known", () => {
    expect(text({ start: clock(null), end: null }, american)).toBe(
      "Thu, Dec 3, 2026, 9:00 AM (no time zone given)",
    );
    expect(text({ start: clock("Moon Base"), end: null }, american)).toBe(
      "Thu, Dec 3, 2026, 9:00 AM (time zone “Moon Base”)",
    );
  });
});
