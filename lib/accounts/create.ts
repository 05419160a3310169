import { inTransaction, isUniqueViolation, type Tx } from "../db/client";
import { notify } from "../db/listen";
import { AppError } from "../errors";
import { addressKey } from "../mail/address";
import { newId } from "../new-id";
import { giveGrant } from "../oauth/grants";
import { isUuid } from "../uuid";
import { type AccountActor, assertAdmin, auditEntry } from "./admin";
import { alreadyConnected, takenAddresses } from "./aliases";
import type { Detection, MxResolver } from "./detect";
import { databaseNow, giveDefault, lockDefault } from "./lock";
import { chosenSettings } from "./oauth-choice";
import { type AccountInput, type AccountValues, parseAccount } from "./schema";
import { sealPassword, tidyPassword } from "./secrets";
import type { AccountSettings } from "./settings";
import { seenAt } from "./size-seen";

/** The exact sentence of the guide. */
export const INACTIVE_POLLING = "Cannot enable polling for inactive account";

/** An account that may be written: checked, its servers known, its passwords still open. */
export type NewAccount = {
  id: string;
  values: AccountValues;
  settings: AccountSettings;
  detection: Detection;
  /** The sign-in it gets in place of passwords. */
  grantId: string | null;
};

/**
 * Connects an email account. Blank servers are detected; the first account becomes the default one
 * whatever `isDefault` says; passwords are sealed before they reach the database. An account that
 * signs in at a provider gets the sign-in that waits for its form.
 * @param like an account whose hours and targets the new one gets as well
 * @throws AppError "forbidden"; "invalid" and "conflict" with the field they belong to.
 */
export async function createAccount(
  actor: AccountActor,
  input: AccountInput,
  { resolver, like }: { resolver?: MxResolver; like?: string } = {},
): Promise<{ id: string; email: string }> {
  assertAdmin(actor);
  const account = await prepareAccount(actor, parseAccount(input), resolver);
  const { id, settings } = account;
  try {
    await inTransaction(async (tx) => {
      await insertAccounts(tx, actor, [account]);
      if (like) await copyTime(tx, like, id);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw alreadyConnected(settings.email);
    throw error;
  }
  return { id, email: settings.email };
}

/**
 * What can be checked of a new account before anything is written.
 * @throws AppError "invalid" and "conflict" with the field they belong to.
 */
export async function prepareAccount(
  actor: AccountActor,
  values: AccountValues,
  resolver?: MxResolver,
): Promise<NewAccount> {
  if (values.pollingEnabled && !values.isActive) {
    throw new AppError("conflict", INACTIVE_POLLING, "pollingEnabled");
  }
  const { settings, detection, oauth } = await chosenSettings(actor, values, { resolver });
  if (!oauth) assertPasswords(values, settings);
  return { id: newId(), values, settings, detection, grantId: oauth?.grantId ?? null };
}

/**
 * Writes new accounts, all of them or none, and who made them. The first account there is becomes the
 * default one.
 * @throws AppError "conflict" that names an address another account has.
 */
export async function insertAccounts(
  tx: Tx,
  actor: AccountActor,
  accounts: readonly NewAccount[],
): Promise<void> {
  const [first] = accounts;
  if (!first) return;
  await lockDefault(tx);
  await assertFree(tx, accounts);
  const isFirst = (await tx.emailAccount.count()) === 0;
  const now = await databaseNow(tx);
  await tx.emailAccount.createMany({
    data: accounts.map(({ id, values, settings, detection, grantId }) => ({
      id,
      ...settings,
      ...(grantId === null ? sealedPasswords(id, values, detection) : {}),
      isActive: values.isActive,
      pollingEnabled: values.pollingEnabled,
      startMode: values.startMode,
      startFrom: startFromOf(values, now),
      smtpSizeMax: seenAt(values.smtpSizeSeen, settings),
      nextPollAt: now,
    })),
  });
  await tx.accountAlias.createMany({
    data: accounts.flatMap(({ id, values }) =>
      values.aliases.map((email) => ({ accountId: id, email })),
    ),
  });
  for (const { id: accountId, grantId } of accounts)
    if (grantId !== null) await giveGrant(tx, actor, { grantId, accountId });
  const heir = accounts.find(({ values }) => values.isDefault) ?? (isFirst ? first : null);
  if (heir) await giveDefault(tx, heir.id);
  await tx.auditLog.createMany({
    data: accounts.map(({ id, values, settings }) =>
      auditEntry(actor, {
        action: "account.created",
        accountId: id,
        data: {
          email: settings.email,
          provider: settings.provider,
          pollingEnabled: values.pollingEnabled,
        },
      }),
    ),
  });
  await notify(tx, "account", first.id);
}

async function assertFree(tx: Tx, accounts: readonly NewAccount[]): Promise<void> {
  const addresses = accounts.map(({ settings, values }) => [settings.email, ...values.aliases]);
  const taken = await takenAddresses(tx, addresses.flat());
  for (const [email = "", ...aliases] of addresses) {
    if (taken.has(addressKey(email))) throw alreadyConnected(email);
    const other = aliases.find((alias) => taken.has(alias));
    if (other) throw alreadyConnected(other, "aliases");
  }
}

/** Hours, holidays and targets of one account for another; nothing when it has none. */
async function copyTime(tx: Tx, from: string, to: string): Promise<void> {
  if (!isUuid(from)) return;
  const time = await tx.accountTime.findUnique({
    where: { accountId: from },
    omit: { accountId: true, restateAfter: true },
  });
  if (time) await tx.accountTime.create({ data: { ...time, accountId: to } });
}

/**
 * Where the first poll starts: nothing for "all"; the admin's date; for "now" the moment polling is
 * first enabled, so nothing until then.
 */
export function startFromOf(
  values: Pick<AccountValues, "startMode" | "startDate" | "pollingEnabled">,
  now: Date,
): Date | null {
  switch (values.startMode) {
    case "all":
      return null;
    case "date":
      return values.startDate;
    case "now":
      return values.pollingEnabled ? now : null;
  }
}

function assertPasswords(values: AccountValues, settings: AccountSettings): void {
  if (settings.smtpUsername && !values.smtpPassword) {
    throw new AppError("invalid", "Enter the password for sending.", "smtpPassword");
  }
  const hasImapSignIn = values.smtpPassword || (values.imapPassword && settings.imapUsername);
  if (values.pollingEnabled && !hasImapSignIn) {
    throw new AppError(
      "invalid",
      "Enter the password: no inbox opens without one.",
      "smtpPassword",
    );
  }
}

/** The typed passwords, sealed for this account; what was left blank is absent. */
export function sealedPasswords(
  id: string,
  values: Pick<AccountValues, "smtpPassword" | "imapPassword">,
  detection: Detection,
): { smtpPasswordSealed?: string; imapPasswordSealed?: string } {
  const providerId = detection.provider?.id ?? null;
  const sealed: { smtpPasswordSealed?: string; imapPasswordSealed?: string } = {};
  for (const field of ["smtpPassword", "imapPassword"] as const) {
    const plain = tidyPassword(values[field], providerId);
    if (plain) sealed[`${field}Sealed`] = sealPassword(id, field, plain);
  }
  return sealed;
}
