import { imapServerOf } from "../accounts/servers";
import { db } from "../db/client";
import { isDueNow } from "../db/due-now";
import type { EmailAccount } from "../db/generated/client";
import { env } from "../env";
import { messageOf } from "../errors";
import { log, oneLine } from "../log";
import { SentFolder } from "../transport/sent-folder";
import { composeBytes } from "../transport/smtp";
import { recipientsSchema } from "./bounce";
import { type Composable, composeDelivery } from "./compose-delivery";

/** How often a copy is tried before it is given up; the mail itself has long been sent. */
const TRIES_MAX = 5;

/** Until the next try; by then a worker that died with this one has been replaced. */
const RETRY_MINUTES = 10;

/**
 * Whether the account's Sent folder holds a mail of this Message-ID: then a try that ended without
 * an answer was accepted after all. What can't be looked up counts as not there.
 */
export async function isInSent(
  account: EmailAccount,
  messageId: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!account.imapHost) return false;
  try {
    return await inSentFolder(
      account,
      signal,
      async (folder) => (await folder?.has(messageId)) ?? false,
    );
  } catch (error) {
    log.warn(`Looking for ${messageId} in Sent failed: ${oneLine(messageOf(error))}`);
    return false;
  }
}

/**
 * Puts what was sent into its account's Sent folder, where the admin wants that and the provider has
 * not done so itself: looked up by Message-ID first, so that neither a provider's own copy nor one
 * that was made before a crash is doubled.
 * @returns how many copies were made.
 */
export async function copySent(signal: AbortSignal): Promise<number> {
  let copied = 0;
  while (!signal.aborted) {
    const due = await claimCopy();
    if (!due) break;
    try {
      if (await copy(due, signal)) copied += 1;
      await finishCopy(due.id);
    } catch (error) {
      log.warn(`No copy of ${due.messageId} in Sent: ${oneLine(messageOf(error))}`);
      if (due.sentCopyTries >= TRIES_MAX) await finishCopy(due.id);
      await postponeCopies(due.accountId);
    }
  }
  return copied;
}

type DueCopy = Composable & { accountId: string; recipients: unknown; sentCopyTries: number };

async function claimCopy(): Promise<DueCopy | null> {
  const { rows } = await db().pool.query<DueCopy>(
    `UPDATE "OutboundEmail" SET "sentCopyDueAt" = now() + make_interval(mins => $1), "sentCopyTries" = "sentCopyTries" + 1
     WHERE "id" IN (SELECT "id" FROM "OutboundEmail"
       WHERE ${isDueNow('"sentCopyDueAt"')} AND "accountId" IS NOT NULL
       ORDER BY "sentCopyDueAt" LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING "id", "messageRowId", "messageId", "noticeSealed", false AS "isTooLate", "accountId", "recipients", "sentCopyTries"`,
    [RETRY_MINUTES],
  );
  return rows[0] ?? null;
}

async function finishCopy(id: string): Promise<void> {
  await db().pool.query(`UPDATE "OutboundEmail" SET "sentCopyDueAt" = NULL WHERE "id" = $1`, [id]);
}

/** The account's other copies wait as well: a mailbox in trouble hears one sign-in, not one for each. */
async function postponeCopies(accountId: string): Promise<void> {
  await db().pool.query(
    `UPDATE "OutboundEmail" SET "sentCopyDueAt" = now() + make_interval(mins => $2) WHERE "accountId" = $1 AND ${isDueNow('"sentCopyDueAt"')}`,
    [accountId, RETRY_MINUTES],
  );
}

/** @returns false when there is nothing to do: a copy is there, or no folder for it. */
async function copy(due: DueCopy, signal: AbortSignal): Promise<boolean> {
  const account = await db().prisma.emailAccount.findUnique({ where: { id: due.accountId } });
  if (!account?.isActive || !account.copyToSent || !account.imapHost) return false;
  const to = recipientsSchema.parse(due.recipients).map(({ address }) => address);
  const mail = await composeDelivery(due, account, to);
  const { bytes } = await composeBytes(mail);
  return inSentFolder(account, signal, async (folder) => {
    if (!folder || (await folder.has(due.messageId))) return false;
    await folder.append(bytes, new Date());
    return true;
  });
}

async function inSentFolder<T>(
  account: EmailAccount,
  signal: AbortSignal,
  work: (folder: SentFolder | null) => Promise<T>,
): Promise<T> {
  const folder = await SentFolder.open(imapServerOf(account), {
    allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS,
    signal,
  });
  try {
    return await work(folder);
  } finally {
    await folder?.close();
  }
}
