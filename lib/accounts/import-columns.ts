import type { AccountInput } from "./schema";

/** How a cell becomes the field of the form. */
type Kind = "text" | "yes-no" | "choice";

export type ImportColumn = {
  /** The field of the form. */
  name: keyof AccountInput | "allowPlain";
  /** The form's word for it, which is the heading in the file. */
  label: string;
  kind: Kind;
  /** What an empty cell means, where that is not nothing. */
  blank?: string;
  example: string;
};

const column = (
  name: ImportColumn["name"],
  label: string,
  example = "",
  more: Partial<ImportColumn> = {},
): ImportColumn => ({ name, label, kind: "text", example, ...more });

const yesNo = { kind: "yes-no" } as const;
const choice = { kind: "choice" } as const;

/** What a file may have, in the template's order. Only the address has to be there. */
export const IMPORT_COLUMNS: readonly ImportColumn[] = [
  column("email", "Email Address", "support@yourcompany.com"),
  column("name", "Sender Name", "Your Company Support"),
  column("smtpHost", "SMTP Host", "mail.yourcompany.com"),
  column("smtpPort", "SMTP Port", "587"),
  column("smtpSecurity", "SMTP Encryption", "auto", choice),
  column("smtpUsername", "SMTP Username", "support@yourcompany.com"),
  column("smtpPassword", "SMTP Password", "the mailbox password"),
  column("imapHost", "IMAP Host", "mail.yourcompany.com"),
  column("imapPort", "IMAP Port", "993"),
  column("imapSecurity", "IMAP Encryption", "auto", choice),
  column("imapUsername", "IMAP Username"),
  column("imapPassword", "IMAP Password"),
  column("allowPlain", "I know what None means", "no", yesNo),
  column("folder", "Folder", "INBOX"),
  column("aliases", "Other addresses", "sales@yourcompany.com info@yourcompany.com"),
  column("pollingEnabled", "Enable Polling", "yes", yesNo),
  column("startMode", "Start from", "now", choice),
  column("startDate", "Start date"),
  column("isActive", "Active", "yes", { ...yesNo, blank: "on" }),
  column("copyToSent", "Keep a copy in Sent", "no", yesNo),
  column("plusAddressing", "An address for each ticket", "no", yesNo),
  column("signature", "Signature", "Your Company"),
  column("quotesHistory", "Quote the mail that is answered", "yes", { ...yesNo, blank: "on" }),
  column("autoAckEnabled", "Acknowledge new tickets by mail", "no", yesNo),
  column("autoAckText", "Text"),
  column("afterImport", "After import", "nothing", choice),
  column("afterImportFolder", "Folder to move to"),
];

/** The form's word for one of its fields. */
export function labelOf(field: string): string {
  return IMPORT_COLUMNS.find(({ name }) => name === field)?.label ?? field;
}

const YES = ["yes", "y", "true", "1", "on", "x"];
const NO = ["no", "n", "false", "0", "off", ""];

/** What the form would send for a cell; undefined for nothing, null for what is neither yes nor no. */
export function fieldOf({ kind, blank }: ImportColumn, cell: string): string | undefined | null {
  const typed = cell.trim();
  if (kind === "text") return cell;
  if (typed === "") return blank;
  if (kind === "choice") return typed.toLowerCase();
  if (YES.includes(typed.toLowerCase())) return "on";
  return NO.includes(typed.toLowerCase()) ? undefined : null;
}
