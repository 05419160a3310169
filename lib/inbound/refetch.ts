import { db } from "../db/client";
import { notifyNow } from "../db/listen";
import type { ImapFolder } from "../transport/imap";
import type { Cursor } from "./cursor";
import type { Poll } from "./lease";
import { isNotDelivered, readMails } from "./read-mails";
import { storeBytes } from "./store";

/** Mails asked for again in one poll; the next one takes the rest. */
const ASKED_MAX = 50;

type Asked = { id: string; uid: number; isHere: boolean };

/**
 * Asks the server once more for mails that were set aside without their bytes, where an admin wants
 * it. Each is asked for once per wish, whatever comes of it, and its receipt says what did.
 * @returns how many mails have their bytes now.
 * @throws MailError when the connection ends.
 */
export async function refetchAsked(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
): Promise<number> {
  let filled = 0;
  for (const asked of await listAsked(poll.lease.accountId, cursor)) {
    // Said first: a server that hangs up over this mail is not asked for it by every poll.
    await answer(asked.id, "The connection ended while the server was asked for it again.");
    const trouble = asked.isHere
      ? await refetch(poll, folder, cursor, asked)
      : "The folder was reset on the server since. If the server still has this mail, it came again under another number.";
    if (trouble === null) filled += 1;
    else await answer(asked.id, trouble);
  }
  return filled;
}

async function listAsked(accountId: string, cursor: Cursor): Promise<Asked[]> {
  const found = await db().pool.query<Omit<Asked, "uid"> & { uid: string }>(
    `SELECT "id", "uid"::text AS uid, "folder" = $2 AND "epoch" = $3 AND "uidValidity" = $4 AS "isHere" FROM "InboundEmail"
     WHERE "accountId" = $1 AND "status" = 'QUARANTINED' AND "refetchAt" IS NOT NULL
     ORDER BY "refetchAt", "id" LIMIT $5`,
    [accountId, cursor.folder, cursor.epoch, cursor.uidValidity.toString(), ASKED_MAX],
  );
  return found.rows.map((row) => ({ ...row, uid: Number(row.uid) }));
}

/** @returns null when the bytes are stored, else why not. */
async function refetch(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  { id, uid }: Asked,
): Promise<string | null> {
  try {
    const [receipt] = await readMails(folder, await folder.listOnly([uid]), cursor);
    if (!receipt) return "Asked again: the server no longer has this mail.";
    if (!receipt.raw) return receipt.quarantine ?? "Asked again: the mail is empty.";
    const { pollRunId, leaseSeconds } = poll;
    const bytes = { id, receipt, raw: receipt.raw, pollRunId, leaseSeconds };
    if (await storeBytes(poll.lease, cursor, bytes)) return null;
    return "It was changed meanwhile.";
  } catch (error) {
    if (!isNotDelivered(error)) throw error;
    return `Asked again: the server lists this mail and still does not deliver it (UID ${uid}).`;
  }
}

async function answer(id: string, reason: string): Promise<void> {
  await db().pool.query(
    `UPDATE "InboundEmail" SET "refetchAt" = NULL, "reason" = $2 WHERE "id" = $1 AND "status" = 'QUARANTINED'`,
    [id, reason],
  );
  await notifyNow("inbound", id);
}
