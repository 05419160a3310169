import sanitize from "sanitize-html";
import { htmlToText } from "./html-text";

const TAGS = "p br strong b em i ul ol li blockquote code pre a".split(" ");

/** What makes a text more than its words: without any of it, the mail is sent as text alone. */
const FORMATTING = /<(strong|b|em|i|ul|ol|blockquote|code|pre|a)[\s>]/i;

/** The editor keeps an empty paragraph at the end to go on in. */
const EMPTY_END = /(?:<p>(?:\s|<br \/>)*<\/p>)+$/;

/**
 * The HTML that our composer wrote, reduced to what it can write: paragraphs, lists, quotes, code, bold,
 * italic, and links with http, https, mailto and tel. No styles, no images, no classes. null when no
 * formatting is in it. Never throws.
 */
export function cleanOwnHtml(html: string): string | null {
  const clean = sanitize(html, {
    allowedTags: TAGS,
    disallowedTagsMode: "discard",
    allowedAttributes: { a: ["href"], ol: ["start"] },
    allowedSchemes: ["http", "https", "mailto", "tel"],
    allowProtocolRelative: false,
    nestingLimit: 20,
  })
    .trim()
    .replace(EMPTY_END, "");
  return FORMATTING.test(clean) ? clean : null;
}

/**
 * The same as text, for readers without HTML: as htmlToText() has it, with the address of a link behind
 * its words, and list items without an empty line between them. `html` is cleanOwnHtml()'s.
 */
export function ownHtmlToText(html: string): string {
  const withTargets = html.replace(
    /<a href="([^"]*)">(.*?)<\/a>/gs,
    (whole, href: string, words: string) => {
      const said = words.replace(/<[^>]*>/g, "");
      const address = href.replace(/^(mailto|tel):/i, "");
      return said === href || said === address ? whole : `${words} (${address})`;
    },
  );
  return htmlToText(withTargets.replace(/<li><p>/g, "<li>").replace(/<\/p><\/li>/g, "</li>"));
}
