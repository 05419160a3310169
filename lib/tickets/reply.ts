import { inTransaction, type Tx } from "../db/client";
import type { TicketStatus } from "../db/generated/client";
import { AppError } from "../errors";
import { addressKey, domainOf } from "../mail/address";
import { messageIdKey, mintMessageId } from "../mail/message-id";
import { replySubject } from "../mail/subject";
import { findSendingAccount, queueDelivery } from "../outbound/queue";
import { attachUploads } from "../uploads";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { appendInbound, appendOutbound } from "./append";
import { endDraft } from "./drafts";
import { recordEvent } from "./events";
import { requireText } from "./note";
import { replyAddress } from "./reply-address";
import { requireWritten } from "./written";

/** References we send: enough for every client to thread by (RFC 5322 §3.6.4 sets no bound). */
const REFERENCES_MAX = 20;

/** People in Cc of one answer. */
const CC_MAX = 20;

export type ReplyInput = {
  number: number;
  text: string;
  /** The text with its formatting, as the composer wrote it; cleaned here. */
  html?: string;
  /** Files of the actor's draft, by id, in their order. */
  uploads?: readonly string[];
  cc?: string[];
  /** The newest message the agent saw: the send stops when another has come since. */
  lastMessageRowId?: string;
  /** The status to set with the answer. */
  status?: TicketStatus;
  /** How long it may still be taken back; without it, it leaves at once. */
  undoSeconds?: number;
  /** The version of the actor's draft that is sent: it ends with it. */
  draftVersion?: string;
};

/**
 * An agent's answer by mail, to the requester and those in `cc`: the message and its delivery are
 * one commit; the worker sends it. The Message-ID is minted here.
 * @throws AppError "not-found", "invalid" (text, addresses), "conflict" (newer message, no account,
 * a requester without an address).
 */
export async function replyToTicket(
  actor: Actor,
  input: ReplyInput,
): Promise<{ messageRowId: string }> {
  requireDesk(actor);
  const { text, html } = requireWritten(input);
  const cc = [
    ...new Set((input.cc ?? []).map((address) => addressKey(address.trim())).filter(Boolean)),
  ];
  if (cc.length > CC_MAX) throw new AppError("invalid", `At most ${CC_MAX} addresses in Cc.`, "cc");
  return inTransaction(async (tx) => {
    const access = await requireTicketAccess(tx, actor, input.number);
    await refuseWhenOvertaken(tx, access.id, input.lastMessageRowId);
    const reply = { text, html, cc, uploads: input.uploads ?? [] };
    const messageRowId = await writeReply(tx, actor, access.id, reply, input.undoSeconds);
    if (input.status) await setStatus(tx, actor, access.id, input.status, messageRowId);
    const { draftVersion: version } = input;
    await endDraft(tx, actor, { ticketId: access.id, kind: "reply", version });
    return { messageRowId };
  });
}

async function refuseWhenOvertaken(
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

/**
 * Writes the message and queues its delivery: to replyAddress() unless `to` names another address of
 * the requester. Whoever calls holds the ticket's lock.
 */
export async function writeReply(
  tx: Tx,
  actor: Actor,
  ticketId: string,
  reply: {
    text: string;
    html?: string | null;
    uploads?: readonly string[];
    cc: string[];
    to?: string;
  },
  delaySeconds = 0,
): Promise<string> {
  const ticket = await tx.ticket.findUniqueOrThrow({
    where: { id: ticketId },
    select: {
      number: true,
      subject: true,
      accountId: true,
      assigneeId: true,
      requester: {
        select: { id: true, email: true, name: true, mergedFrom: { select: { email: true } } },
      },
    },
  });
  if (!ticket.requester)
    throw new AppError("conflict", "The sender of this mail is unknown, so it can't be answered.");
  const account = await findSendingAccount(tx, ticket.accountId);
  const { inReplyTo, references } = await threadOf(tx, ticketId);
  const messageId = mintMessageId(domainOf(account.email));
  const address = reply.to ?? (await replyAddress(tx, ticketId, ticket.requester));
  const to = { name: ticket.requester.name, address };
  const cc = reply.cc.filter((address) => address !== addressKey(to.address));
  const messageRowId = await appendOutbound(tx, ticketId, {
    authorId: actor.id,
    messageId,
    messageIdKey: messageIdKey(messageId),
    inReplyTo: inReplyTo ? [inReplyTo] : [],
    references,
    fromName: account.name,
    fromAddress: account.email,
    toAddresses: [to],
    ccAddresses: cc.map((address) => ({ name: "", address })),
    // The first mail of a ticket answers nothing.
    subject: inReplyTo
      ? replySubject(ticket.subject, ticket.number)
      : `${ticket.subject} [#${ticket.number}]`,
    text: reply.text,
    newText: reply.text,
    html: reply.html ?? null,
    sentAt: new Date(),
  });
  const { uploads = [] } = reply;
  const sizeMax = account.smtpSizeMax;
  await attachUploads(tx, actor, { messageRowId, ticketId, ids: uploads, sizeMax });
  const recipients = [to.address, ...cc];
  const delivery = { messageRowId, accountId: account.id, messageId, recipients };
  await queueDelivery(tx, delivery, delaySeconds);
  if (!ticket.assigneeId) {
    await tx.ticket.update({
      where: { id: ticketId },
      data: { assigneeId: actor.id },
      select: { id: true },
    });
    await recordEvent(tx, ticketId, actor.id, {
      ...{ kind: "assigned", from: null, to: actor.id, with: messageRowId },
    });
  }
  return messageRowId;
}

/**
 * What the next mail on a ticket answers: the newest mail that has a Message-ID, preferring the
 * customer's, and all before it, oldest first (RFC 5322 §3.6.4). The first and the newest are kept.
 */
async function threadOf(
  tx: Tx,
  ticketId: string,
): Promise<{ inReplyTo: string | null; references: string[] }> {
  const mails = await tx.message.findMany({
    where: {
      ...{ ticketId, messageId: { not: null }, kind: { in: ["INBOUND", "OUTBOUND"] } },
      // What never left is known to nobody.
      NOT: { outbound: { some: { status: "CANCELLED" } } },
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { messageId: true, kind: true, automaticKind: true },
    take: 500,
  });
  mails.reverse();
  const ids = mails.map((mail) => mail.messageId).filter((id) => id !== null);
  const answered =
    mails.filter((mail) => mail.kind === "INBOUND" && !mail.automaticKind).at(-1) ?? mails.at(-1);
  const others = [...new Set(ids)].filter((id) => id !== answered?.messageId);
  const kept =
    others.length < REFERENCES_MAX
      ? others
      : [...others.slice(0, 1), ...others.slice(-(REFERENCES_MAX - 2))];
  return {
    inReplyTo: answered?.messageId ?? null,
    references: answered?.messageId ? [...kept, answered.messageId] : kept,
  };
}

async function setStatus(
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
