import { db, inTransaction, type Tx } from "../db/client";
import type { EmailAccount } from "../db/generated/client";
import { notify, notifyNow } from "../db/listen";
import { AppError } from "../errors";
import { isUuid } from "../uuid";
import { type AccountActor, assertAdmin, recordAudit } from "./admin";
import { INACTIVE_POLLING } from "./create";
import { liveWorkers, NO_WORKER } from "./health";
import { giveDefault, lockAccount, lockDefault } from "./lock";
import { imapUsernameOf, noImapServer } from "./servers";
import { freshStart } from "./update";

export type AccountChange = { id: string; email: string };

/**
 * Turns polling on: due at once, earlier failures forgotten. The first time, an account that starts
 * "from now" gets its starting moment; later it resumes where it stopped.
 * @throws AppError "conflict" with the guide's sentence for an inactive account; "invalid" when
 * there is no IMAP server or no password.
 */
export function enablePolling(actor: AccountActor, id: string): Promise<AccountChange> {
  return change(actor, id, "account.polling-enabled", async (tx, account, now) => {
    if (!account.isActive) throw new AppError("conflict", INACTIVE_POLLING);
    if (!account.imapHost) throw noImapServer(account.email);
    const hasSecret = account.grantId ?? account.imapPasswordSealed ?? account.smtpPasswordSealed;
    if (!hasSecret || !imapUsernameOf(account))
      throw new AppError(
        "invalid",
        account.provider === "SMTP"
          ? `Enter the password of ${account.email} first.`
          : `Sign in for ${account.email} first.`,
      );
    const startsNow = account.startMode === "now" && account.startFrom === null;
    await tx.emailAccount.update({
      where: { id },
      data: { pollingEnabled: true, ...(startsNow ? { startFrom: now } : {}), ...freshStart(now) },
      select: { id: true },
    });
  });
}

/** Turns polling off. Sending goes on, and what was read stays. */
export function disablePolling(actor: AccountActor, id: string): Promise<AccountChange> {
  return change(actor, id, "account.polling-disabled", async (tx) => {
    await tx.emailAccount.update({
      where: { id },
      data: { pollingEnabled: false, pollRequestedAt: null },
      select: { id: true },
    });
  });
}

/** Makes an account active or inactive. Inactive stops polling and sending, and keeps both set up. */
export function setActive(
  actor: AccountActor,
  id: string,
  isActive: boolean,
): Promise<AccountChange> {
  const action = isActive ? "account.activated" : "account.deactivated";
  return change(actor, id, action, async (tx, _account, now) => {
    await tx.emailAccount.update({
      where: { id },
      data: { isActive, ...(isActive ? freshStart(now) : { pollRequestedAt: null }) },
      select: { id: true },
    });
  });
}

/** Makes an account the default one, and takes that from the other, in one transaction. */
export function setDefault(actor: AccountActor, id: string): Promise<AccountChange> {
  return change(actor, id, "account.made-default", (tx) => giveDefault(tx, id));
}

/**
 * Asks the workers for a poll as soon as one can: for "Poll now" and `desk poll`. Says nothing
 * about whether a worker is there.
 */
export async function requestPoll(id: string): Promise<void> {
  if (!isUuid(id)) throw new AppError("not-found", "There is no such email account.");
  await db().prisma.$executeRaw`
    UPDATE "EmailAccount" SET "pollRequestedAt" = now(), "nextPollAt" = now()
    WHERE "id" = ${id}::uuid`;
  await notifyNow("poll", id);
}

/**
 * "Poll now" of the Email Accounts page.
 * @throws AppError "conflict" when the account is not polled at all, "unavailable" when no worker
 * runs that could do it; then the poll stays asked for.
 */
export async function pollNow(actor: AccountActor, id: string): Promise<AccountChange> {
  const account = await getPolled(actor, id);
  await requestPoll(id);
  await requireWorker();
  return account;
}

/**
 * "Compare now": a poll that compares the folder on the server with what we hold of it.
 * @throws AppError as pollNow() does.
 */
export async function compareNow(actor: AccountActor, id: string): Promise<AccountChange> {
  const account = await getPolled(actor, id);
  await db().prisma.$executeRaw`
    UPDATE "EmailAccount" SET "compareDueAt" = NULL WHERE "id" = ${id}::uuid`;
  await requestPoll(id);
  await requireWorker();
  return account;
}

async function getPolled(actor: AccountActor, id: string): Promise<AccountChange> {
  assertAdmin(actor);
  const account = isUuid(id)
    ? await db().prisma.emailAccount.findUnique({
        where: { id },
        select: { id: true, email: true, isActive: true, pollingEnabled: true },
      })
    : null;
  if (!account) throw new AppError("not-found", "There is no such email account.");
  if (!account.isActive || !account.pollingEnabled) {
    throw new AppError("conflict", `Polling is not enabled for ${account.email}.`);
  }
  return { id, email: account.email };
}

async function requireWorker(): Promise<void> {
  const workers = await liveWorkers();
  if (workers.length === 0) {
    throw new AppError("unavailable", NO_WORKER);
  }
  if (workers.every((worker) => !worker.pollingEnabled)) {
    throw new AppError(
      "unavailable",
      "EMAIL_POLLING_ENABLED=false stops all polling. Set it to true and restart.",
    );
  }
}

async function change(
  actor: AccountActor,
  id: string,
  action: string,
  work: (tx: Tx, account: EmailAccount, now: Date) => Promise<void>,
): Promise<AccountChange> {
  assertAdmin(actor);
  return inTransaction(async (tx) => {
    await lockDefault(tx);
    const { account, now } = await lockAccount(tx, id);
    await work(tx, account, now);
    await recordAudit(tx, actor, { action, accountId: id, data: { email: account.email } });
    await notify(tx, "account", id);
    return { id, email: account.email };
  });
}
