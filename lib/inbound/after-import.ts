import { createHash } from "node:crypto";
import { crashpoint } from "../crashpoint";
import { db } from "../db/client";
import { isDueNow } from "../db/due-now";
import type { EmailAccount } from "../db/generated/client";
import { messageIdKey } from "../mail/message-id";
import { scanMessageId } from "../mail/scan-header";
import type { ImapFolder } from "../transport/imap";
import { MailError } from "../transport/mail-error";
import type { Cursor } from "./cursor";
import type { AccountLease, Poll } from "./lease";

/** Mails that one poll takes on; the next one goes on with the rest. */
const AT_ONCE_MAX = 1_000;

/** After so many tries, over half a day, a mail stays on the server as it is. */
const TRIES_MAX = 10;
const WAIT_MINUTES_MAX = 360;

/** Mails whose bytes are compared one by one, where their headers do not say enough. */
const BYTES_MAX = 100 * 1024 * 1024;

type Wish = Pick<EmailAccount, "afterImport" | "afterImportFolder">;

type Due = {
  id: string;
  uid: number;
  isHere: boolean;
  sha256: Buffer;
  internalDate: Date | null;
  messageIdKey: string | null;
  tries: number;
};

/** read, moved: done. gone: it was no longer there. other: the number means another mail now. failed: given up. */
type Outcome = "read" | "moved" | "gone" | "other" | "failed";

/**
 * Does on the server what the account says with mails that are imported: committed, and a message, or
 * known as one we have. What is still to be done stands on the receipts, so that a crash at any moment
 * only makes it be done again. Trouble is noted on the account and fails no poll.
 * @throws MailError only when the poll itself was ended.
 */
export async function actAfterImport(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  wish: Wish,
): Promise<void> {
  if (wish.afterImport === "nothing") return;
  const due = await claimDue(poll.lease, cursor);
  if (due.length === 0) return;
  crashpoint("after-import.claimed");
  try {
    await act(poll, folder, cursor, { ...wish, due });
    await noteTrouble(poll.lease, null);
  } catch (error) {
    if (!(error instanceof MailError) || poll.signal.aborted) throw error;
    await noteTrouble(poll.lease, `${error.message} ${error.fix}`.trim());
  }
}

/** Counts the try before it is made: one that ends this process is not made for ever. */
async function claimDue(lease: AccountLease, cursor: Cursor): Promise<Due[]> {
  const { rows } = await db().pool.query<Omit<Due, "uid"> & { uid: string }>(
    `UPDATE "InboundEmail" SET "serverTries" = "serverTries" + 1,
       "serverDueAt" = now() + make_interval(mins => LEAST(power(2, "serverTries")::int, $6))
     WHERE "id" IN (SELECT "id" FROM "InboundEmail"
       WHERE "accountId" = $1 AND ${isDueNow('"serverDueAt"')} AND "status" IN ('PROCESSED', 'DUPLICATE', 'IGNORED')
         AND EXISTS (SELECT 1 FROM "EmailAccount" WHERE "id" = $1 AND "leaseToken" = $7)
       ORDER BY "serverDueAt" LIMIT $5)
     RETURNING "id", "uid"::text AS uid, "folder" = $2 AND "epoch" = $3 AND "uidValidity" = $4 AS "isHere", "sha256",
       "internalDate", "messageIdKey", "serverTries" AS tries`,
    [
      ...[lease.accountId, cursor.folder, cursor.epoch, cursor.uidValidity.toString()],
      ...[AT_ONCE_MAX, WAIT_MINUTES_MAX, lease.token.toString()],
    ],
  );
  return rows.map((row) => ({ ...row, uid: Number(row.uid) }));
}

async function act(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  { due, ...wish }: Wish & { due: Due[] },
): Promise<void> {
  await handOn(
    poll.lease,
    cursor,
    due.filter(({ isHere }) => !isHere),
  );
  const tired = due.filter(({ isHere, tries }) => isHere && tries > TRIES_MAX);
  await end(tired, "failed");
  const here = due.filter(({ isHere, tries }) => isHere && tries <= TRIES_MAX);
  const { same, gone, other } = await sort(folder, here);
  await end(other, "other");
  // One that is not there after a try was moved by it, and its answer lost.
  const isMove = wish.afterImport === "move";
  await end(
    gone.filter(({ tries }) => isMove && tries > 1),
    "moved",
  );
  await end(
    gone.filter(({ tries }) => !isMove || tries === 1),
    "gone",
  );
  if (same.length === 0) return;
  await change(folder, wish, same);
  crashpoint("after-import.acted");
  await end(same, isMove ? "moved" : "read");
}

async function change(folder: ImapFolder, wish: Wish, mails: Due[]): Promise<void> {
  const uids = mails.map(({ uid }) => uid);
  if (wish.afterImport !== "move") return folder.change((changes) => changes.markRead(uids));
  const copied = await folder.heldElsewhere(wish.afterImportFolder, mails.flatMap(triedBefore));
  const skipped = new Set(copied.map(({ uid }) => uid));
  return folder.change((changes) => changes.move(uids, wish.afterImportFolder, skipped));
}

/** Of which an earlier try may have made the copy. */
function triedBefore({ uid, tries, messageIdKey: messageId, internalDate }: Due) {
  if (tries === 1 || messageId === null || internalDate === null) return [];
  return [{ uid, messageId, internalDate }];
}

/**
 * Mails of a place that is no more, as the folder was reset or another one is read now. Those that
 * stand in the folder again, byte for byte, are taken on under their new number.
 */
async function handOn(lease: AccountLease, cursor: Cursor, mails: Due[]): Promise<void> {
  if (mails.length === 0) return;
  await db().pool.query(
    `UPDATE "InboundEmail" AS again SET "serverDueAt" = now() FROM "InboundEmail" AS before
     WHERE before."id" = ANY($5::uuid[]) AND before."folder" = $2 AND again."accountId" = $1 AND again."folder" = $2
       AND again."epoch" = $3 AND again."uidValidity" = $4 AND again."sha256" = before."sha256" AND again."serverOutcome" IS NULL`,
    [
      ...[lease.accountId, cursor.folder, cursor.epoch, cursor.uidValidity.toString()],
      mails.map(({ id }) => id),
    ],
  );
  await end(mails, "other");
}

/** Nothing is done with a mail before the server has shown that it is the one we hold. */
async function sort(folder: ImapFolder, mails: Due[]) {
  const found = await folder.identify(mails.map(({ uid }) => uid));
  const sorted: Record<"same" | "gone" | "other", Due[]> = { same: [], gone: [], other: [] };
  for (const mail of mails) {
    const there = found.get(mail.uid);
    if (!there) sorted.gone.push(mail);
    else if (isSame(mail, there) || (await hasSameBytes(folder, mail))) sorted.same.push(mail);
    else sorted.other.push(mail);
  }
  return sorted;
}

function isSame(mail: Due, there: { internalDate: Date; header: Buffer }): boolean {
  const messageId = scanMessageId(there.header);
  return (
    mail.messageIdKey !== null &&
    messageId !== null &&
    messageIdKey(messageId) === mail.messageIdKey &&
    mail.internalDate?.getTime() === there.internalDate.getTime()
  );
}

async function hasSameBytes(folder: ImapFolder, { uid, sha256 }: Due): Promise<boolean> {
  const [mail] = await folder.fetch([uid], BYTES_MAX);
  return mail !== undefined && createHash("sha256").update(mail.raw).digest().equals(sha256);
}

async function end(mails: Due[], outcome: Outcome): Promise<void> {
  if (mails.length === 0) return;
  await db().pool.query(
    `UPDATE "InboundEmail" SET "serverDueAt" = NULL, "serverOutcome" = $2 WHERE "id" = ANY($1::uuid[])`,
    [mails.map(({ id }) => id), outcome],
  );
}

async function noteTrouble(lease: AccountLease, trouble: string | null): Promise<void> {
  await db().pool.query(
    `UPDATE "EmailAccount" SET "afterImportError" = $3
     WHERE "id" = $1 AND "leaseToken" = $2 AND "afterImportError" IS DISTINCT FROM $3`,
    [lease.accountId, lease.token.toString(), trouble],
  );
}
