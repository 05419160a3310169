import { addressKey, domainOf, isSendableAddress } from "../mail/address";
import {
  detectByAddress,
  detectByHost,
  detectByMx,
  type DetectedProvider as KnownProvider,
} from "../mail/providers";
import { lookForFile } from "./autoconfig-file";
import { tryGuesses } from "./guesses";
import { type Attempt, type FoundServer, type Look, outcomeOf, type Sides, type Way } from "./look";
import { lookForRecords } from "./service-records";

/** What is known about an address's servers, and how it came to be known. */
export type Found = {
  domain: string;
  provider: KnownProvider | null;
  imap: FoundServer | null;
  smtp: FoundServer | null;
  /** Everything that was asked and tried, in its order. */
  attempts: Attempt[];
};

const ALL_MS = 20_000;
/** Top-level names that DNS never answers (RFC 2606, RFC 6761, RFC 6762): not asked about. */
const RESERVED = /(^|\.)(test|example|invalid|localhost|local|internal)$/;

/** Whether anything can be asked about a domain: it has two labels and is no name for examples. */
export function isFindable(domain: string): boolean {
  return domain.includes(".") && !RESERVED.test(domain);
}

/** Whether finding the servers of an address asks anybody: not for a provider that is known. */
export function isAsked(typed: string): boolean {
  const email = addressKey(typed);
  return isSendableAddress(email) && !detectByAddress(email) && isFindable(domainOf(email));
}

/**
 * Finds the servers of an address, from what is surest to what is a guess: the provider by the
 * domain, by its MX record, the domain's own autoconfig file, its SRV records, and last the usual
 * names, which are tried. A later way is only asked about the side that is still missing. Twenty
 * seconds at most; what fails is in `attempts` and no error. Null when it is no whole address, or
 * one of a domain that does not exist by definition.
 * With `look` null nothing leaves this machine: only providers known by their domain are found.
 */
export async function findServers(
  typed: string,
  look: Omit<Look, "signal"> | null,
): Promise<Found | null> {
  const email = addressKey(typed);
  const domain = domainOf(email);
  if (!isSendableAddress(email)) return null;
  const byAddress = detectByAddress(email);
  if (byAddress) return ofProvider(byAddress, { email, domain, way: "address", attempts: [] });
  if (!isFindable(domain)) return null;
  if (look === null) return { domain, provider: null, imap: null, smtp: null, attempts: [] };
  return lookAbroad(email, domain, { ...look, signal: AbortSignal.timeout(ALL_MS) });
}

async function lookAbroad(email: string, domain: string, look: Look): Promise<Found> {
  const attempts: Attempt[] = [];
  const mxHosts = await mxOf(domain, look, attempts);
  // Where the domain itself does not exist, nothing below it does (RFC 8020).
  if (mxHosts === null) return { domain, provider: null, imap: null, smtp: null, attempts };
  const byMx = detectByMx(mxHosts);
  if (byMx) return ofProvider(byMx, { email, domain, way: "mx", attempts });
  const [file, records] = await Promise.all([
    lookForFile(email, domain, look),
    lookForRecords(domain, look),
  ]);
  let sides = filledUp(filledUp({ imap: null, smtp: null, attempts }, file), records);
  if (!sides.imap || !sides.smtp) {
    const wanted = { imap: !sides.imap, smtp: !sides.smtp };
    sides = filledUp(sides, await tryGuesses(domain, mxHosts[0] ?? null, { look, wanted }));
  }
  const host = sides.smtp?.host ?? sides.imap?.host;
  return { domain, provider: host === undefined ? null : detectByHost(host), ...sides };
}

/** What one way left open, the next may fill. */
function filledUp(known: Sides, next: Sides): Sides {
  return {
    imap: known.imap ?? next.imap,
    smtp: known.smtp ?? next.smtp,
    attempts: [...known.attempts, ...next.attempts],
  };
}

/** The hosts that take the domain's mail; null when there is no such domain. */
async function mxOf(domain: string, look: Look, attempts: Attempt[]): Promise<string[] | null> {
  const where = `MX record of ${domain}`;
  try {
    const hosts = await look.names.mx(domain);
    const outcome = hosts[0]
      ? `Leads to ${hosts[0]}.`
      : "It says that the domain takes no mail at all.";
    attempts.push({ where, outcome });
    return hosts;
  } catch (error) {
    const code = error instanceof Error ? Reflect.get(error, "code") : null;
    const server = { protocol: "smtp", host: domain, port: 25, security: "none" } as const;
    if (code === "ENODATA") attempts.push({ where, outcome: "There is none." });
    else if (code === "ENOTFOUND") attempts.push({ where, outcome: "There is no such domain." });
    else attempts.push({ where, outcome: outcomeOf(error, server) });
    return code === "ENOTFOUND" ? null : [];
  }
}

type Origin = { email: string; domain: string; way: Way; attempts: Attempt[] };

function ofProvider(provider: KnownProvider, { email, domain, way, attempts }: Origin): Found {
  const local = email.slice(0, email.lastIndexOf("@"));
  const imapUser = provider.imapUsername === "local-part" ? local : "";
  const side = (server: KnownProvider["imap"], username: string): FoundServer | null =>
    server && { ...server, username, way };
  return {
    ...{ domain, provider, attempts },
    imap: side(provider.imap, imapUser),
    smtp: side(provider.smtp, ""),
  };
}
