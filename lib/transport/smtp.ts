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

/**
 * Sends one mail over a connection of its own; `message` are nodemailer options, as
 * `lib/mail/compose.ts` makes them. With a username it never sends without signing in, with
 * starttls never in clear text.
 * @throws MailError when nobody got it. `responseCode` and `response` hold the SMTP answer;
 * `rejected` each recipient's when all were refused. `uncertain` means the connection was lost
 * after the whole mail had been handed over and before the answer: it may be delivered (RFC 5321
 * §4.5.3.2.6), so never send it again without care.
 */
export async function sendMail(
  server: ServerSettings,
  message: SendMailOptions,
  options: TransportOptions,
): Promise<SentMail> {
  const { envelope, bytes } = await composeBytes(message);
  const progress = { handedOver: false };
  try {
    const session = await openSmtp(server, options);
    crashpoint("deliver.connected");
    try {
      return await transmit(session, envelope, readOnce(bytes, progress));
    } finally {
      closeSmtp(session);
    }
  } catch (error) {
    throw toMailError(error, describeServer("smtp", server), outcomeOf(error, progress));
  }
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
    connection.send(envelope, stream, (error, info) => {
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
