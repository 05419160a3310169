import type { Tx } from "../db/client";
import { domainOf } from "../mail/address";
import { messageIdKey, mintMessageId } from "../mail/message-id";
import { replySubject } from "../mail/subject";
import { isOwnAddress, queueDelivery } from "../outbound/queue";
import { acknowledgementText } from "./acknowledgement-text";
import { recordEvent } from "./events";

/** Message.automaticKind of an acknowledgement. */
export const ACKNOWLEDGEMENT = "acknowledgement";

/** A person who writes again within this time gets no second acknowledgement. */
const ONCE_IN_HOURS = 24;

/** All acknowledgements of one account in an hour: beyond that something is going in circles. */
const PER_ACCOUNT_AND_HOUR = 200;

/** The same over all accounts: somebody who writes to each of them, under many names, ends here. */
const IN_ALL_AND_HOUR = 500;

export type Acknowledgeable = {
  ticketId: string;
  accountId: string | null;
  /** The requester, who gets it. */
  contact: { id: string; name: string; address: string };
  /** The mail it answers. */
  messageId: string | null;
};

/**
 * Acknowledges a new ticket if its account says so, in the transaction that opened it: at most one
 * for a person in 24 hours, and never a word of theirs in it. Whether the mail may be answered by a
 * machine at all, the caller has decided (RFC 3834 §2).
 * @returns true when one was queued.
 */
export async function acknowledge(tx: Tx, mail: Acknowledgeable): Promise<boolean> {
  const account = mail.accountId
    ? await tx.emailAccount.findFirst({
        where: { id: mail.accountId, isActive: true, autoAckEnabled: true },
        select: { id: true, email: true, name: true, autoAckText: true },
      })
    : null;
  if (!account || (await isOwnAddress(tx, mail.contact.address))) return false;
  if (await hadOne(tx, mail.contact.id, account.id)) return false;
  const ticket = await tx.ticket.findUniqueOrThrow({
    where: { id: mail.ticketId },
    select: { number: true, subject: true },
  });
  const messageId = mintMessageId(domainOf(account.email));
  const text = acknowledgementText(account.autoAckText, ticket.number);
  const message = await tx.message.create({
    data: {
      ticketId: mail.ticketId,
      kind: "OUTBOUND",
      automaticKind: ACKNOWLEDGEMENT,
      automaticWhy: "Sent by itself, as this account acknowledges new tickets",
      messageId,
      messageIdKey: messageIdKey(messageId),
      inReplyTo: mail.messageId ? [mail.messageId] : [],
      references: mail.messageId ? [mail.messageId] : [],
      fromName: account.name,
      fromAddress: account.email,
      toAddresses: [{ name: mail.contact.name, address: mail.contact.address }],
      contactId: mail.contact.id,
      subject: replySubject(ticket.subject, ticket.number),
      text,
      newText: text,
      sentAt: new Date(),
    },
    select: { id: true },
  });
  await tx.ticket.update({
    where: { id: mail.ticketId },
    data: { messageCount: { increment: 1 } },
    select: { id: true },
  });
  await queueDelivery(tx, {
    messageRowId: message.id,
    accountId: account.id,
    messageId,
    recipients: [mail.contact.address],
  });
  await recordEvent(tx, mail.ticketId, null, {
    kind: "message",
    messageRowId: message.id,
    by: "system",
  });
  return true;
}

/**
 * Two mails of one person at the same moment come one after the other here. The kind stands in the
 * SQL as it does in the index Message_acknowledgements, which covers acknowledgements only.
 */
async function hadOne(tx: Tx, contactId: string, accountId: string): Promise<boolean> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`ack ${contactId}`}, 0))`;
  const [found] = await tx.$queryRaw<{ person: boolean; account: bigint; all: bigint }[]>`
    SELECT
      EXISTS (SELECT 1 FROM "Message" m WHERE m."contactId" = ${contactId}::uuid AND m."automaticKind" = 'acknowledgement'
        AND m."createdAt" > now() - make_interval(hours => ${ONCE_IN_HOURS}::int)) AS person,
      (SELECT count(*) FROM "OutboundEmail" o JOIN "Message" m ON m."id" = o."messageRowId"
        WHERE o."accountId" = ${accountId}::uuid AND m."automaticKind" = 'acknowledgement'
        AND m."createdAt" > now() - interval '1 hour') AS account,
      (SELECT count(*) FROM "Message" m WHERE m."automaticKind" = 'acknowledgement'
        AND m."createdAt" > now() - interval '1 hour') AS "all"`;
  if (!found || found.person) return true;
  return Number(found.account) >= PER_ACCOUNT_AND_HOUR || Number(found.all) >= IN_ALL_AND_HOUR;
}
