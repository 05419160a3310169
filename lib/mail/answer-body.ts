import { escapeHtml } from "./compose";
import type { Below } from "./quote-below";
import { pgText } from "./text";

/** Characters of a signature. */
export const SIGNATURE_LENGTH_MAX = 2_000;

export const SIGNATURE_TOO_LONG = `A signature may have ${SIGNATURE_LENGTH_MAX.toLocaleString("en")} characters at most.`;

/** A signature as it is stored: without the `-- ` that is put above it. */
export function tidySignature(typed: string): string {
  return pgText(typed)
    .replace(/^(?:\s*--[ \t]*\n)+/, "")
    .replace(/^\s*\n/, "")
    .trimEnd();
}

export type AnswerBody = {
  /** The whole mail as it is sent. */
  text: string;
  html: string | null;
  /** The agent's own words. */
  newText: string;
  /** What stands below them and the signature. */
  quotedText: string;
};

/**
 * Puts a mail together: the agent's words, the signature below `-- ` (RFC 3676 §4.3; mail programs
 * leave it out of an answer), and what is quoted below that. HTML only when the words have some.
 */
export function answerBody(
  words: { text: string; html: string | null },
  signature: string,
  below: Below | null,
): AnswerBody {
  const signed = signature.trim() ? `-- \n${signature.trim()}` : "";
  const text = [words.text, signed, below?.text ?? ""].filter(Boolean).join("\n\n");
  const html = [words.html ?? "", signatureHtml(signed), below?.html ?? ""];
  return {
    text,
    html: words.html === null ? null : html.filter(Boolean).join("\n"),
    newText: words.text,
    quotedText: below?.text ?? "",
  };
}

/** A text and its HTML with a foot above what they quote, in one signature with what stands there. */
export function withFoot(
  { text, html, newText, quotedText }: AnswerBody,
  foot: string,
): { text: string; html: string | null } {
  const isQuoting = quotedText !== "" && text.endsWith(quotedText);
  const own = (isQuoting ? text.slice(0, -quotedText.length) : text).trimEnd();
  const line = `\n${own.slice(newText.length)}`.includes("\n-- \n") ? foot : `-- \n${foot}`;
  const footed = `${own}\n\n${line}`;
  const at = html?.indexOf('<div class="gmail_quote">') ?? -1;
  const end = html && isQuoting && at !== -1 ? at : (html?.length ?? 0);
  return {
    text: isQuoting ? `${footed}\n\n${quotedText}` : footed,
    html:
      html && `${html.slice(0, end).trimEnd()}\n${signatureHtml(line)}\n${html.slice(end)}`.trim(),
  };
}

/** The agent's own words of what answerBody() put together: what stands above signature and quote. */
export function ownHtml(html: string): string {
  const at = [SIGNATURE, '<div class="gmail_quote">'].map((mark) => html.indexOf(mark));
  const end = Math.min(...at.filter((index) => index !== -1), html.length);
  return html.slice(0, end).trim();
}

const SIGNATURE = '<p class="signature">';

function signatureHtml(signature: string): string {
  return signature && `${SIGNATURE}${escapeHtml(signature).replaceAll("\n", "<br>\n")}</p>`;
}
