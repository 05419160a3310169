import { EXPLANATIONS } from "./error-catalogue";
import type { Facts } from "./error-facts";
import { detectByAddress, detectByHost } from "./providers";

const SERVER_WORDS_MAX = 500;

/** Where the error happened. `security` is "tls", "starttls" or "none". */
export type MailErrorPlace = {
  protocol: "imap" | "smtp";
  host: string;
  port: number;
  security: string;
  provider?: string | null;
  username?: string;
  /** "oauth": by a token, not by a password. */
  signIn?: "oauth";
};

/**
 * What went wrong with a mail server, in words for an admin. `auth`: the server refuses the
 * credentials; `transient`: trying again may help; `permanent`: this mail will never go through;
 * `config`: settings have to change.
 */
export type ExplainedError = {
  kind: "auth" | "transient" | "permanent" | "config";
  cause: string;
  fix: string;
  link?: string;
  /** The server's own words, at most 500 characters, controls escaped; null when it said nothing. */
  serverSaid: string | null;
};

/**
 * Turns what Node, imapflow, nodemailer or our transport threw into kind, cause and fix. Looks at
 * the server's response code before anything else: `authenticationFailed` is also set when a server
 * only limits or postpones logins. Never throws, never repeats a secret.
 */
export function explainMailError(error: unknown, where: MailErrorPlace): ExplainedError {
  const facts = factsOf(error, where);
  for (const explanation of EXPLANATIONS) {
    if (!explanation.when(facts)) continue;
    const { kind, cause, fix, link } = explanation.say(facts);
    const explained: ExplainedError = { kind, cause, fix, serverSaid: facts.serverSaid };
    return link === undefined ? explained : { ...explained, link };
  }
  return {
    kind: facts.smtpCode >= 500 ? "permanent" : "transient",
    cause: `The ${facts.protocolName} server ${where.host} did not do what was asked.`,
    fix: "It will be tried again. If this goes on, check the settings and what the server said.",
    serverSaid: facts.serverSaid,
  };
}

function factsOf(error: unknown, where: MailErrorPlace): Facts {
  const spoken =
    textOf(error, "responseText") ?? textOf(error, "response") ?? errorFromServer(error);
  const message = textOf(error, "message") ?? (typeof error === "string" ? error : "");
  const reason = textOf(error, "reason") ?? "";
  const serverSaid = spoken === null ? null : printable(spoken);
  const smtpCode = Number(/^(\d{3})\b/.exec(spoken ?? "")?.[1] ?? 0);
  return {
    ...where,
    host: printable(where.host),
    username: where.username ?? "",
    isByToken: where.signIn === "oauth",
    protocolName: where.protocol === "imap" ? "IMAP" : "SMTP",
    provider: where.provider ?? providerOf(where),
    code: (textOf(error, "code") ?? "").toUpperCase(),
    imapCode: (textOf(error, "serverResponseCode") ?? imapCodeIn(spoken)).toUpperCase(),
    smtpCode: numberOf(error, "responseCode") ?? (where.protocol === "smtp" ? smtpCode : 0),
    refusedLogin: fieldOf(error, "authenticationFailed") === true,
    words: `${spoken ?? ""} ${message} ${reason}`.slice(0, 4_000).toLowerCase(),
    detail: printable(message),
    serverSaid,
  };
}

function providerOf(where: MailErrorPlace): string | null {
  const found = detectByHost(where.host) ?? detectByAddress(where.username ?? "");
  return found?.id ?? null;
}

/** nodemailer puts the answer into the message only for some errors: `Invalid login: 535 …`. */
function errorFromServer(error: unknown): string | null {
  const message = textOf(error, "message") ?? "";
  return /:\s(\d{3}[ -].*)$/s.exec(message.slice(0, 2_000))?.[1] ?? null;
}

function imapCodeIn(spoken: string | null): string {
  return /\[([A-Z-]+)[\] ]/.exec(spoken ?? "")?.[1] ?? "";
}

/** One line with controls escaped and anything that could be a token or password left out. */
function printable(text: string): string {
  const line = text
    .slice(0, SERVER_WORDS_MAX * 4)
    .replace(/\s+/g, " ")
    .trim()
    .replace(
      /\b(bearer|auth(?:enticate)? plain|auth login|xoauth2|pass(?:word)?[=:])\s*\S+/gi,
      "$1 …",
    )
    .replace(/[A-Za-z0-9+/_=-]{40,}/g, "…")
    .replace(/\p{C}/gu, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return line.length <= SERVER_WORDS_MAX ? line : `${line.slice(0, SERVER_WORDS_MAX - 1)}…`;
}

function fieldOf(error: unknown, name: string): unknown {
  return typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
}

function textOf(error: unknown, name: string): string | null {
  const value = fieldOf(error, name);
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(error: unknown, name: string): number | null {
  const value = fieldOf(error, name);
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
