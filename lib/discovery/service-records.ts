import { hostName } from "../mail/host-name";
import { checkAddresses } from "../transport/egress";
import { type Attempt, type FoundServer, type Look, outcomeOf, type Sides } from "./look";

type Kind = { protocol: "imap" | "smtp"; name: string; security: "tls" | "starttls" };

/** In order of preference: TLS from the start is better than STARTTLS (RFC 8314 §3, §5.1). */
const KINDS: readonly Kind[] = [
  { protocol: "imap", name: "_imaps._tcp", security: "tls" },
  { protocol: "imap", name: "_imap._tcp", security: "starttls" },
  { protocol: "smtp", name: "_submissions._tcp", security: "tls" },
  { protocol: "smtp", name: "_submission._tcp", security: "starttls" },
];

/**
 * Looks for the domain's SRV records of RFC 6186 and RFC 8314, all four at the same time. DNS alone
 * vouches for them, so they are shown before anything is sent there.
 */
export async function lookForRecords(domain: string, look: Look): Promise<Sides> {
  const answers = await Promise.all(KINDS.map((kind) => firstOf(kind, domain, look)));
  const best = (protocol: Kind["protocol"]): FoundServer | null =>
    answers.find(({ server }, index) => server && KINDS[index]?.protocol === protocol)?.server ??
    null;
  const attempts = answers.flatMap(({ attempt }) => attempt ?? []);
  if (attempts.length === 0)
    attempts.push({ where: `SRV records of ${domain}`, outcome: "There are none for mail." });
  return { imap: best("imap"), smtp: best("smtp"), attempts };
}

type Answer = { server: FoundServer | null; attempt: Attempt | null };

async function firstOf(
  { protocol, name, security }: Kind,
  domain: string,
  look: Look,
): Promise<Answer> {
  const where = `SRV record ${name}.${domain}`;
  let asked = { protocol, host: domain, port: 53, security };
  try {
    for (const service of await look.names.services(`${name}.${domain}`)) {
      const host = hostName(service.host);
      if (host === null || service.port < 1) continue;
      asked = { protocol, host, port: service.port, security };
      checkAddresses(host, await look.names.addresses(host), look.allowedHosts);
      const server: FoundServer = { host, port: service.port, security, username: "", way: "srv" };
      return { server, attempt: { where, outcome: `Leads to ${host}, port ${service.port}.` } };
    }
  } catch (error) {
    return { server: null, attempt: { where, outcome: outcomeOf(error, asked) } };
  }
  return { server: null, attempt: null };
}
