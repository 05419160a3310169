import { type Base64Count, decodeBase64Lines } from "./base64-lines";

const FIRST_LOOK_LENGTH = 1_000;
const LF = 10;
const CR = 13;
const SPACE = 32;
const TAB = 9;
const EQUALS = 61;

/** Nothing but the alphabet in lines, and padding only at the end: every decoder reads it alike. */
const STRICT_BASE64 = /^[A-Za-z0-9+/\r\n]*={0,2}\s*$/;

export type Decoded = {
  /** Often a part of larger memory: of the body itself, or of what was made room for. */
  bytes: Uint8Array;
  /** Said to be encoded but not: the bytes are as they came. */
  isAsItCame: boolean;
  /** The file name a uuencoded body gives itself. */
  filename: string | null;
  /** How the same bytes are made from the body again by anybody; null where that takes our reading. */
  encoding: "IDENTITY" | "BASE64" | null;
  /** What the base64 consists of, where decoding it has shown that. */
  count?: Base64Count;
};

/**
 * The bytes of a body without its Content-Transfer-Encoding (RFC 2045 §6). Names that are none
 * (`7-bit`, `plain`, `8bits`) mean no encoding. A body that says base64 and is not stays as it came.
 * One pass; never throws.
 */
export function decodeTransfer(body: Uint8Array, encoding: string): Decoded {
  const name = /^[\s"']*([\w-]*)/.exec(encoding)?.[1]?.toLowerCase() ?? "";
  const plain = { bytes: body, isAsItCame: false, filename: null, encoding: "IDENTITY" } as const;
  if (name === "base64") return decodeBase64(body);
  if (/^(quoted-printable|quoted|qp)$/.test(name))
    return { ...plain, bytes: decodeQuotedPrintable(body), encoding: null };
  if (/^(x-)?uu(e|encode)$/.test(name)) return decodeUu(body) ?? { ...plain, isAsItCame: true };
  return plain;
}

/**
 * RFC 2045 §6.8: characters outside the alphabet are ignored; padding ends it. `-` and `_` are in it
 * (RFC 4648 §5) only where `+` and `/` are not used.
 */
function decodeBase64(body: Uint8Array): Decoded {
  const lines = decodeBase64Lines(body);
  if (lines !== null) {
    const { bytes, ...count } = lines;
    return { bytes, isAsItCame: false, filename: null, encoding: "BASE64", count };
  }
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
  const asItCame = { bytes: body, isAsItCame: true, filename: null, encoding: "IDENTITY" } as const;
  if (STRICT_BASE64.test(text)) {
    const bytes = Buffer.from(text, "base64");
    return { bytes, isAsItCame: false, filename: null, encoding: "BASE64" };
  }
  const first = text.slice(0, FIRST_LOOK_LENGTH).replace(/\r?\n|^\s+|\s+$|=[\s\S]*/g, "");
  const foreign = first.replace(/[\w+/=-]+/g, "").length;
  if (foreign * 10 > first.length) return asItCame;
  const bytes: Buffer[] = [];
  const hasUsual = /[+/]/.test(text);
  // Some senders encode piece by piece, each with its padding. Words behind the padding are none.
  for (let start = 0; start < text.length; ) {
    const padding = text.indexOf("=", start);
    const end = padding === -1 ? text.length : padding;
    const piece = text.slice(start, end);
    if (start > 0 && !isPiece(piece, text, end)) break;
    bytes.push(Buffer.from(hasUsual ? piece.replace(/[-_]/g, "") : piece, "base64"));
    start = end;
    while (text.charAt(start) === "=") start++;
  }
  const [only] = bytes;
  const all = bytes.length === 1 && only ? only : Buffer.concat(bytes);
  return { bytes: all, isAsItCame: false, filename: null, encoding: null };
}

function isPiece(piece: string, text: string, end: number): boolean {
  const compact = piece.replace(/\s+/g, "");
  let padding = 0;
  while (padding < 3 && text.charAt(end + padding) === "=") padding++;
  return compact !== "" && (compact.length + padding) % 4 === 0 && /^[\w+/-]+$/.test(compact);
}

const NO_HEX = 255;
/** The values of hexadecimal digits, of either case. */
const HEX = new Uint8Array(256).fill(NO_HEX);
for (const [value, digit] of [..."0123456789abcdef"].entries()) {
  HEX[digit.charCodeAt(0)] = value;
  HEX[digit.toUpperCase().charCodeAt(0)] = value;
}

/** RFC 2045 §6.7, with lower-case digits, and `=` that means nothing left as it is. */
function decodeQuotedPrintable(body: Uint8Array): Uint8Array {
  const out = Buffer.allocUnsafe(body.length);
  let length = 0;
  // White space at the end of a line was added on the way.
  let solid = 0;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0;
    // Letters, which nearly all bytes are, mean nothing but themselves.
    if (byte > EQUALS) {
      out[length++] = byte;
      solid = length;
    } else if (byte === LF) {
      const hasCr = length > 0 && out[length - 1] === CR;
      length = solid;
      if (hasCr) out[length++] = CR;
      out[length++] = LF;
      solid = length;
    } else if (byte === EQUALS) {
      const value = hexAt(body, i + 1);
      const lineEnd = value === null ? softBreakEnd(body, i + 1) : null;
      if (lineEnd === null) out[length++] = value ?? byte;
      if (lineEnd !== null) i = lineEnd;
      else if (value !== null) i += 2;
      solid = length;
    } else {
      out[length++] = byte;
      if (byte !== SPACE && byte !== TAB && byte !== CR) solid = length;
    }
  }
  return out.subarray(0, length);
}

/** Where the line ends that `=` breaks: the position of its line feed; null when it breaks none. */
function softBreakEnd(body: Uint8Array, start: number): number | null {
  let i = start;
  while (body[i] === SPACE || body[i] === TAB || body[i] === CR) i++;
  return i >= body.length || body[i] === LF ? i : null;
}

function hexAt(body: Uint8Array, start: number): number | null {
  const high = HEX[body[start] ?? 0] ?? NO_HEX;
  const low = HEX[body[start + 1] ?? 0] ?? NO_HEX;
  return high === NO_HEX || low === NO_HEX ? null : high * 16 + low;
}

/** The first file of a uuencoded body, or null when there is none. */
function decodeUu(body: Uint8Array): Decoded | null {
  const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString("latin1");
  const begin = /^begin [0-7]{3,4} ([^\r\n]{1,300})\r?\n/m.exec(text);
  if (begin === null) return null;
  const out = new Uint8Array(body.length);
  let length = 0;
  for (const line of text.slice(begin.index + begin[0].length).split("\n")) {
    if (/^end\s*$/.test(line)) break;
    length = addUuLine(line, out, length);
  }
  return {
    bytes: out.slice(0, length),
    isAsItCame: false,
    filename: (begin[1] ?? "").trim(),
    encoding: null,
  };
}

/** Four characters of six bits each are three bytes; the first character of a line says how many. */
function addUuLine(line: string, out: Uint8Array, start: number): number {
  const value = (i: number) => (i < line.length ? (line.charCodeAt(i) - SPACE) & 63 : 0);
  const count = Math.min(value(0), Math.floor(((line.length + 2) * 3) / 4));
  for (let i = 0; i < count; i++) {
    const at = 1 + Math.floor(i / 3) * 4;
    const bits = (value(at) << 18) | (value(at + 1) << 12) | (value(at + 2) << 6) | value(at + 3);
    out[start + i] = (bits >> (16 - (i % 3) * 8)) & 255;
  }
  return start + count;
}
