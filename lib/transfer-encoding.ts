import type { TransferEncoding } from "./db/generated/enums";

/** A quoted-printable line is at most 76 characters (RFC 2045 §6.7); broken ones are cut here. */
const LINE_LENGTH_MAX = 65_536;

/**
 * Undoes a Content-Transfer-Encoding (RFC 2045 §6) piece by piece, however the pieces are cut.
 * Damaged input never throws: what cannot be decoded is left out (base64) or kept as it stands
 * (quoted-printable).
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
      yield* decodeQuotedPrintable(chunks);
      return;
    default:
      encoding satisfies never;
  }
}

async function* decodeBase64(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = "";
  for await (const chunk of chunks) {
    const text =
      rest +
      Buffer.from(chunk)
        .toString("latin1")
        .replace(/[^A-Za-z0-9+/=]/g, "");
    // Padding ends a group of four early: each part starts counting anew.
    const parts = text.split(/=+/);
    const last = parts.pop() ?? "";
    const whole = last.length - (last.length % 4);
    const decoded = [...parts, last.slice(0, whole)].map((part) => Buffer.from(part, "base64"));
    rest = last.slice(whole);
    yield Buffer.concat(decoded);
  }
  yield Buffer.from(rest, "base64");
}

async function* decodeQuotedPrintable(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let rest = "";
  for await (const chunk of chunks) {
    const text = rest + Buffer.from(chunk).toString("latin1");
    let end = text.lastIndexOf("\n") + 1;
    if (text.length - end > LINE_LENGTH_MAX) {
      const split = text.indexOf("=", text.length - 2);
      end = split === -1 ? text.length : split;
    }
    rest = text.slice(end);
    yield decodeLines(text.slice(0, end));
  }
  yield decodeLines(rest);
}

function decodeLines(text: string): Buffer {
  const lines = text.split("\n");
  const decoded = lines.map((line, index) => {
    const isLast = index === lines.length - 1;
    const ending = isLast ? "" : line.endsWith("\r") ? "\r\n" : "\n";
    let end = line.length;
    // White space before a line's end was added on the way (RFC 2045 §6.7, rule 3).
    if (!isLast) while (end > 0 && " \t\r".includes(line.charAt(end - 1))) end--;
    const isSoft = line.charAt(end - 1) === "=";
    const octets = line
      .slice(0, isSoft ? end - 1 : end)
      .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number(`0x${hex}`)));
    return octets + (isSoft ? "" : ending);
  });
  return Buffer.from(decoded.join(""), "latin1");
}
