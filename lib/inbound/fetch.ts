import { imapServerOf } from "../accounts/servers";
import { crashpoint } from "../crashpoint";
import { db } from "../db/client";
import { env } from "../env";
import { scanHeader } from "../mail/scan-header";
import { ImapFolder, type ListedMail } from "../transport/imap";
import { MailError } from "../transport/mail-error";
import { type Cursor, openCursor, recordStuck, startAgain } from "./cursor";
import type { AccountLease } from "./lease";
import { LeaseLost, type Receipt, storeBatch, UidReused } from "./store";

/** One batch is one commit: bounded by count and by bytes, so memory is too. */
const BATCH_MAILS = 50;
const BATCH_BYTES = 16 * 1024 * 1024;

/** Tries after which a UID the server can't deliver is recorded without its bytes. */
const STUCK_TRIES_MAX = 3;

/** `folderMails`: what the folder held when it was opened; `skipped`: new ones from before the start. */
export type FetchResult = { seen: number; stored: number; folderMails: number; skipped: number };

type Poll = { lease: AccountLease; pollRunId: string; leaseSeconds: number; signal: AbortSignal };

/**
 * Reads everything new in an account's folder and stores it, batch by batch, each with the cursor in
 * one commit. Changes nothing on the server.
 * @throws MailError from the server; LeaseLost when the account is no longer ours.
 */
export async function fetchAccount(poll: Poll): Promise<FetchResult> {
  const account = await db().prisma.emailAccount.findFirst({
    where: {
      id: poll.lease.accountId,
      leaseToken: poll.lease.token,
      isActive: true,
      pollingEnabled: true,
    },
  });
  if (!account) throw new LeaseLost("The account was changed before the poll began.");
  const folder = await ImapFolder.open(imapServerOf(account), account.folder, {
    allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS,
    signal: poll.signal,
  });
  crashpoint("fetch.opened");
  try {
    const opened = {
      folder: account.folder,
      uidValidity: folder.uidValidity,
      uidNext: folder.uidNext,
    };
    const cursor = await openCursor(poll.lease, opened);
    crashpoint("fetch.cursor-opened");
    const startFrom = account.startMode === "all" ? null : account.startFrom;
    try {
      return await readOn(poll, folder, cursor, startFrom);
    } catch (error) {
      if (!(error instanceof UidReused)) throw error;
      const again = await startAgain(poll.lease, opened, { needsNewEpoch: true });
      return await readOn(poll, folder, again, startFrom);
    }
  } finally {
    await folder.close();
  }
}

async function readOn(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  startFrom: Date | null,
): Promise<FetchResult> {
  const listed = await folder.list(cursor.lastUid);
  crashpoint("fetch.listed");
  const result = { seen: 0, stored: 0, folderMails: folder.exists, skipped: 0 };
  for (const batch of batchesOf(listed, cursor)) {
    const { receipts, seen, skipped } = await readBatch(folder, batch, cursor, startFrom, poll);
    crashpoint("fetch.batch-fetched");
    const lastUid = batch.at(-1)?.uid ?? cursor.lastUid;
    result.seen += seen;
    result.skipped += skipped;
    result.stored += await storeBatch(poll.lease, cursor, {
      receipts,
      lastUid,
      pollRunId: poll.pollRunId,
      leaseSeconds: poll.leaseSeconds,
    });
  }
  return result;
}

/** Cuts the listing by count and bytes. Where a UID is stuck, mails go one by one to find it. */
export function batchesOf(listed: ListedMail[], cursor: Pick<Cursor, "stuckUid">): ListedMail[][] {
  const most = cursor.stuckUid === null ? BATCH_MAILS : 1;
  const batches: ListedMail[][] = [];
  let bytes = 0;
  for (const mail of listed) {
    const current = batches.at(-1);
    if (current && current.length < most && bytes + mail.size <= BATCH_BYTES) {
      current.push(mail);
      bytes += mail.size;
    } else {
      batches.push([mail]);
      bytes = mail.size;
    }
  }
  return batches;
}

type Batch = { receipts: Receipt[]; seen: number; skipped: number };

async function readBatch(
  folder: ImapFolder,
  batch: ListedMail[],
  cursor: Cursor,
  startFrom: Date | null,
  poll: Poll,
): Promise<Batch> {
  const first = batch[0];
  if (
    batch.length === 1 &&
    first &&
    cursor.stuckUid === first.uid &&
    cursor.stuckTries >= STUCK_TRIES_MAX
  )
    return {
      seen: 1,
      skipped: 0,
      receipts: [
        withoutBytes(
          first,
          cursor,
          `The server could not deliver this mail in ${STUCK_TRIES_MAX} tries (UID ${first.uid}).`,
        ),
      ],
    };
  try {
    return await fetchBatch(folder, batch, cursor, startFrom);
  } catch (error) {
    // A poll that we ended ourselves says nothing about the mail.
    if (first && error instanceof MailError && !poll.signal.aborted)
      await recordStuck(poll.lease, cursor, first.uid);
    throw error;
  }
}

async function fetchBatch(
  folder: ImapFolder,
  batch: ListedMail[],
  cursor: Cursor,
  startFrom: Date | null,
): Promise<Batch> {
  const bytesMax = env().EMAIL_MAX_MESSAGE_MB * 1024 * 1024;
  const wanted: ListedMail[] = [];
  for (const mail of batch)
    if (await isAfterStart(folder, mail, cursor, startFrom)) wanted.push(mail);
  const fitting = wanted.filter((mail) => mail.size <= bytesMax);
  const fetched = new Map(
    (
      await folder.fetch(
        fitting.map((mail) => mail.uid),
        bytesMax,
      )
    ).map((mail) => [mail.uid, mail]),
  );
  const receipts: Receipt[] = [];
  for (const mail of wanted) {
    const found = fetched.get(mail.uid);
    const receipt = found
      ? {
          uid: mail.uid,
          internalDate: mail.internalDate,
          raw: found.raw,
          isTruncated: false,
          isRelisted: mail.uid <= cursor.relistUpTo,
          quarantine: null,
        }
      : await readHeaderOnly(folder, mail, cursor, bytesMax);
    if (receipt) receipts.push(receipt);
  }
  return { receipts, seen: receipts.length, skipped: batch.length - wanted.length };
}

/**
 * What is kept of a mail whose bytes did not come: the header of one too large to fetch, nothing of
 * an empty one; null when it was expunged in the meantime.
 * @throws MailError when the server has the mail and should have delivered it.
 */
async function readHeaderOnly(
  folder: ImapFolder,
  mail: ListedMail,
  cursor: Cursor,
  bytesMax: number,
): Promise<Receipt | null> {
  const header = await folder.fetchHeader(mail.uid);
  if (mail.size === 0)
    return withoutBytes(mail, cursor, "The mail is empty: the server holds 0 bytes for it.");
  if (!header) return null;
  if (mail.size <= bytesMax) throw notDelivered(mail);
  return {
    uid: mail.uid,
    internalDate: mail.internalDate,
    raw: header,
    isTruncated: true,
    isRelisted: mail.uid <= cursor.relistUpTo,
    quarantine: null,
  };
}

/** To go on without it would lose it: the cursor never comes back. */
function notDelivered({ uid, size }: ListedMail): MailError {
  return new MailError({
    kind: "transient",
    code: "ENOTDELIVERED",
    cause: `The server lists a mail of ${size} bytes (UID ${uid}) and does not deliver it.`,
    fix: `It is tried again; after ${STUCK_TRIES_MAX} tries the mail is set aside under Admin → Mail.`,
    serverSaid: null,
  });
}

function withoutBytes(mail: ListedMail, cursor: Cursor, quarantine: string): Receipt {
  return {
    uid: mail.uid,
    internalDate: mail.internalDate,
    raw: null,
    isTruncated: false,
    isRelisted: mail.uid <= cursor.relistUpTo,
    quarantine,
  };
}

/**
 * False for mail from before the account's start. In a first listing the server's date decides. After
 * a reset both INTERNALDATE and the mail's own Date must lie before the start: a restored mail has an
 * old INTERNALDATE or a new one, but its own Date stays. INTERNALDATE counts whole seconds, so the
 * start is taken to the second as well.
 */
async function isAfterStart(
  folder: ImapFolder,
  mail: ListedMail,
  cursor: Cursor,
  startFrom: Date | null,
): Promise<boolean> {
  if (!startFrom) return true;
  const start = Math.floor(startFrom.getTime() / 1000) * 1000;
  if (mail.internalDate.getTime() >= start) return true;
  if (mail.uid > cursor.relistUpTo) return false;
  const header = await folder.fetchHeader(mail.uid);
  const claimed = header ? Date.parse(scanHeader(header).date ?? "") : Number.NaN;
  return claimed >= start;
}
