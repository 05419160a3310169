import { htmlToText } from "./html-text";

const HTML_BYTES_MAX = 1_048_576;

/** One node of the MIME tree, as far as reading the text needs it. */
export type Part = {
  mediaType: string;
  charset: string | null;
  /** Decoded text of a text part that is no attachment; null for everything else. */
  text: string | null;
  children: Part[];
};

export type Body = { text: string; html: string | null };

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
  return { text: plain?.text ?? rich?.text ?? "", html: rich?.html ?? null };
}

function joinAll(bodies: Body[]): Body {
  const text = bodies.map((body) => body.text.trimEnd()).join("\n\n");
  if (bodies.every(({ html }) => html === null)) return { text, html: null };
  const html: string[] = [];
  let length = 0;
  for (const body of bodies) {
    if (length > HTML_BYTES_MAX) break;
    const piece = body.html ?? plainAsHtml(body.text);
    html.push(piece);
    length += piece.length;
  }
  return { text, html: html.join("<br>\n") };
}

function plainAsHtml(text: string): string {
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  return `<div>${escaped.trimEnd().replaceAll("\n", "<br>\n")}</div>`;
}

function hasInk(text: string): boolean {
  return text.trim() !== "";
}
