const CLASSES = [
  "gmail_quote|yahoo_quoted|moz-cite-prefix|moz-forward-container|protonmail_quote",
  "tutanota_quote|zmail_extra|WM_original_message|hcsmail_quote",
].join("|");
const IDS = [
  "appendonsend|divRplyFwdMsg|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION",
  "isForwardContent|yahoo_quoted|reply-intro|ymail_android_signature_quote",
].join("|");

/** What mail programs put around the older mail, or right above it, in HTML; a blockquote aside. */
const CONTAINERS = [
  String.raw`<(?:div|p|span)[^<>]{0,300}\bclass=["']?(?:[\w-]{1,40} ){0,3}(?:x_)?(?:${CLASSES})`,
  String.raw`<(?:div|p|span)[^<>]{0,300}\bid=["']?(?:x_)?(?:${IDS})`,
  // GMX and web.de
  String.raw`<div[^<>]{0,300}\bname=["']?quote["'\s>]`,
  // Outlook on the desktop: only the line above the head of the older mail
  String.raw`<div[^<>]{0,60}\bstyle=["']?border:\s?none;\s{0,4}border-top:\s?solid #?\w{3,20} [\d.]{1,4}pt`,
].join("|");

const CONTAINER = new RegExp(CONTAINERS, "i");
const MARK = new RegExp(`${CONTAINERS}|<blockquote`, "i");

/** Where the quoted history of a mail's HTML begins, blockquotes included; null when it has none. */
export function quoteStart(html: string): number | null {
  const at = html.search(MARK);
  return at > 0 ? at : null;
}

/** Where a mail program says that the older mail begins; null when none does. */
export function containerStart(html: string): number | null {
  const at = html.search(CONTAINER);
  return at > 0 ? at : null;
}

/**
 * Whether the part of a mail's HTML before the quote holds what its sender wrote. Whoever answers
 * between the quoted lines must not have their words folded away.
 */
export function holdsWords(html: string, newText: string): boolean {
  const letters = (text: string) => text.match(/[\p{L}\p{N}]/gu)?.length ?? 0;
  const expected = letters(newText);
  return expected > 0 && letters(html.replace(/<[^>]*>|&\w+;/g, " ")) >= expected * 0.9;
}
