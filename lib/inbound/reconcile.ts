import { db } from "../db/client";
import { isDueNow } from "../db/due-now";
import { messageOf } from "../errors";
import type { ImapFolder, ListedMail } from "../transport/imap";
import type { Cursor } from "./cursor";
import type { AccountLease, Poll } from "./lease";
import {
  afterStart,
  batchesOf,
  isNotDelivered,
  readMails,
  STUCK_TRIES_MAX,
  withoutBytes,
} from "./read-mails";
import { LeaseLost, type Receipt, storeBatch } from "./store";

/** UIDs compared at once: what is held in memory of a folder, apart from a number for each mail. */
const WINDOW = 5_000;

/** What one comparison fetches at most; the next poll goes on with the rest. */
const HOLES_MAX = 5_000;
const HOLE_BYTES_MAX = 256 * 1024 * 1024;

const DAY_SECONDS = 86_400;
/** After a try that came to nothing. */
const RETRY_SECONDS = 3_600;

/** What the folder holds and what we hold of it, both up to the cursor. */
type Figures = {
  server: number;
  held: number;
  leftOut: number;
  gone: number;
  fetched: number;
  missing: number;
};

type Holes = { held: number; mails: ListedMail[]; leftOut: number; beyond: number };

/**
 * Compares the folder with the receipts we hold of it, once a day, after a reset and when asked for,
 * and fetches what has none. Only mail at or below the cursor is looked at: the rest is the fetch's.
 * The cursor stays where it is.
 * @returns how many mails were stored.
 * @throws MailError from the server; nothing is concluded then.
 */
export async function reconcile(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  startFrom: Date | null,
): Promise<number> {
  if (!(await isDue(poll.lease))) return 0;
  const uids = (await folder.uids()).filter((uid) => uid <= cursor.lastUid);
  const receipts = await countReceipts(poll.lease, cursor, uids);
  const { held, ...holes } = await findHoles(poll, folder, cursor, { uids, startFrom });
  const { fetched, expunged } = await fillHoles(poll, folder, cursor, holes.mails);
  const listed = holes.leftOut + holes.beyond + holes.mails.length - expunged;
  await record(poll.lease, {
    server: held + listed,
    held: held + fetched,
    leftOut: holes.leftOut,
    gone: Math.max(0, receipts - held),
    fetched,
    missing: holes.beyond,
  });
  return fetched;
}

/** Notes that a comparison came to nothing. The figures of the last one stay. */
export async function recordFailure(lease: AccountLease, error: unknown): Promise<void> {
  await db().pool.query(
    `UPDATE "EmailAccount" SET "compareError" = $3, "compareDueAt" = now() + make_interval(secs => $4)
     WHERE "id" = $1 AND "leaseToken" = $2`,
    [lease.accountId, lease.token.toString(), messageOf(error), RETRY_SECONDS],
  );
}

async function isDue(lease: AccountLease): Promise<boolean> {
  const due = await db().pool.query(
    `SELECT 1 FROM "EmailAccount" WHERE "id" = $1 AND "leaseToken" = $2
       AND ("compareDueAt" IS NULL OR ${isDueNow('"compareDueAt"')})`,
    [lease.accountId, lease.token.toString()],
  );
  return due.rowCount === 1;
}

function windowsOf(uids: number[]): number[][] {
  const windows: number[][] = [];
  for (let at = 0; at < uids.length; at += WINDOW) windows.push(uids.slice(at, at + WINDOW));
  return windows;
}

/** The key of a receipt, without its UID. */
const keyOf = (lease: AccountLease, cursor: Cursor) => [
  lease.accountId,
  cursor.folder,
  cursor.epoch,
  cursor.uidValidity.toString(),
];

/** Which of these UIDs we hold no receipt of. */
async function withoutReceipt(
  lease: AccountLease,
  cursor: Cursor,
  uids: number[],
): Promise<number[]> {
  const found = await db().pool.query<{ uid: string }>(
    `SELECT asked.uid::text FROM unnest($5::bigint[]) AS asked(uid) WHERE NOT EXISTS (
       SELECT 1 FROM "InboundEmail" WHERE "accountId" = $1 AND "folder" = $2 AND "epoch" = $3 AND "uidValidity" = $4
         AND "uid" = asked.uid)
     ORDER BY asked.uid`,
    [...keyOf(lease, cursor), uids],
  );
  return found.rows.map(({ uid }) => Number(uid));
}

/** Without those that we moved to another folder, also where the server's answer to that was lost. */
async function countReceipts(
  lease: AccountLease,
  cursor: Cursor,
  onServer: number[],
): Promise<number> {
  const counted = await db().pool.query<{ count: number; moving: string[] | null }>(
    `SELECT count(*) FILTER (WHERE "serverOutcome" IS DISTINCT FROM 'moved')::int AS count,
       array_agg("uid"::text) FILTER (WHERE "serverDueAt" IS NOT NULL AND "serverTries" > 0) AS moving
     FROM "InboundEmail"
     WHERE "accountId" = $1 AND "folder" = $2 AND "epoch" = $3 AND "uidValidity" = $4 AND "uid" <= $5`,
    [...keyOf(lease, cursor), cursor.lastUid],
  );
  const { count = 0, moving } = counted.rows[0] ?? {};
  if (!moving) return count;
  const there = new Set(onServer);
  return count - moving.filter((uid) => !there.has(Number(uid))).length;
}

/** What has no receipt and ought to have one; what is beyond the bounds is only counted. */
async function findHoles(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  { uids, startFrom }: { uids: number[]; startFrom: Date | null },
): Promise<Holes> {
  const holes: Holes = { held: 0, mails: [], leftOut: 0, beyond: 0 };
  let bytes = 0;
  for (const window of windowsOf(uids)) {
    const unheld = await withoutReceipt(poll.lease, cursor, window);
    holes.held += window.length - unheld.length;
    const listed = await folder.listOnly(unheld);
    const wanted = await afterStart(folder, listed, cursor, startFrom);
    holes.leftOut += listed.length - wanted.length;
    for (const mail of wanted) {
      const fits = holes.mails.length < HOLES_MAX && bytes + mail.size <= HOLE_BYTES_MAX;
      // One mail always fits, or a large one would never come.
      if (!fits && holes.mails.length > 0) {
        holes.beyond += 1;
        continue;
      }
      holes.mails.push(mail);
      bytes += mail.size;
    }
  }
  return holes;
}

async function fillHoles(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  mails: ListedMail[],
): Promise<{ fetched: number; expunged: number }> {
  const filled = { fetched: 0, expunged: 0 };
  for (const batch of batchesOf(mails)) {
    const receipts = await readHoles(folder, batch, cursor);
    filled.expunged += batch.length - receipts.length;
    filled.fetched += await storeBatch(poll.lease, cursor, {
      receipts,
      // The cursor never goes back, and has been past these for long.
      lastUid: 0,
      pollRunId: poll.pollRunId,
      leaseSeconds: poll.leaseSeconds,
    });
  }
  return filled;
}

/** One by one where the server leaves a mail out, so that the others come. */
async function readHoles(
  folder: ImapFolder,
  batch: ListedMail[],
  cursor: Cursor,
): Promise<Receipt[]> {
  try {
    return await readMails(folder, batch, cursor);
  } catch (error) {
    if (!isNotDelivered(error)) throw error;
  }
  const receipts: Receipt[] = [];
  for (const mail of batch) receipts.push(...(await readOrGiveUp(folder, mail, cursor)));
  return receipts;
}

async function readOrGiveUp(
  folder: ImapFolder,
  mail: ListedMail,
  cursor: Cursor,
): Promise<Receipt[]> {
  for (let tries = 0; tries < STUCK_TRIES_MAX; tries++) {
    try {
      return await readMails(folder, [mail], cursor);
    } catch (error) {
      if (!isNotDelivered(error)) throw error;
    }
  }
  const reason = `The server could not deliver this mail in ${STUCK_TRIES_MAX} tries (UID ${mail.uid}).`;
  return [withoutBytes(mail, cursor, reason)];
}

/** Where something is left over, the next poll goes on with it. */
async function record(lease: AccountLease, figures: Figures): Promise<void> {
  const written = await db().pool.query(
    `UPDATE "EmailAccount" SET "reconciledAt" = now(), "compareError" = NULL,
       "compareDueAt" = now() + make_interval(secs => $3), "serverMails" = $4, "heldMails" = $5, "leftOutMails" = $6,
       "goneMails" = $7, "fetchedMails" = $8, "missingMails" = $9
     WHERE "id" = $1 AND "leaseToken" = $2`,
    [
      lease.accountId,
      lease.token.toString(),
      figures.missing > 0 ? 0 : DAY_SECONDS,
      figures.server,
      figures.held,
      figures.leftOut,
      figures.gone,
      figures.fetched,
      figures.missing,
    ],
  );
  if (written.rowCount === 0) throw new LeaseLost("The account was taken over.");
}
