import { db } from "../db/client";
import { isDueNow } from "../db/due-now";
import type { IdleFolders } from "./idle";

/** The right to work on one account, until it ends on the database's clock. */
export type AccountLease = { accountId: string; owner: string; token: bigint };

/** One poll of an account under way. */
export type Poll = {
  lease: AccountLease;
  pollRunId: string;
  leaseSeconds: number;
  signal: AbortSignal;
  /** Called when new mail was found, before any of it is here: there will be work to do. */
  onFound?: (() => void) | undefined;
  /** Called when a batch is stored: there is work to do. */
  onStored?: (() => void) | undefined;
  /** Connections that outlive a poll; without it, each poll has one of its own. */
  idle?: IdleFolders | undefined;
};

/** How long an account that is due waits for the worker that keeps its connection. */
const IDLE_GRACE_SECONDS = 10;

/** Wrong passwords in a row after which an account waits for its admin, so that nobody is locked out. */
export const AUTH_FAILURES_MAX = 5;

type Row = { id: string; token: string };

const leaseOf = (owner: string) => (row: Row) => ({
  accountId: row.id,
  owner,
  token: BigInt(row.token),
});

/** Its last two polls never ended: something about it may end the worker that polls it. */
const neverEnds = (account: string) => `2 = (
  SELECT count(*) FROM (SELECT "finishedAt" FROM "PollRun" WHERE "accountId" = ${account}."id"
    ORDER BY "startedAt" DESC LIMIT 2) AS last WHERE "finishedAt" IS NULL)`;

/** A lease that was given back is NULL, which says nothing when it is compared. */
const wasAbandoned = (account: string) =>
  `(${account}."leaseUntil" IS NOT NULL AND ${account}."leaseUntil" < now() AND ${neverEnds(account)})`;

/** A worker polls one of such accounts at a time, so that it does not take the others down each time. */
const COMES_ALONE = `(NOT ${wasAbandoned('"EmailAccount"')} OR ("id" = (
    SELECT s."id" FROM "EmailAccount" s WHERE s."isActive" AND s."pollingEnabled" AND ${isDueNow('s."nextPollAt"')}
      AND ${wasAbandoned("s")} ORDER BY s."leaseUntil" LIMIT 1)
  AND NOT EXISTS (SELECT 1 FROM "EmailAccount" s WHERE s."leaseOwner" = $1 AND s."leaseUntil" >= now() AND ${neverEnds("s")})))`;

/**
 * Claims accounts whose poll is due, the longest waiting first, at most `limit`. One that another
 * worker keeps a connection to is left to it, unless that one lets it wait. Each claim raises
 * the fencing token, so whoever held the account before can no longer store anything.
 */
export async function claimDueAccounts(
  owner: string,
  limit: number,
  leaseSeconds: number,
): Promise<AccountLease[]> {
  const claimed = await db().pool.query<Row>(
    `UPDATE "EmailAccount" SET "leaseOwner" = $1, "leaseUntil" = now() + make_interval(secs => $3),
       "leaseToken" = "leaseToken" + 1, "pollRequestedAt" = NULL, "lastAttemptAt" = now()
     WHERE "id" IN (
       SELECT "id" FROM "EmailAccount"
       WHERE "isActive" AND "pollingEnabled" AND ${isDueNow('"nextPollAt"')}
         AND ("leaseUntil" IS NULL OR "leaseUntil" < now())
         AND ("idleOwner" IS NULL OR "idleOwner" = $1 OR "idleUntil" < now() OR "nextPollAt" < now() - make_interval(secs => $5))
         AND ("pollRequestedAt" IS NOT NULL OR "lastErrorKind" IS DISTINCT FROM 'auth' OR "consecutiveFailures" < $4)
         AND ${COMES_ALONE}
       ORDER BY "nextPollAt" LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING "id", "leaseToken"::text AS token`,
    [owner, limit, leaseSeconds, AUTH_FAILURES_MAX, IDLE_GRACE_SECONDS],
  );
  return claimed.rows.map(leaseOf(owner));
}

/**
 * Claims these accounts now, due or not; those that somebody else is polling are left out.
 * With null: every account that is active and has polling enabled.
 */
export async function claimAccounts(
  owner: string,
  accountIds: string[] | null,
  leaseSeconds: number,
): Promise<AccountLease[]> {
  const claimed = await db().pool.query<Row>(
    `UPDATE "EmailAccount" SET "leaseOwner" = $1, "leaseUntil" = now() + make_interval(secs => $3),
       "leaseToken" = "leaseToken" + 1, "pollRequestedAt" = NULL, "lastAttemptAt" = now()
     WHERE "isActive" AND "pollingEnabled" AND ($2::uuid[] IS NULL OR "id" = ANY($2::uuid[]))
       AND ("leaseUntil" IS NULL OR "leaseUntil" < now())
     RETURNING "id", "leaseToken"::text AS token`,
    [owner, accountIds, leaseSeconds],
  );
  return claimed.rows.map(leaseOf(owner));
}

/** Makes the lease last on. @returns false when it has passed to somebody else, or polling was stopped. */
export async function renewLease(lease: AccountLease, leaseSeconds: number): Promise<boolean> {
  const renewed = await db().pool.query(
    `UPDATE "EmailAccount" SET "leaseUntil" = now() + make_interval(secs => $3)
     WHERE "id" = $1 AND "leaseToken" = $2 AND "isActive" AND "pollingEnabled"`,
    [lease.accountId, lease.token.toString(), leaseSeconds],
  );
  return renewed.rowCount === 1;
}

/** What a poll ended with, for the account row. */
export type PollEnd =
  | { ok: true; intervalSeconds: number }
  | { ok: false; kind: string; cause: string; fix: string; said: string | null };

/** Seconds to wait after the n-th failure in a row: short for the network, slow for credentials. */
export function backoffSeconds(kind: string, failures: number): number {
  if (kind === "auth") return [60, 300, 900, 3600][failures - 1] ?? 3600;
  // Grows from 2 s to 30 s, never less; the spread keeps many accounts of one server apart.
  return Math.min(30, 2 * 1.5 ** Math.max(0, failures - 1)) * (1 + Math.random() * 0.3);
}

/**
 * Ends the lease, and says on the account how the poll went. A worker that lost the lease changes
 * nothing. Polls start an interval apart, however long each takes; one that was asked for meanwhile
 * comes at once.
 */
export async function endPoll(lease: AccountLease, end: PollEnd): Promise<void> {
  const key = [lease.accountId, lease.token.toString()];
  if (end.ok) {
    await db().pool.query(
      `UPDATE "EmailAccount" SET "leaseUntil" = NULL, "leaseOwner" = NULL, "lastPolledAt" = now(), "lastError" = NULL,
         "lastErrorFix" = NULL, "lastErrorKind" = NULL, "lastErrorSaid" = NULL, "failingSince" = NULL, "consecutiveFailures" = 0,
         "nextPollAt" = CASE WHEN "pollRequestedAt" IS NOT NULL THEN date_trunc('milliseconds', now())
                             ELSE GREATEST(now(), "lastAttemptAt" + make_interval(secs => $3)) END
       WHERE "id" = $1 AND "leaseToken" = $2`,
      [...key, end.intervalSeconds],
    );
    return;
  }
  const failures = await db().pool.query<{ count: number }>(
    `SELECT "consecutiveFailures" + 1 AS count FROM "EmailAccount" WHERE "id" = $1 AND "leaseToken" = $2`,
    key,
  );
  await db().pool.query(
    `UPDATE "EmailAccount" SET "leaseUntil" = NULL, "leaseOwner" = NULL, "lastError" = $3, "lastErrorFix" = $4,
       "lastErrorKind" = $5, "lastErrorSaid" = $7, "failingSince" = COALESCE("failingSince", now()), "consecutiveFailures" = "consecutiveFailures" + 1,
       "nextPollAt" = CASE WHEN "pollRequestedAt" IS NOT NULL THEN date_trunc('milliseconds', now()) ELSE now() + make_interval(secs => $6) END
     WHERE "id" = $1 AND "leaseToken" = $2`,
    [
      ...key,
      end.cause,
      end.fix,
      end.kind,
      backoffSeconds(end.kind, failures.rows[0]?.count ?? 1),
      end.said,
    ],
  );
}

/** Lets go without a result: the process is stopping, somebody else may poll at once. */
export async function releaseLease(lease: AccountLease): Promise<void> {
  await db().pool.query(
    `UPDATE "EmailAccount" SET "leaseUntil" = NULL, "leaseOwner" = NULL WHERE "id" = $1 AND "leaseToken" = $2`,
    [lease.accountId, lease.token.toString()],
  );
}
