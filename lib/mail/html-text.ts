import { decodeEntities } from "./html-entities";

const INPUT_LENGTH_MAX = 1_048_576;
const OUTPUT_LENGTH_MAX = 524_288;
const QUOTE_DEPTH_MAX = 20;
/** White space but a single space, which stays as it is. */
const TO_BE_FOLDED = /[\t\r\n\f][ \t\r\n\f]*| [ \t\r\n\f]+/g;
const RAW_TEXT = new Set(["script", "style", "title", "textarea", "xmp", "iframe", "noembed"]);
const VOID = new Set(["br", "hr", "img", "input", "meta", "link", "col", "area", "wbr", "base"]);
const TAG_NAME = /[a-z][a-z0-9:-]{0,30}/iy;
// How many line breaks an element wants around it: two leave an empty line.
const BREAKS = new Map<string, number>([
  ...["p", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl"].map(two),
  ...["table", "pre", "hr", "figure"].map(two),
  ...["div", "tr", "li", "dt", "dd", "section", "article", "header", "footer", "address"].map(one),
  ...["form", "fieldset", "center", "main", "nav", "aside", "body", "caption", "option"].map(one),
]);

type Tag = { name: string; closing: boolean; attributes: string; next: number };

/**
 * The readable text of an HTML body: blocks and line breaks as lines, quoted blocks with `> `, list
 * items with `* ` or numbers, no link targets, nothing from scripts, styles or elements hidden with
 * `display:none`. One pass over at most 1 MB, whatever is nested how; never throws. The same input
 * gives the same text for ever: the identity of a mail is made from it.
 */
export function htmlToText(html: string): string {
  const input = html.slice(0, INPUT_LENGTH_MAX);
  const converter = new Converter(input, true);
  const text = converter.run();
  // A hidden element that is never closed would hide the rest of the mail.
  return text === "" || converter.endsHidden() ? new Converter(input, false).run() : text;
}

class Converter {
  private readonly out = new TextBuilder();
  private readonly lists: { ordered: boolean; count: number }[] = [];
  private hidden: { name: string; depth: number } | null = null;

  constructor(
    private readonly html: string,
    private readonly honoursHidden: boolean,
  ) {}

  run(): string {
    const { html } = this;
    let position = 0;
    while (position < html.length && this.out.length < OUTPUT_LENGTH_MAX) {
      const open = html.indexOf("<", position);
      const end = open === -1 ? html.length : open;
      if (end > position) this.text(html.slice(position, end));
      if (open === -1) break;
      position = this.markup(open);
    }
    return this.out.toString();
  }

  endsHidden(): boolean {
    return this.hidden !== null;
  }

  private text(raw: string): void {
    if (this.hidden === null) this.out.add(decodeEntities(raw));
  }

  /** Handles what starts with `<` and says where to go on. */
  private markup(open: number): number {
    const { html } = this;
    if (html.startsWith("<!--", open)) return after(html, "-->", open + 4);
    if (/[!?]/.test(html.charAt(open + 1))) return after(html, ">", open + 1);
    const tag = readTag(html, open);
    if (tag === null) {
      this.text("<");
      return open + 1;
    }
    if (!tag.closing && RAW_TEXT.has(tag.name)) return endOfRawText(html, tag);
    if (this.hidden !== null) this.insideHidden(tag, this.hidden);
    else if (this.honoursHidden && !tag.closing && hides(tag)) {
      this.hidden = { name: tag.name, depth: 1 };
    } else this.element(tag);
    return tag.next;
  }

  private insideHidden(tag: Tag, hidden: { name: string; depth: number }): void {
    if (tag.name !== hidden.name) return;
    hidden.depth += tag.closing ? -1 : 1;
    if (hidden.depth === 0) this.hidden = null;
  }

  private element({ name, closing }: Tag): void {
    if (name === "br") this.out.lineBreak();
    else if ((name === "td" || name === "th") && closing) this.out.add(" ");
    const breaks = BREAKS.get(name);
    if (breaks === undefined) return;
    this.out.block(breaks);
    if (name === "blockquote") this.out.quote(closing ? -1 : 1);
    if (name === "pre") this.out.preformatted(closing ? -1 : 1);
    if (name === "ul" || name === "ol") this.list(name === "ol", closing);
    if (name === "li" && !closing) this.item();
  }

  private list(ordered: boolean, closing: boolean): void {
    if (closing) this.lists.pop();
    else if (this.lists.length < 1_000) this.lists.push({ ordered, count: 0 });
  }

  private item(): void {
    const list = this.lists.at(-1);
    if (list !== undefined) list.count++;
    this.out.marker(list?.ordered === true ? `${list.count}. ` : "* ");
  }
}

/** Collects lines, folding white space and empty lines the way a browser shows them. */
class TextBuilder {
  length = 0;
  private readonly lines: string[] = [];
  private pieces: string[] = [];
  private endsWithSpace = true;
  private hasInk = false;
  private lastLineIsEmpty = true;
  private wantedBreaks = 0;
  private quoteDepth = 0;
  /** The lowest depth since the last line: the empty line between two quotes is in neither. */
  private gapDepth = 0;
  private preDepth = 0;

  add(text: string): void {
    if (this.preDepth === 0) {
      const folded = text.replace(TO_BE_FOLDED, " ");
      this.append(this.endsWithSpace && folded.startsWith(" ") ? folded.slice(1) : folded);
      return;
    }
    const [first = "", ...rest] = text.split(/\r\n|\r|\n/);
    this.append(first);
    for (const line of rest) {
      this.lineBreak();
      this.append(line);
    }
  }

  lineBreak(): void {
    this.settle();
    this.flush();
  }

  block(breaks: number): void {
    if (this.hasInk) this.flush();
    else this.pieces = [];
    this.wantedBreaks = Math.max(this.wantedBreaks, breaks);
  }

  marker(marker: string): void {
    this.append(marker);
  }

  quote(change: number): void {
    this.quoteDepth = Math.max(0, this.quoteDepth + change);
    this.gapDepth = Math.min(this.gapDepth, this.quoteDepth);
  }

  preformatted(change: number): void {
    this.preDepth = Math.max(0, this.preDepth + change);
  }

  toString(): string {
    if (this.hasInk) this.flush();
    return this.lines.join("\n").replaceAll("\u00a0", " ").trim();
  }

  private append(text: string): void {
    if (text === "") return;
    this.settle();
    this.pieces.push(text);
    this.endsWithSpace = text.endsWith(" ");
    this.hasInk ||= text.trim() !== "";
  }

  /** Writes the empty line a block asked for, once something follows it. */
  private settle(): void {
    if (this.wantedBreaks > 1 && this.lines.length > 0 && !this.lastLineIsEmpty) {
      this.push("", this.gapDepth);
    }
    this.wantedBreaks = 0;
  }

  private flush(): void {
    this.push(this.pieces.join("").trimEnd());
    this.pieces = [];
    this.endsWithSpace = true;
    this.hasInk = false;
  }

  private push(line: string, depth = this.quoteDepth): void {
    const prefix = "> ".repeat(Math.min(depth, QUOTE_DEPTH_MAX));
    const whole = `${prefix}${line}`.trimEnd();
    this.lines.push(whole);
    this.length += whole.length + 1;
    this.lastLineIsEmpty = line === "";
    this.gapDepth = this.quoteDepth;
  }
}

function readTag(html: string, open: number): Tag | null {
  const closing = html.charAt(open + 1) === "/";
  const start = open + (closing ? 2 : 1);
  TAG_NAME.lastIndex = start;
  const name = TAG_NAME.exec(html)?.[0];
  if (name === undefined) return null;
  const from = start + name.length;
  const end = endOfTag(html, from);
  const attributes = html.slice(from, Math.min(end, from + 2_000));
  return { name: name.toLowerCase(), closing, attributes, next: end + 1 };
}

/** The position of the `>` that ends a tag: not one inside a quoted attribute value. */
function endOfTag(html: string, from: number): number {
  for (let i = from; i < html.length; i++) {
    const character = html.charAt(i);
    if (character === ">") return i;
    if ((character === '"' || character === "'") && followsEquals(html, from, i)) {
      const end = html.indexOf(character, i + 1);
      if (end !== -1) i = end;
    }
  }
  return html.length;
}

function followsEquals(html: string, from: number, i: number): boolean {
  let before = i - 1;
  while (before >= from && /\s/.test(html.charAt(before))) before--;
  return before >= from && html.charAt(before) === "=";
}

function endOfRawText(html: string, tag: Tag): number {
  const end = new RegExp(`</${tag.name}`, "gi");
  end.lastIndex = tag.next;
  const found = end.exec(html);
  return found === null ? html.length : after(html, ">", found.index);
}

function hides(tag: Tag): boolean {
  return !VOID.has(tag.name) && /display\s{0,10}:\s{0,10}none/i.test(tag.attributes);
}

function after(html: string, mark: string, from: number): number {
  const found = html.indexOf(mark, from);
  return found === -1 ? html.length : found + mark.length;
}

function one(name: string): [string, number] {
  return [name, 1];
}

function two(name: string): [string, number] {
  return [name, 2];
}
