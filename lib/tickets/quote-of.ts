import type { Tx } from "../db/client";
import { type Below, quoteBelow } from "../mail/quote-below";
import type { AnsweredMail } from "./answered-mail";

/**
 * What an answer quotes of the mail it answers: null when nobody is known to have written it, or it
 * has no words of its own. Its HTML, which may be a megabyte, is read only for an answer with HTML.
 */
export async function quoteOf(
  tx: Pick<Tx, "message">,
  mail: AnsweredMail,
  answerHtml: string | null,
): Promise<Below | null> {
  const { from, date, newText, quotedText } = mail;
  if (!from || !newText.trim()) return null;
  const row = answerHtml
    ? await tx.message.findUnique({ where: { id: mail.id }, select: { html: true } })
    : null;
  return quoteBelow({ from, date, newText, quotedText, html: row?.html ?? null });
}
