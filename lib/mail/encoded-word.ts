import { decodeCharset, decodeStrictly, decodeWindows1252, validUtf8 } from "./charset";
import { wellFormed } from "./text";

type Word = { charset: string; encoding: string; body: string };

// A question mark may stand in the body, against RFC 2047 §2; the start of another word may not.
const WORD = /=\?([^?\s]{1,60})\?([bq])\?((?:[^?=]|=(?!\?(?!=))|\?(?!=))*)\?=/gi;

/**
 * Reads a header value given as one character per byte: raw 8-bit text is UTF-8 when it is valid
 * UTF-8 (RFC 6532), else in the charset the body names (`hint`) when it fits, else GB2312 when every
 * byte says so, else Windows-1252, which is what old clients send.
 */
export function decodeRawHeader(binary: string, hint: string | null = null): string {
  if (!/[\u0080-\u00ff]/.test(binary)) return binary;
  const bytes = Buffer.from(binary, "latin1");
  return (
    validUtf8(bytes) ??
    (hint === null ? null : decodeStrictly(bytes, hint)) ??
    (looksLikeGb2312(binary) ? decodeStrictly(bytes, "gb18030") : null) ??
    decodeWindows1252(bytes)
  );
}

/**
 * Decodes the encoded words of a header value (RFC 2047). White space between two of them goes
 * (§6.2); neighbours in one charset are joined before decoding, because many senders cut a
 * character, or four letters of base64, in two. What cannot be decoded stays as it is. Linear in the
 * input.
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
    pending.push({ charset, encoding: encoding.toLowerCase(), body });
    end = match.index + match[0].length;
  }
  return wellFormed(out + flush(pending) + value.slice(end));
}

function flush(words: Word[]): string {
  let out = "";
  for (let i = 0; i < words.length; ) {
    const charset = words[i]?.charset ?? "";
    const bytes: Uint8Array[] = [];
    while (i < words.length && isSame(words[i]?.charset, charset)) {
      let { encoding = "", body = "" } = words[i++] ?? {};
      // Base64 of one text cut anywhere: without padding it goes on in the next word.
      while (
        isCutBase64(encoding, body) &&
        words[i]?.encoding === "b" &&
        isSame(words[i]?.charset, charset)
      )
        body += words[i++]?.body ?? "";
      bytes.push(wordBytes(encoding, body));
    }
    out += decodeCharset(Buffer.concat(bytes), charset);
  }
  return out;
}

function isSame(a: string | undefined, b: string): boolean {
  return a?.toLowerCase() === b.toLowerCase();
}

function isCutBase64(encoding: string, body: string): boolean {
  return encoding === "b" && !body.includes("=") && body.replace(/\s+/g, "").length % 4 !== 0;
}

function wordBytes(encoding: string, body: string): Uint8Array {
  if (encoding === "b") return Buffer.from(body, "base64");
  const binary = body
    .replace(/_/g, " ")
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return /[\u0100-\uffff]/.test(binary)
    ? Buffer.from(binary, "utf8")
    : Buffer.from(binary, "latin1");
}

/**
 * GB/T 2312 writes each character in two bytes, and nearly all that people use are in its first half.
 * Latin text has bytes that stand alone between ASCII letters; Russian text has words of odd length.
 */
function looksLikeGb2312(binary: string): boolean {
  const runs = binary.match(/[\u0080-\u00ff]+/g) ?? [];
  const bytes = runs.join("");
  if (bytes.length < 8 || runs.some((run) => run.length % 2 !== 0)) return false;
  const pairs = bytes.match(/../g) ?? [];
  const usual = pairs.filter((pair) => /^[\u00a1-\u00a3\u00b0-\u00d7][\u00a1-\u00fe]$/.test(pair));
  const isSpread = pairs.some((pair) => /^.[\u00a1-\u00bf\u00e0-\u00fe]$/.test(pair));
  return isSpread && usual.length * 10 >= pairs.length * 8;
}
