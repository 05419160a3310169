import { type Found, findServers, isAsked } from "../discovery/find-servers";
import { type Attempt, type FoundServer, USUAL_PORTS, type Way } from "../discovery/look";
import { areLookUpsOn } from "../discovery/look-ups";
import { env } from "../env";
import { AppError } from "../errors";
import { securityForPort } from "../mail/providers";
import { RATE_LIMITS, takeTry } from "../rate-limit";
import { askNames } from "../transport/names";
import { type AccountActor, assertAdmin } from "./admin";
import { type DetectedProvider, publicProvider } from "./detect";

/** What the form shows and fills in for an address. */
export type Finding = {
  domain: string;
  provider: DetectedProvider | null;
  smtp: FoundServer | null;
  imap: FoundServer | null;
  /** How they were found, in a sentence; null when none was. */
  source: string | null;
  /** What cannot work with a password, said before it is tried; null when nothing is known to fail. */
  obstacle: string | null;
  /** Servers outside of the address's own domain that only DNS names: to be looked at. */
  strangers: string[];
  attempts: Attempt[];
  /** False: an admin has switched look-ups off, so only well-known domains are found. */
  mayLookUp: boolean;
  /** The form's fields, filled in. */
  fields: Record<string, string>;
};

/**
 * Finds the servers of an address for an admin who connects it; see findServers() for the ways and
 * their limits. Null when there is nothing to find: half an address, or a domain for examples.
 * @throws AppError "forbidden"; "unavailable" after twenty of one admin within a minute.
 */
export async function findForAccount(actor: AccountActor, email: string): Promise<Finding | null> {
  assertAdmin(actor);
  const mayLookUp = await areLookUpsOn();
  if (mayLookUp && isAsked(email)) await takeLook(actor);
  const found = await findServers(
    email,
    mayLookUp
      ? {
          names: askNames(),
          allowedHosts: env().EMAIL_ALLOWED_PRIVATE_HOSTS,
          ports: USUAL_PORTS,
        }
      : null,
  );
  return found && findingOf(found, mayLookUp);
}

/** Looks go where the typed address leads, so they are counted. */
async function takeLook(actor: AccountActor): Promise<void> {
  if (actor.id === null) return;
  const waitMs = await takeTry(RATE_LIMITS.findServers, actor.id);
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / 1000);
  throw new AppError("unavailable", `Too many look-ups. Try again in ${seconds} s.`);
}

/** What was found, in the words and fields of the form. */
export function findingOf(found: Found, mayLookUp: boolean): Finding {
  const { domain, provider, smtp, imap, attempts } = found;
  return {
    ...{ domain, smtp, imap, mayLookUp },
    attempts: distinct(attempts),
    provider: provider && publicProvider(provider),
    source: sourceOf(found),
    obstacle: obstacleOf(found),
    strangers: strangersOf(found),
    fields: fieldsOf(found),
  };
}

/** Both sides of a file may fail for the same reason, which is said once. */
function distinct(attempts: Attempt[]): Attempt[] {
  return [...new Map(attempts.map((each) => [`${each.where} ${each.outcome}`, each])).values()];
}

function sourceOf({ domain, provider, smtp, imap }: Found): string | null {
  if (!smtp && !imap) return null;
  const by = (way: Way): string => {
    switch (way) {
      case "address":
        return `by the address: ${domain} is ${provider?.name ?? "known"}`;
      case "mx":
        return `by ${domain}’s MX record, which leads to ${provider?.name ?? "a known host"}`;
      case "autoconfig":
        return `by ${domain}’s autoconfig file`;
      case "srv":
        return `by ${domain}’s SRV records`;
      case "guess":
        return "by trying usual names";
    }
  };
  if (!smtp)
    return `The IMAP server was found ${by(imap?.way ?? "guess")}. None was found for SMTP.`;
  if (!imap) return `The SMTP server was found ${by(smtp.way)}. None was found for IMAP.`;
  if (smtp.way === imap.way) return `Found ${by(smtp.way)}.`;
  return `SMTP was found ${by(smtp.way)}, IMAP ${by(imap.way)}.`;
}

/** Providers that take no password for reading, or let no other server read at all. */
function obstacleOf({ provider }: Found): string | null {
  if (!provider || (provider.signIn !== "oauth" && provider.imap)) return null;
  return provider.notes[0] ?? null;
}

function strangersOf({ domain, smtp, imap }: Found): string[] {
  const isStranger = (server: FoundServer | null) =>
    server?.way === "srv" && server.host !== domain && !server.host.endsWith(`.${domain}`);
  return [...new Set([smtp, imap].flatMap((each) => (each && isStranger(each) ? each.host : [])))];
}

function fieldsOf({ smtp, imap }: Found): Record<string, string> {
  const fields: Record<string, string> = {};
  if (smtp) {
    fields.smtpHost = smtp.host;
    fields.smtpPort = String(smtp.port);
    fields.smtpSecurity = choiceOf("smtp", smtp);
    fields.smtpUsername = smtp.username;
  }
  if (imap) {
    fields.imapHost = imap.host;
    fields.imapPort = String(imap.port);
    fields.imapSecurity = choiceOf("imap", imap);
    // Blank means the SMTP Username.
    fields.imapUsername = imap.username === (smtp?.username ?? "") ? "" : imap.username;
  }
  return fields;
}

/** "auto" where the port says it, so that the form stays as an admin would have left it. */
function choiceOf(protocol: "imap" | "smtp", { port, security }: FoundServer): string {
  return securityForPort(port, protocol) === security ? "auto" : security;
}
