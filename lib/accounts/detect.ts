import { isFindable } from "../discovery/find-servers";
import { areLookUpsOn } from "../discovery/look-ups";
import { domainOf } from "../mail/address";
import {
  detectByAddress,
  detectByHost,
  detectByMx,
  guessImapHost,
  type DetectedProvider as KnownProvider,
  portWarning,
  securityForPort,
} from "../mail/providers";
import { askNames } from "../transport/names";

/** Finds the MX hosts of a domain, best first; throws or answers [] when there are none. */
export type MxResolver = (domain: string) => Promise<string[]>;

export type DetectionInput = {
  email: string;
  smtpHost: string;
  smtpPort?: number | null;
  imapHost?: string | null;
  imapPort?: number | null;
  resolver?: MxResolver;
};

/** What the form shows beside a provider's name. */
export type DetectedProvider = {
  id: string;
  name: string;
  signIn: "password" | "app-password" | "oauth";
  notes: string[];
  appPasswordUrl: string | null;
};

export type DetectedServer = {
  host: string | null;
  port: number;
  security: "tls" | "starttls";
  /** given: typed by the admin; detected: from the table of providers; none: neither. */
  source: "given" | "detected" | "none";
  /** A port that fits another protocol, in one sentence. */
  warning: string | null;
};

export type Detection = {
  provider: DetectedProvider | null;
  foundBy: "smtp-host" | "address" | "mx" | null;
  smtp: DetectedServer;
  imap: DetectedServer & {
    /** Never used by itself: only offered, marked as a guess. */
    guess: string | null;
    /** What this provider takes as IMAP username, when it is not the SMTP username. */
    username: string | null;
  };
};

/**
 * Finds the servers of an account: IMAP from the SMTP host first, then from the address, then from
 * the MX record of its domain; SMTP from the address and the MX record when its host is blank. What
 * the admin typed always stays. Asks DNS at most once, two seconds at most, and not at all while
 * look-ups are switched off.
 */
export async function detectServers(input: DetectionInput): Promise<Detection> {
  const { known, foundBy } = await findProvider(input);
  return {
    provider: known && publicProvider(known),
    foundBy,
    smtp: smtpOf(input, known),
    imap: imapOf(input, known),
  };
}

async function findProvider(
  input: DetectionInput,
): Promise<{ known: KnownProvider | null; foundBy: Detection["foundBy"] }> {
  const byHost = input.smtpHost ? detectByHost(input.smtpHost) : null;
  if (byHost) return { known: byHost, foundBy: "smtp-host" };
  const byAddress = input.email.includes("@") ? detectByAddress(input.email) : null;
  if (byAddress) return { known: byAddress, foundBy: "address" };
  const needsMore = !input.smtpHost || !input.imapHost;
  const domain = domainOf(input.email);
  if (!needsMore || !isFindable(domain)) return { known: null, foundBy: null };
  const byMx = detectByMx(await mxHosts(domain, input.resolver ?? resolveMx));
  return { known: byMx, foundBy: byMx ? "mx" : null };
}

/** A domain without MX record, and a machine without DNS, are just domains we know nothing about. */
async function mxHosts(domain: string, resolver: MxResolver): Promise<string[]> {
  try {
    return await resolver(domain);
  } catch {
    return [];
  }
}

/** Asks DNS, where look-ups are on. @throws what Node says when there is no answer. */
export async function resolveMx(domain: string): Promise<string[]> {
  return (await areLookUpsOn()) ? askNames().mx(domain) : [];
}

function smtpOf(input: DetectionInput, known: KnownProvider | null): DetectedServer {
  const typed = input.smtpHost.trim().toLowerCase();
  const host = typed || known?.smtp?.host || null;
  const own = known?.smtp?.host === host ? known.smtp : null;
  // 587 is what submission servers speak (RFC 6409); the guide's example uses it as well.
  const port = input.smtpPort ?? own?.port ?? 587;
  return {
    host,
    port,
    security: own?.port === port ? own.security : securityForPort(port, "smtp"),
    source: typed ? "given" : host ? "detected" : "none",
    warning: portWarning(port, "smtp"),
  };
}

function imapOf(input: DetectionInput, known: KnownProvider | null): Detection["imap"] {
  const typed = (input.imapHost ?? "").trim().toLowerCase();
  const host = typed || known?.imap?.host || null;
  const own = known?.imap?.host === host ? known.imap : null;
  const port = input.imapPort ?? own?.port ?? 993;
  return {
    host,
    port,
    security: own?.port === port ? own.security : securityForPort(port, "imap"),
    source: typed ? "given" : host ? "detected" : "none",
    warning: portWarning(port, "imap"),
    guess: !host && !known && input.smtpHost ? guessImapHost(input.smtpHost) : null,
    username: own && known?.imapUsername === "local-part" ? localPart(input.email) : null,
  };
}

/** A provider without what only our own code needs. */
export function publicProvider(known: KnownProvider): DetectedProvider {
  return {
    id: known.id,
    name: known.name,
    signIn: known.signIn,
    notes: known.notes,
    appPasswordUrl: known.appPasswordUrl ?? null,
  };
}

function localPart(email: string): string | null {
  const at = email.lastIndexOf("@");
  return at > 0 ? email.slice(0, at) : null;
}
