import { checkAddresses } from "../transport/egress";
import { FirstContact } from "../transport/first-contact";
import type { ServerSettings } from "../transport/server-settings";
import { type Attempt, type FoundServer, type Look, outcomeOf, type Sides } from "./look";

type Guess = { protocol: "imap" | "smtp" } & Pick<ServerSettings, "host" | "port"> & {
    security: "tls" | "starttls";
  };

/** A usual name either answers soon or is not there; a blocked port never says so. */
const ANSWER_MS = 5_000;

/**
 * Tries the usual names: connects, makes TLS with a certificate that is valid for the name, and
 * reads a greeting of the right protocol. Nothing is signed in. All are tried at the same time, and
 * the first in order that answers is taken.
 */
export async function tryGuesses(
  domain: string,
  mxHost: string | null,
  { look, wanted }: { look: Look; wanted: { imap: boolean; smtp: boolean } },
): Promise<Sides> {
  const guesses = usualServers(domain, mxHost, look).filter(({ protocol }) => wanted[protocol]);
  const troubles = await Promise.all(guesses.map((guess) => greet(guess, look)));
  const attempts = guesses.map(({ host, port }, index): Attempt => {
    return { where: `${host}, port ${port}`, outcome: troubles[index] ?? "Answers." };
  });
  const best = (protocol: Guess["protocol"]): FoundServer | null => {
    const guess = guesses.find(
      (each, index) => each.protocol === protocol && troubles[index] === null,
    );
    if (!guess) return null;
    const { host, port, security } = guess;
    return { host, port, security, username: "", way: "guess" };
  };
  return { imap: best("imap"), smtp: best("smtp"), attempts };
}

function usualServers(domain: string, mxHost: string | null, { ports }: Look): Guess[] {
  const hosts = (first: string) => [
    ...new Set([`${first}.${domain}`, `mail.${domain}`, ...(mxHost ? [mxHost] : [])]),
  ];
  const at = (protocol: Guess["protocol"], security: Guess["security"], port: number): Guess[] =>
    hosts(protocol).map((host) => ({ protocol, host, port, security }));
  return [
    ...at("imap", "tls", ports.imaps),
    ...at("imap", "starttls", ports.imap),
    ...at("smtp", "tls", ports.submissions),
    ...at("smtp", "starttls", ports.submission),
  ];
}

/** Null when the server is what it was guessed to be; otherwise what is wrong, in a sentence. */
async function greet(guess: Guess, look: Look): Promise<string | null> {
  const server: ServerSettings = { ...guess, username: "", password: "" };
  const signal = AbortSignal.any([look.signal, AbortSignal.timeout(ANSWER_MS)]);
  const { allowedHosts, ca } = look;
  const contact = new FirstContact(guess.protocol, server, {
    ...{ allowedHosts, signal },
    ...(ca === undefined ? {} : { ca }),
  });
  try {
    const addresses = await look.names.addresses(guess.host);
    await contact.connect(checkAddresses(guess.host, addresses, allowedHosts));
    if (guess.security === "starttls") {
      await contact.greeting();
      await contact.startTls();
    }
    const { trustError } = await contact.secure();
    if (trustError) throw trustError;
    if (guess.security === "tls") await contact.greeting();
    return null;
  } catch (error) {
    return outcomeOf(error, guess);
  } finally {
    contact.leave();
  }
}
