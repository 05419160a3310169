import { inTransaction, isUniqueViolation, type Tx } from "../db/client";
import type { EmailAccount } from "../db/generated/client";
import { notify } from "../db/listen";
import { AppError } from "../errors";
import { dropGrant, giveGrant } from "../oauth/grants";
import { type AccountActor, assertAdmin, recordAudit } from "./admin";
import { alreadyConnected, writeAliases } from "./aliases";
import { INACTIVE_POLLING, sealedPasswords, startFromOf } from "./create";
import { assertSecretsStay, keepsImapPassword } from "./credentials";
import type { MxResolver } from "./detect";
import { giveDefault, lockAccount, lockDefault } from "./lock";
import { chosenSettings } from "./oauth-choice";
import { type AccountInput, type AccountValues, parseAccount } from "./schema";
import { imapUsernameOf } from "./servers";
import type { AccountSettings } from "./settings";
import { seenAt } from "./size-seen";

/**
 * What an account looks like after a fresh start: due at once, its failures forgotten, so that a
 * corrected setting is tried immediately.
 */
export function freshStart(now: Date) {
  return {
    nextPollAt: now,
    lastError: null,
    lastErrorFix: null,
    lastErrorKind: null,
    lastErrorSaid: null,
    failingSince: null,
    consecutiveFailures: 0,
    pollingSince: now,
  };
}

/**
 * Changes an account. A blank password keeps the stored one, unless its server changes. Another
 * inbox (host, username or folder) starts a new epoch and ends the running poll's lease.
 * Polling and the mail that waits to be sent are due at once.
 * Deactivating keeps "Enable Polling" as it is.
 * @throws AppError "forbidden", "not-found"; "invalid" and "conflict" with their field.
 */
export async function updateAccount(
  actor: AccountActor,
  id: string,
  input: AccountInput,
  resolver?: MxResolver,
): Promise<{ id: string; email: string }> {
  assertAdmin(actor);
  const values = parseAccount(input);
  const { settings, detection, oauth } = await chosenSettings(actor, values, {
    ...{ accountId: id, resolver },
  });
  try {
    await inTransaction(async (tx) => {
      await lockDefault(tx);
      const { account, now } = await lockAccount(tx, id);
      assertAllowed(account, values, settings);
      if (oauth && !oauth.isPending && oauth.grantId !== account.grantId) throw signInGone();
      const passwords = oauth
        ? { smtpPasswordSealed: null, imapPasswordSealed: null }
        : passwordsOf(account, settings, sealedPasswords(id, values, detection));
      const isOtherInbox = readsAnotherInbox(account, settings);
      await tx.emailAccount.update({
        where: { id },
        data: {
          ...settings,
          ...passwords,
          isActive: values.isActive,
          pollingEnabled: values.pollingEnabled,
          ...(account.lastPolledAt === null
            ? { startMode: values.startMode, startFrom: startOf(account, values, now) }
            : {}),
          ...(account.smtpHost !== settings.smtpHost || account.smtpPort !== settings.smtpPort
            ? { smtpSizeMax: seenAt(values.smtpSizeSeen, settings) }
            : {}),
          ...(isOtherInbox
            ? { epoch: { increment: 1 }, leaseToken: { increment: 1 }, leaseUntil: null }
            : {}),
          ...freshStart(now),
          afterImportError: null,
          ...(oauth ? {} : { signInLost: null }),
        },
        select: { id: true },
      });
      if (oauth?.isPending) await giveGrant(tx, actor, { grantId: oauth.grantId, accountId: id });
      if (!oauth && account.grantId) await dropGrant(tx, id);
      await writeAliases(tx, id, values);
      if (settings.afterImport === "nothing") await leaveOnServer(tx, id);
      if (values.isDefault) await giveDefault(tx, id);
      await retryDeliveries(tx, id, now);
      await recordAudit(tx, actor, {
        action: "account.updated",
        accountId: id,
        data: { email: settings.email, changed: changedFields(account, settings, values) },
      });
      await notify(tx, "account", id);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw alreadyConnected(settings.email);
    throw error;
  }
  return { id, email: settings.email };
}

/**
 * What could not be sent with the old settings is tried with these at once, not in two hours. What
 * was never tried keeps its seconds to be taken back.
 */
export async function retryDeliveries(tx: Tx, accountId: string, now: Date): Promise<void> {
  await tx.outboundEmail.updateMany({
    where: {
      ...{ accountId, status: "QUEUED", nextAttemptAt: { gt: now } },
      OR: [{ attempts: { gt: 0 } }, { lastError: { not: null } }],
    },
    data: { nextAttemptAt: now },
  });
  await notify(tx, "outbound", accountId);
}

/** What is typed replaces what is stored; an IMAP password without its username goes. */
function passwordsOf(
  account: EmailAccount,
  settings: AccountSettings,
  sealed: ReturnType<typeof sealedPasswords>,
) {
  const drops = !sealed.imapPasswordSealed && !keepsImapPassword(account, settings);
  return { ...sealed, ...(drops ? { imapPasswordSealed: null } : {}) };
}

function signInGone(): AppError {
  return new AppError("conflict", "The sign-in was replaced meanwhile. Open the account again.");
}

/** What was still to be done with imported mails on the server is not wanted any more. */
async function leaveOnServer(tx: Tx, accountId: string): Promise<void> {
  await tx.inboundEmail.updateMany({
    where: { accountId, serverDueAt: { not: null } },
    data: { serverDueAt: null },
  });
}

function assertAllowed(
  account: EmailAccount,
  values: AccountValues,
  settings: AccountSettings,
): void {
  if (values.pollingEnabled && !account.pollingEnabled && !values.isActive) {
    throw new AppError("conflict", INACTIVE_POLLING, "pollingEnabled");
  }
  if (account.isDefault && !values.isDefault) {
    throw new AppError(
      "conflict",
      "One account has to be the default: make another one the default instead.",
      "isDefault",
    );
  }
  if (settings.provider !== "SMTP") return;
  assertSecretsStay(account, settings, values, ["smtp", "imap"]);
  const hasSmtpPassword = values.smtpPassword || account.smtpPasswordSealed;
  if (settings.smtpUsername && !hasSmtpPassword) {
    throw new AppError("invalid", "Enter the password for sending.", "smtpPassword");
  }
  const hasImapPassword =
    hasSmtpPassword || values.imapPassword || keepsImapPassword(account, settings);
  if (values.pollingEnabled && !(hasImapPassword && imapUsernameOf(settings))) {
    throw new AppError(
      "invalid",
      "Enter the password: no inbox opens without one.",
      "smtpPassword",
    );
  }
}

function readsAnotherInbox(account: EmailAccount, next: AccountSettings): boolean {
  return (
    account.imapHost !== next.imapHost ||
    imapUsernameOf(account) !== imapUsernameOf(next) ||
    account.folder !== next.folder
  );
}

/** "From now" counts from the first enabling: a later change of other fields does not move it. */
function startOf(account: EmailAccount, values: AccountValues, now: Date): Date | null {
  const isSame = account.startMode === values.startMode && values.startMode === "now";
  if (isSame && account.startFrom) return account.startFrom;
  return startFromOf(values, now);
}

/** The names of what changed, for the audit log; values stay out of it. */
function changedFields(
  account: EmailAccount,
  settings: AccountSettings,
  values: AccountValues,
): string[] {
  const before: Record<string, unknown> = account;
  const after: Record<string, unknown> = {
    ...settings,
    isActive: values.isActive,
    pollingEnabled: values.pollingEnabled,
    isDefault: values.isDefault,
  };
  const names = Object.keys(after).filter((name) => before[name] !== after[name]);
  if (settings.provider !== "SMTP") {
    if (values.grantId && values.grantId !== account.grantId) names.push("signIn");
    return names;
  }
  if (values.smtpPassword) names.push("smtpPassword");
  if (values.imapPassword) names.push("imapPassword");
  return names;
}
