/** What the editor's document is made of, as far as plain text needs it. */
type Inline = { type: "text"; text: string } | { type: "hardBreak" };
export type RichContent = { type: "doc"; content: { type: "paragraph"; content?: Inline[] }[] };

/** Between two paragraphs of the editor's text. */
export const BETWEEN_PARAGRAPHS = "\n\n";

/**
 * Plain text as the editor's document: an empty line parts paragraphs. A place in the text is the same
 * place in the document, one further on, so that a selection can be carried over.
 */
export function contentOf(text: string): RichContent {
  const content = text.split(BETWEEN_PARAGRAPHS).map((paragraph) => ({
    type: "paragraph" as const,
    content: paragraph
      .split("\n")
      .flatMap((line, index): Inline[] => [
        ...(index > 0 ? [{ type: "hardBreak" as const }] : []),
        ...(line === "" ? [] : [{ type: "text" as const, text: line }]),
      ]),
  }));
  return { type: "doc", content };
}

/** The same as HTML, to stand before or after formatted text. */
export function htmlOf(text: string): string {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  return escaped
    .split(BETWEEN_PARAGRAPHS)
    .map((paragraph) => `<p>${paragraph.replaceAll("\n", "<br>")}</p>`)
    .join("");
}

/** Whether the editor's HTML says more than its words. */
export function isFormatted(html: string): boolean {
  return /<(strong|em|ul|ol|blockquote|code|pre|a)[\s>]/.test(html);
}
