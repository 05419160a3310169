import type { Tx } from "../db/client";
import type { TicketStatus } from "../db/generated/client";
import { AppError } from "../errors";
import { addressKey, domainOf } from "../mail/address";
import { answerBody } from "../mail/answer-body";
import { messageIdKey, mintMessageId } from "../mail/message-id";
import type { Below } from "../mail/quote-below";
import {
  findSendingAccount,
  queueDelivery,
  requireSendingAccount,
  type SendingAccount,
} from "../outbound/queue";
import type { Sender } from "../outbound/sender";
import { attachUploads } from "../uploads";
import type { Actor } from "./access";
import { appendOutbound } from "./append";
import { recordEvent } from "./events";
import {
  addressesOfPerson,
  everybody,
  type Recipients,
  type Requester,
  type TypedRecipients,
} from "./recipients";
import { restateTicket } from "./take-back";

/** What an answer and a forwarded mail have in common. */
export type MailInput = TypedRecipients & {
  number: number;
  text: string;
  /** The text with its formatting, as the composer wrote it; cleaned here. */
  html?: string;
  /** Files of the actor's draft, by id, in their order. */
  uploads?: readonly string[];
  /** The version of the actor's draft that is sent: it ends with it. */
  draftVersion?: string;
  /** The account and address it leaves from; without it the ticket's own, or the default one. */
  sender?: Sender;
  /** The newest message the agent saw: the send stops when another has come since. */
  lastMessageRowId?: string;
  /** The status to set with it. */
  status?: TicketStatus;
  /** How long it may still be taken back; without it, it leaves at once. */
  undoSeconds?: number;
};

/** @throws AppError "conflict" when a message is newer than the one the agent `seen`. */
export async function refuseWhenOvertaken(
  tx: Tx,
  ticketId: string,
  seen: string | undefined,
): Promise<void> {
  if (!seen) return;
  const newest = await tx.message.findFirst({
    where: { ticketId },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { id: true },
  });
  if (newest && newest.id !== seen)
    throw new AppError(
      "conflict",
      "A new message came in while you were writing. Read it, then send again.",
      "lastMessageRowId",
    );
}

export type AnsweredTicket = {
  id: string;
  number: number;
  subject: string;
  accountId: string | null;
  assigneeId: string | null;
  requester: (Requester & { name: string }) | null;
};

/** What writing a mail needs to know of its ticket. */
export function findTicket(tx: Tx, ticketId: string): Promise<AnsweredTicket> {
  return tx.ticket.findUniqueOrThrow({
    where: { id: ticketId },
    select: {
      id: true,
      number: true,
      subject: true,
      accountId: true,
      assigneeId: true,
      requester: {
        select: { id: true, email: true, name: true, mergedFrom: { select: { email: true } } },
      },
    },
  });
}

/** The account a mail leaves from. @throws AppError "conflict" as findSendingAccount(). */
export function senderOf(
  tx: Tx,
  ticket: Pick<AnsweredTicket, "accountId">,
  chosen: Sender | undefined,
): Promise<SendingAccount> {
  return chosen ? requireSendingAccount(tx, chosen) : findSendingAccount(tx, ticket.accountId);
}

/** Whether the requester, where there is one, is not among those it goes to. */
export function isWithoutRequester(recipients: Recipients, requester: Requester | null): boolean {
  if (!requester) return false;
  const theirs = new Set(addressesOfPerson(requester));
  return !everybody(recipients).some((address) => theirs.has(addressKey(address)));
}

export type WrittenMail = {
  recipients: Recipients;
  account: SendingAccount;
  subject: string;
  words: { text: string; html: string | null };
  /** Files of the actor's draft, by id. */
  uploads: readonly string[];
  /** Bytes of other files that go with it. */
  besideBytes?: number;
  below: Below | null;
  inReplyTo: string | null;
  references: string[];
  isAside: boolean;
  /** Whether the next step is the other side's now. */
  movesNextStep: boolean;
  forwardOfId?: string;
  undoSeconds?: number;
};

/**
 * The row of a mail and its delivery; whoever wrote it takes the ticket, if nobody has it. The
 * signature is the agent's, or the account's where the agent has none.
 */
export async function writeMail(
  tx: Tx,
  actor: Actor,
  ticket: AnsweredTicket,
  mail: WrittenMail,
): Promise<string> {
  const { account, recipients, inReplyTo } = mail;
  const messageId = mintMessageId(domainOf(account.email));
  const author = await tx.user.findUniqueOrThrow({
    where: { id: actor.id },
    select: { signature: true },
  });
  const body = answerBody(mail.words, author.signature || account.signature, mail.below);
  const messageRowId = await appendOutbound(tx, ticket.id, {
    ...{ ...body, messageId, messageIdKey: messageIdKey(messageId), authorId: actor.id },
    ...{ inReplyTo: inReplyTo ? [inReplyTo] : [], references: mail.references },
    ...{ fromName: account.name, fromAddress: account.email, subject: mail.subject },
    ...{ toAddresses: recipients.to, ccAddresses: recipients.cc, bccAddresses: recipients.bcc },
    ...{ isAside: mail.isAside, forwardOfId: mail.forwardOfId ?? null, sentAt: new Date() },
  });
  await attachUploads(tx, actor, {
    ...{ messageRowId, ticketId: ticket.id, ids: mail.uploads },
    ...{ sizeMax: account.smtpSizeMax, beside: mail.besideBytes ?? 0 },
  });
  if (!mail.movesNextStep) await restateTicket(tx, ticket.id);
  const delivery = { messageRowId, accountId: account.id, messageId };
  await queueDelivery(
    tx,
    { ...delivery, recipients: everybody(recipients) },
    mail.undoSeconds ?? 0,
  );
  if (!ticket.assigneeId) {
    const data = { assigneeId: actor.id };
    await tx.ticket.update({ where: { id: ticket.id }, data, select: { id: true } });
    await recordEvent(tx, ticket.id, actor.id, {
      ...{ kind: "assigned", from: null, to: actor.id, with: messageRowId },
    });
  }
  return messageRowId;
}

/** Sets the status that an agent chose together with a mail. */
export async function setStatusWith(
  tx: Tx,
  actor: Actor,
  ticketId: string,
  status: TicketStatus,
  messageRowId: string,
): Promise<void> {
  const before = await tx.ticket.findUniqueOrThrow({
    where: { id: ticketId },
    select: { status: true },
  });
  if (before.status === status) return;
  await tx.ticket.update({
    where: { id: ticketId },
    data: { status, closedAt: status === "CLOSED" ? new Date() : null },
    select: { id: true },
  });
  await recordEvent(tx, ticketId, actor.id, {
    ...{ kind: "status", from: before.status, to: status, with: messageRowId },
  });
}
