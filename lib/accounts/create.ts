import { v7 as uuid } from "uuid";
import { inTransaction, isUniqueViolation } from "../db/client";
import { notify } from "../db/listen";
import { AppError } from "../errors";
import { type AccountActor, assertAdmin, recordAudit } from "./admin";
import type { Detection, MxResolver } from "./detect";
import { databaseNow, giveDefault, lockDefault } from "./lock";
import { type AccountInput, type AccountValues, parseAccount } from "./schema";
import { sealPassword, tidyPassword } from "./secrets";
import { type AccountSettings, settingsFrom } from "./settings";
import { seenAt } from "./size-seen";

/** The exact sentence of the guide. */
export const INACTIVE_POLLING = "Cannot enable polling for inactive account";

/**
 * Connects an email account. Blank servers are detected; the first account becomes the default one
 * whatever `isDefault` says; passwords are sealed before they reach the database.
 * @throws AppError "forbidden"; "invalid" and "conflict" with the field they belong to.
 */
export async function createAccount(
  actor: AccountActor,
  input: AccountInput,
  resolver?: MxResolver,
): Promise<{ id: string; email: string }> {
  assertAdmin(actor);
  const values = parseAccount(input);
  if (values.pollingEnabled && !values.isActive) {
    throw new AppError("conflict", INACTIVE_POLLING, "pollingEnabled");
  }
  const { settings, detection } = await settingsFrom(values, resolver);
  assertPasswords(values, settings);
  const id = uuid();
  try {
    await inTransaction(async (tx) => {
      await lockDefault(tx);
      const isFirst = (await tx.emailAccount.count()) === 0;
      const now = await databaseNow(tx);
      await tx.emailAccount.create({
        data: {
          id,
          ...settings,
          ...sealedPasswords(id, values, detection),
          isActive: values.isActive,
          pollingEnabled: values.pollingEnabled,
          startMode: values.startMode,
          startFrom: startFromOf(values, now),
          smtpSizeMax: seenAt(values.smtpSizeSeen, settings),
          nextPollAt: now,
        },
        select: { id: true },
      });
      if (values.isDefault || isFirst) await giveDefault(tx, id);
      await recordAudit(tx, actor, {
        action: "account.created",
        accountId: id,
        data: { email: settings.email, pollingEnabled: values.pollingEnabled },
      });
      await notify(tx, "account", id);
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw alreadyConnected(settings.email);
    throw error;
  }
  return { id, email: settings.email };
}

/** The refusal of an address that another account has. */
export function alreadyConnected(email: string): AppError {
  return new AppError("conflict", `${email} is already connected.`, "email");
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
