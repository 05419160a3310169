import type { ImapFlow, MailboxObject } from "imapflow";
import { resolveMailHost, TransportError } from "./egress";
import { ImapClient } from "./imap-client";
import { field, MailError, type MailServer, toMailError } from "./mail-error";
import {
  connectionOptions,
  describeServer,
  type ServerSettings,
  STALL_MS,
  type TokenSource,
  type TransportOptions,
} from "./server-settings";

/** Bounds what a hostile server can make us hold: no mail of ours is anywhere near this. */
const LITERAL_BYTES_MAX = 600 * 1024 * 1024;

/** A server that sends less than this in `stallMs` is taken for dead, however long it drips. */
const PROGRESS_BYTES_MIN = 256;

/** How long a server may take to end an IDLE before it is taken for dead. */
const IDLE_END_MS = 30_000;

type Limits = { signal?: AbortSignal | undefined; totalMs?: number; stallMs?: number };

/**
 * One signed-in IMAP connection with the deadlines and checks the library leaves to its users: a
 * command on a lost connection would otherwise look like an empty folder, or never end.
 */
export class ImapConnection {
  readonly server: MailServer;
  readonly client: ImapClient;
  private lastError: unknown = null;
  /** Set when the server tells of mail that came into the open folder. */
  hasNews = false;
  /** Ends whatever is going on; another one when the connection passes to another poll. */
  signal: AbortSignal | undefined;
  private readonly stallMs: number;

  private constructor(server: MailServer, client: ImapClient, options: TransportOptions) {
    this.server = server;
    this.client = client;
    this.signal = options.signal;
    this.stallMs = options.stallMs ?? STALL_MS;
    // Without a listener a socket error ends the process; it must be there before connect().
    client.on("error", (error) => {
      this.lastError ??= error;
    });
    client.on("exists", () => {
      this.hasNews = true;
    });
  }

  /**
   * Resolves, connects, secures and signs in, within `deadlineMs` overall. A token that the server
   * refuses is renewed, and the sign-in tried once more.
   * @throws MailError
   */
  static async open(
    settings: ServerSettings,
    options: TransportOptions,
    deadlineMs: number,
  ): Promise<ImapConnection> {
    const startedAt = performance.now();
    const leftMs = () => Math.max(1, deadlineMs - (performance.now() - startedAt));
    const { tokens } = settings;
    if (!tokens) return ImapConnection.signIn(settings, options, leftMs());
    const token = await tokenFor(tokens, options);
    try {
      return await ImapConnection.signIn(settings, options, leftMs(), token);
    } catch (error) {
      if (!(error instanceof MailError) || error.kind !== "auth") throw error;
      const other = await tokenFor(tokens, options, token);
      if (other === token) throw error;
      return ImapConnection.signIn(settings, options, leftMs(), other);
    }
  }

  private static async signIn(
    settings: ServerSettings,
    options: TransportOptions,
    deadlineMs: number,
    token?: string,
  ): Promise<ImapConnection> {
    const server = describeServer("imap", settings);
    const startedAt = performance.now();
    let client: ImapClient;
    try {
      options.signal?.throwIfAborted();
      const addresses = await resolveMailHost(settings.host, options.allowedHosts);
      const tls = connectionOptions(addresses, options.ca);
      client = createClient(settings, { tls, token }, options);
    } catch (error) {
      throw toMailError(asDeadline(error, options.signal), server);
    }
    const connection = new ImapConnection(server, client, options);
    const totalMs = Math.max(1, deadlineMs - (performance.now() - startedAt));
    try {
      await connection.watch(() => client.connect(), totalMs);
    } catch (error) {
      // The library keeps a connection open whose sign-in was refused.
      client.close();
      throw error;
    }
    return connection;
  }

  /**
   * Runs commands and makes sure that their answer came over a living connection.
   * Ends the connection when nothing moves for `stallMs`, after `totalMs` when given, or on abort.
   * @throws MailError
   */
  async run<T>(work: (client: ImapFlow) => Promise<T>, totalMs?: number): Promise<T> {
    this.requireUsable();
    const answer = await this.watch(() => work(this.client), totalMs);
    this.requireUsable();
    return answer;
  }

  /**
   * Opens a folder with EXAMINE, which changes nothing on the server.
   * @throws MailError; EINBOX when there is no such folder, EUIDVALIDITY when the server has no
   * usable UIDVALIDITY for it (RFC 3501 §2.3.1.1)
   */
  async examine(folder: string, totalMs: number): Promise<MailboxObject> {
    const box = await this.run((client) => openReadOnly(client, folder), totalMs);
    if (typeof box.uidValidity === "bigint" && box.uidValidity > 0n) return box;
    throw noUidValidity(this.server);
  }

  /**
   * What a folder's STATUS says (RFC 3501 §6.3.10), also of the one that is open; null when the
   * server does not say it.
   * @throws MailError when the connection is lost
   */
  async status(
    folder: string,
    totalMs: number,
  ): Promise<{ uidValidity: bigint; uidNext: number } | null> {
    const query = { messages: true, uidNext: true, uidValidity: true };
    const said = await this.run(
      (client) => client.status(folder, query).catch(() => null),
      totalMs,
    );
    if (!said || typeof said.uidValidity !== "bigint" || !said.uidNext) return null;
    return { uidValidity: said.uidValidity, uidNext: said.uidNext };
  }

  /**
   * Waits in IDLE (RFC 2177) until hasNews, for `maxMs` at most, or until `signal` aborts; then ends
   * the IDLE, which shows whether the server is still there.
   * @throws MailError when the connection is lost
   */
  async idle(maxMs: number, signal: AbortSignal): Promise<void> {
    const until = performance.now() + maxMs;
    while (!this.hasNews && !signal.aborted && performance.now() < until) {
      this.requireUsable();
      const waiting = waitInIdle(this.client, until - performance.now(), signal);
      await Promise.race([waiting.ended, this.client.idle()]).finally(waiting.stop);
    }
    await this.run((client) => client.noop(), IDLE_END_MS);
  }

  /** Says goodbye when the server listens, and closes in any case; takes 5 s at most. */
  async close(): Promise<void> {
    if (this.client.usable) {
      const limits = { totalMs: 5000 };
      await watchClient(this.client, limits, () => this.client.logout()).catch(() => undefined);
    }
    this.client.close();
  }

  private async watch<T>(work: () => Promise<T>, totalMs?: number): Promise<T> {
    const limits: Limits = { signal: this.signal, stallMs: this.stallMs };
    if (totalMs !== undefined) limits.totalMs = totalMs;
    try {
      return await watchClient(this.client, limits, work);
    } catch (error) {
      throw this.explain(error);
    }
  }

  /**
   * Once the server has said BYE, the library still calls the connection usable until it closes, and
   * answers reads with nothing at all.
   */
  private requireUsable(): void {
    const { usable, state, states } = this.client;
    if (usable && state !== states.LOGOUT) return;
    throw this.explain(Object.assign(new Error("connection lost"), { code: "NoConnection" }));
  }

  /** "Connection not available" says less than the socket error that came before it. */
  private explain(error: unknown) {
    const isLost = error instanceof Error && "code" in error && error.code === "NoConnection";
    return toMailError(isLost ? (this.lastError ?? error) : error, this.server);
  }
}

async function openReadOnly(client: ImapFlow, folder: string): Promise<MailboxObject> {
  try {
    return await client.mailboxOpen(folder, { readOnly: true });
  } catch (error) {
    if (field(error, "mailboxMissing") !== true) throw error;
    throw new TransportError("EINBOX", `there is no folder "${folder}"`);
  }
}

function noUidValidity({ host }: MailServer): MailError {
  return new MailError({
    kind: "transient",
    code: "EUIDVALIDITY",
    cause: `${host} gives no UIDVALIDITY for the folder, so mails cannot be told apart.`,
    fix: "This is a fault of the mail server. It is tried again; if it stays, ask its operator.",
    serverSaid: null,
  });
}

/** Ends with the first news of the folder, the end of the connection, the time or the signal. */
function waitInIdle(client: ImapFlow, ms: number, signal: AbortSignal) {
  let stop = () => {};
  const ended = new Promise<void>((resolve) => {
    const end = () => resolve();
    const timer = setTimeout(end, ms);
    client.on("exists", end).on("close", end);
    signal.addEventListener("abort", end, { once: true });
    stop = () => {
      clearTimeout(timer);
      client.off("exists", end).off("close", end);
      signal.removeEventListener("abort", end);
    };
  });
  return { ended, stop };
}

/** A token that is written nowhere in the protocol's log. */
async function tokenFor(
  tokens: TokenSource,
  { log }: TransportOptions,
  refused?: string,
): Promise<string> {
  const token = await tokens.accessToken(refused);
  log?.hide(token);
  return token;
}

type Means = { tls: ReturnType<typeof connectionOptions>; token: string | undefined };

function createClient(
  settings: ServerSettings,
  { tls, token }: Means,
  { log, literalBytesMax = LITERAL_BYTES_MAX }: TransportOptions,
): ImapClient {
  const { username: user, password } = settings;
  return new ImapClient({
    host: settings.host,
    port: settings.port,
    secure: settings.security === "tls",
    // Left undefined the library would go on in clear text when STARTTLS is stripped.
    ...(settings.security === "tls" ? {} : { doSTARTTLS: settings.security === "starttls" }),
    auth: token === undefined ? { user, pass: password } : { user, accessToken: token },
    tls,
    clientInfo: { name: "Mailroom" },
    logger: log?.forImap() ?? false,
    disableAutoIdle: true,
    disableCompression: true,
    // Some servers announce IMAP4rev2 and get it wrong; nothing here needs it.
    disableIMAP4rev2: true,
    connectionTimeout: 20_000,
    greetingTimeout: 20_000,
    socketTimeout: STALL_MS,
    maxLiteralSize: literalBytesMax,
    maxResponseSize: literalBytesMax + 1024 * 1024,
  });
}

/** Ends the client and rejects when one of the limits is reached before the work is done. */
async function watchClient<T>(
  client: ImapFlow,
  limits: Limits,
  work: () => Promise<T>,
): Promise<T> {
  const { signal, totalMs, stallMs } = limits;
  let release = () => {};
  const tripped = new Promise<never>((_resolve, reject) => {
    const trip = (error: unknown) => {
      reject(error);
      // Not logout(): on a dead link that would wait as well.
      client.close();
    };
    const onAbort = () => trip(asDeadline(signal?.reason, signal));
    const timers: NodeJS.Timeout[] = [];
    if (totalMs !== undefined) timers.push(setTimeout(() => trip(deadlineError()), totalMs));
    if (stallMs !== undefined) timers.push(watchProgress(client, stallMs, trip));
    signal?.addEventListener("abort", onAbort, { once: true });
    release = () => {
      for (const timer of timers) clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    if (signal?.aborted) onAbort();
  });
  try {
    return await Promise.race([tripped, work()]);
  } finally {
    release();
  }
}

function watchProgress(
  client: ImapFlow,
  stallMs: number,
  trip: (error: unknown) => void,
): NodeJS.Timeout {
  let before = client.stats().received;
  return setInterval(() => {
    const { received } = client.stats();
    if (received - before < PROGRESS_BYTES_MIN) trip(deadlineError());
    before = received;
  }, stallMs);
}

function deadlineError(): TransportError {
  return new TransportError("EDEADLINE", "the server took too long");
}

function asDeadline(error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted ? deadlineError() : error;
}
