import { wellFormed } from "./text";

type Word = { charset: string; encoding: string; bytes: Uint8Array };

const WORD = /=\?([^?\s]{1,60})\?([bq])\?([^?]*)\?=/gi;
// 0x80 to 0x9f; the five holes of the code page keep their C1 control.
const WINDOWS_1252 = "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ";
const UTF8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Reads a header value given as one character per byte: raw 8-bit text is UTF-8 when it is valid
 * UTF-8 (RFC 6532), else Windows-1252, which is what old clients send.
 */
export function decodeRawHeader(binary: string): string {
  if (!/[\u0080-\u00ff]/.test(binary)) return binary;
  const bytes = Buffer.from(binary, "latin1");
  try {
    return UTF8.decode(bytes);
  } catch {
    return decodeWindows1252(bytes);
  }
}

/**
 * Decodes the encoded words of a header value (RFC 2047). White space between two of them goes
 * (§6.2); neighbours in one charset are joined before decoding, because many senders cut a
 * character in two. What cannot be decoded stays as it is. Linear in the input.
 */
export function decodeWords(value: string): string {
  if (!value.includes("=?")) return value;
  let out = "";
  let end = 0;
  let pending: Word[] = [];
  for (const match of value.matchAll(WORD)) {
    const between = value.slice(end, match.index);
    if (pending.length === 0 || between.trim() !== "") {
      out += flush(pending) + between;
      pending = [];
    }
    const [, charset = "", encoding = "", body = ""] = match;
    pending.push({ charset, encoding, bytes: wordBytes(encoding, body) });
    end = match.index + match[0].length;
  }
  return wellFormed(out + flush(pending) + value.slice(end));
}

/** Whether text in this charset can be decoded properly here. */
export function isKnownCharset(charset: string): boolean {
  const label = charset.trim().toLowerCase();
  if (/^(us-?ascii|ansi_x3\.4-1968|utf-?7|cp\d+|x-mac-\w+|ks_c_5601-1987)$/.test(label))
    return true;
  return decoderFor(label) !== null;
}

function flush(words: Word[]): string {
  let out = "";
  for (let i = 0; i < words.length; ) {
    const first = words[i];
    if (first === undefined) break;
    const same: Uint8Array[] = [];
    while (i < words.length && words[i]?.charset.toLowerCase() === first.charset.toLowerCase()) {
      same.push(words[i]?.bytes ?? new Uint8Array());
      i++;
    }
    out += decodeBytes(Buffer.concat(same), first.charset);
  }
  return out;
}

function wordBytes(encoding: string, body: string): Uint8Array {
  if (encoding.toLowerCase() === "b") return Buffer.from(body, "base64");
  const binary = body
    .replace(/_/g, " ")
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /[\u0100-\uffff]/.test(binary)
    ? Buffer.from(binary, "utf8")
    : Buffer.from(binary, "latin1");
}

function decodeBytes(bytes: Uint8Array, charset: string): string {
  // RFC 2231 §5 adds a language after an asterisk.
  const label = charset.split("*")[0] ?? charset;
  const decoder = decoderFor(label);
  const isLatin = decoder?.encoding === "windows-1252";
  const text = isLatin ? decodeWindows1252(bytes) : decoder?.decode(bytes);
  if (text !== undefined && !text.includes("\ufffd")) return text;
  // Labels lie: UTF-8 called Big5 or ISO-2022-JP is common. Valid UTF-8 is hardly ever an accident.
  try {
    return UTF8.decode(bytes);
  } catch {
    return text ?? decodeWindows1252(bytes);
  }
}

/** By hand, because TextDecoder of Node 20 to 22 reads Windows-1252 as Latin-1. */
function decodeWindows1252(bytes: Uint8Array): string {
  const latin = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  return latin.replace(/[\u0080-\u009f]/g, (c) => WINDOWS_1252.charAt(c.charCodeAt(0) - 0x80));
}

function decoderFor(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch {
    return null;
  }
}
