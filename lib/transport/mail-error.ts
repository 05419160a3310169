import { explainMailError } from "@/lib/mail/explain-error";
import { TransportError } from "./egress";

/** transient: try again; permanent: never; auth: credentials; config: settings an admin must fix. */
export type MailErrorKind = "transient" | "permanent" | "auth" | "config";

/** Which server a step was about; only for wording. */
export type MailServer = {
  protocol: "imap" | "smtp";
  host: string;
  port: number;
  security: string;
  username?: string;
  /** "oauth": by a token, not by a password. */
  signIn?: "oauth";
};

/** A recipient the server refused, with its answer; `permanent` when the answer was 5xx. */
export type RejectedRecipient = { address: string; response: string; permanent: boolean };

type Details = {
  kind: MailErrorKind;
  code: string;
  cause: string;
  fix: string;
  link?: string;
  serverSaid: string | null;
};

type SmtpOutcome = {
  responseCode?: number | null;
  response?: string | null;
  uncertain?: boolean;
  rejected?: RejectedRecipient[];
};

/**
 * Trouble with a mail server, classified once. `message` is the cause in plain words and `fix`
 * what to do about it; neither holds a secret. The library's own error is not kept: it may carry
 * what was sent.
 */
export class MailError extends Error {
  readonly kind: MailErrorKind;
  /** A Node, imapflow or nodemailer code, or one of our own: EPRIVATEHOST, ESTARTTLS, EINBOX,
   * EDEADLINE, EUIDVALIDITY; EOAUTH… where a provider gave no token. */
  readonly code: string;
  readonly fix: string;
  readonly link: string | undefined;
  /** The server's own words, shortened, when there were any. */
  readonly serverSaid: string | null;
  /** The SMTP reply code, when the server gave one. */
  readonly responseCode: number | null;
  readonly response: string | null;
  /** The connection was lost after the whole mail was sent: it may or may not be delivered. */
  readonly uncertain: boolean;
  /** Who was refused, when the server refused recipients one by one. */
  readonly rejected: RejectedRecipient[];

  constructor(details: Details, outcome: SmtpOutcome = {}) {
    super(details.cause);
    this.name = "MailError";
    this.kind = details.kind;
    this.code = details.code;
    this.fix = details.fix;
    this.link = details.link;
    this.serverSaid = details.serverSaid;
    this.responseCode = outcome.responseCode ?? null;
    this.response = outcome.response ?? null;
    this.uncertain = outcome.uncertain ?? false;
    this.rejected = outcome.rejected ?? [];
  }
}

/** Classifies anything thrown while talking to `server`; a MailError comes back as it is. */
export function toMailError(
  error: unknown,
  server: MailServer,
  outcome: SmtpOutcome = {},
): MailError {
  if (error instanceof MailError) return error;
  const plain = withRealCode(error);
  const code = textField(plain, "code") ?? "EUNKNOWN";
  return new MailError({ ...explainMailError(plain, server), code }, outcome);
}

/** A field of an unknown error, when it is a text that says something. */
export function textField(error: unknown, name: string): string | null {
  const value = field(error, name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** A field of an unknown error, when it is a finite number. */
export function numberField(error: unknown, name: string): number | null {
  const value = field(error, name);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Any field of an unknown error. */
export function field(error: unknown, name: string): unknown {
  if (typeof error !== "object" || error === null) return undefined;
  return Reflect.get(error, name);
}

/**
 * nodemailer hides the socket's code behind ESOCKET, and neither library has a code for a server
 * that does not offer STARTTLS.
 */
function withRealCode(error: unknown): unknown {
  if (isStartTlsRefused(error)) {
    return new TransportError("ESTARTTLS", "the server does not offer STARTTLS");
  }
  const original = textField(error, "originalCode");
  if (original === null || !(error instanceof Error)) return error;
  return Object.assign(new Error(error.message), { ...error, code: original });
}

function isStartTlsRefused(error: unknown): boolean {
  const isImap =
    field(error, "tlsFailed") === true &&
    textField(error, "code") === null &&
    error instanceof Error &&
    /does not support STARTTLS/.test(error.message);
  const isSmtp =
    textField(error, "code") === "ETLS" &&
    textField(error, "command") === "STARTTLS" &&
    (numberField(error, "responseCode") ?? 0) >= 500;
  return isImap || isSmtp;
}
