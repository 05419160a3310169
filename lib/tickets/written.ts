import { AppError } from "../errors";
import { cleanOwnHtml, ownHtmlToText } from "../mail/own-html";
import { pgText } from "../mail/text";
import { cleanText, requireText } from "./note";
import { TEXT_MAX } from "./text-max";

/** Characters with formatting. */
const HTML_MAX = 4 * TEXT_MAX;

/**
 * What an agent wrote, with and without formatting: the text is made from the HTML where there is some,
 * so that both say the same. `html` is null when nothing is formatted.
 * @throws AppError "invalid" when nothing is left, or it is too long.
 */
export function requireWritten(given: { text: string; html?: string }): {
  text: string;
  html: string | null;
} {
  const { text, html } = cleanWritten(given);
  return { text: requireText(text), html };
}

/** The same, and nothing at all is fine as well. @throws AppError "invalid" when it is too long. */
export function cleanWritten(given: { text: string; html?: string }): {
  text: string;
  html: string | null;
} {
  if ((given.html?.length ?? 0) > HTML_MAX)
    throw new AppError("invalid", "That is too long with its formatting.", "text");
  const html = given.html ? cleanOwnHtml(pgText(given.html)) : null;
  return { text: cleanText(html ? ownHtmlToText(html) : given.text), html };
}
