import { htmlToText } from "./html-text";

const HTML_BYTES_MAX = 1_048_576;
const COMPARED_LENGTH_MAX = 65_536;
/**
 * What stands between words, by its code: ASCII but letters, digits and what may stand in a word for
 * the rules of lower case.
 */
const BETWEEN_WORDS = Uint8Array.from({ length: 128 }, (_, code) =>
  /[^a-z0-9'.:^`]/i.test(String.fromCharCode(code)) ? 1 : 0,
);
const WORDS_MIN = 3;
const WORD = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}]|[\p{L}\p{M}\p{N}]{3,}/gu;

/** One node of the MIME tree, as far as reading the text needs it. */
export type Part = {
  mediaType: string;
  charset: string | null;
  /** Decoded text of a text part that is no attachment; null for everything else. */
  text: string | null;
  children: Part[];
};

export type Body = {
  text: string;
  html: string | null;
  /** The HTML's words, where plain text stands for it and says something else. */
  htmlText?: string;
};

/**
 * What to read of a MIME tree: of alternatives the last HTML and the first plain text (RFC 2046
 * §5.1.4), of other multiparts everything in order. Text is made from the HTML where no plain text
 * stands for it.
 */
export function readBody(part: Part): Body {
  if (part.text !== null) {
    if (part.mediaType !== "text/html") return { text: part.text, html: null };
    return { text: htmlToText(part.text), html: part.text };
  }
  const bodies = part.children
    .map(readBody)
    .filter(({ text, html }) => html !== null || hasInk(text));
  return part.mediaType === "multipart/alternative" ? choose(bodies) : joinAll(bodies);
}

function choose(bodies: Body[]): Body {
  const plain = bodies.find(({ text, html }) => html === null && hasInk(text));
  const rich = bodies.findLast(({ html }) => html !== null);
  const body = { text: plain?.text ?? rich?.text ?? "", html: rich?.html ?? null };
  if (plain === undefined || rich === undefined || !differ(plain.text, rich.text)) return body;
  return { ...body, htmlText: rich.text };
}

function joinAll(bodies: Body[]): Body {
  const text = bodies.map((body) => body.text.trimEnd()).join("\n\n");
  if (bodies.every(({ html }) => html === null)) return { text, html: null };
  const htmlText = bodies.find((body) => body.htmlText !== undefined)?.htmlText;
  const html: string[] = [];
  let length = 0;
  for (const body of bodies) {
    if (length > HTML_BYTES_MAX) break;
    const piece = body.html ?? plainAsHtml(body.text);
    html.push(piece);
    length += piece.length;
  }
  const joined = { text, html: html.join("<br>\n") };
  return htmlText === undefined ? joined : { ...joined, htmlText };
}

/** Alternatives that share less than half of what the HTML says show different mails to different readers. */
function differ(plain: string, rich: string): boolean {
  const [a, b] = [plain.slice(0, COMPARED_LENGTH_MAX), rich.slice(0, COMPARED_LENGTH_MAX)];
  if (haveSameWords(a, b)) return false;
  const known = new Set(wordsOf(a));
  const words = [...new Set(wordsOf(b))];
  const missing = words.filter((word) => !known.has(word)).length;
  return words.length >= WORDS_MIN && missing * 2 > words.length;
}

/**
 * Whether two texts are the same but for white space and signs, as nearly all alternatives are. One step
 * for each character: to take the words out of both costs ten times as much.
 */
function haveSameWords(a: string, b: string): boolean {
  let [i, j] = [0, 0];
  for (;;) {
    while (standsBetweenWords(a, i)) i++;
    while (standsBetweenWords(b, j)) j++;
    if (i === a.length || j === b.length) return i === a.length && j === b.length;
    const start = i;
    while (i < a.length && a.charCodeAt(i) === b.charCodeAt(j) && !standsBetweenWords(a, i)) {
      i++;
      j++;
    }
    const isOver = (i === a.length || standsBetweenWords(a, i)) && i > start;
    if (!isOver || (j < b.length && !standsBetweenWords(b, j))) return false;
  }
}

function standsBetweenWords(text: string, i: number): boolean {
  const code = text.charCodeAt(i);
  return code < BETWEEN_WORDS.length && BETWEEN_WORDS[code] === 1;
}

/** Words of three letters and more, and the single signs of scripts that put no spaces between words. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? [];
}

function plainAsHtml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<div>${escaped.trimEnd().replaceAll("\n", "<br>\n")}</div>`;
}

function hasInk(text: string): boolean {
  return text.trim() !== "";
}
