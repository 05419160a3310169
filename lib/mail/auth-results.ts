import { getDomain, parse } from "tldts";
import { domainOf } from "./address";
import type { Authentication, Mail, MailHeader } from "./mail";

const METHOD_RESULT =
  /(?:^|;)\s{0,20}(spf|dkim|dmarc)\s{0,5}=\s{0,5}(pass|fail|softfail|hardfail|neutral|none|policy|temperror|permerror|bestguesspass)\b/gi;
const HEADER_LENGTH_MAX = 8_000;

/**
 * What the receiving server found about SPF, DKIM and DMARC (RFC 8601), or null. Only the topmost
 * Authentication-Results counts: the ones below came with the mail, as did the ones of ARC. Where
 * Received headers stand above it, one must be of the organisation that it names and none of
 * another one, else it is no word of the receiving server.
 */
export function readAuthentication(headers: readonly MailHeader[]): Authentication | null {
  const index = headers.findIndex(({ name }) => name.toLowerCase() === "authentication-results");
  const header = headers[index];
  if (header === undefined) return null;
  const value = bareValue(header.value.slice(0, HEADER_LENGTH_MAX));
  const server = authservId(value);
  const hosts = headers
    .slice(0, index)
    .filter(({ name }) => name.toLowerCase() === "received")
    .map(({ value }) => receivingHost(value));
  if (!isWordOf(server, hosts)) return null;
  const results = new Map<string, string>();
  for (const [, method = "", result = ""] of value.matchAll(METHOD_RESULT)) {
    const name = method.toLowerCase();
    // Several DKIM signatures: one that passes is enough. Of the others the first result counts.
    const isBetter = name === "dkim" && result.toLowerCase() === "pass";
    if (!results.has(name) || isBetter) results.set(name, result.toLowerCase());
  }
  return {
    spf: results.get("spf") ?? null,
    dkim: results.get("dkim") ?? null,
    dmarc: results.get("dmarc") ?? null,
    server,
  };
}

export type SenderCheck = "verified" | "doubtful" | "unknown";

/**
 * What the receiving server's verdict means for the address in From, to show beside it: DMARC
 * passed; DMARC failed, or SPF named the sending server a stranger and no DMARC made up for it;
 * anything else says nothing. Mail is never refused for it.
 */
export function checkSender(authentication: Authentication | null): SenderCheck {
  if (!authentication) return "unknown";
  const { dmarc, spf } = authentication;
  if (dmarc === "pass") return "verified";
  if (dmarc === "fail") return "doubtful";
  return spf === "fail" || spf === "hardfail" || spf === "softfail" ? "doubtful" : "unknown";
}

/**
 * Whether the receiving server vouches that a mail comes from the address in its From: DMARC passed,
 * or, where it says nothing of DMARC, SPF passed for an envelope sender of the same organisation
 * (RFC 7489 §3.1). Without a word of that server: no.
 */
export function isAuthenticated(
  mail: Pick<Mail, "from" | "fromIsAmbiguous" | "returnPath" | "authentication">,
): boolean {
  const { authentication, from, returnPath } = mail;
  if (!authentication || !from || mail.fromIsAmbiguous) return false;
  if (authentication.dmarc === "pass") return true;
  if (authentication.dmarc === "fail" || authentication.spf !== "pass" || !returnPath) return false;
  const domain = getDomain(domainOf(from.address));
  return domain !== null && domain === getDomain(domainOf(returnPath));
}

/** The id before the first semicolon; Microsoft 365 leaves it out. */
function authservId(value: string): string | null {
  const first = (value.split(";", 1)[0] ?? "").trim().split(/\s/, 1)[0] ?? "";
  return /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/i.test(first) ? first.toLowerCase() : null;
}

function receivingHost(received: string): string {
  const host = /\bby\s{1,5}([a-z0-9.:-]{1,253})/i.exec(received.slice(0, 2_000))?.[1] ?? "";
  return host.toLowerCase();
}

/**
 * Whether a verdict by `server` below these hosts is one of theirs: one of them is of its
 * organisation, and none of another one, which could have let anything through. Hosts without a
 * public name (10.0.0.1, mailstore.internal) are inside some organisation and say nothing.
 */
function isWordOf(server: string | null, hosts: string[]): boolean {
  if (hosts.length === 0) return true;
  if (!hosts.some((host) => isSameOrganisation(host, server))) return false;
  return hosts.every((host) => isSameOrganisation(host, server) || !parse(host).isIcann);
}

function isSameOrganisation(host: string, server: string | null): boolean {
  if (server === null) return /\.outlook\.com$/.test(host);
  if (host === server) return true;
  const domain = getDomain(host);
  return domain !== null && domain === getDomain(server);
}

/**
 * Drops comments, nested ones too, and quoted strings, in one pass: both hold words of the sender,
 * such as an envelope address of `"x; dmarc=pass"@evil.example`.
 */
function bareValue(value: string): string {
  let depth = 0;
  let isQuoted = false;
  let out = "";
  for (let i = 0; i < value.length; i++) {
    const character = value.charAt(i);
    if (character === "\\" && (isQuoted || depth > 0)) i++;
    else if (character === '"' && depth === 0) isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === "(") depth++;
    else if (character === ")" && depth > 0) depth--;
    else if (depth === 0) out += character;
  }
  return out;
}
