import { db } from "../db/client";
import type { EmailAccount } from "../db/generated/client";
import { AppError } from "../errors";
import { detectByHost, securityForPort } from "../mail/providers";
import type { OAuthProvider } from "../oauth/providers";
import { isUuid } from "../uuid";
import { detectServers } from "./detect";
import { oauthMailboxOf } from "./oauth-choice";
import type { SecurityChoice, StartMode } from "./schema";
import { SERVER_COLUMNS } from "./servers";

/** An account as the form shows it: text for every field, and never a password. */
export type EditableAccount = {
  id: string;
  email: string;
  hasSmtpPassword: boolean;
  hasImapPassword: boolean;
  /** Where reading starts can be chosen only until the first poll has succeeded. */
  hasStarted: boolean;
  ticketCount: number;
  /** By whose sign-in at a provider it is read; null for an account with passwords. */
  signIn: {
    provider: OAuthProvider;
    kind: "person" | "app";
    signedInAs: string;
    /** Why it is over; null while all is well. */
    lost: string | null;
  } | null;
  values: Record<string, string>;
};

const COLUMNS = {
  ...SERVER_COLUMNS,
  provider: true,
  signInLost: true,
  grant: { select: { kind: true, username: true } },
  name: true,
  folder: true,
  isActive: true,
  isDefault: true,
  pollingEnabled: true,
  startMode: true,
  startFrom: true,
  lastPolledAt: true,
  copyToSent: true,
  plusAddressing: true,
  autoAckEnabled: true,
  autoAckText: true,
  signature: true,
  quotesHistory: true,
  afterImport: true,
  afterImportFolder: true,
  aliases: { select: { email: true }, orderBy: { email: "asc" } },
  _count: { select: { tickets: true } },
} as const;

/**
 * The form's values of an account. Detected IMAP settings come back as blanks, as they were typed,
 * so that another SMTP host is detected afresh.
 * @throws AppError "not-found".
 */
export async function getEditableAccount(id: string): Promise<EditableAccount> {
  const account = isUuid(id)
    ? await db().prisma.emailAccount.findUnique({ where: { id }, select: COLUMNS })
    : null;
  if (!account) throw new AppError("not-found", "There is no such email account.");
  // Only a known provider's host can have been detected: for any other DNS need not be asked.
  const couldBeDetected = account.imapHost !== null && detectByHost(account.imapHost) !== null;
  const blank = await detectServers({
    ...account,
    imapHost: null,
    imapPort: null,
    ...(couldBeDetected ? {} : { resolver: async () => [] }),
  });
  const isDetectedHost = account.imapHost === blank.imap.host;
  const isDetectedPort = isDetectedHost && account.imapPort === blank.imap.port;
  return {
    id: account.id,
    email: account.email,
    hasSmtpPassword: account.smtpPasswordSealed !== null,
    hasImapPassword: account.imapPasswordSealed !== null,
    hasStarted: account.lastPolledAt !== null,
    ticketCount: account._count.tickets,
    signIn: signInOf(account),
    values: {
      email: account.email,
      name: account.name,
      provider: account.provider,
      oauthMailbox: oauthMailboxOf(account, account.grant),
      smtpHost: account.smtpHost,
      smtpPort: String(account.smtpPort),
      smtpSecurity: choiceOf(account.smtpSecurity, account.smtpPort, "smtp"),
      smtpUsername: account.smtpUsername,
      imapHost: isDetectedHost ? "" : (account.imapHost ?? ""),
      imapPort: isDetectedPort || !account.imapPort ? "" : String(account.imapPort),
      imapSecurity: account.imapSecurity
        ? choiceOf(account.imapSecurity, account.imapPort ?? 993, "imap")
        : "auto",
      imapUsername:
        account.imapUsername === blank.imap.username ? "" : (account.imapUsername ?? ""),
      folder: account.folder,
      startMode: startModeOf(account.startMode),
      startDate:
        account.startMode === "date" ? (account.startFrom?.toISOString().slice(0, 10) ?? "") : "",
      ...ticked("pollingEnabled", account.pollingEnabled),
      ...ticked("isActive", account.isActive),
      ...ticked("isDefault", account.isDefault),
      ...ticked("copyToSent", account.copyToSent),
      ...ticked("plusAddressing", account.plusAddressing),
      ...ticked("autoAckEnabled", account.autoAckEnabled),
      autoAckText: account.autoAckText,
      signature: account.signature,
      ...ticked("quotesHistory", account.quotesHistory),
      aliases: account.aliases.map(({ email }) => email).join("\n"),
      afterImport: account.afterImport,
      afterImportFolder: account.afterImportFolder,
      ...ticked("allowPlain", [account.smtpSecurity, account.imapSecurity].includes("NONE")),
    },
  };
}

function signInOf({
  provider,
  grant,
  signInLost,
}: Pick<EmailAccount, "provider" | "signInLost"> & {
  grant: { kind: string; username: string } | null;
}): EditableAccount["signIn"] {
  if (provider === "SMTP") return null;
  return {
    provider,
    kind: grant?.kind === "app" ? "app" : "person",
    signedInAs: grant?.username ?? "",
    lost: grant ? signInLost : "Nobody is signed in for this account.",
  };
}

function choiceOf(
  security: "TLS" | "STARTTLS" | "NONE",
  port: number,
  protocol: "imap" | "smtp",
): SecurityChoice {
  const choices = { TLS: "tls", STARTTLS: "starttls", NONE: "none" } as const;
  const choice = choices[security];
  return choice === securityForPort(port, protocol) ? "auto" : choice;
}

function startModeOf(stored: string): StartMode {
  return stored === "date" || stored === "all" ? stored : "now";
}

function ticked(name: string, isTicked: boolean): Record<string, string> {
  return isTicked ? { [name]: "on" } : {};
}
