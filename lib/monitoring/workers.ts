import { db } from "../db/client";
import { env } from "../env";

/** A worker that gave a sign of life within a day, and what it does now. */
export type WorkerRow = {
  id: string;
  hostname: string;
  pid: number;
  version: string;
  startedAt: Date;
  heartbeatAt: Date;
  /** Seconds since its last sign of life, on the database's clock. */
  silentSeconds: number;
  isAlive: boolean;
  pollingEnabled: boolean;
  /** Accounts it polls at this moment, and those it keeps a connection to between polls. */
  polling: number;
  idle: number;
};

/** Polls that nobody has begun though they are due. */
export type LatePolls = { count: number; secondsMax: number };

const WORKERS_MAX = 50;

/** A poll that is due waits a moment for the worker that keeps the account's connection (ADR 19). */
const PUNCTUAL_SECONDS = 10;

/** The workers, living ones first, the newest at the top. */
export function listWorkers(): Promise<WorkerRow[]> {
  const alive = 2 * env().WORKER_LEASE_SECONDS;
  return db().prisma.$queryRaw<WorkerRow[]>`
    SELECT w."id", w."hostname", w."pid", w."version", w."startedAt", w."heartbeatAt", w."pollingEnabled",
      GREATEST(0, extract(epoch FROM now() - w."heartbeatAt"))::float8 AS "silentSeconds",
      w."heartbeatAt" > now() - make_interval(secs => ${alive}::int) AS "isAlive",
      coalesce(held."polling", 0) AS "polling", coalesce(kept."idle", 0) AS "idle"
    FROM "Worker" w
    LEFT JOIN (SELECT "leaseOwner", count(*)::int AS "polling" FROM "EmailAccount" WHERE "leaseUntil" > now() GROUP BY 1) AS held
      ON held."leaseOwner" = w."id"
    LEFT JOIN (SELECT "idleOwner", count(*)::int AS "idle" FROM "EmailAccount" WHERE "idleUntil" > now() GROUP BY 1) AS kept
      ON kept."idleOwner" = w."id"
    ORDER BY "isAlive" DESC, w."startedAt" DESC LIMIT ${WORKERS_MAX}`;
}

/** How many polls are late, and by how much at most. */
export async function latePolls(): Promise<LatePolls> {
  const [row] = await db().prisma.$queryRaw<LatePolls[]>`
    SELECT count(*)::int AS "count", coalesce(extract(epoch FROM now() - min("nextPollAt")), 0)::float8 AS "secondsMax"
    FROM "EmailAccount"
    WHERE "isActive" AND "pollingEnabled" AND "nextPollAt" < now() - make_interval(secs => ${PUNCTUAL_SECONDS}::int)
      AND ("leaseUntil" IS NULL OR "leaseUntil" < now())
      AND ("pollRequestedAt" IS NOT NULL OR "lastErrorKind" IS DISTINCT FROM 'auth' OR "consecutiveFailures" < 5)`;
  return row ?? { count: 0, secondsMax: 0 };
}
