import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { addressKey } from "../mail/address";
import type { MailAddress } from "../mail/mail";
import { replySubject } from "../mail/subject";

import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { type AnsweredMail, findAnsweredMail, getMail, threadHeaders } from "./answered-mail";
import { appendInbound } from "./append";
import { endDraft } from "./drafts";

import { requireText } from "./note";
import { quoteOf } from "./quote-of";
import {
  addressesOfPerson,
  everybody,
  knownAddresses,
  type Recipients,
  readRecipients,
  refuseOwnAddresses,
  type TypedRecipients,
} from "./recipients";
import { replyAddress } from "./reply-address";

import { recordPeople } from "./reply-people";
import {
  type AnsweredTicket,
  findTicket,
  isWithoutRequester,
  type MailInput,
  refuseWhenOvertaken,
  senderOf,
  setStatusWith,
  writeMail,
} from "./write-mail";
import { requireWritten } from "./written";

export type ReplyInput = MailInput & {
  /** The mail it answers, where the agent chose one; else the newest of the requester's. */
  answers?: string;
  /** Whether that mail is quoted; without it as its account has it. */
  isQuoting?: boolean;
  /** The agent wants the quote to reach also people who are new on the ticket. */
  isQuotingToNewcomers?: boolean;
};

/**
 * An agent's answer by mail: the message and its delivery are one commit; the worker sends it. The
 * Message-ID is minted here. Without `to` it goes to the requester.
 * @throws AppError "not-found", "invalid" (text, addresses), "conflict" (newer message, no account,
 * a requester without an address).
 */
export async function replyToTicket(
  actor: Actor,
  input: ReplyInput,
): Promise<{ messageRowId: string }> {
  requireDesk(actor);
  const written = requireWritten(input);
  return inTransaction(async (tx) => {
    const access = await requireTicketAccess(tx, actor, input.number);
    await refuseWhenOvertaken(tx, access.id, input.lastMessageRowId);
    const messageRowId = await writeReply(tx, actor, access.id, { ...input, ...written });
    if (input.status) await setStatusWith(tx, actor, access.id, input.status, messageRowId);
    await endDraft(tx, actor, { ticketId: access.id, kind: "reply", version: input.draftVersion });
    return { messageRowId };
  });
}

type Reply = TypedRecipients &
  Pick<
    ReplyInput,
    "sender" | "answers" | "isQuoting" | "isQuotingToNewcomers" | "undoSeconds" | "uploads"
  > & {
    text: string;
    /** The same words with their looks. */
    html: string | null;
  };

/** Writes an answer and queues its delivery. Whoever calls holds the ticket's lock. */
export async function writeReply(
  tx: Tx,
  actor: Actor,
  ticketId: string,
  reply: Reply,
): Promise<string> {
  const ticket = await findTicket(tx, ticketId);
  const { requester } = ticket;
  const standIn = reply.to ? [] : [await requesterMailbox(tx, ticket)];
  const recipients = named(readRecipients(reply, standIn), requester);
  await refuseOwnAddresses(tx, recipients);
  const account = await senderOf(tx, ticket, reply.sender);
  const known = await knownAddresses(tx, ticketId, requester);
  const newcomers = everybody(recipients).filter((address) => !known.has(address));
  const answered = await answeredBy(tx, ticket, reply.answers);
  const isQuoting = reply.isQuoting ?? account.quotesHistory;
  const mayQuote = newcomers.length === 0 || reply.isQuotingToNewcomers === true;
  const isAside = isWithoutRequester(recipients, requester);
  const { inReplyTo, references } = await threadHeaders(tx, ticketId, { answered, isAside });
  const messageRowId = await writeMail(tx, actor, ticket, {
    ...{ recipients, account, isAside, inReplyTo, references },
    words: reply,
    uploads: reply.uploads ?? [],
    // The first mail of a ticket answers nothing.
    subject: inReplyTo
      ? replySubject(ticket.subject, ticket.number)
      : `${ticket.subject} [#${ticket.number}]`,
    below: answered && isQuoting && mayQuote ? await quoteOf(tx, answered, reply.html) : null,
    movesNextStep: !(isAside && answered?.isAside),
    ...(reply.undoSeconds ? { undoSeconds: reply.undoSeconds } : {}),
  });
  const isCcChosen = reply.cc !== undefined && !isAside;
  await recordPeople(tx, actor, ticketId, { messageRowId, recipients, newcomers, isCcChosen });
  return messageRowId;
}

async function requesterMailbox(tx: Tx, { id, requester }: AnsweredTicket): Promise<MailAddress> {
  if (!requester)
    throw new AppError("conflict", "The sender of this mail is unknown, so it can't be answered.");
  return { name: requester.name, address: addressKey(await replyAddress(tx, id, requester)) };
}

/** With the requester's name where only their address was given. */
function named(recipients: Recipients, requester: AnsweredTicket["requester"]): Recipients {
  if (!requester) return recipients;
  const theirs = new Set(addressesOfPerson(requester));
  const to = recipients.to.map(({ name, address }) => ({
    name: name || (theirs.has(address) ? requester.name : ""),
    address,
  }));
  return { ...recipients, to };
}

async function answeredBy(
  tx: Tx,
  { id, requester }: AnsweredTicket,
  chosen: string | undefined,
): Promise<AnsweredMail | null> {
  if (chosen) return getMail(tx, id, chosen);
  return requester && findAnsweredMail(tx, id, requester);
}

/**
 * A registered customer's answer, written in the portal. It reaches the agents like a mail would.
 * Whatever the actor's role, only the requester may write here.
 * @throws AppError "not-found" for a ticket that isn't theirs; "conflict" for a closed one.
 */
export async function replyAsCustomer(
  actor: Actor,
  input: { number: number; text: string },
): Promise<void> {
  const text = requireText(input.text);
  await inTransaction(async (tx) => {
    // Whoever writes here writes as the requester, so an agent may not do it for somebody else.
    const requester = { id: actor.id, role: "CUSTOMER" as const };
    const access = await requireTicketAccess(tx, requester, input.number);
    if (access.status === "CLOSED")
      throw new AppError("conflict", "This ticket is closed. Open a new one.");
    const user = await tx.user.findUniqueOrThrow({
      where: { id: actor.id },
      select: { name: true, email: true },
    });
    const message = {
      text,
      newText: text,
      fromName: user.name,
      fromAddress: user.email,
      authorId: actor.id,
    };
    await appendInbound(
      tx,
      access.id,
      {
        ...message,
        contactId: access.requesterId,
        sentAt: new Date(),
        reason: "Written in the portal",
      },
      { isQuiet: false, at: new Date(), actorId: actor.id },
    );
  });
}
