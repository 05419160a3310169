import { env } from "../env";
import { inPieces } from "../in-pieces";
import { scanHeader } from "../mail/scan-header";
import type { ImapFolder, ListedMail } from "../transport/imap";
import { MailError } from "../transport/mail-error";
import { BATCH } from "./batch-size";
import type { Cursor } from "./cursor";
import type { Receipt } from "./store";

/** Tries after which a UID the server can't deliver is recorded without its bytes. */
export const STUCK_TRIES_MAX = 3;

const NOT_DELIVERED = "ENOTDELIVERED";

type Relisting = Pick<Cursor, "relistUpTo">;

/** Cuts a listing by count and bytes. */
export function batchesOf(listed: ListedMail[], most = BATCH.mails): ListedMail[][] {
  return inPieces(listed, ({ size }) => size, { sizeMax: BATCH.bytes, countMax: most });
}

/**
 * Leaves out mail from before the account's start. In a first listing the server's date decides. After
 * a reset both INTERNALDATE and the mail's own Date must lie before the start: a restored mail has an
 * old INTERNALDATE or a new one, but its own Date stays. INTERNALDATE counts whole seconds, so the
 * start is taken to the second as well. The Dates are asked for in one command, where any is needed.
 */
export async function afterStart(
  folder: ImapFolder,
  mails: ListedMail[],
  cursor: Relisting,
  startFrom: Date | null,
): Promise<ListedMail[]> {
  if (!startFrom) return mails;
  const start = Math.floor(startFrom.getTime() / 1000) * 1000;
  const isLate = (mail: ListedMail) => mail.internalDate.getTime() >= start;
  const doubtful = mails.filter((mail) => !isLate(mail) && mail.uid <= cursor.relistUpTo);
  const dates = await folder.fetchDates(doubtful.map(({ uid }) => uid));
  const claimed = (uid: number) => {
    const header = dates.get(uid);
    return header ? Date.parse(scanHeader(header).date ?? "") : Number.NaN;
  };
  return mails.filter((mail) => isLate(mail) || claimed(mail.uid) >= start);
}

/**
 * A receipt for each of these mails, with its bytes; none for those expunged in the meantime.
 * @throws MailError when the server has a mail and does not deliver it.
 */
export async function readMails(
  folder: ImapFolder,
  wanted: ListedMail[],
  cursor: Relisting,
): Promise<Receipt[]> {
  const bytesMax = env().EMAIL_MAX_MESSAGE_MB * 1024 * 1024;
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
      ? { ...placeOf(mail, cursor), raw: found.raw, isTruncated: false, quarantine: null }
      : await readHeaderOnly(folder, mail, cursor, bytesMax);
    if (receipt) receipts.push(receipt);
  }
  return receipts;
}

/**
 * What is kept of a mail whose bytes did not come: the header of one too large to fetch, nothing of
 * an empty one; null when it was expunged in the meantime.
 * @throws MailError when the server has the mail and should have delivered it.
 */
async function readHeaderOnly(
  folder: ImapFolder,
  mail: ListedMail,
  cursor: Relisting,
  bytesMax: number,
): Promise<Receipt | null> {
  const header = await folder.fetchHeader(mail.uid);
  if (mail.size === 0)
    return withoutBytes(mail, cursor, "The mail is empty: the server holds 0 bytes for it.");
  if (!header) return null;
  if (mail.size <= bytesMax) throw notDelivered(mail);
  return { ...placeOf(mail, cursor), raw: header, isTruncated: true, quarantine: null };
}

/** To go on without it would lose it: the cursor never comes back. */
function notDelivered({ uid, size }: ListedMail): MailError {
  return new MailError({
    kind: "transient",
    code: NOT_DELIVERED,
    cause: `The server lists a mail of ${size} bytes (UID ${uid}) and does not deliver it.`,
    fix: `It is tried again; after ${STUCK_TRIES_MAX} tries the mail is set aside under Admin → Mail.`,
    serverSaid: null,
  });
}

/** The server lists a mail and leaves it out of its answer; the connection is well. */
export function isNotDelivered(error: unknown): boolean {
  return error instanceof MailError && error.code === NOT_DELIVERED;
}

/** Where a mail stands in its folder, for its receipt. */
function placeOf(
  { uid, internalDate }: Pick<ListedMail, "uid" | "internalDate">,
  { relistUpTo }: Relisting,
): Pick<Receipt, "uid" | "internalDate" | "isRelisted"> {
  return { uid, internalDate, isRelisted: uid <= relistUpTo };
}

/** A receipt that says why there is nothing to process. */
export function withoutBytes(
  mail: Pick<ListedMail, "uid" | "internalDate">,
  cursor: Relisting,
  quarantine: string,
): Receipt {
  return { ...placeOf(mail, cursor), raw: null, isTruncated: false, quarantine };
}
