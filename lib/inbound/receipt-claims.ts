import type pg from "pg";
import { db } from "../db/client";
import { isDueNow } from "../db/due-now";
import { notifyNow } from "../db/listen";
import { inPgTransaction } from "../db/pg-transaction";

/** One receipt to process, ours until its lease ends. */
export type ClaimedReceipt = {
  id: string;
  accountId: string | null;
  token: bigint;
  attempts: number;
  parserKills: number;
  /** Bytes of the mail. */
  size: number;
  isTruncated: boolean;
  isRelisted: boolean;
  /** An admin said yes to it. */
  isReleased: boolean;
  internalDate: Date | null;
  receivedAt: Date;
  /** How long ago that was, on the database's clock. */
  ageMs: number;
};

export type ClaimFilter = { accountId?: string; pollRunId?: string; receiptId?: string };

/** How much is claimed at once: receipts, and bytes of their mails. One mail may be larger. */
export type ClaimLimit = { receipts: number; bytes: number };

/**
 * The index of receipts that wait has them in their turn. Postgres would rather read them all and sort
 * them, and with them, by a bitmap that forgets nothing, every receipt that waited since the last vacuum.
 */
const BY_TURN =
  "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off";

/**
 * Claims receipts that wait to be processed, oldest first. A claim counts as an attempt before the
 * work begins, so that a mail which kills the process is counted too. Of those that were tried before
 * one comes along at most, behind the others: what it does to the process must not count against
 * many.
 */
export async function claimReceipts(
  owner: string,
  filter: ClaimFilter,
  limit: ClaimLimit,
  leaseSeconds: number,
): Promise<ClaimedReceipt[]> {
  const isDue = `"status" = 'PENDING' AND ${isDueNow('"nextTryAt"')} AND ("leaseUntil" IS NULL OR "leaseUntil" < now())
    AND ($4::uuid IS NULL OR "accountId" = $4) AND ($5::uuid IS NULL OR "pollRunId" = $5) AND ($6::uuid IS NULL OR "id" = $6)`;
  const claim = (client: pg.PoolClient) =>
    client.query<Omit<ClaimedReceipt, "token"> & { token: string }>(
      `WITH fresh AS (SELECT "id", "size", "receivedAt", "uid" FROM "InboundEmail" WHERE ${isDue} AND "attempts" = 0
         ORDER BY "receivedAt", "uid" LIMIT $2 FOR UPDATE SKIP LOCKED),
       again AS (SELECT "id" FROM "InboundEmail" WHERE ${isDue} AND "attempts" > 0
         ORDER BY "receivedAt", "uid" LIMIT 1 FOR UPDATE SKIP LOCKED),
       counted AS (SELECT "id", row_number() OVER w AS place, sum("size") OVER w AS bytes FROM fresh
         WINDOW w AS (ORDER BY "receivedAt", "uid", "id"))
     UPDATE "InboundEmail" SET "leaseOwner" = $1, "leaseUntil" = now() + make_interval(secs => $3),
       "leaseToken" = "leaseToken" + 1, "attempts" = "attempts" + 1
     WHERE "id" IN (SELECT "id" FROM counted WHERE place = 1 OR bytes <= $7 UNION ALL SELECT "id" FROM again)
     RETURNING "id", "accountId", "leaseToken"::text AS token, "attempts", "parserKills", "isTruncated", "isRelisted",
       "releasedAt" IS NOT NULL AS "isReleased", "internalDate", "receivedAt", "uid", "size",
       (extract(epoch FROM now() - "receivedAt") * 1000)::float AS "ageMs"`,
      [
        owner,
        limit.receipts,
        leaseSeconds,
        filter.accountId ?? null,
        filter.pollRunId ?? null,
        filter.receiptId ?? null,
        limit.bytes,
      ],
    );
  const claimed = await inPgTransaction(claim, BY_TURN);
  return claimed.rows.map((row) => ({ ...row, token: BigInt(row.token) })).sort(byTurn);
}

/** Fresh ones first, each kind in the order it came; of one moment in the order of their ids. */
function byTurn(a: ClaimedReceipt, b: ClaimedReceipt): number {
  const isAgain = (receipt: ClaimedReceipt) => (receipt.attempts > 1 ? 1 : 0);
  return (
    isAgain(a) - isAgain(b) ||
    a.receivedAt.getTime() - b.receivedAt.getTime() ||
    a.id.localeCompare(b.id)
  );
}

/** Puts a receipt back, to be tried again after `seconds`. Only a fault of the mail's own counts as a try. */
export async function postpone(
  receipt: ClaimedReceipt,
  wait: { seconds: number; error: string | null; isOursAlone?: boolean; wasKill?: boolean },
): Promise<void> {
  await db().pool.query(
    `UPDATE "InboundEmail" SET "leaseUntil" = NULL, "leaseOwner" = NULL, "error" = COALESCE($4, "error"),
       "nextTryAt" = now() + make_interval(secs => $3),
       "attempts" = "attempts" - CASE WHEN $4::text IS NULL OR $6 THEN 1 ELSE 0 END,
       "parserKills" = "parserKills" + CASE WHEN $5 THEN 1 ELSE 0 END
     WHERE "id" = $1 AND "leaseToken" = $2 AND "status" = 'PENDING'`,
    [
      ...[receipt.id, receipt.token.toString(), wait.seconds, wait.error],
      ...[wait.wasKill ?? false, wait.isOursAlone ?? false],
    ],
  );
}

/** Ends a receipt outside a transaction: quarantined, with its reason. */
export async function quarantine(
  receipt: ClaimedReceipt,
  reason: string,
  error: string | null,
): Promise<void> {
  await db().pool.query(
    `UPDATE "InboundEmail" SET "status" = 'QUARANTINED', "reason" = $3, "error" = $4, "leaseUntil" = NULL, "leaseOwner" = NULL,
       "processedAt" = now()
     WHERE "id" = $1 AND "leaseToken" = $2 AND "status" = 'PENDING'`,
    [receipt.id, receipt.token.toString(), reason, error],
  );
  await notifyNow("inbound", receipt.id);
}
