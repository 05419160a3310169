import { domainToASCII } from "node:url";

/**
 * A second reading of a mail, for benches that need to know what a header claims without asking the
 * parser they measure. It knows the plain rules of RFC 5322, 2045 to 2047 and 2231 and no
 * tolerance: where a mail breaks them it says nothing, and nothing is held against the parser.
 */

export type Field = { name: string; value: string };

/** A part: its fields, its decoded bytes when it is no multipart, its children when it is one. */
export type ReadPart = {
  fields: Field[];
  mediaType: string;
  filename: string | null;
  disposition: string | null;
  /** Decoded; null when the transfer encoding is unknown or broken. */
  bytes: Buffer | null;
  /** Text of a text part in a charset this machine knows; null otherwise. */
  text: string | null;
  children: ReadPart[];
};

const DEPTH_MAX = 20;
const EMPTY_LINE = /\r?\n\r?\n/;

/** Takes a mail apart. `raw` as one character per byte is what every rule here works on. */
export function readMail(raw: Uint8Array): ReadPart {
  return readPart(
    Buffer.from(raw)
      .toString("latin1")
      .replace(/^From .*\r?\n/, ""),
    "text/plain",
    0,
  );
}

/** The values of a field, in order, unfolded, still encoded, one character per byte. */
export function valuesOf(part: ReadPart, name: string): string[] {
  return part.fields.filter((field) => field.name === name).map((field) => field.value);
}

/** Every part that is no multipart, in order. Attached messages count as one part. */
export function leavesOf(part: ReadPart): ReadPart[] {
  if (part.mediaType.startsWith("multipart/")) return part.children.flatMap(leavesOf);
  return [part];
}

/**
 * A header value as a person reads it: encoded words decoded, raw UTF-8 decoded. Null when it
 * cannot be told: an unknown charset, raw bytes that are no UTF-8, a broken word.
 */
export function readable(value: string): string | null {
  try {
    const utf8 = readUtf8(value);
    if (utf8 === null) return null;
    const joined = utf8.replace(/(=\?[^?\s]+\?[bq]\?[^?\s]*\?=)\s+(?==\?)/gi, "$1");
    const words = /=\?([^?\s]+)\?([bq])\?([^?]*)\?=/gi;
    const text = joined.replace(words, (_, charset: string, encoding: string, body: string) => {
      const bytes = /b/i.test(encoding)
        ? Buffer.from(body, "base64")
        : quotedPrintable(body.replaceAll("_", " "));
      return new TextDecoder(charset.replace(/\*.*/, ""), { fatal: true }).decode(bytes);
    });
    return text.includes("=?") ? null : text.trim();
  } catch {
    return null;
  }
}

/** What stands in angle brackets, or else every word with an `@`, comments and quotes left out. */
export function addressesIn(value: string): string[] {
  const plain = (readUtf8(value) ?? value)
    .replace(/"(?:[^"\\]|\\.)*"/g, " ")
    .replace(/\([^()]*\)/g, " ");
  const angles = [...plain.matchAll(/<\s*([^<>\s@]+@[^<>\s@]+)\s*>/g)].map(([, found]) => found);
  const words = plain.split(/[\s,;:<>]+/).filter((word) => /^[^@]+@[^@]+$/.test(word));
  return (angles.length > 0 ? angles : words).map((found) => {
    const [local = "", domain = ""] = (found ?? "").replace(/\.+$/, "").toLowerCase().split("@");
    return `${local}@${domainToASCII(domain) || domain}`;
  });
}

function readUtf8(value: string): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(value, "latin1"));
  } catch {
    return null;
  }
}

function readPart(source: string, fallbackType: string, depth: number): ReadPart {
  const cut = /^\r?\n/.test(source) ? { index: 0, 0: /^\r?\n/.exec(source)?.[0] ?? "" } : null;
  const split = cut ?? EMPTY_LINE.exec(source);
  const head = split === null ? source : source.slice(0, split.index);
  const body = split === null ? "" : source.slice(split.index + split[0].length);
  const fields = readFields(head);
  const type = parameters(
    fields.find(({ name }) => name === "content-type")?.value ?? fallbackType,
  );
  const shown = parameters(fields.find(({ name }) => name === "content-disposition")?.value ?? "");
  const mediaType = type.value.includes("/") ? type.value : "text/plain";
  const boundary = type.named.get("boundary");
  const children =
    mediaType.startsWith("multipart/") && boundary && depth < DEPTH_MAX
      ? bodyParts(body, boundary).map((part) =>
          readPart(
            part,
            mediaType === "multipart/digest" ? "message/rfc822" : "text/plain",
            depth + 1,
          ),
        )
      : [];
  const encoding = fields.find(({ name }) => name === "content-transfer-encoding")?.value ?? "7bit";
  const bytes = mediaType.startsWith("multipart/") ? null : decodeBody(body, encoding);
  return {
    fields,
    mediaType,
    filename: shown.named.get("filename") ?? type.named.get("name") ?? null,
    disposition: shown.value === "" ? null : shown.value,
    bytes,
    text:
      bytes && mediaType.startsWith("text/") ? decodeText(bytes, type.named.get("charset")) : null,
    children,
  };
}

function readFields(head: string): Field[] {
  const fields: Field[] = [];
  for (const line of head.split(/\r?\n/)) {
    const field = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(line);
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last) last.value += ` ${line.trim()}`;
    else if (field)
      fields.push({ name: (field[1] ?? "").toLowerCase(), value: (field[2] ?? "").trim() });
  }
  return fields;
}

/** RFC 2046 §5.1.1: a line that is the boundary and nothing else but white space. */
function bodyParts(body: string, boundary: string): string[] {
  const parts: string[] = [];
  let lines: string[] | null = null;
  for (const line of body.split("\n")) {
    const bare = line.trimEnd();
    if (bare === `--${boundary}` || bare === `--${boundary}--`) {
      if (lines) parts.push(lines.join("\n").replace(/\r$/, ""));
      if (bare.endsWith(`${boundary}--`)) return parts;
      lines = [];
    } else lines?.push(line);
  }
  if (lines) parts.push(lines.join("\n"));
  return parts;
}

function parameters(value: string): { value: string; named: Map<string, string> } {
  const named = new Map<string, string>();
  const pattern = /;\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*)(?=\s*(?:;|$)))/g;
  const pieces = new Map<string, string>();
  for (const [, name = "", quoted, bare = ""] of value.matchAll(pattern)) {
    const key = name.toLowerCase();
    const text = quoted === undefined ? bare : quoted.replace(/\\(.)/g, "$1");
    if (/\*\d*\*?$/.test(key) || key.endsWith("*")) pieces.set(key, text);
    else if (!named.has(key)) named.set(key, readable(text) ?? text);
  }
  for (const key of new Set([...pieces.keys()].map((name) => name.replace(/\*.*/, "")))) {
    named.set(key, continued(pieces, key));
  }
  return { value: (value.split(";")[0] ?? "").trim().toLowerCase(), named };
}

/** RFC 2231 §3 and §4: `name*0*=utf-8''a%20` and so on. */
function continued(pieces: Map<string, string>, key: string): string {
  let charset = "utf-8";
  let binary = "";
  const whole = pieces.get(`${key}*`);
  const texts: [string, boolean][] = whole === undefined ? [] : [[whole, true]];
  for (let i = 0; whole === undefined; i++) {
    const extended = pieces.get(`${key}*${i}*`);
    const plain = pieces.get(`${key}*${i}`);
    const text = extended ?? plain;
    if (text === undefined) break;
    texts.push([text, extended !== undefined]);
  }
  for (const [i, [text, isExtended]] of texts.entries()) {
    const head = i === 0 && isExtended ? /^([^']*)'[^']*'(.*)$/s.exec(text) : null;
    if (head?.[1]) charset = head[1];
    const rest = head ? (head[2] ?? "") : text;
    binary += isExtended
      ? rest.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
          String.fromCharCode(Number.parseInt(hex, 16)),
        )
      : rest;
  }
  return new TextDecoder(charset).decode(Buffer.from(binary, "latin1"));
}

function decodeBody(body: string, encoding: string): Buffer | null {
  const name = encoding.trim().toLowerCase();
  if (/^(7bit|8bit|binary)$/.test(name)) return Buffer.from(body, "latin1");
  if (name === "quoted-printable") return quotedPrintable(body.replace(/=[ \t]*\r?\n/g, ""));
  if (name !== "base64" || /[^\w+/=\s]/.test(body)) return null;
  return Buffer.from(body, "base64");
}

function quotedPrintable(text: string): Buffer {
  const binary = text.replace(/=([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(binary, "latin1");
}

function decodeText(bytes: Buffer, charset = "us-ascii"): string | null {
  // ASCII with high bytes is a mislabelled mail: this reading does not guess.
  const isAscii = /^us-ascii$/i.test(charset);
  // Nor does it where the bytes are UTF-8 and the label says otherwise.
  const binary = bytes.toString("latin1");
  const isOther = !/^utf-?8$|^iso-2022/i.test(charset) && /[\x80-\xff]/.test(binary);
  if (isOther && !isAscii && readUtf8(binary) !== null) return null;
  try {
    return new TextDecoder(isAscii ? "utf-8" : charset, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
