import { createHash } from "node:crypto";
import type pg from "pg";
import { crashpoint } from "../crashpoint";
import { copyBytes } from "../db/copy-bytes";
import { rowsAsJson } from "../db/insert-rows";
import { inPgTransaction } from "../db/pg-transaction";
import { messageIdKey } from "../mail/message-id";
import { scanMessageId } from "../mail/scan-header";
import { newId } from "../new-id";
import { keepRawMail } from "./fresh-mails";
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
 * For a receipt of account `$2`: when something is to be done with its mail on the server. Not with one
 * of which we hold less than all, nor one that is listed again.
 */
const SERVER_DUE = `CASE WHEN "sha256" IS NOT NULL AND NOT "isTruncated" AND NOT "isRelisted"
       THEN (SELECT now() FROM "EmailAccount" WHERE "id" = $2::uuid AND "afterImport" <> 'nothing') END`;

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
  const stored = await inLockedAccount(lease, state, batch.leaseSeconds, async (client) => {
    const inserted = await insertReceipts(client, lease.accountId, state, batch);
    await moveCursor(client, lease.accountId, state, batch.lastUid);
    crashpoint("store.cursor-moved");
    return inserted;
  });
  for (const { id, raw } of stored) keepRawMail(id, raw);
  return stored.length;
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
    const filled = await client.query(
      `UPDATE "InboundEmail" SET "status" = 'PENDING', "reason" = NULL, "error" = NULL, "processedAt" = NULL, "attempts" = 0,
         "parserKills" = 0, "nextTryAt" = now(), "refetchAt" = NULL, "sha256" = $2, "size" = $3, "isTruncated" = $4,
         "internalDate" = $5, "messageIdKey" = $6, "pollRunId" = $7, "serverDueAt" = CASE WHEN $4 THEN NULL ELSE (
           SELECT now() FROM "EmailAccount" WHERE "id" = "InboundEmail"."accountId" AND "afterImport" <> 'nothing') END
       WHERE "id" = $1 AND "status" = 'QUARANTINED' AND "sha256" IS NULL`,
      [
        id,
        createHash("sha256").update(raw).digest(),
        raw.length,
        receipt.isTruncated,
        receipt.internalDate,
        messageIdKeyOf(raw),
        found.pollRunId,
      ],
    );
    if (filled.rowCount === 0) return false;
    await insertRawMails(client, [{ id, raw }]);
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

/** @returns those of the receipts that are new. */
async function insertReceipts(
  client: pg.PoolClient,
  accountId: string,
  state: FolderState,
  { receipts, pollRunId }: { receipts: Receipt[]; pollRunId: string },
): Promise<{ id: string; raw: Buffer | null }[]> {
  const rows = receipts.map((receipt) => receiptRow(receipt, pollRunId));
  const inserted = await client.query<{ id: string }>(
    `INSERT INTO "InboundEmail" ("id", "accountId", "folder", "epoch", "uidValidity", "uid", "sha256", "size", "isTruncated",
       "isRelisted", "internalDate", "messageIdKey", "pollRunId", "status", "reason", "processedAt", "receivedAt", "nextTryAt", "serverDueAt")
     SELECT "id", $2, $3, $4, $5, "uid", "sha256", "size", "isTruncated", "isRelisted", "internalDate", "messageIdKey", "pollRunId",
       "status", "reason", CASE WHEN "reason" IS NULL THEN NULL ELSE now() END, now(), now(), ${SERVER_DUE}
     FROM json_populate_recordset(NULL::"InboundEmail", $1)
     ON CONFLICT ("accountId", "folder", "epoch", "uidValidity", "uid") DO NOTHING RETURNING "id"`,
    [rowsAsJson(rows), accountId, state.folder, state.epoch, state.uidValidity.toString()],
  );
  crashpoint("store.receipt-inserted");
  const isNew = new Set(inserted.rows.map(({ id }) => id));
  await requireSameBytes(
    client,
    accountId,
    state,
    rows.filter(({ id }) => !isNew.has(id)),
  );
  const fresh = rows
    .map(({ id }, index) => ({ id, raw: receipts[index]?.raw ?? null }))
    .filter(({ id }) => isNew.has(id));
  await insertRawMails(client, fresh);
  crashpoint("store.raw-inserted");
  return fresh;
}

function receiptRow(receipt: Receipt, pollRunId: string) {
  const { uid, raw, isTruncated, isRelisted, internalDate, quarantine } = receipt;
  return {
    ...{ id: newId(), uid, isTruncated, isRelisted, internalDate, pollRunId, reason: quarantine },
    sha256: raw ? createHash("sha256").update(raw).digest() : null,
    size: raw?.length ?? 0,
    messageIdKey: raw ? messageIdKeyOf(raw) : null,
    status: quarantine === null ? "PENDING" : "QUARANTINED",
  };
}

function messageIdKeyOf(raw: Buffer): string | null {
  const messageId = scanMessageId(raw);
  return messageId ? messageIdKey(messageId) : null;
}

async function insertRawMails(
  client: pg.PoolClient,
  mails: { id: string; raw: Buffer | null }[],
): Promise<void> {
  const rows = mails.flatMap(({ id, raw }) => (raw === null ? [] : [{ id, bytes: raw }]));
  await copyBytes(client, '"RawMail" ("inboundEmailId", "bytes")', rows);
}

/** @throws UidReused when one of these is known with other bytes. */
async function requireSameBytes(
  client: pg.PoolClient,
  accountId: string,
  state: FolderState,
  receipts: { uid: number; sha256: Buffer | null }[],
): Promise<void> {
  if (receipts.length === 0) return;
  const known = await client.query<{ uid: string; sha256: Buffer | null }>(
    `SELECT "uid", "sha256" FROM "InboundEmail"
     WHERE "accountId" = $1 AND "folder" = $2 AND "epoch" = $3 AND "uidValidity" = $4 AND "uid" = ANY($5::bigint[])`,
    [
      accountId,
      state.folder,
      state.epoch,
      state.uidValidity.toString(),
      receipts.map(({ uid }) => uid),
    ],
  );
  const before = new Map(known.rows.map(({ uid, sha256 }) => [Number(uid), sha256]));
  for (const { uid, sha256 } of receipts) {
    const stored = before.get(uid);
    if (stored && sha256 && !stored.equals(sha256))
      throw new UidReused(`UID ${uid} was another mail before.`);
  }
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
