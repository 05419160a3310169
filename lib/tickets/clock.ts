import {
  addBusinessTime,
  type BusinessHours,
  businessMillisecondsBetween,
} from "../business-hours";
import type { TicketStatus } from "../db/generated/enums";
import type { ServiceTime } from "../service-time";

const HOUR_MS = 3_600_000;
const SECONDS_MAX = 2_147_483_647;

/** What a ticket's times follow from. */
export type ClockFacts = {
  createdAt: Date;
  status: TicketStatus;
  /** Every change of its status, oldest first. */
  changes: readonly { at: Date; to: TicketStatus }[];
  /** When it got its status, where no change says so. */
  statusSince: Date;
  /** The first answer of a person at the desk that left or will. */
  answeredAt: Date | null;
  /** Somebody asked something: it was not the desk that wrote first. */
  isAsked: boolean;
  /** False for spam, automatic mail, and what is deleted or merged. */
  hasTargets: boolean;
};

/** The times of a ticket, as its columns have them. */
export type Clock = {
  firstResponseAt: Date | null;
  firstResponseSeconds: number | null;
  solvedAt: Date | null;
  resolutionSeconds: number | null;
  firstResponseDueAt: Date | null;
  resolutionDueAt: Date | null;
  dueAt: Date | null;
  dueWarnAt: Date | null;
  firstResponseTellAt: Date | null;
  resolutionTellAt: Date | null;
};

const isDone = (status: TicketStatus) => status === "SOLVED" || status === "CLOSED";

/**
 * Works out a ticket's times. The first response is owed from the ticket's beginning until a person
 * answers or the ticket is done. The resolution clock runs while the ticket is OPEN, stands still
 * while it is PENDING, and starts anew when a done ticket is opened again.
 */
export function clockOf(facts: ClockFacts, { hours, ...targets }: ServiceTime): Clock {
  const { createdAt, status, isAsked, hasTargets } = facts;
  const states = statesOf(facts);
  const answeredAt = isAsked ? facts.answeredAt : null;
  const solvedAt = isDone(status) ? lastTurn(states) : null;
  const owesAnswer = hasTargets && isAsked && !answeredAt && !isDone(status);
  const answer = owesAnswer
    ? dueIn([{ from: createdAt, until: null }], targets.firstResponseMs, hours)
    : null;
  const runs = hasTargets && status === "OPEN";
  const solution = runs
    ? dueIn(openSpans(sinceReopened(states)), targets.resolutionMs, hours)
    : null;
  const next = !answer || (solution && solution.dueAt < answer.dueAt) ? solution : answer;
  return {
    firstResponseAt: answeredAt,
    firstResponseSeconds:
      answeredAt && seconds(businessMillisecondsBetween(createdAt, answeredAt, hours)),
    solvedAt,
    resolutionSeconds: solvedAt && seconds(timeIn(openSpans(states), hours)),
    firstResponseDueAt: answer?.dueAt ?? null,
    resolutionDueAt: solution?.dueAt ?? null,
    dueAt: next?.dueAt ?? null,
    dueWarnAt: earlier(answer?.warnAt, solution?.warnAt),
    firstResponseTellAt: answer?.warnAt ?? null,
    resolutionTellAt: solution?.warnAt ?? null,
  };
}

/** The times of a ticket that is opened now. */
export function clockAtOpening(createdAt: Date, time: ServiceTime): Clock {
  return clockOf(
    {
      ...{ createdAt, status: "OPEN", changes: [], statusSince: createdAt },
      ...{ answeredAt: null, isAsked: true, hasTargets: true },
    },
    time,
  );
}

type State = { at: Date; status: TicketStatus };
type Span = { from: Date; until: Date | null };

/** A ticket begins OPEN. What it is now counts, whatever the last change said: a merge says nothing. */
function statesOf({ createdAt, status, changes, statusSince }: ClockFacts): State[] {
  const states: State[] = [{ at: createdAt, status: "OPEN" }];
  const add = (at: Date, to: TicketStatus) => {
    const last = states.at(-1);
    if (last && last.status !== to) states.push({ at: at < last.at ? last.at : at, status: to });
  };
  for (const { at, to } of changes) add(at, to);
  add(statusSince, status);
  return states;
}

/** When it was done last; closing what is solved does not count again. */
function lastTurn(states: State[]): Date | null {
  const open = states.findLastIndex(({ status }) => !isDone(status));
  return states[open + 1]?.at ?? null;
}

function sinceReopened(states: State[]): State[] {
  return states.slice(states.findLastIndex(({ status }) => isDone(status)) + 1);
}

function openSpans(states: State[]): Span[] {
  return states.flatMap(({ at, status }, index) =>
    status === "OPEN" ? [{ from: at, until: states[index + 1]?.at ?? null }] : [],
  );
}

function timeIn(spans: Span[], hours: BusinessHours | null): number {
  return spans.reduce(
    (sum, { from, until }) => sum + (until ? businessMillisecondsBetween(from, until, hours) : 0),
    0,
  );
}

/**
 * When a target's time is used up, and when to warn: with a fifth of it left, but no later than an
 * hour before, or half of the target where that is less.
 */
function dueIn(
  spans: Span[],
  targetMs: number | null,
  hours: BusinessHours | null,
): { dueAt: Date; warnAt: Date } | null {
  if (targetMs === null) return null;
  const lead = Math.max(targetMs / 5, Math.min(HOUR_MS, targetMs / 2));
  const dueAt = usedUp(spans, targetMs, hours);
  const warnAt = usedUp(spans, Math.round(targetMs - lead), hours);
  return dueAt && warnAt && { dueAt, warnAt };
}

function usedUp(spans: Span[], ms: number, hours: BusinessHours | null): Date | null {
  let left = ms;
  for (const { from, until } of spans) {
    const length = until ? businessMillisecondsBetween(from, until, hours) : Infinity;
    if (length >= left) return addBusinessTime(from, left, hours);
    left -= length;
  }
  return null;
}

function earlier(a: Date | undefined, b: Date | undefined): Date | null {
  if (!a || !b) return a ?? b ?? null;
  return a < b ? a : b;
}

const seconds = (ms: number) => Math.min(Math.round(ms / 1000), SECONDS_MAX);
