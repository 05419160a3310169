import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import { type CheckedAddress, TransportError } from "./egress";
import { MailError, type MailServer } from "./mail-error";
import { connectionOptions, type ServerSettings, type TransportOptions } from "./server-settings";

const STEP_MS = 15_000;
const LINE_BYTES_MAX = 64 * 1024;

/** What a TLS handshake showed. `trustError` is null when the certificate is accepted. */
export type Handshake = {
  protocol: string;
  certificate: tls.PeerCertificate;
  trustError: Error | null;
};

/**
 * A short connection that looks at a mail server step by step and never sends a credential: open
 * the port, read the greeting, upgrade, see the certificate. Each step may take 15 s and throws
 * Node's error, a TransportError or a MailError.
 */
export class FirstContact {
  private readonly server: ServerSettings;
  private readonly kind: MailServer["protocol"];
  private readonly options: TransportOptions;
  private socket: net.Socket | null = null;
  private lines: LineReader | null = null;

  constructor(kind: MailServer["protocol"], server: ServerSettings, options: TransportOptions) {
    this.kind = kind;
    this.server = server;
    this.options = options;
  }

  async connect(addresses: readonly CheckedAddress[]): Promise<void> {
    const { host, port } = this.server;
    const { lookup, autoSelectFamilyAttemptTimeout } = connectionOptions(addresses, undefined);
    const socket = net.connect({ host, port, lookup, autoSelectFamilyAttemptTimeout });
    // Errors are taken where they are waited for; this one keeps a late one from ending us.
    socket.on("error", () => undefined);
    this.socket = socket;
    await this.step("ETIMEDOUT", once(socket, "connect"));
  }

  /** The TLS handshake. A bad certificate is reported, not thrown: it is to be shown. */
  async secure(): Promise<Handshake> {
    const { host } = this.server;
    const leftover = this.lines?.detach() ?? "";
    // Anything sent in clear text before the handshake was injected (RFC 3501 §6.2.1).
    if (leftover !== "") throw new TransportError("STARTTLS_INJECTION", "data before TLS");
    this.lines = null;
    const secured = tls.connect({
      socket: this.opened(),
      host,
      ...(net.isIP(host) === 0 ? { servername: host } : {}),
      ...(this.options.ca === undefined ? {} : { ca: this.options.ca }),
      minVersion: "TLSv1.2",
      // Only to look: nothing but goodbye is ever sent over this connection.
      rejectUnauthorized: false,
    });
    secured.on("error", () => undefined);
    this.socket = secured;
    await this.step("ETIMEDOUT", once(secured, "secureConnect"));
    return {
      protocol: (secured.getProtocol() ?? "TLS").replace("TLSv", "TLS "),
      certificate: secured.getPeerCertificate(),
      trustError: trustErrorOf(secured, host),
    };
  }

  /** The server's greeting, without its framing. */
  async greeting(): Promise<string> {
    const text = await this.step("GREETING_TIMEOUT", this.readReply("*"));
    if (this.kind === "smtp") {
      if (text.startsWith("220")) return text.slice(4);
      if (/^[45]\d\d/.test(text)) throw this.turnedAway(text);
    } else {
      const match = /^\* (OK|PREAUTH) (?:\[[^\]]*\] ?)?(.*)$/s.exec(text);
      if (match) return match[2] ?? "";
      if (text.startsWith("* BYE")) throw this.turnedAway(text);
    }
    throw this.notThatProtocol(text);
  }

  /** Asks for STARTTLS. @throws TransportError ESTARTTLS when the server does not offer it */
  async startTls(): Promise<void> {
    const refused = new TransportError("ESTARTTLS", "the server does not offer STARTTLS");
    const ask = this.kind === "smtp" ? "EHLO [127.0.0.1]" : "a1 CAPABILITY";
    const offers = await this.command(ask, "a1");
    if (!/[ -]STARTTLS\b/im.test(offers)) throw refused;
    const answer = await this.command(this.kind === "smtp" ? "STARTTLS" : "a2 STARTTLS", "a2");
    if (!/^(220|a2 OK)/im.test(answer)) throw refused;
  }

  /** Says goodbye without waiting for the answer. */
  leave(): void {
    const { socket } = this;
    if (socket === null || socket.destroyed) return;
    this.options.log?.add("us", this.kind === "smtp" ? "QUIT" : "a9 LOGOUT");
    socket.end(this.kind === "smtp" ? "QUIT\r\n" : "a9 LOGOUT\r\n");
    setTimeout(() => socket.destroy(), 1000).unref();
  }

  private opened(): net.Socket {
    if (this.socket === null) throw new TransportError("NoConnection", "not connected");
    return this.socket;
  }

  private async command(line: string, tag: string): Promise<string> {
    this.options.log?.add("us", line);
    this.opened().write(`${line}\r\n`);
    return this.step("ETIMEDOUT", this.readReply(tag));
  }

  /** All lines up to the one that ends the reply: `tag` in IMAP, "250 " without a dash in SMTP. */
  private async readReply(tag: string): Promise<string> {
    this.lines ??= new LineReader(this.opened());
    const reply: string[] = [];
    for (;;) {
      const line = await this.lines.next();
      this.options.log?.add("server", line);
      reply.push(line);
      const isLast = this.kind === "smtp" ? !/^\d{3}-/.test(line) : line.startsWith(`${tag} `);
      if (isLast || (tag === "*" && this.kind === "imap")) return reply.join("\n");
    }
  }

  /** Ends the connection when the step takes too long or everything is called off. */
  private async step<T>(code: string, work: Promise<T>): Promise<T> {
    const { signal } = this.options;
    let release = () => {};
    const limit = new Promise<never>((_resolve, reject) => {
      const end = (reason: string) => {
        reject(new TransportError(reason, "the server took too long"));
        this.socket?.destroy();
      };
      const onAbort = () => end("EDEADLINE");
      const timer = setTimeout(() => end(code), STEP_MS);
      signal?.addEventListener("abort", onAbort, { once: true });
      release = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
      };
      if (signal?.aborted) onAbort();
    });
    try {
      return await Promise.race([limit, work]);
    } finally {
      release();
    }
  }

  private turnedAway(text: string): MailError {
    const { host } = this.server;
    const responseCode = Number(/^\d{3}/.exec(text)?.[0]) || null;
    return new MailError(
      {
        kind: "transient",
        code: "ETURNEDAWAY",
        cause: `${host} turned the connection away before the sign-in.`,
        fix: "Wait a little and test again; if it stays, the server may block this machine.",
        serverSaid: printable(text),
      },
      { responseCode, response: printable(text) },
    );
  }

  private notThatProtocol(text: string): MailError {
    const { host, port } = this.server;
    return new MailError({
      kind: "config",
      code: "EPROTOCOL",
      cause: `${host} does not answer like an ${this.kind.toUpperCase()} server on port ${port}.`,
      fix: "Check the host and the port: IMAP is usually 993, SMTP 465 or 587.",
      serverSaid: printable(text),
    });
  }
}

/** A server's words with controls and foreign bytes left out, at most 200 characters. */
export function printable(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, " ")
    .trim()
    .slice(0, 200);
}

/** Node gives only a code when it was told not to refuse by itself. */
function trustErrorOf(socket: tls.TLSSocket, host: string): Error | null {
  if (socket.authorized) return null;
  const otherName = tls.checkServerIdentity(host, socket.getPeerCertificate());
  const reason: unknown = socket.authorizationError;
  const code = reason instanceof Error ? Reflect.get(reason, "code") : reason;
  if (otherName !== undefined && code === "ERR_TLS_CERT_ALTNAME_INVALID") return otherName;
  return new TransportError(typeof code === "string" ? code : "ECERTIFICATE", String(reason));
}

/** Reads CRLF lines from a socket until it is detached. */
class LineReader {
  private buffer = "";
  private failure: unknown = null;
  private wake: () => void = () => undefined;
  private readonly socket: net.Socket;

  constructor(socket: net.Socket) {
    this.socket = socket;
    socket.on("data", this.onData);
    socket.on("error", this.onError);
    socket.on("close", this.onClose);
  }

  async next(): Promise<string> {
    for (;;) {
      const end = this.buffer.indexOf("\n");
      if (end >= 0) {
        const line = this.buffer.slice(0, end).replace(/\r$/, "");
        this.buffer = this.buffer.slice(end + 1);
        return line;
      }
      if (this.failure !== null) throw this.failure;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  /** Stops reading and gives back what nobody has read. */
  detach(): string {
    this.socket.off("data", this.onData);
    this.socket.off("error", this.onError);
    this.socket.off("close", this.onClose);
    return this.buffer;
  }

  private readonly onData = (chunk: Buffer) => {
    this.buffer += chunk.toString("latin1");
    if (this.buffer.length > LINE_BYTES_MAX) {
      this.socket.destroy(new TransportError("EPROTOCOL", "the server sends too much"));
    }
    this.wake();
  };

  private readonly onError = (error: unknown) => {
    this.failure ??= error;
    this.wake();
  };

  private readonly onClose = () => {
    this.failure ??= Object.assign(new Error("connection closed"), { code: "ECONNRESET" });
    this.wake();
  };
}
