import type { MailAttachment } from "./mail";

const BASE64_HEADER = /^content-transfer-encoding[ \t]*:[ \t]*"?base64/gim;
const LF = 10;
const DASH = 45;

/**
 * Which attachments came without their end: base64 (RFC 2045 §6.8) that breaks off within a group of
 * four, or with the mail itself before the boundary of its part. The decoder makes of it what it can
 * and says nothing. `isMultipart`: the mail has parts. One pass over the bytes.
 */
export function damagedFiles(
  raw: Uint8Array,
  attachments: readonly MailAttachment[],
  isMultipart: boolean,
): MailAttachment[] {
  if (attachments.length === 0) return [];
  const sizes = brokenSizes(raw, isMultipart);
  const damaged: MailAttachment[] = [];
  for (const size of sizes) {
    const found = attachments.find((file) => file.size === size && !damaged.includes(file));
    if (found !== undefined) damaged.push(found);
  }
  return damaged;
}

/** The decoded sizes of the base64 parts that break off. */
function brokenSizes(raw: Uint8Array, isMultipart: boolean): number[] {
  const binary = Buffer.from(raw.buffer, raw.byteOffset, raw.length).toString("latin1");
  const sizes: number[] = [];
  const headers = new RegExp(BASE64_HEADER);
  for (let header = headers.exec(binary); header !== null; header = headers.exec(binary)) {
    const start = bodyStart(binary, header.index);
    const part = start === -1 ? null : readPart(raw, start);
    if (part === null) break;
    const isCutOff = part.reachesEnd && isMultipart;
    if (part.symbols % 4 === 1 || (!part.isPadded && (part.symbols % 4 > 0 || isCutOff)))
      sizes.push(Math.floor((part.symbols * 3) / 4));
    headers.lastIndex = part.next;
  }
  return sizes;
}

function bodyStart(binary: string, from: number): number {
  const empty = /\n\r?\n/g;
  empty.lastIndex = from;
  return empty.exec(binary) === null ? -1 : empty.lastIndex;
}

type EncodedPart = { symbols: number; isPadded: boolean; reachesEnd: boolean; next: number };

/** Counts what is base64 up to a line that begins with two dashes, which only a boundary can. */
function readPart(raw: Uint8Array, start: number): EncodedPart {
  let symbols = 0;
  let isPadded = false;
  for (let i = start; i < raw.length; i++) {
    const byte = raw[i] ?? 0;
    const startsLine = i === start || raw[i - 1] === LF;
    if (startsLine && byte === DASH && raw[i + 1] === DASH) {
      return { symbols, isPadded, reachesEnd: false, next: i };
    }
    if (isSymbol(byte)) symbols++;
    else if (byte === 61) isPadded = true;
  }
  return { symbols, isPadded, reachesEnd: true, next: raw.length };
}

function isSymbol(byte: number): boolean {
  return (
    (byte >= 65 && byte <= 90) ||
    (byte >= 97 && byte <= 122) ||
    (byte >= 48 && byte <= 57) ||
    byte === 43 ||
    byte === 47
  );
}
