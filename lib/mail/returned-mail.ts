import { decodeRawHeader, decodeWords } from "./encoded-word";
import { fieldValue, type RawField, readHeaderBlock } from "./header-block";
import type { MailAttachment, MailHeader } from "./mail";
import { parseMessageId, parseMessageIds } from "./message-id";

const PART_BYTES_MAX = 262_144;
const TEXT_LENGTH_MAX = 65_536;
const RETURNED = /^(?:message\/(?:global|rfc822|global-headers)|text\/rfc822-headers)$/;

type Source = {
  headers: readonly MailHeader[];
  text: string;
  attachments: readonly MailAttachment[];
};

/**
 * The Message-ID of the mail that a report is about: in the returned part, whole or headers only; in
 * what a read receipt says (RFC 8098 §3.2.5); in the text below the report; in what the report
 * answers. Null when it names none.
 */
export function readAboutMessageId({ headers, text, attachments }: Source): string | null {
  for (const fields of returnedHeaders(attachments)) {
    const id = idIn(fields, "message-id");
    if (id !== null) return id;
  }
  for (const { mediaType, content } of attachments) {
    if (mediaType !== "message/disposition-notification") continue;
    const { fields } = readHeaderBlock(content.subarray(0, PART_BYTES_MAX));
    const id = idIn(fields, "original-message-id");
    if (id !== null) return id;
  }
  const inText = /^[> \t]{0,20}Message-ID:\s{0,20}(<[^<>\s]{3,250}>)/im.exec(
    text.slice(0, TEXT_LENGTH_MAX),
  );
  if (inText !== null) return parseMessageId(inText[1] ?? "");
  const answered = headers.find(({ name }) => /^in-reply-to$/i.test(name))?.value ?? "";
  return parseMessageIds(answered)[0] ?? null;
}

/** Whether a mail, or its header, is among the parts. */
export function bringsMailBack(attachments: readonly MailAttachment[]): boolean {
  return attachments.some(({ mediaType }) => RETURNED.test(mediaType));
}

/** A complaint in the form Microsoft sends: the mail, with who complained in its header. */
export function isPassedOnComplaint(attachments: readonly MailAttachment[]): boolean {
  const [fields] = returnedHeaders(attachments);
  return fields !== undefined && fieldValue(fields, "x-hmxmroriginalrecipient") !== null;
}

function returnedHeaders(attachments: readonly MailAttachment[]): RawField[][] {
  return attachments
    .filter(({ mediaType }) => RETURNED.test(mediaType))
    .map(({ content }) => readHeaderBlock(content.subarray(0, PART_BYTES_MAX)).fields);
}

function idIn(fields: readonly RawField[], name: string): string | null {
  const value = fieldValue(fields, name);
  return value === null ? null : parseMessageId(decodeWords(decodeRawHeader(value)));
}
