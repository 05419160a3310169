import { z } from "zod";
import { AppError } from "../errors";
import { addressKey, isSendableAddress } from "../mail/address";
import { SIGNATURE_LENGTH_MAX, SIGNATURE_TOO_LONG, tidySignature } from "../mail/answer-body";
import { hostName } from "../mail/host-name";
import { fitsPlusAddress, PLUS_ADDRESS_LOCAL_MAX } from "../mail/plus-address";
import { pgText } from "../mail/text";
import { ACKNOWLEDGEMENT_LENGTH_MAX, unknownPlaceholder } from "../tickets/acknowledgement-text";
import { aliasList } from "./alias-list";
import { INTENTS } from "./intents";

/** What the encryption selects offer; "auto" lets the port decide. */
export const SECURITY_CHOICES = ["auto", "tls", "starttls", "none"] as const;
export type SecurityChoice = (typeof SECURITY_CHOICES)[number];

export const START_MODES = ["now", "date", "all"] as const;
export type StartMode = (typeof START_MODES)[number];

/** What is done on the server with a mail that has been imported. */
export const AFTER_IMPORTS = ["nothing", "read", "move"] as const;
export type AfterImport = (typeof AFTER_IMPORTS)[number];

/** How an account signs in: with passwords, or at a provider. */
export const SIGN_INS = ["SMTP", "GOOGLE", "MICROSOFT"] as const;

/**
 * Whose mailbox it is, where somebody signs in at a provider: their own, one shared with them, or
 * theirs under another address.
 */
export const OAUTH_MAILBOXES = ["same", "shared", "alias"] as const;
export type OAuthMailbox = (typeof OAUTH_MAILBOXES)[number];

const text = (label: string, max: number) =>
  z
    .string()
    .default("")
    .transform((value) => value.trim())
    .refine((value) => value.length <= max, `${label} must be at most ${max} characters.`)
    .refine((value) => !hasControls(value), `${label} holds characters that can't be typed.`);

const email = text("Email Address", 254).refine(isSendableAddress, {
  message: "Email Address must be a whole address, such as support@yourcompany.com.",
});

const port = (label: string) =>
  z
    .union([z.string(), z.number(), z.null()])
    .optional()
    .transform((value, context) => {
      const digits = String(value ?? "").trim();
      if (digits === "") return null;
      const number = /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
      if (number >= 1 && number <= 65_535) return number;
      context.addIssue({ code: "custom", message: `${label} must be a port from 1 to 65535.` });
      return z.NEVER;
    });

const host = (label: string) =>
  z
    .string()
    .nullish()
    .transform((value, context) => {
      const typed = (value ?? "").trim();
      if (typed === "") return "";
      const name = hostName(typed);
      if (name) return name;
      context.addIssue({ code: "custom", message: `${label} ${hostProblem(typed)}` });
      return z.NEVER;
    });

/** Spaces count in a password; what no server takes and no keyboard types does not. */
const password = (label: string) =>
  z
    .string()
    .default("")
    .refine((value) => value.length <= 1000, `${label} must be at most 1000 characters.`)
    .refine((value) => !hasControls(value), `${label} holds characters that can't be typed.`);

const acknowledgement = z
  .string()
  .default("")
  .transform((value) => pgText(value.replaceAll("\r\n", "\n")).trim())
  .superRefine((value, context) => {
    const unknown = unknownPlaceholder(value);
    const message =
      value.length > ACKNOWLEDGEMENT_LENGTH_MAX
        ? `The text must be at most ${ACKNOWLEDGEMENT_LENGTH_MAX} characters.`
        : unknown && `${unknown} means nothing here: only {{number}} is replaced.`;
    if (message) context.addIssue({ code: "custom", message });
  });

const signature = z
  .string()
  .default("")
  .transform(tidySignature)
  .refine((value) => value.length <= SIGNATURE_LENGTH_MAX, SIGNATURE_TOO_LONG);

const startDate = z
  .union([z.string(), z.date(), z.null()])
  .optional()
  .transform((value, context) => {
    if (value === undefined || value === null || value === "") return null;
    const date = value instanceof Date ? value : parseDate(value.trim());
    if (date && date.getUTCFullYear() >= 1970 && date.getUTCFullYear() <= 9999) return date;
    context.addIssue({ code: "custom", message: "The date must look like 2026-01-31." });
    return z.NEVER;
  });

const fields = z.object({
  email,
  name: text("Sender Name", 200),
  provider: z.enum(SIGN_INS, "Provider must be SMTP, Google or Microsoft.").default("SMTP"),
  /** The sign-in that waits for this form; blank keeps the account's own. */
  grantId: text("The sign-in", 100),
  oauthMailbox: z.enum(OAUTH_MAILBOXES, "Choose whose mailbox it is.").default("same"),
  smtpHost: host("SMTP Host"),
  smtpPort: port("SMTP Port"),
  smtpSecurity: z.enum(SECURITY_CHOICES, "Choose one of the listed encryptions.").default("auto"),
  smtpUsername: text("SMTP Username", 500),
  smtpPassword: password("SMTP Password"),
  imapHost: host("IMAP Host"),
  imapPort: port("IMAP Port"),
  imapSecurity: z.enum(SECURITY_CHOICES, "Choose one of the listed encryptions.").default("auto"),
  imapUsername: text("IMAP Username", 500),
  imapPassword: password("IMAP Password"),
  folder: text("Folder", 200).transform((value) => value || "INBOX"),
  aliases: aliasList,
  afterImport: z.enum(AFTER_IMPORTS, "Choose what to do after import.").default("nothing"),
  afterImportFolder: text("Folder to move to", 200),
  pollingEnabled: z.boolean().default(false),
  startMode: z.enum(START_MODES, "Choose where to start.").default("now"),
  startDate,
  isActive: z.boolean().default(true),
  isDefault: z.boolean().default(false),
  copyToSent: z.boolean().default(false),
  plusAddressing: z.boolean().default(false),
  autoAckEnabled: z.boolean().default(false),
  autoAckText: acknowledgement,
  signature,
  quotesHistory: z.boolean().default(true),
  /** What a test of this form has learnt: see sizeSeen(). */
  smtpSizeSeen: z.string().max(300).default(""),
});

/**
 * What createAccount() and updateAccount() take, from the form and from the CLI. Blank host and
 * port are detected; a blank password means "the stored one", where there is one.
 */
export const accountSchema = fields.superRefine((input, context) => {
  if (input.plusAddressing && !fitsPlusAddress(input.email)) {
    const message = `The email address is too long for this: at most ${PLUS_ADDRESS_LOCAL_MAX} characters before the @.`;
    context.addIssue({ code: "custom", path: ["plusAddressing"], message });
  }
  if (input.aliases.includes(addressKey(input.email))) {
    const message = `${input.email} is this account’s own address already.`;
    context.addIssue({ code: "custom", path: ["aliases"], message });
  }
  if (input.afterImport === "move") {
    const message = folderToMoveTo(input);
    if (message) context.addIssue({ code: "custom", path: ["afterImportFolder"], message });
  }
  if (input.startMode !== "date") return;
  const message = !input.startDate
    ? "Choose the date to start from."
    : input.startDate.getTime() > Date.now()
      ? "The date to start from must not be in the future."
      : null;
  if (message) context.addIssue({ code: "custom", path: ["startDate"], message });
});

export type AccountInput = z.input<typeof accountSchema>;
export type AccountValues = z.output<typeof accountSchema>;

const CHECKBOXES = [
  "pollingEnabled",
  "isActive",
  "isDefault",
  "copyToSent",
  "plusAddressing",
  "autoAckEnabled",
  "quotesHistory",
] as const;

/** What the form sends besides the account's own fields. */
const formOnly = z.object({
  /** Which button was pressed. */
  intent: z.enum(INTENTS).default("save"),
  /** The account that is edited; absent for a new one. */
  id: z.string().max(100).optional(),
  /** The account whose hours and targets a new one gets. */
  like: z.string().max(100).optional(),
  /** Ticked: no encryption, knowingly. */
  allowPlain: z.literal("on").optional(),
  /** Ticked: test a password that looks like the wrong kind. */
  tryAnyway: z.literal("on").optional(),
});

/** The same fields as an HTML form sends them: an unticked box is absent. */
export const accountFormSchema = z
  .preprocess((raw) => withCheckboxes(raw), accountSchema.and(formOnly))
  .superRefine((input, context) => {
    for (const field of ["smtpSecurity", "imapSecurity"] as const) {
      if (input[field] !== "none" || input.allowPlain) continue;
      context.addIssue({
        code: "custom",
        path: [field],
        message:
          "Without encryption the password and all mail can be read on the way. Tick that you know, or choose another.",
      });
    }
  });

/** Parses what a caller of lib gives. @throws AppError "invalid" that names the first wrong field. */
export function parseAccount(input: AccountInput): AccountValues {
  const result = accountSchema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new AppError(
    "invalid",
    issue?.message ?? "The account's settings are wrong.",
    issue?.path[0] === undefined ? undefined : String(issue.path[0]),
  );
}

/** What is wrong with it; null when nothing is. */
function folderToMoveTo(input: { folder: string; afterImportFolder: string }): string | null {
  const [read, to] = [input.folder, input.afterImportFolder].map((name) =>
    name.toUpperCase() === "INBOX" ? "INBOX" : name,
  );
  if (!to) return "Enter the folder to move mail to.";
  return read === to ? "That is the folder that is read: choose another one." : null;
}

function withCheckboxes(raw: unknown): unknown {
  if (typeof raw !== "object" || raw === null) return raw;
  const form: Record<string, unknown> = { ...raw };
  for (const name of CHECKBOXES) form[name] = form[name] === "on" || form[name] === true;
  return form;
}

/** An ISO date (midnight UTC) or an ISO date and time. */
function parseDate(value: string): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?)?$/.test(value)) {
    return null;
  }
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? null : date;
}

function hostProblem(typed: string): string {
  if (typed.includes("://")) return "must be only the name: leave out what stands before it.";
  if (typed.includes("@")) return "must be a server's name, not an address: mail.yourcompany.com.";
  if (/^[^:]+:\d+$/.test(typed)) return "must be only the name: the port has its own field.";
  return "must be a server's name, such as mail.yourcompany.com.";
}

function hasControls(value: string): boolean {
  return /\p{Cc}/u.test(value);
}
