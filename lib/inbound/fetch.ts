import { imapServerOf } from "../accounts/servers";
import { crashpoint } from "../crashpoint";
import { db } from "../db/client";
import type { EmailAccount } from "../db/generated/client";
import { env } from "../env";
import { ImapFolder, type ListedMail } from "../transport/imap";
import { MailError } from "../transport/mail-error";
import { actAfterImport } from "./after-import";
import { type Cursor, openCursor, recordStuck, startAgain } from "./cursor";
import { untilFreshMailsTaken } from "./fresh-mails";
import type { ReadFolder } from "./idle";
import type { Poll } from "./lease";
import { afterStart, batchesOf, readMails, STUCK_TRIES_MAX, withoutBytes } from "./read-mails";
import { reconcile, recordFailure } from "./reconcile";
import { refetchAsked } from "./refetch";
import { LeaseLost, type Receipt, storeBatch, UidReused } from "./store";

/** A first batch that is stored soon, so that all that works on a mail has something to do. */
const FIRST_MAILS = 10;

/** `folderMails`: what the folder held when it was opened; `skipped`: new ones from before the start. */
export type FetchResult = { seen: number; stored: number; folderMails: number; skipped: number };

/** What a fetch found, and the folder it read, open; whoever called closes it. */
export type Fetched = { result: FetchResult; read: ReadFolder };

/**
 * Reads everything new in an account's folder and stores it, batch by batch, each with the cursor in
 * one commit; then looks back at what is behind the cursor. Changes nothing on the server but what the
 * account wants to be done with mails that earlier polls imported. Where tokens sign in, a session that
 * is cut on the way is begun again, once: servers cut it when its token is over.
 * @throws MailError from the server; LeaseLost when the account is no longer ours.
 */
export async function fetchAccount(poll: Poll): Promise<Fetched> {
  const account = await db().prisma.emailAccount.findFirst({
    where: {
      id: poll.lease.accountId,
      leaseToken: poll.lease.token,
      isActive: true,
      pollingEnabled: true,
    },
  });
  if (!account) throw new LeaseLost("The account was changed before the poll began.");
  const session = { isOpen: false };
  try {
    return await fetchIn(poll, account, session);
  } catch (error) {
    const isCut = session.isOpen && error instanceof MailError && error.kind === "transient";
    if (account.grantId === null || !isCut || poll.signal.aborted) throw error;
    const before = await db().prisma.inboundEmail.count({ where: { pollRunId: poll.pollRunId } });
    const { result, read } = await fetchIn(poll, account, session);
    const [seen, stored] = [result.seen + before, result.stored + before];
    return { result: { ...result, seen, stored }, read };
  }
}

/** One session, from signing in to the end of all that a poll does; says when it is open. */
async function fetchIn(
  poll: Poll,
  account: EmailAccount,
  session: { isOpen: boolean },
): Promise<Fetched> {
  const place = {
    accountId: account.id,
    server: imapServerOf(account),
    folderName: account.folder,
  };
  const folder =
    (await poll.idle?.take(place, poll.signal)) ??
    (await ImapFolder.open(place.server, place.folderName, {
      allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS,
      signal: poll.signal,
    }));
  session.isOpen = true;
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
    let current = cursor;
    const result = await readOn(poll, folder, cursor, startFrom).catch(async (error: unknown) => {
      if (!(error instanceof UidReused)) throw error;
      current = await startAgain(poll.lease, opened, { needsNewEpoch: true });
      return readOn(poll, folder, current, startFrom);
    });
    await actAfterImport(poll, folder, current, account);
    return { result, read: { ...place, folder, hadMail: result.seen > 0 } };
  } catch (error) {
    await folder.close();
    throw error;
  }
}

async function readOn(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  startFrom: Date | null,
): Promise<FetchResult> {
  const result = { seen: 0, stored: 0, folderMails: folder.exists, skipped: 0 };
  let lastUid = cursor.lastUid;
  const batches = newMails(folder, cursor);
  const readNext = async () => {
    const { value: batch } = await batches.next();
    if (!batch) return null;
    const reading = readBatch(poll, folder, batch, cursor, startFrom);
    reading.catch(() => undefined);
    return { batch, reading };
  };
  let ahead = readNext();
  for (let current = await ahead; current; current = await ahead) {
    const { batch } = current;
    const { receipts, seen, skipped } = await orStuck(poll, cursor, current);
    // The next one is on its way while this one is being stored.
    ahead = readNext();
    ahead.catch(() => undefined);
    crashpoint("fetch.batch-fetched");
    lastUid = batch.at(-1)?.uid ?? lastUid;
    result.seen += seen;
    result.skipped += skipped;
    result.stored += await storeBatch(poll.lease, cursor, {
      receipts,
      lastUid,
      pollRunId: poll.pollRunId,
      leaseSeconds: poll.leaseSeconds,
    });
    poll.onStored?.();
    await untilFreshMailsTaken(poll.signal);
  }
  const found = await lookBack(poll, folder, { ...cursor, lastUid }, startFrom);
  return { ...result, seen: result.seen + found, stored: result.stored + found };
}

/**
 * What is listed behind the cursor, in batches. Where a UID is stuck, mails go one by one to find it.
 */
async function* newMails(
  folder: ImapFolder,
  cursor: Cursor,
): AsyncGenerator<ListedMail[], void, void> {
  const most = cursor.stuckUid === null ? undefined : 1;
  let isFirst = true;
  let rest: ListedMail[] = [];
  for await (const listed of folder.list(cursor.lastUid)) {
    crashpoint("fetch.listed");
    if (isFirst) yield* batchesOf(listed.splice(0, FIRST_MAILS), most);
    isFirst = false;
    const batches = batchesOf([...rest, ...listed], most);
    // What follows may have room in it.
    rest = batches.pop() ?? [];
    yield* batches;
  }
  if (rest.length > 0) yield rest;
}

/**
 * What an admin asked for again, and the comparison. New mail is stored by now, so trouble with the
 * server in here is noted and fails no poll.
 * @returns how many mails came of it.
 */
async function lookBack(
  poll: Poll,
  folder: ImapFolder,
  cursor: Cursor,
  startFrom: Date | null,
): Promise<number> {
  try {
    const refetched = await refetchAsked(poll, folder, cursor);
    return refetched + (await reconcile(poll, folder, cursor, startFrom));
  } catch (error) {
    if (!(error instanceof MailError) || poll.signal.aborted) throw error;
    await recordFailure(poll.lease, error);
    return 0;
  }
}

type Batch = { receipts: Receipt[]; seen: number; skipped: number };

async function readBatch(
  poll: Poll,
  folder: ImapFolder,
  batch: ListedMail[],
  cursor: Cursor,
  startFrom: Date | null,
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
  const wanted = await afterStart(folder, batch, cursor, startFrom);
  if (wanted.length > 0) poll.onFound?.();
  const receipts = await readMails(folder, wanted, cursor);
  return { receipts, seen: receipts.length, skipped: batch.length - wanted.length };
}

/**
 * A batch that was asked for. Where the server fails, its first mail is remembered as stuck, and only
 * now, when all before it is stored.
 */
async function orStuck(
  poll: Poll,
  cursor: Cursor,
  { batch, reading }: { batch: ListedMail[]; reading: Promise<Batch> },
): Promise<Batch> {
  try {
    return await reading;
  } catch (error) {
    const first = batch[0];
    // A poll that we ended ourselves says nothing about the mail.
    if (first && error instanceof MailError && !poll.signal.aborted)
      await recordStuck(poll.lease, cursor, first.uid);
    throw error;
  }
}
