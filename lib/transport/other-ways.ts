import { resolveMailHost } from "./egress";
import { FirstContact } from "./first-contact";
import type { MailError, MailServer } from "./mail-error";
import type { StageName } from "./probe-stages";
import type { ServerSettings, TransportOptions } from "./server-settings";

/** Another port or encryption by which the same server answers well. */
export type OtherWay = { port: number; security: "tls" | "starttls" };

const TRY_MS = 6_000;

const USUAL: Record<MailServer["protocol"], OtherWay[]> = {
  imap: [
    { port: 993, security: "tls" },
    { port: 143, security: "starttls" },
  ],
  smtp: [
    { port: 465, security: "tls" },
    { port: 587, security: "starttls" },
  ],
};

/**
 * Whether the failure of a test may be one of port or encryption. A bad certificate is not: no other
 * port makes it good.
 */
export function mayHaveOtherWay(
  failed: StageName | null,
  error: MailError,
  { security }: ServerSettings,
): boolean {
  if (failed === "TCP" || failed === "TLS" || failed === "Greeting") return true;
  return failed === "Sign-in" && (error.code === "ENOAUTH" || security === "none");
}

/**
 * Looks whether the same host answers with the other encryption on the same port, or on the usual
 * ports: connects, secures, checks the certificate and reads the greeting, and sends no credential.
 * All at once, 6 s at most, through the same guards as any connection. Never offers to go without
 * encryption and never throws.
 * @returns the first that works, the same port before others; null when none does.
 */
export async function findOtherWay(
  protocol: MailServer["protocol"],
  server: ServerSettings,
  options: TransportOptions,
): Promise<OtherWay | null> {
  const samePort: OtherWay[] = (["starttls", "tls"] as const).map((security) => {
    return { port: server.port, security };
  });
  const isSame = (way: OtherWay) => way.port === server.port && way.security === server.security;
  const isTwice = (way: OtherWay, at: number, ways: OtherWay[]) =>
    ways.findIndex(({ port, security }) => port === way.port && security === way.security) !== at;
  const ways = [...samePort, ...USUAL[protocol]].filter(
    (way, at, all) => !isSame(way) && !isTwice(way, at, all),
  );
  const limit = AbortSignal.timeout(TRY_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
  const works = await Promise.all(
    ways.map((way) => answersWell(protocol, { ...server, ...way }, { ...options, signal })),
  );
  return ways.find((_way, at) => works[at]) ?? null;
}

async function answersWell(
  protocol: MailServer["protocol"],
  server: ServerSettings,
  options: TransportOptions,
): Promise<boolean> {
  const contact = new FirstContact(protocol, server, options);
  try {
    await contact.connect(await resolveMailHost(server.host, options.allowedHosts));
    if (server.security === "starttls") {
      await contact.greeting();
      await contact.startTls();
    }
    const { trustError } = await contact.secure();
    if (server.security === "tls") await contact.greeting();
    return trustError === null;
  } catch {
    // Whatever went wrong, this way is none.
    return false;
  } finally {
    contact.leave();
  }
}
