import { createHash } from "node:crypto";
import type pg from "pg";
import { v7 as uuid } from "uuid";
import { crashpoint } from "../crashpoint";
import { inPgTransaction } from "../db/pg-transaction";
import { messageIdKey } from "../mail/message-id";
import { scanHeader } from "../mail/scan-header";
import type { AccountLease } from "./lease";

/** Where in the server's world a mail stands. */
export type FolderState = { folder: string; epoch: number; uidValidity: bigint };

/** A mail as it came from the server; `raw` null when the server can't give its bytes. */
export type Receipt = {
  uid: number;
  internalDate: Date | null;
  raw: Buffer | null;
  isTruncated: boolean;
  isRelisted: boolean;
  /** Set when the receipt is quarantined at once, with the reason. */
  quarantine: string | null;
};

/** Somebody else has the account now, or it was changed: whatever was fetched is fetched again. */
export class LeaseLost extends Error {}

/** The same UID gave other bytes before: the server reuses UIDs, so the folder counts as reset. */
export class UidReused extends Error {}

/**
 * Tx A: commits exact bytes and cursor together, before anything is decoded. The account row is
 * locked and its fencing token checked; the cursor never goes back.
 * @returns how many receipts are new.
 * @throws LeaseLost, UidReused; nothing is stored then.
 */
export async function storeBatch(
  lease: AccountLease,
  state: FolderState,
  batch: { receipts: Receipt[]; lastUid: number; pollRunId: string; leaseSeconds: number },
): Promise<number> {
  const stored = await inPgTransaction(async (client) => {
    crashpoint("store.begun");
    await lockAccount(client, lease, state, batch.leaseSeconds);
    crashpoint("store.account-locked");
    let count = 0;
    for (const receipt of batch.receipts)
      if (await insertReceipt(client, lease.accountId, state, receipt, batch.pollRunId)) count++;
    await moveCursor(client, lease.accountId, state, batch.lastUid);
    crashpoint("store.cursor-moved");
    return count;
  });
  crashpoint("store.committed");
  return stored;
}

async function lockAccount(
  client: pg.PoolClient,
  lease: AccountLease,
  state: FolderState,
  leaseSeconds: number,
): Promise<void> {
  const locked = await client.query<{ epoch: number }>(
    `UPDATE "EmailAccount" SET "leaseUntil" = now() + make_interval(secs => $3)
     WHERE "id" = $1 AND "leaseToken" = $2 AND "isActive" AND "pollingEnabled" RETURNING "epoch"`,
    [lease.accountId, lease.token.toString(), leaseSeconds],
  );
  if (locked.rows[0]?.epoch !== state.epoch)
    throw new LeaseLost("The account was changed or taken over during the poll.");
}

async function insertReceipt(
  client: pg.PoolClient,
  accountId: string,
  state: FolderState,
  receipt: Receipt,
  pollRunId: string,
): Promise<boolean> {
  const id = uuid();
  const sha256 = receipt.raw ? createHash("sha256").update(receipt.raw).digest() : null;
  const header = receipt.raw ? scanHeader(receipt.raw) : null;
  const inserted = await client.query(
    `INSERT INTO "InboundEmail" ("id", "accountId", "folder", "epoch", "uidValidity", "uid", "sha256", "size", "isTruncated",
       "isRelisted", "internalDate", "messageIdKey", "pollRunId", "status", "reason", "processedAt", "receivedAt", "nextTryAt")
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14::"InboundStatus", $15,
       CASE WHEN $15::text IS NULL THEN NULL ELSE now() END, now(), now())
     ON CONFLICT ("accountId", "folder", "epoch", "uidValidity", "uid") DO NOTHING`,
    [
      id,
      accountId,
      state.folder,
      state.epoch,
      state.uidValidity.toString(),
      receipt.uid,
      sha256,
      receipt.raw?.length ?? 0,
      receipt.isTruncated,
      receipt.isRelisted,
      receipt.internalDate,
      header?.messageId ? messageIdKey(header.messageId) : null,
      pollRunId,
      receipt.quarantine ? "QUARANTINED" : "PENDING",
      receipt.quarantine,
    ],
  );
  if (inserted.rowCount === 0) {
    await requireSameBytes(client, accountId, state, receipt.uid, sha256);
    return false;
  }
  crashpoint("store.receipt-inserted");
  if (receipt.raw)
    await client.query(`INSERT INTO "RawMail" ("inboundEmailId", "bytes") VALUES ($1, $2)`, [
      id,
      receipt.raw,
    ]);
  crashpoint("store.raw-inserted");
  return true;
}

async function requireSameBytes(
  client: pg.PoolClient,
  accountId: string,
  state: FolderState,
  uid: number,
  sha256: Buffer | null,
): Promise<void> {
  const known = await client.query<{ sha256: Buffer | null }>(
    `SELECT "sha256" FROM "InboundEmail"
     WHERE "accountId" = $1 AND "folder" = $2 AND "epoch" = $3 AND "uidValidity" = $4 AND "uid" = $5`,
    [accountId, state.folder, state.epoch, state.uidValidity.toString(), uid],
  );
  const before = known.rows[0]?.sha256;
  if (before && sha256 && !before.equals(sha256))
    throw new UidReused(`UID ${uid} was another mail before.`);
}

async function moveCursor(
  client: pg.PoolClient,
  accountId: string,
  state: FolderState,
  lastUid: number,
): Promise<void> {
  await client.query(
    `UPDATE "FolderCursor" SET "lastUid" = GREATEST("lastUid", $5), "stuckUid" = NULL, "stuckTries" = 0, "updatedAt" = now()
     WHERE "accountId" = $1 AND "folder" = $2 AND "epoch" = $3 AND "uidValidity" = $4`,
    [accountId, state.folder, state.epoch, state.uidValidity.toString(), lastUid],
  );
}
