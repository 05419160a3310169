import type { EmailAccount } from "../db/generated/client";
import { AppError } from "../errors";
import type { AccountValues } from "./schema";
import { imapUsernameOf } from "./servers";
import type { AccountSettings } from "./settings";

type Stored = Pick<
  EmailAccount,
  | "smtpHost"
  | "smtpPort"
  | "smtpSecurity"
  | "smtpUsername"
  | "smtpPasswordSealed"
  | "imapHost"
  | "imapPort"
  | "imapSecurity"
  | "imapUsername"
  | "imapPasswordSealed"
>;

type Typed = Pick<AccountValues, "smtpPassword" | "imapPassword">;

/** True when the SMTP password would go to another server, or under another name, than before. */
function smtpMoved(stored: Stored, next: AccountSettings): boolean {
  return (
    stored.smtpHost !== next.smtpHost ||
    stored.smtpPort !== next.smtpPort ||
    stored.smtpUsername !== next.smtpUsername ||
    (next.smtpSecurity === "NONE" && stored.smtpSecurity !== "NONE")
  );
}

function imapMoved(stored: Stored, next: AccountSettings): boolean {
  if (!next.imapHost) return false;
  return (
    stored.imapHost !== next.imapHost ||
    stored.imapPort !== next.imapPort ||
    imapUsernameOf(stored) !== imapUsernameOf(next) ||
    (next.imapSecurity === "NONE" && stored.imapSecurity !== "NONE")
  );
}

/** An IMAP password of its own belongs to the IMAP username it was entered for. */
export function keepsImapPassword(stored: Stored, next: AccountSettings): boolean {
  return stored.imapPasswordSealed !== null && next.imapUsername !== null;
}

/**
 * A stored secret must not travel to a server it was not entered for: whoever can edit an account
 * could otherwise send its password to a server of his own. A changed host, port or username, or
 * encryption switched off, asks for the password again.
 * @param protocols which servers are about to be used with these settings.
 * @throws AppError "invalid" on smtpPassword or imapPassword.
 */
export function assertSecretsStay(
  stored: Stored,
  next: AccountSettings,
  typed: Typed,
  protocols: readonly ("smtp" | "imap")[],
): void {
  const usesSmtp = stored.smtpPasswordSealed !== null && !typed.smtpPassword;
  if (protocols.includes("smtp") && usesSmtp && smtpMoved(stored, next)) {
    throw askAgain("SMTP", "smtpPassword");
  }
  if (!protocols.includes("imap") || typed.imapPassword || !next.imapHost) return;
  const keepsOwn = keepsImapPassword(stored, next);
  const losesOwn = stored.imapPasswordSealed !== null && !keepsOwn;
  if (!imapMoved(stored, next) && !losesOwn) return;
  if (keepsOwn) throw askAgain("IMAP", "imapPassword");
  if (usesSmtp) throw askAgain("IMAP", "smtpPassword");
}

function askAgain(server: string, field: keyof Typed): AppError {
  return new AppError(
    "invalid",
    `Enter the password again: the ${server} server, port, username or encryption has changed.`,
    field,
  );
}
