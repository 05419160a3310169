import { AutoconfigError, type ConfiguredServer, parseAutoconfig } from "../mail/autoconfig";
import { checkAddresses } from "../transport/egress";
import { FileRefusal, fetchFile } from "../transport/fetch-file";
import { type Attempt, type FoundServer, type Look, outcomeOf, type Sides } from "./look";

/**
 * Looks for the domain's autoconfig file at both places where Thunderbird looks on the domain's own
 * servers, at the same time; the first place wins. The file is told the address, as the format wants
 * it: some hosters answer with other servers for each. Nobody else is asked.
 */
export async function lookForFile(email: string, domain: string, look: Look): Promise<Sides> {
  const port = look.ports.https === 443 ? "" : `:${look.ports.https}`;
  const path = "mail/config-v1.1.xml";
  const addresses = [
    `https://autoconfig.${domain}${port}/${path}?emailaddress=${encodeURIComponent(email)}`,
    `https://${domain}${port}/.well-known/autoconfig/${path}`,
  ];
  const found = await Promise.all(addresses.map((address) => readFile(address, email, look)));
  const attempts = found.flatMap((each) => each.attempts);
  const first = found.find(({ imap, smtp }) => imap !== null || smtp !== null);
  return { imap: first?.imap ?? null, smtp: first?.smtp ?? null, attempts };
}

async function readFile(address: string, email: string, look: Look): Promise<Sides> {
  const { host } = new URL(address);
  const where = `Autoconfig file at ${host}`;
  const nothing = (outcome: string): Sides => ({
    ...{ imap: null, smtp: null },
    attempts: [{ where, outcome }],
  });
  try {
    const text = await fetchFile(address, {
      ...{ names: look.names, allowedHosts: look.allowedHosts, signal: look.signal },
      ...(look.ca === undefined ? {} : { ca: look.ca }),
      port: look.ports.https,
    });
    const file = parseAutoconfig(text, email);
    const attempts: Attempt[] = file.remarks.map((outcome) => ({ where, outcome }));
    const imap = file.imap && (await checked("imap", file.imap, { where, look, attempts }));
    const smtp = file.smtp && (await checked("smtp", file.smtp, { where, look, attempts }));
    if (attempts.length === 0) attempts.push({ where, outcome: namesOf(imap, smtp) });
    return { imap, smtp, attempts };
  } catch (error) {
    if (error instanceof FileRefusal || error instanceof AutoconfigError)
      return nothing(`It ${error.message}.`);
    const { hostname } = new URL(address);
    const server = { host: hostname, port: look.ports.https, security: "tls" };
    return nothing(outcomeOf(error, { protocol: "imap", ...server }));
  }
}

function namesOf(imap: FoundServer | null, smtp: FoundServer | null): string {
  if (imap && smtp) return "It names both servers.";
  if (!imap && !smtp) return "It names no server for IMAP or SMTP.";
  return `It names a server for ${imap ? "IMAP" : "SMTP"} only.`;
}

/** A server on an address that is not allowed would be refused when it is used: better said now. */
async function checked(
  protocol: "imap" | "smtp",
  server: ConfiguredServer,
  { where, look, attempts }: { where: string; look: Look; attempts: Attempt[] },
): Promise<FoundServer | null> {
  try {
    const found = await look.names.addresses(server.host);
    checkAddresses(server.host, found, look.allowedHosts);
    return { ...server, way: "autoconfig" };
  } catch (error) {
    attempts.push({ where, outcome: outcomeOf(error, { protocol, ...server }) });
    return null;
  }
}
