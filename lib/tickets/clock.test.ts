import { describe, expect, it } from "vitest";
import { businessHours } from "../business-hours";
import { ANY_TIME, type ServiceTime } from "../service-time";
import { type ClockFacts, clockAtOpening, clockOf } from "./clock";

const HOUR = 3_600_000;
/** A Friday; `n` hours after it was 9 o'clock. */
const at = (n: number) => new Date(Date.UTC(2026, 10, 27, 9) + n * HOUR);
const fresh: ClockFacts = {
  ...{ createdAt: at(0), status: "OPEN", changes: [], statusSince: at(0) },
  ...{ answeredAt: null, isAsked: true, hasTargets: true },
};
const targets: ServiceTime = { hours: null, firstResponseMs: 4 * HOUR, resolutionMs: 24 * HOUR };
const office = businessHours(
  "UTC",
  [1, 2, 3, 4, 5].map(() => [{ from: 540, until: 1020 }]),
);
const NOTHING_DUE = {
  ...{ firstResponseDueAt: null, resolutionDueAt: null, dueAt: null, dueWarnAt: null },
  ...{ firstResponseTellAt: null, resolutionTellAt: null },
};

describe("a ticket's clock", () => {
  it("says by when an answer and a solution are due, and from when on to warn", () => {
    expect(clockOf(fresh, targets)).toEqual({
      ...{
        firstResponseAt: null,
        firstResponseSeconds: null,
        solvedAt: null,
        resolutionSeconds: null,
      },
      ...{ firstResponseDueAt: at(4), resolutionDueAt: at(24), dueAt: at(4), dueWarnAt: at(3) },
      ...{ firstResponseTellAt: at(3), resolutionTellAt: at(24 - 4.8) },
    });
    expect(clockAtOpening(at(0), targets)).toEqual(clockOf(fresh, targets));
  });

  it("counts business time", () => {
    const time = { ...targets, hours: office, resolutionMs: 12 * HOUR };
    const { firstResponseDueAt, resolutionDueAt } = clockOf(fresh, time);
    expect([firstResponseDueAt, resolutionDueAt]).toEqual([at(4), at(76)]);
    const answered = { ...fresh, answeredAt: at(74) };
    expect(clockOf(answered, time).firstResponseSeconds).toBe(10 * 3600);
  });

  it("owes nothing without targets, and to no robot or spam", () => {
    expect(clockOf(fresh, ANY_TIME)).toMatchObject(NOTHING_DUE);
    expect(clockOf({ ...fresh, hasTargets: false }, targets)).toMatchObject(NOTHING_DUE);
  });

  it("owes no first response where the desk wrote first", () => {
    const clock = clockOf({ ...fresh, isAsked: false, answeredAt: at(0) }, targets);
    expect(clock).toMatchObject({ firstResponseDueAt: null, firstResponseAt: null, dueAt: at(24) });
  });

  it("goes on to the solution once it is answered", () => {
    const clock = clockOf({ ...fresh, answeredAt: at(1.5) }, targets);
    expect(clock).toMatchObject({ firstResponseAt: at(1.5), firstResponseSeconds: 5400 });
    expect(clock).toMatchObject({ firstResponseDueAt: null, dueAt: at(24), dueWarnAt: at(19.2) });
  });

  it("stands still while the customer is waited for", () => {
    const waiting = { at: at(2), to: "PENDING" as const };
    const answered = { ...fresh, answeredAt: at(2) };
    const stopped = { ...answered, status: "PENDING" as const, changes: [waiting] };
    expect(clockOf(stopped, targets)).toMatchObject(NOTHING_DUE);
    const back = { ...answered, changes: [waiting, { at: at(50), to: "OPEN" as const }] };
    expect(clockOf(back, targets).resolutionDueAt).toEqual(at(72));
  });

  it("stays missed after a wait that came too late", () => {
    const changes = [
      { at: at(30), to: "PENDING" as const },
      { at: at(50), to: "OPEN" as const },
    ];
    expect(clockOf({ ...fresh, changes }, targets).resolutionDueAt).toEqual(at(24));
  });

  it("ends when the ticket is solved; closing it later changes nothing", () => {
    const solved = { at: at(5), to: "SOLVED" as const };
    const done = { ...fresh, status: "CLOSED" as const };
    const clock = clockOf({ ...done, changes: [solved, { at: at(9), to: "CLOSED" }] }, targets);
    expect(clock).toMatchObject({ ...NOTHING_DUE, solvedAt: at(5), resolutionSeconds: 5 * 3600 });
  });

  it("starts anew when the ticket is opened again, and counts all that it was open", () => {
    const changes = [
      { at: at(5), to: "SOLVED" as const },
      { at: at(100), to: "OPEN" as const },
    ];
    const open = { ...fresh, answeredAt: at(1), changes };
    expect(clockOf(open, targets)).toMatchObject({ solvedAt: null, dueAt: at(124) });
    const again = [...changes, { at: at(102), to: "SOLVED" as const }];
    const clock = clockOf({ ...open, status: "SOLVED", changes: again }, targets);
    expect(clock).toMatchObject({ solvedAt: at(102), resolutionSeconds: 7 * 3600 });
  });

  it("believes the status where the history says nothing", () => {
    const clock = clockOf({ ...fresh, status: "CLOSED", statusSince: at(3) }, ANY_TIME);
    expect(clock).toMatchObject({ solvedAt: at(3), resolutionSeconds: 3 * 3600 });
    const early = clockOf({ ...fresh, status: "SOLVED", statusSince: at(-3) }, ANY_TIME);
    expect(early).toMatchObject({ solvedAt: at(0), resolutionSeconds: 0 });
  });

  it("warns half of a short target before its end", () => {
    const { dueWarnAt } = clockOf(fresh, { ...targets, firstResponseMs: HOUR / 2 });
    expect(dueWarnAt).toEqual(at(0.25));
  });
});
