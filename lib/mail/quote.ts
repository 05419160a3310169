import {
  attributionBehindText,
  attributionLength,
  copyAttributionLength,
  introducesQuote,
} from "./attribution";
import { lineOfContainer } from "./html-quote";
import { endOfHead, isSeparator, olderMailLength } from "./older-mail";
import { isBlank, isQuotedLine, nextInk } from "./quote-line";
import { markSignatures } from "./signature";

/** Lines of a quote without attribution above an answer: so many were picked by hand. */
const CONTEXT_LINES_MAX = 12;
/** Clients wrap quoted text at 72 characters or a little more. */
const WRAP_COLUMN = 70;
const WRAP_LENGTH_MAX = 400;

export type SplitText = { newText: string; quotedText: string };

/**
 * Parts what somebody wrote now from what the mail quotes: `>` lines, the lines that introduce them,
 * the copy clients put below an answer, signatures after `-- `. Nothing is lost: every line is in one
 * of the two. When all of it would count as quoted, all of it is new. The HTML of the same mail is
 * asked where the text has no mark. Linear in both.
 */
export function splitQuotes(text: string, html: string | null = null): SplitText {
  const { lines, quoted } = markOlderMail(text, html);
  markSignatures(lines, quoted);
  const fresh = join(lines, quoted, false);
  if (fresh === "") return { newText: text.trim(), quotedText: "" };
  return { newText: fresh, quotedText: join(lines, quoted, true) };
}

/** What is left of a text without what it quotes, its signature with it: "" when all is quoted. */
export function withoutQuotes(text: string, html: string | null = null): string {
  const { lines, quoted } = markOlderMail(text, html);
  return join(lines, quoted, false);
}

function markOlderMail(text: string, html: string | null): { lines: string[]; quoted: boolean[] } {
  const lines = linesOf(text);
  const quoted = new Array<boolean>(lines.length).fill(false);
  const start = markTop(lines, quoted);
  const end = markTail(lines, quoted, start);
  markQuotes(lines, quoted, end);
  if (html !== null && !quoted.includes(true))
    quoted.fill(true, lineOfContainer(lines, html) ?? lines.length);
  unmarkContext(lines, quoted);
  return { lines, quoted };
}

/** The lines; where an attribution stands behind the last words of an answer, it gets its own. */
function linesOf(text: string): string[] {
  const lines = text.split("\n");
  const out: string[] = [];
  for (const [i, line] of lines.entries()) {
    const next = lines[i + 1];
    const isAbove = next !== undefined && isQuotedLine(next) && !isQuotedLine(line);
    const at = isAbove ? attributionBehindText(line) : -1;
    if (at === -1) out.push(line);
    else out.push(line.slice(0, at), line.slice(at));
  }
  return out;
}

/**
 * Marks a line that says who wrote, or the head of a forwarded mail, where a mail begins with it and
 * its text follows without `>`. Says where that text begins.
 */
function markTop(lines: string[], quoted: boolean[]): number {
  let first = 0;
  while (first < lines.length && isBlank(lines[first])) first++;
  const end = first + topLength(lines, first);
  const after = lines[nextInk(lines, end)];
  if (end === first || after === undefined || isQuotedLine(after)) return 0;
  quoted.fill(true, first, end);
  return end;
}

function topLength(lines: string[], first: number): number {
  if (!isSeparator(lines[first] ?? "")) return copyAttributionLength(lines, first);
  const head = nextInk(lines, first + 1);
  const end = endOfHead(lines, head);
  return end === head ? 0 : end - first;
}

/** Marks the copy of the older mail that begins at a separator, and says where it begins. */
function markTail(lines: string[], quoted: boolean[], start: number): number {
  // A separator above everything is a forward, or an answer written below: keep looking.
  let hasInkBefore = false;
  for (let i = start; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (hasInkBefore && beginsTail(lines, i)) {
      quoted.fill(true, i);
      return i;
    }
    const body = hasInkBefore ? i : endOfHead(lines, i);
    if (body > i) i = body - 1;
    else hasInkBefore ||= !isBlank(line) && !isSeparator(line);
  }
  return lines.length;
}

function beginsTail(lines: string[], i: number): boolean {
  if (isBlank(lines[i])) return false;
  if (olderMailLength(lines, i) > 0) return true;
  const attribution = copyAttributionLength(lines, i);
  if (attribution === 0) return false;
  const after = lines[nextInk(lines, i + attribution)];
  return after !== undefined && !isQuotedLine(after);
}

/** Marks `>` lines above `end`, and the attribution right before a run of them. */
function markQuotes(lines: string[], quoted: boolean[], end: number): void {
  let hasInkBefore = false;
  for (let i = 0; i < end; i++) {
    const line = lines[i] ?? "";
    if (isQuotedLine(line) && !isOrnament(lines, i)) {
      quoted[i] = true;
      continue;
    }
    if (hasInkBefore && isRestOfQuote(lines, i)) {
      quoted[i] = true;
      continue;
    }
    const length = attributionOfQuote(lines, i, quoted);
    quoted.fill(true, i, Math.min(i + length, end));
    if (length > 0) i += length - 1;
    else hasInkBefore ||= !isBlank(line);
  }
}

function attributionOfQuote(lines: string[], i: number, quoted: boolean[]): number {
  if (isBlank(lines[i])) return 0;
  const length = attributionLength(lines, i);
  const after = nextInk(lines, i + Math.max(length, 1));
  const isAbove = isQuotedLine(lines[after] ?? "") && !isOrnament(lines, after);
  if (length === 0) return isAbove && introducesQuote(lines[i] ?? "") ? 1 : 0;
  return isAbove || after >= lines.length || quoted[after] ? length : 0;
}

/** `>>> Sale <<<` in a line of its own points at something. */
function isOrnament(lines: string[], i: number): boolean {
  if (isQuotedLine(lines[i - 1] ?? "") || isQuotedLine(lines[i + 1] ?? "")) return false;
  return /^\s{0,8}>{2}/.test(lines[i] ?? "") && (lines[i] ?? "").trimEnd().endsWith("<<");
}

/**
 * The end of a quoted line that some client on the way wrapped without a new `>`: right between two
 * quoted lines, and either a link alone or words that did not fit into the line before.
 */
function isRestOfQuote(lines: string[], i: number): boolean {
  const line = lines[i] ?? "";
  const before = lines[i - 1] ?? "";
  if (!isQuotedLine(before) || !isQuotedLine(lines[i + 1] ?? "")) return false;
  if (line.length > WRAP_LENGTH_MAX || before.length > WRAP_LENGTH_MAX || isBlank(line))
    return false;
  if (/^\s{0,8}[(<[]https?:\S{1,300}[)>\]]\s{0,3}>?\s{0,3}$/.test(line)) return true;
  const [firstWord = ""] = line.trim().split(/\s/, 1);
  const didNotFit = before.trimEnd().length + 1 + firstWord.length > WRAP_COLUMN;
  return didNotFit && /^\s{0,8}[\p{Ll}\p{Lo}]/u.test(line) && !/[?!:]\s{0,3}$/.test(before);
}

/**
 * A short quote that a mail begins with and that no client introduced was picked by its writer, for
 * the words below: it stays with them.
 */
function unmarkContext(lines: string[], quoted: boolean[]): void {
  let first = 0;
  while (first < lines.length && isBlank(lines[first])) first++;
  let end = first;
  while (end < lines.length && isQuotedLine(lines[end] ?? "")) end++;
  if (end === first || end - first > CONTEXT_LINES_MAX || !quoted[first]) return;
  const hasAnswer = quoted.some((isMarked, i) => i >= end && !isMarked && !isBlank(lines[i]));
  if (hasAnswer && !quoted.includes(true, end)) quoted.fill(false, first, end);
}

function join(lines: string[], quoted: boolean[], which: boolean): string {
  const kept = lines.filter((_, i) => quoted[i] === which);
  return kept
    .join("\n")
    .replace(/^\s*\n/, "")
    .trimEnd();
}
