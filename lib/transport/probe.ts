import net from "node:net";
import { describeCertificate, nameOf } from "./certificate-facts";
import { resolveMailHost } from "./egress";
import { FirstContact, printable } from "./first-contact";
import { ImapConnection } from "./imap-connection";
import { type MailError, type MailServer, toMailError } from "./mail-error";
import { findOtherWay, mayHaveOtherWay, type OtherWay } from "./other-ways";
import { type Finding, type Stage, type StageName, Stages } from "./probe-stages";
import { type LogLine, ProtocolLog } from "./protocol-log";
import { runRoundTrip, type TestMail } from "./round-trip";
import { describeServer, type ServerSettings, type TransportOptions } from "./server-settings";
import { closeSmtp, openSmtp } from "./smtp-connection";
import { untilAborted } from "./until-aborted";

export type { OtherWay } from "./other-ways";
export type { Stage, StageName } from "./probe-stages";
export type { LogLine } from "./protocol-log";
export type { TestMail } from "./round-trip";

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
    | "SMTP connection test failed"
    | "Round trip test failed";
  /** What was tested; no password. */
  server: MailServer;
  totalMs: number;
  /** Every stage in the order it is tried; those after a failure are "skipped". */
  stages: Stage[];
  failure: ProbeFailure | null;
  /** After a failure that may be one of port or encryption: what works instead. */
  otherWay: OtherWay | null;
  /** The largest mail the SMTP server says it takes, in bytes; null when it says none. */
  sizeMax: number | null;
  /** What was said, without secrets. */
  log: LogLine[];
};

export type ProbeOptions = TransportOptions & {
  /** The folder to open in place of INBOX; IMAP only. */
  folder?: string;
  /** Called with each stage as soon as it is over. */
  onStage?: (stage: Stage) => void;
};

const PROBE_MS = 30_000;

/** With a test mail that is waited for; below what proxies in front of us wait for an answer. */
const ROUND_TRIP_MS = 55_000;

/** A test fetches nothing that is large. */
const LITERAL_BYTES_MAX = 1024 * 1024;

/** Notes in `found` what it learnt before it failed, too. */
type Work = (
  stages: Stages,
  capped: TransportOptions,
  found: Pick<ProbeResult, "sizeMax">,
) => Promise<void>;

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
 * greeting, sign-in and the size of mails it takes. With `testMail` it also sends that mail and waits
 * until the inbox shows it; otherwise no mail is sent. Takes 30 s at most, 55 s with a mail, and
 * never throws.
 */
export async function probeSmtp(
  server: ServerSettings,
  options: ProbeOptions & { testMail?: TestMail | undefined },
): Promise<ProbeResult> {
  const { testMail } = options;
  return probe("smtp", server, options, async (stages, capped, found) => {
    await lookAround(stages, "smtp", server, capped);
    await stages.run("Sign-in", async () => {
      const session = await openSmtp(server, capped);
      closeSmtp(session);
      found.sizeMax = session.sizeMax;
      if (server.username !== "") return { fact: `Signed in as ${server.username}` };
      return { fact: "Not needed: no username is set", state: "skipped" };
    });
    await stages.run("SIZE", async () => ({ fact: describeSize(found.sizeMax) }));
    if (testMail) await runRoundTrip(stages, server, testMail, capped);
  });
}

async function probe(
  protocol: MailServer["protocol"],
  server: ServerSettings,
  options: ProbeOptions & { testMail?: TestMail | undefined },
  work: Work,
): Promise<ProbeResult> {
  const startedAt = performance.now();
  const { testMail, onStage, ...transport } = options;
  const stages = new Stages(protocol, server, { sendsMail: testMail !== undefined, onStage });
  const cap = AbortSignal.timeout(testMail ? ROUND_TRIP_MS : PROBE_MS);
  const signal = options.signal ? AbortSignal.any([options.signal, cap]) : cap;
  const secrets = [server.password, testMail?.inbox?.server.password ?? ""];
  const log = new ProtocolLog(secrets, server.username);
  const limits = { ...transport, literalBytesMax: LITERAL_BYTES_MAX };
  const found: Pick<ProbeResult, "sizeMax"> = { sizeMax: null };
  let error: MailError | null = null;
  try {
    await work(stages, { ...limits, signal, log }, found);
  } catch (thrown) {
    error = toMailError(thrown, describeServer(protocol, server));
  }
  const mayHave = error !== null && mayHaveOtherWay(stages.failed, error, server);
  return {
    ok: error === null,
    headline: headlineOf(protocol, stages.failed),
    server: describeServer(protocol, server),
    totalMs: Math.round(performance.now() - startedAt),
    stages: stages.all(),
    failure: error && failureOf(error),
    otherWay: mayHave ? await findOtherWay(protocol, server, limits) : null,
    sizeMax: found.sizeMax,
    log: log.all(),
  };
}

function headlineOf(
  protocol: MailServer["protocol"],
  failed: StageName | null,
): ProbeResult["headline"] {
  if (failed === "Test mail" || failed === "Round trip") return "Round trip test failed";
  const ok = failed === null;
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
  options.log?.add("note", "A first look, without signing in");
  try {
    const addresses = await stages.run("DNS", async () => {
      const found = await untilAborted(
        resolveMailHost(server.host, options.allowedHosts),
        options.signal,
        "the test was ended",
      );
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
  options.log?.add("note", "Another connection, to sign in");
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

function describeSize(sizeMax: number | null): string {
  if (sizeMax === null) return "The server names no limit for the size of a mail";
  return `Takes mails of up to ${Math.floor(sizeMax / (1024 * 1024)).toLocaleString("en-US")} MB`;
}

function describeAddresses(host: string, found: { address: string }[]): string {
  if (net.isIP(host) !== 0) return `${host} is an address, no name to look up`;
  const shown = found.slice(0, 3).map(({ address }) => address);
  const more = found.length > shown.length ? ` and ${found.length - shown.length} more` : "";
  return `${host} → ${shown.join(", ")}${more}`;
}
