import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";

// 0x80 to 0x9f; the five holes of the code page keep their C1 control.
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
const SAYS_NOTHING = /^(|us-?ascii|ascii|ansi_x3\.4-1968|unknown-8bit|x-unknown|unknown|default)$/;
const SINGLE_BYTE = /^(windows-125\d|iso-8859-\d+|koi8-|ibm866|macintosh|x-mac-)/;
const LABEL_LENGTH_MAX = 60;
/** Mails come in a dozen charsets, and a decoder costs more than a subject. Whole texts leave nothing in it. */
const decoders = new Map<string, TextDecoder | null>();
const DECODERS_MAX = 100;
const BYTE_ORDER_MARK = "\ufeff";
const ESCAPE = "\u001b";
const IDLE_SHIFT = new RegExp(`${ESCAPE}\\([BJ](?=${ESCAPE}[$(])`, "g");

/**
 * Text from bytes in the charset a label names. Labels lie: what is valid UTF-8 beyond chance is read
 * as UTF-8 whatever the label says; what says UTF-8 and is Latin-1 is read as that. An unknown or
 * missing label means UTF-8 when it is valid, else Windows-1252, which old clients send. Bytes that
 * fit nothing become U+FFFD. Never throws; linear.
 */
export function decodeCharset(bytes: Uint8Array, label: string | null): string {
  // RFC 2231 §5 adds a language after an asterisk.
  const name = (label ?? "").split("*")[0]?.trim().toLowerCase().slice(0, LABEL_LENGTH_MAX) ?? "";
  const utf8 = validUtf8(bytes);
  if (SAYS_NOTHING.test(name)) return utf8 ?? decodeWindows1252(bytes);
  if (name === "utf-8" && utf8 !== null) return utf8;
  const decoder = decoderFor(name);
  if (decoder?.encoding === "utf-8") return utf8 ?? brokenUtf8(bytes);
  if (utf8 !== null && isUtf8ByDesign(utf8, decoder?.encoding ?? name)) return utf8;
  if (decoder?.encoding === "iso-2022-jp" && bytes.some((byte) => byte > 127)) {
    // That charset has seven bits: what has eight is one of the other two of Japan.
    const japanese = strictly("euc-jp", bytes) ?? strictly("shift_jis", bytes);
    if (japanese !== null) return japanese;
  }
  const text = decoder ? decodeWith(decoder, bytes) : decodeRare(bytes, name);
  const isBetterAsUtf8 = utf8 !== null && /[^\0-\x7f]/.test(utf8);
  if (text !== null && (!text.includes("\ufffd") || !isBetterAsUtf8)) return text;
  return utf8 ?? decodeWindows1252(bytes);
}

/** Text from bytes in this charset, or null when they do not fit it or it is unknown. */
export function decodeStrictly(bytes: Uint8Array, label: string): string | null {
  const text = decodeCharset(bytes, label);
  return isKnownCharset(label) && !text.includes("\ufffd") ? text : null;
}

/** Whether text in this charset can be decoded properly here. */
export function isKnownCharset(charset: string): boolean {
  const label = charset.trim().toLowerCase();
  if (/^(us-?ascii|ansi_x3\.4-1968)$/.test(label)) return true;
  return decoderFor(label) !== null || iconv.encodingExists(label);
}

function strictly(encoding: string, bytes: Uint8Array): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes as UTF-8, or null when they are none. A byte order mark is left out. */
export function validUtf8(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** By hand, because TextDecoder of Node 20 to 22 reads Windows-1252 as Latin-1. */
export function decodeWindows1252(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return latin.replace(/[\u0080-\u009f]/g, (c) => WINDOWS_1252.charAt(c.charCodeAt(0) - 0x80));
}

/**
 * Whether valid UTF-8 is no accident: one character beyond ASCII under a Latin label; under the label
 * of another alphabet or of two-byte characters one that takes three bytes, which pairs do not give.
 */
function isUtf8ByDesign(utf8: string, encoding: string): boolean {
  if (/^utf-16|^utf-7|^iso-2022|^hz-/.test(encoding)) return false;
  if (/^(windows-1252|iso-8859-(1|15))$/.test(encoding)) return /[^\0-\x7f]/.test(utf8);
  return SINGLE_BYTE.test(encoding)
    ? /[^\0-\x7f].*[^\0-\x7f].*[^\0-\x7f]/s.test(utf8)
    : /[\u0800-\uffff]/.test(utf8);
}

/** Latin-1 that says it is UTF-8: its bytes stand alone, in words, and no UTF-8 is among them. */
function brokenUtf8(bytes: Uint8Array): string {
  const text = new TextDecoder().decode(bytes);
  const hasUtf8 = /[^\0-\x7f\ufffd]/.test(text);
  const standsInWords = /[a-z]\ufffd|\ufffd[a-z]/i.test(text);
  return !hasUtf8 && standsInWords ? decodeWindows1252(bytes) : text;
}

function decodeWith(decoder: TextDecoder, bytes: Uint8Array): string {
  if (decoder.encoding === "windows-1252") return decodeWindows1252(bytes);
  return decoder.decode(decoder.encoding === "iso-2022-jp" ? withoutIdleShifts(bytes) : bytes);
}

/** A shift to ASCII and straight back stands where encoded words were joined; decoders refuse it. */
function withoutIdleShifts(bytes: Uint8Array): Uint8Array {
  const binary = Buffer.from(bytes).toString("latin1");
  return Buffer.from(binary.replace(IDLE_SHIFT, ""), "latin1");
}

/** UTF-7, DOS code pages and others that browsers do not know. */
function decodeRare(bytes: Uint8Array, name: string): string | null {
  if (!iconv.encodingExists(name)) return null;
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), name);
}

function decoderFor(label: string): TextDecoder | null {
  const known = decoders.get(label);
  if (known !== undefined) return known;
  const decoder = newDecoder(label);
  if (decoders.size < DECODERS_MAX) decoders.set(label, decoder);
  return decoder;
}

function newDecoder(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}
