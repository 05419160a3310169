import { z } from "zod";
import { db } from "../db/client";
import type { EmailAccount, Message } from "../db/generated/client";
import { messageOf } from "../errors";
import { addressKey, domainOf } from "../mail/address";

import { withFoot } from "../mail/answer-body";
import { type ComposedMail, composeMail, type OutgoingMail } from "../mail/compose";

import { portalFoot, REGISTRATION_IS_OPEN } from "../portal";
import { ticketAddress } from "../ticket-address";
import { ACKNOWLEDGEMENT } from "../tickets/acknowledge";
import { openAttachmentBytes, type StoredFile } from "./attachments";
import type { ClaimedDelivery } from "./delivery-claims";
import { openNotice } from "./notice";
import { NOTICE_HEADER } from "./notice-header";

const people = z.array(z.object({ name: z.string(), address: z.string() }));

/** What of a delivery its mail is made of. */
export type Composable = Pick<
  ClaimedDelivery,
  "id" | "messageRowId" | "messageId" | "noticeSealed" | "isTooLate"
>;

/** What of its account. */
type Sender = Pick<EmailAccount, "email" | "name" | "plusAddressing">;

/**
 * The mail of a delivery as nodemailer takes it, for those of its recipients who wait for it.
 * @throws Unsendable for what can't be put together: no later try could do better.
 */
export function composeDelivery(
  delivery: Composable,
  account: Sender,
  envelopeTo: string[],
): Promise<ComposedMail> {
  return delivery.messageRowId === null
    ? composeNotice(delivery, account)
    : composeMessage(delivery, delivery.messageRowId, { account, envelopeTo });
}

async function composeNotice(delivery: Composable, account: Sender): Promise<ComposedMail> {
  // By now the link in it is too old.
  if (!delivery.noticeSealed || delivery.isTooLate)
    throw new Unsendable("It could not be sent in time.", "Make a new link.");
  const { isTicketNews, ...notice } = openNotice(delivery.id, delivery.noticeSealed);
  return composed({
    ...notice,
    from: { name: account.name, address: account.email },
    to: [notice.to],
    cc: [],
    messageId: delivery.messageId,
    inReplyTo: null,
    references: [],
    date: new Date(),
    attachments: [],
    autoSubmitted: "auto-generated",
    headers: {
      [NOTICE_HEADER]: delivery.messageId,
      ...(isTicketNews ? { "List-Id": `Ticket news <tickets.${domainOf(account.email)}>` } : {}),
    },
  });
}

async function composeMessage(
  delivery: Composable,
  messageRowId: string,
  { account, envelopeTo }: { account: Sender; envelopeTo: string[] },
): Promise<ComposedMail> {
  const message = await readMessage(messageRowId);
  const fromName = message.fromName || message.authorName || "";
  // An aside is not for the requester, and only they get to the portal.
  const foot = message.isAside ? null : portalFoot(message);
  const { text, html } = foot ? withFoot(message, foot) : message;
  // Only the account's own address is known to have such ones.
  const isOwn = addressKey(message.fromAddress ?? "") === addressKey(account.email);
  const own = account.plusAddressing && isOwn ? ticketAddress(account.email, message.number) : null;
  const mail = composed({
    from: { name: fromName, address: message.fromAddress ?? "" },
    to: people.parse(message.toAddresses),
    cc: people.parse(message.ccAddresses),
    ...(own ? { replyTo: { name: fromName, address: own } } : {}),
    subject: message.subject,
    text,
    ...(html === null ? {} : { html }),
    messageId: delivery.messageId,
    inReplyTo: message.inReplyTo[0] ?? null,
    references: message.references,
    date: message.sentAt ?? message.createdAt,
    attachments: await openAttachmentBytes(message.attachments),
    ...(message.automaticKind === ACKNOWLEDGEMENT ? { autoSubmitted: "auto-replied" } : {}),
  });
  // Those who have it already do not get it again; the headers stay as they were written. People in
  // Bcc are in the envelope only (RFC 5322 §3.6.3).
  return { ...mail, envelope: { from: message.fromAddress ?? "", to: envelopeTo } };
}

type OutgoingMessage = Pick<
  Message,
  | "fromName"
  | "fromAddress"
  | "toAddresses"
  | "ccAddresses"
  | "subject"
  | "text"
  | "html"
  | "newText"
  | "quotedText"
  | "isAside"
  | "inReplyTo"
  | "references"
  | "sentAt"
  | "createdAt"
  | "automaticKind"
> & {
  authorName: string | null;
  number: number;
  /** The requester's, when they can sign in or could once. */
  user: { isActive: boolean } | null;
  isRegistrationOpen: boolean;
  attachments: StoredFile[];
};

/**
 * In one query: by Prisma it would be six, one after the other, for each mail. Looked up and not joined,
 * which takes the planner a third longer than everything else about it.
 */
async function readMessage(messageRowId: string): Promise<OutgoingMessage> {
  const { rows } = await db().pool.query<OutgoingMessage>(
    `SELECT m."fromName", m."fromAddress", m."toAddresses", m."ccAddresses", m."subject", m."text", m."html", m."newText", m."quotedText", m."isAside",
       COALESCE(m."inReplyTo", '{}') AS "inReplyTo", COALESCE(m."references", '{}') AS "references", m."sentAt", m."createdAt", m."automaticKind",
       (SELECT author."name" FROM "User" author WHERE author."id" = m."authorId") AS "authorName",
       (SELECT t."number" FROM "Ticket" t WHERE t."id" = m."ticketId") AS "number",
       (SELECT jsonb_build_object('isActive', u."isActive") FROM "User" u WHERE u."id" = (
         SELECT requester."userId" FROM "Contact" requester WHERE requester."id" = (
           SELECT t."requesterId" FROM "Ticket" t WHERE t."id" = m."ticketId"))) AS "user",
       ${REGISTRATION_IS_OPEN} AS "isRegistrationOpen",
       COALESCE((SELECT jsonb_agg(jsonb_build_object('filename', a."filename", 'mediaType', a."mediaType",
           'contentId', a."contentId", 'isInline', a."isInline", 'sha256', encode(a."blobSha256", 'hex'), 'rawMailId', a."rawMailId",
           'rawOffset', a."rawOffset", 'rawLength', a."rawLength", 'rawEncoding', a."rawEncoding") ORDER BY a."position")
         FROM "Attachment" a WHERE a."messageRowId" = m."id"), '[]') AS "attachments"
     FROM "Message" m WHERE m."id" = $1`,
    [messageRowId],
  );
  const [message] = rows;
  if (!message) throw new Error(`There is no message ${messageRowId}.`);
  return message;
}

/** It can't be put together, so no later try can help; `fix` says what the person can do. */
export class Unsendable extends Error {
  readonly fix: string;

  constructor(cause: string, fix: string) {
    super(cause);
    this.fix = fix;
  }
}

function composed(mail: OutgoingMail): ComposedMail {
  try {
    return composeMail(mail);
  } catch (error) {
    const cause = `The mail could not be put together: ${messageOf(error)}.`;
    throw new Unsendable(cause, "Change it and send it again.");
  }
}
