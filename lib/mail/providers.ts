import { addressKey, domainOf } from "./address";
import { PROVIDERS, type Provider } from "./provider-table";

/** What is known about a provider; without the patterns it is recognised by. */
export type DetectedProvider = Omit<Provider, "domains" | "hosts" | "mx">;

export type Security = "tls" | "starttls";

/**
 * The provider an SMTP (or IMAP) host name belongs to, or null. Matches whole names and the host
 * suffixes of the table, so `smtp.gmail.com.evil.example` is nobody's.
 */
export function detectByHost(host: string): DetectedProvider | null {
  const name = normalHost(host);
  const found = PROVIDERS.find(
    (provider) =>
      provider.smtp?.host === name ||
      provider.imap?.host === name ||
      provider.hosts.some((pattern) => matches(name, pattern)),
  );
  return found === undefined ? null : withoutPatterns(found);
}

/** The provider an address belongs to by its domain, or null: own domains need their MX. */
export function detectByAddress(address: string): DetectedProvider | null {
  const domain = domainOf(addressKey(address));
  const found = PROVIDERS.find((provider) =>
    provider.domains.some((pattern) => matches(domain, pattern)),
  );
  return found === undefined ? null : withoutPatterns(found);
}

/** The provider that receives a domain's mail, from its MX host names, best first; or null. */
export function detectByMx(mxHosts: readonly string[]): DetectedProvider | null {
  for (const host of mxHosts) {
    const name = normalHost(host);
    const found = PROVIDERS.find((provider) =>
      provider.mx.some((pattern) => matches(name, pattern)),
    );
    if (found !== undefined) return withoutPatterns(found);
  }
  return null;
}

/**
 * How a connection to this port is secured: 993 and 465 speak TLS at once (RFC 8314 §3), 143, 587
 * and 25 start in the clear and must upgrade with STARTTLS. Any other port, of either protocol, is
 * taken for STARTTLS, which an admin can change; never "none".
 */
export function securityForPort(port: number, protocol: "imap" | "smtp"): Security {
  return port === (protocol === "imap" ? 993 : 465) ? "tls" : "starttls";
}

/** A line for the form when a port belongs to the other protocol or to none of the two; or null. */
export function portWarning(port: number, protocol: "imap" | "smtp"): string | null {
  if (protocol === "imap") {
    if (port === 465 || port === 587 || port === 25) {
      return `Port ${port} is for sending (SMTP). IMAP usually answers on 993, or 143 with STARTTLS.`;
    }
    if (port === 995 || port === 110) {
      return `Port ${port} is for POP3. IMAP usually answers on 993, or 143 with STARTTLS.`;
    }
    return null;
  }
  if (port === 993 || port === 143) {
    return `Port ${port} is for reading (IMAP). SMTP usually answers on 587, or 465 with TLS.`;
  }
  if (port === 995 || port === 110) {
    return `Port ${port} is for POP3. SMTP usually answers on 587, or 465 with TLS.`;
  }
  if (port === 25) {
    return "Port 25 is for mail between servers and often blocked. Use 587, or 465 with TLS.";
  }
  return null;
}

/**
 * Whether a password has the form of this provider's app passwords; true when the form is not
 * known. Google's are 16 letters, shown in groups of four; Apple's are xxxx-xxxx-xxxx-xxxx.
 */
export function looksLikeAppPassword(provider: { id: string } | null, password: string): boolean {
  const compact = password.replace(/\s+/g, "");
  switch (provider?.id) {
    case "google":
    case "yahoo":
    case "aol":
      return /^[a-z]{16}$/i.test(compact);
    case "icloud":
      return /^[a-z]{4}(-[a-z]{4}){3}$/i.test(compact);
    case "fastmail":
      return /^[a-z0-9]{16}$/i.test(compact);
    default:
      return true;
  }
}

/**
 * A guess at the IMAP host beside an SMTP host, to show as a guess and test before use:
 * `smtp.example.com` → `imap.example.com`, `mail.example.com` stays. Null when nothing suggests one.
 */
export function guessImapHost(smtpHost: string): string | null {
  const host = normalHost(smtpHost);
  const [first = "", ...rest] = host.split(".");
  if (rest.length < 2) return null;
  if (/^(smtp|smtps|smtp-mail|outgoing|out|send|relay)$/.test(first)) {
    return ["imap", ...rest].join(".");
  }
  return /^(mail|mx|securesmtp)$/.test(first) ? host : null;
}

function normalHost(host: string): string {
  return host.trim().toLowerCase().replace(/\.$/, "");
}

/** `x.com` is that name; `.x.com` any name below it; `x.*` that label under any public suffix. */
function matches(name: string, pattern: string): boolean {
  if (pattern.startsWith(".")) return name.endsWith(pattern);
  if (pattern.endsWith(".*")) {
    const rest = name.slice(pattern.length - 1);
    return name.startsWith(pattern.slice(0, -1)) && /^([a-z]{2,3}|com?\.[a-z]{2})$/.test(rest);
  }
  return name === pattern;
}

function withoutPatterns(provider: Provider): DetectedProvider {
  const { domains: _domains, hosts: _hosts, mx: _mx, ...known } = provider;
  return known;
}
