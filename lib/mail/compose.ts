import type { SendMailOptions } from "nodemailer";
import { isSendableAddress } from "./address";
import type { MailAddress } from "./mail";
import { oneLine, pgText } from "./text";

const REFERENCES_MAX = 20;
const RECIPIENTS_MAX = 100;
const SUBJECT_LENGTH_MAX = 998;
const ID = /^[!-;=?-~]{1,250}$/;

export type OutgoingAttachment = {
  filename: string;
  mediaType: string;
  content: Uint8Array;
  contentId?: string | null;
};

export type OutgoingMail = {
  from: MailAddress;
  to: MailAddress[];
  cc: MailAddress[];
  /** Where answers go, when not to `from`. */
  replyTo?: MailAddress;
  subject: string;
  text: string;
  html?: string;
  /** Ids without brackets. */
  messageId: string;
  inReplyTo: string | null;
  references: string[];
  date: Date;
  attachments: OutgoingAttachment[];
  /** Set when no human wrote it: the keyword of its Auto-Submitted header (RFC 3834 §5). */
  autoSubmitted?: "auto-replied" | "auto-generated";
  /** Further headers of one line, of ASCII. */
  headers?: Record<string, string>;
};

type NodemailerAddress = { name: string; address: string };

/** What `composeMail` returns: options for nodemailer's sendMail that leave it nothing to guess. */
export type ComposedMail = SendMailOptions & {
  from: NodemailerAddress;
  to: NodemailerAddress[];
  cc: NodemailerAddress[];
  envelope: { from: string; to: string[] };
};

/**
 * Builds the nodemailer options of an outgoing mail. Addresses become single validated objects and
 * an explicit envelope, ids get their brackets, References is the first id and the newest, 20 at
 * most; nodemailer may read neither files nor URLs. A human's reply carries no header that calls it
 * automatic; what a machine wrote says so, and asks Exchange's responders for no answer either.
 * @throws Error naming the field that holds an unusable address, a control character or too much.
 */
export function composeMail(mail: OutgoingMail): ComposedMail {
  const from = recipient("from", mail.from);
  const to = mail.to.map((address) => recipient("to", address));
  const cc = mail.cc.map((address) => recipient("cc", address));
  const envelopeTo = [...new Set([...to, ...cc].map(({ address }) => address))];
  if (to.length === 0) throw new Error("to: a mail needs a recipient");
  if (envelopeTo.length > RECIPIENTS_MAX) {
    throw new Error(`to: more than ${RECIPIENTS_MAX} recipients`);
  }
  const inReplyTo = mail.inReplyTo === null ? null : foreignId("inReplyTo", mail.inReplyTo);
  const references = referencesOf(mail.references, inReplyTo);
  return {
    from,
    to,
    cc,
    ...(mail.replyTo ? { replyTo: recipient("replyTo", mail.replyTo) } : {}),
    envelope: { from: from.address, to: envelopeTo },
    subject: headerText("subject", mail.subject, SUBJECT_LENGTH_MAX),
    text: pgText(mail.text),
    ...(mail.html === undefined ? {} : { html: pgText(mail.html) }),
    messageId: bracketed("messageId", mail.messageId),
    ...(inReplyTo === null ? {} : { inReplyTo }),
    ...(references.length === 0 ? {} : { references }),
    date: mail.date,
    ...furtherHeaders(mail),
    attachments: mail.attachments.map(attachment),
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

function furtherHeaders({
  autoSubmitted,
  headers = {},
}: OutgoingMail): Pick<SendMailOptions, "headers"> {
  const automatic = autoSubmitted && {
    "Auto-Submitted": autoSubmitted,
    "X-Auto-Response-Suppress": "All",
  };
  const all = Object.entries({ ...automatic, ...headers });
  if (all.length === 0) return {};
  return {
    headers: Object.fromEntries(
      all.map(([name, value]) => [name, headerText(name, value, SUBJECT_LENGTH_MAX)]),
    ),
  };
}

/** Plain text as minimal safe HTML: paragraphs and line breaks, everything else escaped. */
export function textToHtml(text: string): string {
  return pgText(text)
    .trim()
    .split(/\n{2,}/)
    .map((paragraph) => `<p>${escapeHtml(paragraph.trim()).replaceAll("\n", "<br>\n")}</p>`)
    .join("\n");
}

function recipient(field: string, { name, address }: MailAddress): NodemailerAddress {
  if (!isSendableAddress(address)) throw new Error(`${field}: not an address that can be used`);
  return { name: headerText(field, name, 200), address };
}

function headerText(field: string, value: string, lengthMax: number): string {
  if (/\p{Cc}/u.test(value)) throw new Error(`${field}: holds a control character`);
  if (value.length > lengthMax) throw new Error(`${field}: longer than ${lengthMax} characters`);
  return oneLine(value);
}

function bracketed(field: string, id: string): string {
  if (!ID.test(id)) throw new Error(`${field}: not a Message-ID`);
  return `<${id}>`;
}

/** An id a customer's client made up; null when no header of ours could carry it. */
function foreignId(field: string, id: string): string | null {
  if (/\p{Cc}/u.test(id)) throw new Error(`${field}: holds a control character`);
  return ID.test(id) ? `<${id}>` : null;
}

/** RFC 5322 §3.6.4 lets a long chain be shortened; the first id keeps the thread together. */
function referencesOf(ids: string[], inReplyTo: string | null): string[] {
  const usable = [...ids.map((id) => foreignId("references", id)), inReplyTo];
  const all = [...new Set(usable.filter((id) => id !== null))];
  const [first] = all;
  if (all.length <= REFERENCES_MAX || first === undefined) return all;
  return [first, ...all.slice(1 - REFERENCES_MAX)];
}

function attachment({ filename, mediaType, content, contentId }: OutgoingAttachment) {
  return {
    filename: headerText("attachments", filename, 255),
    contentType: /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/.test(mediaType)
      ? mediaType
      : "application/octet-stream",
    content: Buffer.from(content.buffer, content.byteOffset, content.byteLength),
    ...(contentId == null ? {} : { cid: headerText("attachments", contentId, 255) }),
  };
}

/** Text for between the tags of HTML, or inside the quotes of an attribute. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
