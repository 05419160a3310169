import { db } from "../db/client";
import { notifyNow } from "../db/listen";

/** One receipt to process, ours until its lease ends. */
export type ClaimedReceipt = {
  id: string;
  accountId: string | null;
  token: bigint;
  attempts: number;
  parserKills: number;
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

/**
 * Claims receipts that wait to be processed, oldest first. A claim counts as an attempt before the
 * work begins, so that a mail which kills the process is counted too.
 */
export async function claimReceipts(
  owner: string,
  filter: ClaimFilter,
  limit: number,
  leaseSeconds: number,
): Promise<ClaimedReceipt[]> {
  const claimed = await db().pool.query<Omit<ClaimedReceipt, "token"> & { token: string }>(
    `UPDATE "InboundEmail" SET "leaseOwner" = $1, "leaseUntil" = now() + make_interval(secs => $3),
       "leaseToken" = "leaseToken" + 1, "attempts" = "attempts" + 1
     WHERE "id" IN (
       SELECT "id" FROM "InboundEmail"
       WHERE "status" = 'PENDING' AND "nextTryAt" <= now() AND ("leaseUntil" IS NULL OR "leaseUntil" < now())
         AND ($4::uuid IS NULL OR "accountId" = $4) AND ($5::uuid IS NULL OR "pollRunId" = $5) AND ($6::uuid IS NULL OR "id" = $6)
       ORDER BY "receivedAt", "uid" LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING "id", "accountId", "leaseToken"::text AS token, "attempts", "parserKills", "isTruncated", "isRelisted",
       "releasedAt" IS NOT NULL AS "isReleased", "internalDate", "receivedAt", "uid",
       (extract(epoch FROM now() - "receivedAt") * 1000)::float AS "ageMs"`,
    [
      owner,
      limit,
      leaseSeconds,
      filter.accountId ?? null,
      filter.pollRunId ?? null,
      filter.receiptId ?? null,
    ],
  );
  return claimed.rows
    .map((row) => ({ ...row, token: BigInt(row.token) }))
    .sort((a, b) => a.receivedAt.getTime() - b.receivedAt.getTime() || a.id.localeCompare(b.id));
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
