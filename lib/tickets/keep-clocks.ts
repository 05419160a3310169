import { inTransaction, type Tx } from "../db/client";
import { restateClocks } from "./restate-clocks";

/** Tickets of one transaction. */
const BATCH = 200;
/** How long one pass may go on: there is always another. */
const PASS_MS = 1_000;

/**
 * One pass over what keeps the times of tickets true: open tickets of accounts whose hours or targets
 * changed, and tickets that were done before it was kept when. At most a second of it, in batches; any
 * number of workers may do it at once.
 * @returns how many tickets were looked at.
 */
export async function keepClocks(signal?: AbortSignal): Promise<number> {
  const end = Date.now() + PASS_MS;
  let seen = 0;
  for (const next of [restateAccount, timeDone])
    while (!signal?.aborted && Date.now() < end) {
      const count = await inTransaction(next);
      if (count === null) break;
      seen += count;
    }
  return seen;
}

/** @returns null when no account has changed. */
async function restateAccount(tx: Tx): Promise<number | null> {
  const [account] = await tx.$queryRaw<{ accountId: string; after: string }[]>`
    SELECT "accountId", "restateAfter" AS "after" FROM "AccountTime" WHERE "restateAfter" IS NOT NULL
    ORDER BY "accountId" LIMIT 1 FOR UPDATE SKIP LOCKED`;
  if (!account) return null;
  const { accountId, after } = account;
  // The index of open tickets first: along the primary key all tickets there are would be walked past.
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Ticket" WHERE "id" IN (
      SELECT o."id" FROM (SELECT "id" FROM "Ticket" WHERE "accountId" = ${accountId}::uuid AND "status" IN ('OPEN', 'PENDING')
        AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL OFFSET 0) o
      WHERE o."id" > ${after}::uuid ORDER BY o."id" LIMIT ${BATCH})
    ORDER BY "number" FOR UPDATE`;
  const ids = rows.map(({ id }) => id);
  await restateClocks(tx, ids);
  const last = ids.toSorted().at(-1) ?? after;
  await tx.accountTime.updateMany({
    where: { accountId },
    data: { restateAfter: ids.length < BATCH ? null : last },
  });
  return ids.length;
}

/** @returns null when none is left. */
async function timeDone(tx: Tx): Promise<number | null> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "Ticket" WHERE "status" IN ('SOLVED', 'CLOSED') AND "solvedAt" IS NULL
      AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL
    ORDER BY "id" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
  if (rows.length === 0) return null;
  await restateClocks(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.length;
}
