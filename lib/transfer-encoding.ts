import type { TransferEncoding } from "./db/generated/enums";
import { decodeTransfer as decodeBody } from "./mail/transfer-encoding";

/**
 * Undoes a Content-Transfer-Encoding (RFC 2045 §6) piece by piece, however the pieces are cut. The
 * reader names base64 only where every decoder reads it alike (MailFile.range): whatever is outside
 * its alphabet is left out, padding as well. Quoted-printable it never names; a body of it is gathered
 * whole and decoded as the reader does. Never throws but what `chunks` throws.
 */
export async function* decodeTransfer(
  encoding: TransferEncoding,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  switch (encoding) {
    case "IDENTITY":
      yield* chunks;
      return;
    case "BASE64":
      yield* decodeBase64(chunks);
      return;
    case "QUOTED_PRINTABLE":
      yield decodeBody(await gather(chunks), "quoted-printable").bytes;
      return;
    default:
      encoding satisfies never;
  }
}

async function* decodeBase64(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = "";
  for await (const chunk of chunks) {
    const symbols = Buffer.from(chunk)
      .toString("latin1")
      .replace(/[^A-Za-z0-9+/]/g, "");
    const text = rest + symbols;
    // Four symbols are three bytes; what is left of a group waits for the next piece.
    const whole = text.length - (text.length % 4);
    rest = text.slice(whole);
    yield Buffer.from(text.slice(0, whole), "base64");
  }
  yield Buffer.from(rest, "base64");
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const gathered: Uint8Array[] = [];
  for await (const chunk of chunks) gathered.push(chunk);
  return Buffer.concat(gathered);
}
