import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import XOAuth2 from "nodemailer/lib/xoauth2";
import { resolveMailHost, TransportError } from "./egress";
import { MailError, numberField, textField } from "./mail-error";
import type { ProtocolLog } from "./protocol-log";
import {
  connectionOptions,
  type ServerSettings,
  STALL_MS,
  type TokenSource,
  type TransportOptions,
} from "./server-settings";

const CONNECT_MS = 30_000;
const GREETING_MS = 30_000;

/** A connection that is ready to send. */
export type SmtpSession = {
  connection: SMTPConnection;
  /** The largest mail it says it takes, in bytes (RFC 1870 §4); null when it says none. */
  sizeMax: number | null;
  /** Rejects when the connection breaks; nothing else tells when no command is waiting. */
  broken: Promise<never>;
};

/**
 * Connects, secures and (with a username) signs in. A token that the server refuses is renewed, and
 * the sign-in tried once more. The socket is our own, so that it goes to the
 * address that was checked. Timeouts: 30 s to connect, 30 s for the greeting, 60 s of silence
 * (`stallMs`), each no longer than the last.
 * @throws the library's or Node's error; the caller classifies it
 */
export async function openSmtp(
  server: ServerSettings,
  options: TransportOptions,
): Promise<SmtpSession> {
  // Before anything is connected: the provider of the token may take a while.
  const token = await server.tokens?.accessToken();
  if (token !== undefined) options.log?.hide(token);
  const addresses = await resolveMailHost(server.host, options.allowedHosts);
  const secure = connectionOptions(addresses, options.ca);
  const stallMs = options.stallMs ?? STALL_MS;
  const connectMs = Math.min(CONNECT_MS, stallMs);
  const socket = await openSocket(server, secure, connectMs, options.signal);
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    connection: socket,
    secure: server.security === "tls",
    secured: server.security === "tls",
    requireTLS: server.security === "starttls",
    ignoreTLS: server.security === "none",
    // The library needs no look-up any more, and would hand ours to the running socket.
    tls: { rejectUnauthorized: true, minVersion: "TLSv1.2", ca: secure.ca },
    connectionTimeout: connectMs,
    greetingTimeout: Math.min(GREETING_MS, stallMs),
    socketTimeout: stallMs,
    socketCloseTimeout: 1000,
    logger: options.log?.forSmtp() ?? false,
    transactionLog: options.log !== undefined,
  });
  const broken = watchConnection(connection, options.signal);
  try {
    await Promise.race([broken, whenReady(connection)]);
    if (server.username !== "")
      await Promise.race([broken, signIn(connection, server, { token, log: options.log })]);
    // The library keeps it to itself.
    const sizeMax = numberField(connection, "_maxAllowedSize") || null;
    return { connection, broken, sizeMax };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Says QUIT and lets the connection go; never waits and never throws. */
export function closeSmtp({ connection }: SmtpSession): void {
  try {
    connection.quit();
  } catch {
    connection.close();
  }
  setTimeout(() => connection.close(), 2000).unref();
}

/** A connected TCP socket, or a TLS socket whose certificate was accepted. */
async function openSocket(
  { host, port, security }: ServerSettings,
  secure: ReturnType<typeof connectionOptions>,
  limitMs: number,
  signal: AbortSignal | undefined,
): Promise<net.Socket> {
  const wrapped = security === "tls";
  const servername = net.isIP(host) === 0 ? { servername: host } : {};
  const socket = wrapped
    ? tls.connect({ host, port, ...servername, ...secure })
    : net.connect({ host, port, ...secure });
  const limit = AbortSignal.timeout(limitMs);
  const ended = signal ? AbortSignal.any([signal, limit]) : limit;
  try {
    await once(socket, wrapped ? "secureConnect" : "connect", { signal: ended });
    return socket;
  } catch (error) {
    socket.on("error", () => undefined);
    socket.destroy();
    if (ended.aborted) throw new TransportError("EDEADLINE", "connecting took too long");
    throw error;
  }
}

function watchConnection(
  connection: SMTPConnection,
  signal: AbortSignal | undefined,
): Promise<never> {
  const broken = new Promise<never>((_resolve, reject) => {
    const onAbort = () => {
      reject(new TransportError("EDEADLINE", "ended before the server had answered"));
      connection.close();
    };
    connection.on("error", reject);
    connection.on("end", () => {
      signal?.removeEventListener("abort", onAbort);
      // The library ends the connection before it hands over the answer that made it do so.
      const lost = Object.assign(new Error("connection closed"), { code: "ECONNECTION" });
      setImmediate(() => reject(lost));
    });
    signal?.addEventListener("abort", onAbort, { once: true });
    if (signal?.aborted) onAbort();
  });
  // Nobody may be waiting for it any more when the connection ends.
  broken.catch(() => undefined);
  return broken;
}

function whenReady(connection: SMTPConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error ? reject(error) : resolve()));
  });
}

type FirstToken = { token: string | undefined; log: ProtocolLog | undefined };

/** A server that offers no sign-in must not be sent the mail without one, unnoticed. */
async function signIn(
  connection: SMTPConnection,
  { username: user, password: pass, tokens }: ServerSettings,
  { token, log }: FirstToken,
): Promise<void> {
  if (!connection.allowsAuth) throw new TransportError("ENOAUTH", "the server offers no sign-in");
  if (!tokens || token === undefined)
    return logIn(connection, { user, pass, credentials: { user, pass } });
  const held = new HeldToken(user, tokens, token, log);
  try {
    await logIn(connection, held.credentials());
  } catch (error) {
    if (held.trouble !== null) throw held.trouble;
    // The library asks for another token only where the refusal came as a challenge (334).
    if (textField(error, "code") !== "EAUTH" || !(await held.renew())) throw error;
    await logIn(connection, held.credentials());
  }
}

type Credentials = Parameters<SMTPConnection["login"]>[0];

function logIn(connection: SMTPConnection, credentials: Credentials): Promise<void> {
  return new Promise((resolve, reject) => {
    connection.login(credentials, (error) => (error ? reject(error) : resolve()));
  });
}

/** The token of one sign-in, and the one that comes in its place when the server refuses it. */
class HeldToken {
  /** Why there is no other token; the library would write its own code over it. */
  trouble: MailError | null = null;

  constructor(
    private readonly user: string,
    private readonly tokens: TokenSource,
    private token: string,
    private readonly log: ProtocolLog | undefined,
  ) {}

  /** @returns false when there is no other. @throws MailError */
  async renew(): Promise<boolean> {
    const other = await this.tokens.accessToken(this.token);
    if (other === this.token) return false;
    this.log?.hide(other);
    this.token = other;
    return true;
  }

  credentials(): Credentials {
    const source = new XOAuth2({
      user: this.user,
      provisionCallback: (_user, isRefused, done) => {
        (isRefused ? this.renew() : Promise.resolve()).then(
          () => done(null, this.token),
          (error: unknown) => {
            if (error instanceof MailError) this.trouble = error;
            done(new Error("no token"), "");
          },
        );
      },
    });
    return { user: this.user, oauth2: source };
  }
}
