import type { EmailAccount } from "../db/generated/client";
import type { Security } from "../db/generated/enums";
import { AppError } from "../errors";
import { GrantTokens } from "../oauth/tokens";
import type { ServerSettings } from "../transport/server-settings";
import { unsealPassword } from "./secrets";

/** The columns that say how to reach an account's servers. Sealed passwords among them. */
export const SERVER_COLUMNS = {
  id: true,
  email: true,
  smtpHost: true,
  smtpPort: true,
  smtpSecurity: true,
  smtpUsername: true,
  smtpPasswordSealed: true,
  imapHost: true,
  imapPort: true,
  imapSecurity: true,
  imapUsername: true,
  imapPasswordSealed: true,
  grantId: true,
} as const;

export type AccountServers = Pick<EmailAccount, keyof typeof SERVER_COLUMNS>;

/**
 * How to send for this account, password included: for the transport only, never for a browser.
 * @throws AppError "unavailable" when the stored password can't be opened.
 */
export function smtpServerOf(account: AccountServers): ServerSettings {
  return {
    host: account.smtpHost,
    port: account.smtpPort,
    security: transportSecurity(account.smtpSecurity),
    username: account.smtpUsername,
    password: account.smtpPasswordSealed
      ? unsealPassword(account.id, "smtpPassword", account.smtpPasswordSealed)
      : "",
    ...tokensFor(account),
  };
}

/** An account that signs in at a provider has no password; its connections ask for tokens. */
function tokensFor({ grantId }: AccountServers): { tokens?: GrantTokens } {
  return grantId === null ? {} : { tokens: new GrantTokens(grantId) };
}

/**
 * How to read this account's inbox, password included. Signs in with the SMTP username and password
 * unless the account has others for IMAP.
 * @throws AppError "invalid" when the account has no IMAP server, "unavailable" as smtpServerOf().
 */
export function imapServerOf(account: AccountServers): ServerSettings {
  if (!account.imapHost) throw noImapServer(account.email);
  return {
    host: account.imapHost,
    port: account.imapPort ?? 993,
    security: transportSecurity(account.imapSecurity ?? "TLS"),
    username: imapUsernameOf(account),
    password: account.imapPasswordSealed
      ? unsealPassword(account.id, "imapPassword", account.imapPasswordSealed)
      : smtpServerOf(account).password,
    ...tokensFor(account),
  };
}

/** Who signs in to IMAP. */
export function imapUsernameOf(
  account: Pick<EmailAccount, "imapUsername" | "smtpUsername">,
): string {
  return account.imapUsername || account.smtpUsername;
}

/** The refusal of anything that needs an IMAP server of an account that has none. */
export function noImapServer(email: string): AppError {
  const domain = email.slice(email.lastIndexOf("@") + 1);
  return new AppError("invalid", `No IMAP server is known for ${domain}; enter it.`, "imapHost");
}

function transportSecurity(security: Security): ServerSettings["security"] {
  switch (security) {
    case "TLS":
      return "tls";
    case "STARTTLS":
      return "starttls";
    case "NONE":
      return "none";
  }
}
