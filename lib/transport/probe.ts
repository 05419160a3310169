import net from "node:net";
import { describeCertificate, nameOf } from "./certificate-facts";
import { resolveMailHost, TransportError } from "./egress";
import { FirstContact, printable } from "./first-contact";
import { ImapConnection } from "./imap-connection";
import { type MailError, type MailServer, toMailError } from "./mail-error";
import { type Finding, type Stage, Stages } from "./probe-stages";
import { describeServer, type ServerSettings, type TransportOptions } from "./server-settings";
import { closeSmtp, openSmtp } from "./smtp-connection";

export type { Stage, StageName } from "./probe-stages";

/** Why a test failed and what to do about it; holds no secret. */
export type ProbeFailure = {
  cause: string;
  fix: string;
  link?: string;
  serverSaid: string | null;
  kind: MailError["kind"];
};

export type ProbeResult = {
  ok: boolean;
  headline:
    | "IMAP connection successful"
    | "IMAP connection test failed"
    | "Connection test successful"
    | "SMTP connection test failed";
  totalMs: number;
  /** Every stage in the order it is tried; those after a failure are "skipped". */
  stages: Stage[];
  failure: ProbeFailure | null;
};

export type ProbeOptions = TransportOptions & {
  /** The folder to open in place of INBOX; IMAP only. */
  folder?: string;
  /** Called with each stage as soon as it is over. */
  onStage?: (stage: Stage) => void;
};

const PROBE_MS = 30_000;

/**
 * Tests an IMAP server step by step, as the "Test IMAP" button does: name, port, TLS, certificate,
 * greeting, sign-in, and opening the folder read-only. Takes 30 s at most and never throws.
 */
export async function probeImap(
  server: ServerSettings,
  options: ProbeOptions,
): Promise<ProbeResult> {
  const folder = options.folder ?? "INBOX";
  return probe("imap", server, options, async (stages, capped) => {
    await lookAround(stages, "imap", server, capped);
    const { connection } = await stages.run("Sign-in", async () => ({
      connection: await ImapConnection.open(server, capped, PROBE_MS),
      fact: `Signed in as ${server.username}`,
    }));
    try {
      await stages.run("INBOX", () => lookIntoFolder(connection, folder));
    } finally {
      await connection.close();
    }
  });
}

/**
 * Tests an SMTP server step by step, as the "Test SMTP" button does: name, port, TLS, certificate,
 * greeting and sign-in; no mail is sent. Takes 30 s at most and never throws.
 */
export async function probeSmtp(
  server: ServerSettings,
  options: ProbeOptions,
): Promise<ProbeResult> {
  return probe("smtp", server, options, async (stages, capped) => {
    await lookAround(stages, "smtp", server, capped);
    await stages.run("Sign-in", async () => {
      closeSmtp(await openSmtp(server, capped));
      if (server.username !== "") return { fact: `Signed in as ${server.username}` };
      return { fact: "Not needed: no username is set", state: "skipped" };
    });
  });
}

async function probe(
  protocol: MailServer["protocol"],
  server: ServerSettings,
  options: ProbeOptions,
  work: (stages: Stages, capped: TransportOptions) => Promise<void>,
): Promise<ProbeResult> {
  const startedAt = performance.now();
  const stages = new Stages(protocol, server, options.onStage);
  const cap = AbortSignal.timeout(PROBE_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, cap]) : cap;
  let error: MailError | null = null;
  try {
    await work(stages, { ...options, signal });
  } catch (thrown) {
    error = toMailError(thrown, describeServer(protocol, server));
  }
  return {
    ok: error === null,
    headline: headlineOf(protocol, error === null),
    totalMs: Math.round(performance.now() - startedAt),
    stages: stages.all(),
    failure: error && failureOf(error),
  };
}

function headlineOf(protocol: MailServer["protocol"], ok: boolean): ProbeResult["headline"] {
  if (protocol === "imap") return ok ? "IMAP connection successful" : "IMAP connection test failed";
  return ok ? "Connection test successful" : "SMTP connection test failed";
}

function failureOf({ message, fix, link, serverSaid, kind }: MailError): ProbeFailure {
  return { cause: message, fix, serverSaid, kind, ...(link === undefined ? {} : { link }) };
}

/** Everything up to the sign-in, on a connection of its own that sends no credential. */
async function lookAround(
  stages: Stages,
  protocol: MailServer["protocol"],
  server: ServerSettings,
  options: TransportOptions,
): Promise<void> {
  const contact = new FirstContact(protocol, server, options);
  try {
    const addresses = await stages.run("DNS", async () => {
      const found = await untilAborted(resolveMailHost(server.host, options.allowedHosts), options);
      return { fact: describeAddresses(server.host, found), found };
    });
    await stages.run("TCP", async () => {
      await contact.connect(addresses.found);
      return { fact: `Port ${server.port} open` };
    });
    const greet = () =>
      stages.run("Greeting", async () => {
        const words = printable(await contact.greeting());
        return { fact: words === "" ? "The server answers" : words };
      });
    if (server.security !== "tls") await greet();
    await secure(stages, server, contact);
    if (server.security === "tls") await greet();
  } finally {
    contact.leave();
  }
}

async function secure(stages: Stages, server: ServerSettings, contact: FirstContact) {
  if (server.security === "none") {
    const fact = "Not encrypted: the password and all mail can be read on the way";
    await stages.run("TLS", async () => ({ fact, state: "warning" }));
    await stages.run("Certificate", async () => ({ fact: "None", state: "skipped" }));
    return;
  }
  const { handshake } = await stages.run("TLS", async () => {
    if (server.security === "starttls") await contact.startTls();
    const seen = await contact.secure();
    return { fact: `${seen.protocol}, certificate for ${nameOf(seen)}`, handshake: seen };
  });
  await stages.run("Certificate", async () => describeCertificate(handshake));
}

async function lookIntoFolder(connection: ImapConnection, folder: string): Promise<Finding> {
  const { exists, uidValidity } = await connection.examine(folder, PROBE_MS);
  const count = `${exists.toLocaleString("en-US")} ${exists === 1 ? "message" : "messages"}`;
  const idle = connection.client.capabilities.has("IDLE") ? "IDLE supported" : "no IDLE";
  return { fact: `${count}, UIDVALIDITY ${uidValidity}, ${idle}` };
}

function describeAddresses(host: string, found: { address: string }[]): string {
  if (net.isIP(host) !== 0) return `${host} is an address, no name to look up`;
  const shown = found.slice(0, 3).map(({ address }) => address);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  return `${host} → ${shown.join(", ")}${more}`;
}

/** The system's resolver cannot be called off, so it is left behind. */
async function untilAborted<T>(work: Promise<T>, { signal }: TransportOptions): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new TransportError("EDEADLINE", "the test was ended"));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
