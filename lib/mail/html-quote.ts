import { htmlToText } from "./html-text";
import { isBlank, isQuotedLine } from "./quote-line";
import { containerStart } from "./quote-marks";

const NOT_WORDS = /[^\p{L}\p{N}]+/gu;

/**
 * The line of a mail's text where the older mail begins, by the container that its HTML puts around
 * that: for texts without any mark. Null when the HTML has no container, when text and HTML do not say
 * the same above it, or when somebody answers inside it. Linear in both.
 */
export function lineOfContainer(lines: readonly string[], html: string): number | null {
  const at = containerStart(html);
  if (at === null) return null;
  const above = htmlToText(html.slice(0, at)).replace(NOT_WORDS, "");
  const below = htmlToText(html.slice(at)).split("\n");
  if (above === "" || below.every(isBlank) || isAnsweredInside(below)) return null;
  let line = 0;
  let words = "";
  while (line < lines.length && words.length < above.length)
    words += (lines[line++] ?? "").replace(NOT_WORDS, "");
  return words === above && line < lines.length ? line : null;
}

function isAnsweredInside(below: readonly string[]): boolean {
  const firstQuoted = below.findIndex(isQuotedLine);
  return (
    firstQuoted !== -1 &&
    below.slice(firstQuoted).some((line) => !isBlank(line) && !isQuotedLine(line))
  );
}
