import { db } from "../db/client";
import type { EmailAccount, Worker } from "../db/generated/client";
import { env } from "../env";

export type HealthState =
  | "healthy"
  | "delayed"
  | "failing"
  | "needs-password"
  | "reconnect"
  | "paused"
  | "polling-off-globally"
  | "never"
  | "starting";

/** What the Email Accounts page says about an account's polling: the fact, then the fix. */
export type AccountHealth = {
  state: HealthState;
  /** The state in words, as LOOK.md has them. */
  label: string;
  sentence: string;
  fix: string | null;
};

/** The columns an account's health is told by. */
export const HEALTH_COLUMNS = {
  ...{ provider: true, isActive: true, pollingEnabled: true, pollingSince: true },
  ...{ lastPolledAt: true, leaseUntil: true, failingSince: true, consecutiveFailures: true },
  ...{ lastError: true, lastErrorFix: true, lastErrorKind: true, signInLost: true },
} as const;

export type HealthColumns = Pick<EmailAccount, keyof typeof HEALTH_COLUMNS>;

export type WorkerColumns = Pick<Worker, "heartbeatAt" | "pollingEnabled" | "pollingInterval">;

/** The one sentence about a desk without a worker, wherever it is said. */
export const NO_WORKER = "No worker is running. Start it with `npm run start:worker`.";

const SIGN_IN_AGAIN =
  "Press Reconnect and sign in again. Mail waits on the server, answers wait here.";

/**
 * A transient error heals by itself, and tries follow each other within seconds at first: a failure
 * is called one when three in a row have failed, over a minute.
 */
const TRANSIENT_TRIES = 3;
const TRANSIENT_SECONDS = 60;

/**
 * Tells how an account's polling is doing, without crying wolf: a rejected password at once, other
 * trouble when it lasts, a late poll as a delay.
 * @param workers rows of Worker, alive or not; `now` by the same clock as the rows.
 */
export function accountHealth(
  account: HealthColumns,
  now: Date,
  workers: readonly WorkerColumns[],
): AccountHealth {
  const live = workers.filter((worker) => isLive(worker, now));
  const polling = globalPolling(live);
  if (!account.isActive) {
    return say(
      "paused",
      "Paused",
      "This account is inactive: neither polled nor used for sending.",
    );
  }
  // It sends nothing either, whether it is polled or not.
  if (account.signInLost !== null)
    return say("reconnect", "Reconnect", account.signInLost, SIGN_IN_AGAIN);
  if (!account.pollingEnabled) return say("paused", "Paused", "Polling is not enabled.");
  if (!polling.isEnabled) {
    return say(
      "polling-off-globally",
      "Polling off globally",
      "EMAIL_POLLING_ENABLED is false on this server.",
      "Set EMAIL_POLLING_ENABLED=true and restart.",
    );
  }
  return (
    troubleOf(account, now) ?? punctuality(account, now, live.length > 0, polling.intervalSeconds)
  );
}

function troubleOf(account: HealthColumns, now: Date): AccountHealth | null {
  if (account.consecutiveFailures === 0) return null;
  const cause = account.lastError ?? "The last poll failed.";
  const fix = account.lastErrorFix;
  if (account.lastErrorKind === "auth") {
    return account.provider === "SMTP"
      ? say("needs-password", "Needs a new password", cause, fix)
      : say("reconnect", "Reconnect", cause, fix);
  }
  const isTransient = account.lastErrorKind === null || account.lastErrorKind === "transient";
  const failing = secondsSince(account.failingSince ?? now, now);
  if (
    isTransient &&
    (account.consecutiveFailures < TRANSIENT_TRIES || failing < TRANSIENT_SECONDS)
  ) {
    return say("delayed", "Delayed", cause, fix);
  }
  return say("failing", "Failing", cause, fix);
}

const secondsSince = (then: Date, now: Date) => (now.getTime() - then.getTime()) / 1000;

function punctuality(
  account: HealthColumns,
  now: Date,
  hasWorker: boolean,
  intervalSeconds: number,
): AccountHealth {
  const noWorker = ["No worker is running.", "Start it with `npm run start:worker`."] as const;
  const { lastPolledAt, pollingSince, leaseUntil } = account;
  if (!hasWorker) {
    return lastPolledAt
      ? say("delayed", "Delayed", ...noWorker)
      : say("never", "Never polled", ...noWorker);
  }
  // An account that rested for a week is not a week late when it is polled again.
  const since = lastPolledAt && lastPolledAt > pollingSince ? lastPolledAt : pollingSince;
  const lateSeconds = secondsSince(since, now) - intervalSeconds;
  // One interval of grace, a minute at least: a poll takes its time.
  if (lateSeconds <= Math.max(intervalSeconds, 60)) {
    return lastPolledAt
      ? say("healthy", "Healthy", "Polls arrive on time.")
      : say("starting", "Starting", "The first poll is on its way.");
  }
  const minutes = Math.max(1, Math.round(lateSeconds / 60));
  const delay = minutes === 1 ? "a minute" : `${minutes} minutes`;
  return leaseUntil && leaseUntil > now
    ? say("delayed", "Delayed", `A poll is still going on, ${delay} after it should have ended.`)
    : say("delayed", "Delayed", `The poll is ${delay} late.`, "The worker may be busy.");
}

/** Whether polling is on at all, and how often: the live workers know, else this process's env. */
export function globalPolling(live: readonly WorkerColumns[]): {
  isEnabled: boolean;
  intervalSeconds: number;
} {
  const { EMAIL_POLLING_ENABLED, EMAIL_POLLING_INTERVAL } = env();
  const isOffAtWorkers = live.length > 0 && live.every((worker) => !worker.pollingEnabled);
  return {
    isEnabled: EMAIL_POLLING_ENABLED && !isOffAtWorkers,
    intervalSeconds: live[0]?.pollingInterval ?? EMAIL_POLLING_INTERVAL,
  };
}

/** The workers that gave a sign of life within two leases, by the database's clock, newest first. */
export async function liveWorkers(): Promise<WorkerColumns[]> {
  return db().prisma.$queryRaw<WorkerColumns[]>`
    SELECT "heartbeatAt", "pollingEnabled", "pollingInterval" FROM "Worker"
    WHERE "heartbeatAt" > now() - make_interval(secs => ${heartbeatSecondsMax()}::double precision)
    ORDER BY "startedAt" DESC LIMIT 100`;
}

function isLive(worker: WorkerColumns, now: Date): boolean {
  return now.getTime() - worker.heartbeatAt.getTime() <= heartbeatSecondsMax() * 1000;
}

function heartbeatSecondsMax(): number {
  return 2 * env().WORKER_LEASE_SECONDS;
}

function say(
  state: HealthState,
  label: string,
  sentence: string,
  fix: string | null = null,
): AccountHealth {
  return { state, label, sentence, fix };
}
