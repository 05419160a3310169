import { getDomain } from "tldts";
import { domainOf } from "./address";
import type { Authentication, Mail, MailHeader } from "./mail";

const METHOD_RESULT =
  /(?:^|;)\s{0,20}(spf|dkim|dmarc)\s{0,5}=\s{0,5}(pass|fail|softfail|hardfail|neutral|none|policy|temperror|permerror|bestguesspass)\b/gi;
const HEADER_LENGTH_MAX = 8_000;

/**
 * What the receiving server found about SPF, DKIM and DMARC (RFC 8601), or null. Only the topmost
 * Authentication-Results counts: the ones below came with the mail. Where a Received header stands
 * above it, the two must name the same organisation, else it is no word of the receiving server.
 */
export function readAuthentication(headers: readonly MailHeader[]): Authentication | null {
  const index = headers.findIndex(({ name }) => name.toLowerCase() === "authentication-results");
  const header = headers[index];
  if (header === undefined) return null;
  const value = withoutComments(header.value.slice(0, HEADER_LENGTH_MAX));
  const server = authservId(value);
  const received = headers
    .slice(0, index)
    .filter(({ name }) => name.toLowerCase() === "received")
    .map(({ value }) => receivingHost(value));
  if (received.length > 0 && !received.some((host) => isSameOrganisation(host, server)))
    return null;
  const results = new Map<string, string>();
  for (const [, method = "", result = ""] of value.matchAll(METHOD_RESULT)) {
    const name = method.toLowerCase();
    // Several DKIM signatures: one that passes is enough.
    if (!results.has(name) || result.toLowerCase() === "pass") {
      results.set(name, result.toLowerCase());
    }
  }
  return {
    spf: results.get("spf") ?? null,
    dkim: results.get("dkim") ?? null,
    dmarc: results.get("dmarc") ?? null,
    server,
  };
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
  return /\bby\s{1,5}([a-z0-9.-]{1,253})/i.exec(received.slice(0, 2_000))?.[1]?.toLowerCase() ?? "";
}

function isSameOrganisation(host: string, server: string | null): boolean {
  if (server === null) return /\.outlook\.com$/.test(host);
  if (host === server) return true;
  const domain = getDomain(host);
  return domain !== null && domain === getDomain(server);
}

/** Drops comments, nested ones too, in one pass. */
function withoutComments(value: string): string {
  let depth = 0;
  let out = "";
  for (const character of value) {
    if (character === "(") depth++;
    else if (character === ")" && depth > 0) depth--;
    else if (depth === 0) out += character;
  }
  return out;
}
