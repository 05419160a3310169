import type { Automatic, MailAddress, ReadMail } from "./mail";

/** What `desk mail explain` prints for a mail, as JSON (DESIGN.md §5). Dates are ISO 8601. */
export type ExplainedMail = {
  file: string;
  messageId: string | null;
  from: MailAddress | null;
  replyTo: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  subject: string;
  date: string | null;
  text: string;
  html: string | null;
  newText: string;
  quotedText: string;
  attachments: { filename: string; mediaType: string; size: number; contentId: string | null }[];
  automatic: Automatic | null;
  bounce: {
    recipients: { address: string; status: string; permanent: boolean }[];
    originalMessageId: string | null;
  } | null;
  forwarded: { from: MailAddress | null; subject: string | null; date: string | null } | null;
  authentication: ReadMail["authentication"];
  warnings: string[];
};

/** Describes how a mail is understood. `file` is only repeated. Pure; the result is plain JSON. */
export function explainMail(file: string, mail: ReadMail): ExplainedMail {
  const { forwarded } = mail;
  return {
    file,
    messageId: mail.messageId,
    from: mail.from,
    replyTo: mail.replyTo,
    to: mail.to,
    cc: mail.cc,
    subject: mail.subject,
    date: mail.date?.toISOString() ?? null,
    text: mail.text,
    html: mail.html,
    newText: mail.newText,
    quotedText: mail.quotedText,
    attachments: mail.attachments.map(({ filename, mediaType, size, contentId }) => ({
      filename,
      mediaType,
      size,
      contentId,
    })),
    automatic: mail.automatic,
    bounce: mail.bounce && {
      recipients: mail.bounce.recipients.map(({ address, status, permanent }) => ({
        address,
        status,
        permanent,
      })),
      originalMessageId: mail.bounce.originalMessageId,
    },
    forwarded: forwarded && { ...forwarded, date: forwarded.date?.toISOString() ?? null },
    authentication: mail.authentication,
    warnings: mail.warnings,
  };
}
