import { Readable } from "node:stream";
import nodemailer, { type SendMailOptions } from "nodemailer";
import { crashpoint } from "@/lib/crashpoint";
import { messageOf } from "@/lib/errors";
import {
  field,
  MailError,
  numberField,
  type RejectedRecipient,
  textField,
  toMailError,
} from "./mail-error";
import { describeServer, type ServerSettings, type TransportOptions } from "./server-settings";
import { closeSmtp, openSmtp, type SmtpSession } from "./smtp-connection";

export type { RejectedRecipient } from "./mail-error";

/** What became of a mail the server took for at least one recipient. */
export type SentMail = {
  accepted: string[];
  rejected: RejectedRecipient[];
  /** The server's answer to the mail, which usually names its queue id. */
  response: string;
};

type Envelope = { from: string | false; to: string[]; size: number };

const CHUNK_BYTES = 32 * 1024;

/** Mails sent over one connection: servers have limits of their own, of which this is below most. */
const MAILS_MAX = 100;

/** How a connection ends when the server just closes it. */
const ENDED = new Set(["ECONNECTION", "ECONNRESET", "EPIPE", "ESOCKET"]);

/**
 * Sends mails one after the other over one connection, which opens with the first of them (RFC 5321
 * §3.3 allows any number). After a mail that failed, and after `MAILS_MAX`, the next one gets another
 * connection. With a username it never sends without signing in, with starttls never in clear text.
 */
export class SmtpSender {
  private session: SmtpSession | null = null;
  private sent = 0;
  /** The largest mail the server says it takes, in bytes; null while that is unknown. */
  sizeMax: number | null = null;
  /** Whether the last mail found no server, or none that took the sign-in. */
  foundNoServer = false;

  constructor(
    readonly server: ServerSettings,
    private readonly options: TransportOptions,
  ) {}

  /**
   * Sends a mail; `message` are nodemailer options, as `lib/mail/compose.ts` makes them.
   * @throws MailError when nobody got it. `responseCode` and `response` hold the SMTP answer;
   * `rejected` each recipient's when all were refused. `uncertain` means the connection was lost
   * after the whole mail had been handed over and before the answer: it may be delivered (RFC 5321
   * §4.5.3.2.6), so never send it again without care.
   */
  async send(message: SendMailOptions): Promise<SentMail> {
    const { envelope, bytes } = await composeBytes(message);
    const progress = { handedOver: false };
    const isKept = this.session !== null;
    const attempt = () => this.transmit(envelope, readOnce(bytes, progress));
    try {
      return await attempt().catch((error: unknown) => {
        // It ended between two mails: the server has nothing of this one.
        if (isKept && !progress.handedOver && hasEnded(error)) return attempt();
        throw error;
      });
    } catch (error) {
      throw toMailError(error, describeServer("smtp", this.server), outcomeOf(error, progress));
    }
  }

  /** Says QUIT and lets the connection go; never waits and never throws. */
  close(): void {
    if (this.session) closeSmtp(this.session);
    this.session = null;
    this.sent = 0;
  }

  private async transmit(envelope: Envelope, stream: Readable): Promise<SentMail> {
    if (this.sent >= MAILS_MAX) this.close();
    try {
      this.foundNoServer = this.session === null;
      this.session ??= await openSmtp(this.server, this.options);
      this.foundNoServer = false;
      this.sizeMax = this.session.sizeMax;
      crashpoint("deliver.connected");
      const sent = await transmit(this.session, envelope, stream);
      this.sent += 1;
      return sent;
    } catch (error) {
      this.close();
      throw error;
    }
  }
}

/** Closed, or answered with 421 at the mail's first command: later, 421 may be about the mail. */
function hasEnded(error: unknown): boolean {
  const code = numberField(error, "responseCode");
  if (code === null) return ENDED.has(textField(error, "code") ?? "");
  return code === 421 && textField(error, "command") === "MAIL FROM";
}

/**
 * The finished mail as bytes; attachments come from memory only, never from a path or a URL.
 * @throws MailError, permanent, when it can't be put together
 */
export async function composeBytes(
  message: SendMailOptions,
): Promise<{ envelope: Envelope; bytes: Buffer }> {
  const composer = nodemailer.createTransport({
    streamTransport: true,
    buffer: true,
    newline: "windows",
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    const { envelope, message: bytes } = await composer.sendMail(message);
    if (!Buffer.isBuffer(bytes)) throw new Error("it was not written into memory");
    return { envelope: { from: envelope.from, to: envelope.to, size: bytes.length }, bytes };
  } catch (error) {
    throw new MailError({
      kind: "permanent",
      code: textField(error, "code") ?? "ECOMPOSE",
      cause: `The mail could not be put together: ${messageOf(error)}.`,
      fix: "Change the mail and send it again.",
      serverSaid: null,
    });
  }
}

/** The library reads this only after the server has said 354, and writes the dot when it ends. */
function readOnce(bytes: Buffer, progress: { handedOver: boolean }): Readable {
  const stream = Readable.from(chunksOf(bytes));
  stream.once("end", () => {
    progress.handedOver = true;
    crashpoint("deliver.handed-over");
  });
  return stream;
}

/** In slices, so that the end is not reached while most of a large mail is still waiting here. */
function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

async function transmit(
  { connection, broken }: SmtpSession,
  envelope: Envelope,
  stream: Readable,
): Promise<SentMail> {
  const sent = new Promise<SentMail>((resolve, reject) => {
    // A copy: the library writes into it what became of it.
    connection.send({ ...envelope }, stream, (error, info) => {
      if (error) return reject(error);
      const rejected = refusalsOf(info);
      resolve({ accepted: info.accepted, rejected, response: info.response });
    });
  });
  return Promise.race([sent, broken]);
}

/** Reads `rejectedErrors`, which the library puts on both its answer and its error. */
function refusalsOf(answer: unknown): RejectedRecipient[] {
  const errors = field(answer, "rejectedErrors");
  if (!Array.isArray(errors)) return [];
  return errors.map((error) => ({
    address: textField(error, "recipient") ?? "",
    response: textField(error, "response") ?? "",
    permanent: (numberField(error, "responseCode") ?? 0) >= 500,
  }));
}

function outcomeOf(error: unknown, progress: { handedOver: boolean }) {
  const responseCode = numberField(error, "responseCode");
  return {
    responseCode,
    response: textField(error, "response"),
    uncertain: progress.handedOver && responseCode === null,
    rejected: refusalsOf(error),
  };
}
