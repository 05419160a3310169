import { db } from "../db/client";
import { newId } from "../new-id";
import type { FetchResult } from "./fetch";
import type { AccountLease } from "./lease";

/** What became of the mails of one poll. */
export type PollFigures = {
  emailsProcessed: number;
  ticketsCreated: number;
  messagesAppended: number;
  duplicates: number;
  ignored: number;
  quarantined: number;
  pending: number;
};

export type RunEnd = { fetched: FetchResult | null; error: string | null; durationMs: number };

/** Polls with nothing new are kept this long at least; failed ones, and those that never ended, longer. */
const QUIET_KEPT_SECONDS = 24 * 3600;
const FAILED_KEPT_DAYS = 7;
const SPANS_KEPT_DAYS = 30;

/** Rows of one statement: other work comes in between. */
const PRUNE_BATCH = 5_000;

/**
 * Begins the poll's record, on the database's clock: whoever asked for a poll looks by that. It
 * started when the account was claimed, so that records are an interval apart as polls are.
 */
export async function openRun(lease: AccountLease): Promise<string> {
  const id = newId();
  await db().pool.query(
    `INSERT INTO "PollRun" ("id", "accountId", "workerId", "startedAt")
     SELECT $1::uuid, "id", $3, COALESCE("lastAttemptAt", now()) FROM "EmailAccount" WHERE "id" = $2`,
    [id, lease.accountId, lease.owner],
  );
  return id;
}

/**
 * Writes the poll's figures, counted from its receipts, and adds them to its half hour and to the
 * account's sums, all in one statement: a poll counts once, however often this is called.
 */
export async function closeRun(pollRunId: string, end: RunEnd): Promise<PollFigures> {
  const groups = await db().prisma.inboundEmail.groupBy({
    by: ["status", "outcome"],
    where: { pollRunId },
    _count: true,
  });
  const sum = (of: typeof groups) => of.reduce((total, group) => total + group._count, 0);
  const count = (status: string, outcome?: string) =>
    sum(
      groups.filter(
        (group) => group.status === status && (outcome === undefined || group.outcome === outcome),
      ),
    );
  const figures = {
    emailsProcessed: count("PROCESSED") + count("DUPLICATE") + count("IGNORED"),
    ticketsCreated: count("PROCESSED", "ticket"),
    messagesAppended: count("PROCESSED", "message"),
    duplicates: count("DUPLICATE"),
    ignored: count("IGNORED"),
    quarantined: count("QUARANTINED"),
    pending: count("PENDING") + count("HELD"),
  };
  const { fetched, error, durationMs } = end;
  await db().pool.query(CLOSE, [
    ...[pollRunId, error, durationMs, fetched?.stored ?? sum(groups)],
    ...[fetched?.seen ?? 0, fetched?.skipped ?? 0, fetched?.folderMails ?? null],
    ...[figures.emailsProcessed, figures.ticketsCreated, figures.messagesAppended],
    ...[figures.duplicates, figures.ignored, figures.quarantined],
  ]);
  return figures;
}

const CLOSE = `
  WITH closed AS (
    UPDATE "PollRun" SET "error" = $2, "durationMs" = $3, "stored" = $4, "seen" = $5, "skipped" = $6, "folderMails" = $7,
      "processed" = $8, "created" = $9, "appended" = $10, "duplicates" = $11, "ignored" = $12, "quarantined" = $13,
      "finishedAt" = now()
    WHERE "id" = $1 AND "finishedAt" IS NULL
    RETURNING "accountId", date_bin('30 minutes', "startedAt", TIMESTAMPTZ '2000-01-01 00:00:00+00') AS "span",
      "stored", "created", "durationMs", ("error" IS NOT NULL)::int AS "failed", ("error" IS NULL AND "stored" > 0)::int AS "withMail"),
  spanned AS (
    INSERT INTO "PollSpan" AS s ("accountId", "startedAt", "polls", "failed", "withMail", "mails", "tickets", "durationMs", "durationMsMax")
    SELECT "accountId", "span", 1, "failed", "withMail", "stored", "created", "durationMs", "durationMs" FROM closed
    ON CONFLICT ("accountId", "startedAt") DO UPDATE SET "polls" = s."polls" + 1, "failed" = s."failed" + EXCLUDED."failed",
      "withMail" = s."withMail" + EXCLUDED."withMail", "mails" = s."mails" + EXCLUDED."mails",
      "tickets" = s."tickets" + EXCLUDED."tickets", "durationMs" = s."durationMs" + EXCLUDED."durationMs",
      "durationMsMax" = GREATEST(s."durationMsMax", EXCLUDED."durationMsMax"))
  INSERT INTO "PollTotal" AS t ("accountId", "quiet", "withMail", "failed", "mails", "tickets", "durationMs")
  SELECT "accountId", 1 - "failed" - "withMail", "withMail", "failed", "stored", "created", "durationMs" FROM closed
  ON CONFLICT ("accountId") DO UPDATE SET "quiet" = t."quiet" + EXCLUDED."quiet", "withMail" = t."withMail" + EXCLUDED."withMail",
    "failed" = t."failed" + EXCLUDED."failed", "mails" = t."mails" + EXCLUDED."mails",
    "tickets" = t."tickets" + EXCLUDED."tickets", "durationMs" = t."durationMs" + EXCLUDED."durationMs"`;

/**
 * Removes the records of polls that nobody misses, as they are added up elsewhere: those with nothing
 * new after a day (three intervals, where that is longer), failed ones and those that never ended
 * after seven days. Polls that brought mail stay, as their mails do. Any number of workers may do it
 * at once.
 * @returns how many records went.
 */
export async function pruneRuns(intervalSeconds: number, signal?: AbortSignal): Promise<number> {
  const quietSeconds = Math.max(QUIET_KEPT_SECONDS, 3 * intervalSeconds);
  let removed = 0;
  // What stays in between is passed over once, not with each batch.
  let after = new Date(0);
  while (!signal?.aborted) {
    const { rows } = await db().pool.query<{ count: number; last: Date | null }>(
      `WITH old AS (
         SELECT "id" FROM "PollRun" WHERE "stored" = 0 AND "startedAt" >= $1
           AND "startedAt" < now() - make_interval(secs => $2)
           AND ("startedAt" < now() - make_interval(days => $3)
             OR ("error" IS NULL AND "skipped" = 0 AND "finishedAt" IS NOT NULL))
         ORDER BY "startedAt" LIMIT $4 FOR UPDATE SKIP LOCKED),
       gone AS (DELETE FROM "PollRun" r USING old WHERE r."id" = old."id" RETURNING r."startedAt")
       SELECT count(*)::int AS count, max("startedAt") AS last FROM gone`,
      [after, quietSeconds, FAILED_KEPT_DAYS, PRUNE_BATCH],
    );
    const [batch] = rows;
    removed += batch?.count ?? 0;
    if (!batch?.last || batch.count < PRUNE_BATCH) break;
    after = batch.last;
  }
  await db().pool.query(
    `DELETE FROM "PollSpan" WHERE "startedAt" < now() - make_interval(days => $1)`,
    [SPANS_KEPT_DAYS],
  );
  return removed;
}
