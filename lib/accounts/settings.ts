import type { Security } from "../db/generated/enums";
import { AppError } from "../errors";
import { type Detection, detectServers, type MxResolver } from "./detect";
import type { AccountValues, AfterImport, SecurityChoice } from "./schema";
import { noImapServer } from "./servers";

/** The columns of an account that the form decides, passwords apart. */
export type AccountSettings = {
  email: string;
  name: string;
  provider: AccountValues["provider"];
  smtpHost: string;
  smtpPort: number;
  smtpSecurity: Security;
  smtpUsername: string;
  imapHost: string | null;
  imapPort: number | null;
  imapSecurity: Security | null;
  imapUsername: string | null;
  folder: string;
  copyToSent: boolean;
  plusAddressing: boolean;
  autoAckEnabled: boolean;
  autoAckText: string;
  signature: string;
  quotesHistory: boolean;
  afterImport: AfterImport;
  afterImportFolder: string;
};

/**
 * Makes the stored settings out of what was typed: blanks are filled by detection.
 * @throws AppError "invalid" with the field, when no SMTP server is known, or no IMAP server and
 * polling is wanted.
 */
export async function settingsFrom(
  values: AccountValues,
  resolver?: MxResolver,
): Promise<{ settings: AccountSettings; detection: Detection }> {
  const detection = await detectServers({ ...values, ...(resolver ? { resolver } : {}) });
  const { smtp, imap } = detection;
  if (!smtp.host) {
    const domain = values.email.slice(values.email.lastIndexOf("@") + 1);
    throw new AppError("invalid", `No SMTP server is known for ${domain}; enter it.`, "smtpHost");
  }
  if (!imap.host && values.pollingEnabled) throw withReason(noImapServer(values.email), detection);
  const settings: AccountSettings = {
    email: values.email,
    name: values.name,
    provider: values.provider,
    smtpHost: smtp.host,
    smtpPort: smtp.port,
    smtpSecurity: stored(values.smtpSecurity, smtp.security),
    smtpUsername: values.smtpUsername || (values.smtpPassword ? values.email : ""),
    imapHost: imap.host,
    imapPort: imap.host ? imap.port : null,
    imapSecurity: imap.host ? stored(values.imapSecurity, imap.security) : null,
    imapUsername: values.imapUsername || imap.username || ownImapUsername(values),
    folder: values.folder.toUpperCase() === "INBOX" ? "INBOX" : values.folder,
    copyToSent: values.copyToSent,
    plusAddressing: values.plusAddressing,
    autoAckEnabled: values.autoAckEnabled,
    autoAckText: values.autoAckText,
    signature: values.signature,
    quotesHistory: values.quotesHistory,
    afterImport: values.afterImport,
    afterImportFolder: values.afterImportFolder,
  };
  return { settings, detection };
}

/** An IMAP password of its own needs a username it belongs to, so that it is kept with it. */
function ownImapUsername(values: AccountValues): string | null {
  return values.imapPassword ? values.smtpUsername || values.email : null;
}

/** Proton and its like: the provider is known, and known to have no IMAP. */
function withReason(refusal: AppError, { provider, imap }: Detection): AppError {
  const reason = provider?.notes[0] ?? (imap.guess && `A guess, not tested: ${imap.guess}.`);
  if (!reason) return refusal;
  return new AppError(refusal.code, `${refusal.message} ${reason}`, refusal.field);
}

function stored(choice: SecurityChoice, automatic: "tls" | "starttls"): Security {
  switch (choice === "auto" ? automatic : choice) {
    case "tls":
      return "TLS";
    case "starttls":
      return "STARTTLS";
    case "none":
      return "NONE";
  }
}
