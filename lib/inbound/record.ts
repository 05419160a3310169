import type { Tx } from "../db/client";
import { db } from "../db/client";
import type { Prisma } from "../db/generated/client";
import { addressKey } from "../mail/address";
import { derivedMessageId } from "../mail/content-id";
import type { FiledAttachment } from "../mail/file-away";
import type { Forwarded, MailAddress, ReadMail } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import type { NewMessage } from "../tickets/append";

const DAY_MS = 86_400_000;

/**
 * When a mail was sent, as far as we believe it: its Date within a day of when it was received,
 * otherwise when it was received. A wrong clock must not put a mail at the end of a conversation.
 */
export function believableDate(mail: Pick<ReadMail, "date">, received: Date): Date {
  if (!mail.date) return received;
  const isNear = Math.abs(mail.date.getTime() - received.getTime()) <= DAY_MS;
  return isNear && mail.date <= received ? mail.date : received;
}

export type MailColumns = NewMessage & { messageId: string; sentAt: Date } & Record<
    "inReplyTo" | "references" | "referenceKeys" | "warnings",
    string[]
  >;

/** The columns of a Message that come from the mail itself. */
export function messageFrom(mail: ReadMail, contentId: string, sentAt: Date): MailColumns {
  const messageId = mail.messageId ?? derivedMessageId(contentId);
  const people = (list: MailAddress[]): Prisma.InputJsonValue =>
    list.map(({ name, address }) => ({ name, address }));
  return {
    messageId,
    // Nothing is threaded by an id of which there are two.
    messageIdKey: mail.messageIdIsAmbiguous ? null : messageIdKey(messageId),
    contentId,
    inReplyTo: mail.inReplyTo,
    references: mail.references,
    referenceKeys: [...new Set([...mail.inReplyTo, ...mail.references].map(messageIdKey))],
    fromName: mail.from?.name ?? "",
    fromAddress: mail.from ? addressKey(mail.from.address) : null,
    toAddresses: people(mail.to),
    ccAddresses: people(mail.cc),
    replyTo: people(mail.replyTo),
    subject: mail.subject,
    sentAt,
    text: mail.text,
    html: mail.html,
    // What only the HTML says is found as well.
    newText: mail.htmlText === null ? mail.newText : `${mail.newText}\n\n${mail.htmlText}`,
    quotedText: mail.quotedText,
    automaticKind: mail.automatic?.kind ?? null,
    automaticWhy: mail.automatic?.why ?? null,
    ...(mail.bounce ? { bounce: mail.bounce } : {}),
    ...(mail.authentication ? { authentication: mail.authentication } : {}),
    ...(mail.calendar ? { calendar: mail.calendar } : {}),
    ...(mail.forwarded ? { forwarded: forwardedColumn(mail.forwarded) } : {}),
    spamVerdict: mail.spamVerdict,
    warnings: mail.warnings,
  };
}

function forwardedColumn({ from, subject, date }: Forwarded): Prisma.InputJsonValue {
  return { from, subject, date: date?.toISOString() ?? null };
}

export type StoredAttachment = Omit<FiledAttachment, "bytes">;

/**
 * Stores the bytes of files that no raw mail gives, by their hash, before the transaction that names
 * them: the same bytes again are no work, and bytes nobody names do no harm.
 */
export async function storeBlobs(files: readonly FiledAttachment[]): Promise<void> {
  for (const { sha256, bytes } of files) {
    if (!bytes) continue;
    await db().pool.query(
      `INSERT INTO "Blob" ("sha256", "size", "bytes") VALUES ($1, $2, $3) ON CONFLICT ("sha256") DO NOTHING`,
      [sha256, bytes.length, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)],
    );
  }
}

/** The row that names a stored file, or its range of the raw mail of a receipt, on a message. */
export function attachmentRow(
  message: { messageRowId: string; receiptId: string },
  file: StoredAttachment,
  position: number,
) {
  const { filename, mediaType, size, contentId, inline, range } = file;
  const sha256 = Uint8Array.from(file.sha256);
  return {
    ...{ messageRowId: message.messageRowId, position, filename, mediaType, size, contentId },
    ...{ isInline: inline, sha256, blobSha256: range ? null : sha256 },
    rawMailId: range ? message.receiptId : null,
    rawOffset: range?.offset ?? null,
    rawLength: range?.length ?? null,
    rawEncoding: range?.encoding ?? null,
  };
}

/** Names the files of a receipt's mail on a message. */
export async function attachFiles(
  tx: Tx,
  message: { messageRowId: string; receiptId: string },
  files: readonly StoredAttachment[],
): Promise<void> {
  if (files.length === 0) return;
  await tx.attachment.createMany({
    data: files.map((file, position) => attachmentRow(message, file, position)),
  });
}
