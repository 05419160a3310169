import { decodeCharset } from "./charset";
import { decodeRawHeader, decodeWords } from "./encoded-word";

const PARAMETERS_MAX = 200;
const PIECES_MAX = 500;
const NAME = /[\s;]*([^\s=;"]{1,100})[ \t]*=[ \t]*/y;

/** A value such as `text/plain; charset=utf-8`: what stands first, lower case, and its parameters. */
export type ParameterValue = { value: string; parameters: Map<string, string> };

/**
 * Reads Content-Type, Content-Disposition and their kind (RFC 2045 §5.1, RFC 2183) from a field
 * value as it came, one character per byte. Parameters may be quoted, continued and percent-encoded
 * (RFC 2231), hold encoded words (which RFC 2047 §5 forbids and many clients write), raw 8-bit text,
 * spaces without quotes, or stand without a semicolon before them. Of repeated parameters the first
 * counts. Linear in the input; never throws.
 */
export function readParameters(field: string): ParameterValue {
  const plain = withoutComments(field);
  const end = plain.search(/[;\s]/);
  const value = (end === -1 ? plain : plain.slice(0, end)).trim().toLowerCase();
  const given = new Map<string, string>();
  if (end !== -1) collect(plain, end, given);
  return { value, parameters: joined(given) };
}

function collect(text: string, start: number, given: Map<string, string>): void {
  let position = start;
  while (position < text.length && given.size < PARAMETERS_MAX) {
    NAME.lastIndex = position;
    const match = NAME.exec(text);
    if (match === null) {
      // No parameter here: go on behind the next semicolon or space.
      const next = /[;\s]/g;
      next.lastIndex = position + 1;
      const found = next.exec(text);
      if (found === null) return;
      position = found.index;
      continue;
    }
    const from = NAME.lastIndex;
    const read = text.charAt(from) === '"' ? quotedAt(text, from) : bareAt(text, from);
    const key = (match[1] ?? "").toLowerCase();
    if (!given.has(key)) given.set(key, read.text);
    position = read.next;
  }
}

function quotedAt(text: string, start: number): { text: string; next: number } {
  let out = "";
  for (let i = start + 1; i < text.length; i++) {
    const character = text.charAt(i);
    if (character === '"') return { text: out, next: i + 1 };
    // Windows clients write C:\file unescaped, so a backslash escapes only what must be escaped.
    if (character === "\\" && /["\\]/.test(text.charAt(i + 1))) i++;
    out += text.charAt(i);
  }
  return { text: out, next: text.length };
}

/** Up to the semicolon; or up to a space when another parameter follows it. */
function bareAt(text: string, start: number): { text: string; next: number } {
  const semicolon = text.indexOf(";", start);
  const end = semicolon === -1 ? text.length : semicolon;
  const whole = text.slice(start, end);
  const another = /\s[a-z][\w-]{0,40}\*?\d{0,3}\*?=/i.exec(whole);
  const kept = another === null ? whole : whole.slice(0, another.index);
  return { text: kept.trim(), next: start + kept.length };
}

/** RFC 5322 §3.2.2: comments, outside quotes. An opening bracket that is never closed stays. */
function withoutComments(field: string): string {
  if (!field.includes("(")) return field;
  let out = "";
  let isQuoted = false;
  for (let i = 0; i < field.length; i++) {
    const character = field.charAt(i);
    if (character === '"') isQuoted = !isQuoted;
    const isStart = character === "(" && !isQuoted && /(^|[\s;])$/.test(out.slice(-1));
    const close = isStart ? field.indexOf(")", i) : -1;
    // A bracket inside an unquoted file name, `a (1).pdf`, is no comment.
    if (close !== -1 && /^\s*(;|$)/.test(field.slice(close + 1, close + 200))) i = close;
    else out += character;
  }
  return out;
}

function joined(given: Map<string, string>): Map<string, string> {
  const parameters = new Map<string, string>();
  for (const [key, value] of given) {
    if (!key.includes("*")) parameters.set(key, decodeWords(decodeRawHeader(value)));
  }
  // RFC 2231 wins over the plain form that stands beside it for older readers.
  for (const key of given.keys()) {
    if (!key.includes("*")) continue;
    const name = key.slice(0, key.indexOf("*"));
    const text = continued(given, name);
    if (text !== null) parameters.set(name, text);
  }
  return parameters;
}

/** RFC 2231 §3 and §4: `name*0*=utf-8''a%20b; name*1=c`. */
function continued(given: Map<string, string>, name: string): string | null {
  const whole = given.get(`${name}*`);
  if (whole !== undefined) return decodePieces([{ text: whole, isEncoded: true }]);
  const pieces: { text: string; isEncoded: boolean }[] = [];
  for (let i = 0; i < PIECES_MAX; i++) {
    const encoded = given.get(`${name}*${i}*`);
    const text = encoded ?? given.get(`${name}*${i}`);
    if (text === undefined) break;
    pieces.push({ text, isEncoded: encoded !== undefined });
  }
  return pieces.length === 0 ? null : decodePieces(pieces);
}

function decodePieces(pieces: { text: string; isEncoded: boolean }[]): string {
  const [first] = pieces;
  const head = first?.isEncoded ? /^([\w.:-]{0,40})'[^']{0,40}'/.exec(first.text) : null;
  const binary = pieces.map(({ text, isEncoded }, i) => {
    const rest = i === 0 && head !== null ? text.slice(head[0].length) : text;
    return isEncoded ? percentDecoded(rest) : rest;
  });
  const all = binary.join("");
  if (head?.[1]) return decodeCharset(Buffer.from(all, "latin1"), head[1]);
  return decodeWords(decodeRawHeader(all));
}

function percentDecoded(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
