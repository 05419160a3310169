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
  return inLockedAccount(lease, state, batch.leaseSeconds, async (client) => {
    let stored = 0;
    for (const receipt of batch.receipts)
      if (await insertReceipt(client, lease.accountId, state, receipt, batch.pollRunId)) stored++;
    await moveCursor(client, lease.accountId, state, batch.lastUid);
    crashpoint("store.cursor-moved");
    return stored;
  });
}

/**
 * The bytes of a mail that was set aside without them: its receipt waits to be processed.
 * @returns false when the receipt has been changed meanwhile.
 * @throws LeaseLost; nothing is stored then.
 */
export async function storeBytes(
  lease: AccountLease,
  state: FolderState,
  found: { id: string; receipt: Receipt; raw: Buffer; pollRunId: string; leaseSeconds: number },
): Promise<boolean> {
  const { id, receipt, raw } = found;
  return inLockedAccount(lease, state, found.leaseSeconds, async (client) => {
    const header = scanHeader(raw);
    const filled = await client.query(
      `UPDATE "InboundEmail" SET "status" = 'PENDING', "reason" = NULL, "error" = NULL, "processedAt" = NULL, "attempts" = 0,
         "parserKills" = 0, "nextTryAt" = now(), "refetchAt" = NULL, "sha256" = $2, "size" = $3, "isTruncated" = $4,
         "internalDate" = $5, "messageIdKey" = $6, "pollRunId" = $7
       WHERE "id" = $1 AND "status" = 'QUARANTINED' AND "sha256" IS NULL`,
      [
        id,
        createHash("sha256").update(raw).digest(),
        raw.length,
        receipt.isTruncated,
        receipt.internalDate,
        header.messageId ? messageIdKey(header.messageId) : null,
        found.pollRunId,
      ],
    );
    if (filled.rowCount === 0) return false;
    await client.query(`INSERT INTO "RawMail" ("inboundEmailId", "bytes") VALUES ($1, $2)`, [
      id,
      raw,
    ]);
    return true;
  });
}

/** One transaction that holds the account's row, and only while the account is ours. */
async function inLockedAccount<T>(
  lease: AccountLease,
  state: FolderState,
  leaseSeconds: number,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const result = await inPgTransaction(async (client) => {
    crashpoint("store.begun");
    await lockAccount(client, lease, state, leaseSeconds);
    crashpoint("store.account-locked");
    return work(client);
  });
  crashpoint("store.committed");
  return result;
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
