import { findBlock } from "../blocked-senders";
import { crashpoint } from "../crashpoint";
import type { Tx } from "../db/client";
import { addressKey } from "../mail/address";
import { checkSender } from "../mail/auth-results";
import { messageIdKey } from "../mail/message-id";
import { saysTheSame } from "../mail/same-words";
import { acknowledge } from "../tickets/acknowledge";
import { appendInbound } from "../tickets/append";
import { createTicketRow } from "../tickets/open";
import { addParticipants } from "../tickets/participants";
import type { BatchMail } from "./batch-facts";
import { newTicketPeople } from "./forwarded";
import { mayBeAcknowledged } from "./may-be-acknowledged";
import { answeredByMachine, isNotice, ownNoticeKeys } from "./own-notice";
import { contactsOf, isAnsweredToUs, peopleNamed } from "./people";
import { attachFiles, messageFrom } from "./record";
import { recordReport } from "./report";
import { senderFlood } from "./sender-flood";
import {
  answersAside,
  findLateChild,
  findThread,
  lockConversation,
  lockTarget,
  type Match,
  mayJoin,
  type TargetTicket,
  threadKeys,
} from "./thread";

/** What became of a receipt, with the reason people read. */
export type Outcome = {
  status: "PROCESSED" | "DUPLICATE" | "IGNORED" | "HELD";
  reason: string;
  /** ticket: it opened one; message: it joined one. */
  outcome?: "ticket" | "message";
  messageRowId?: string;
  contentId: string;
};

/** The mail it answers is here but not processed yet: try again in a moment. */
export class ParentPending extends Error {}

/** How long an answer waits for its parent, from its arrival. */
const PARENT_WAIT_MS = 60_000;

/** Relisted mails unknown to us that are taken in before the rest waits for an admin's yes. */
const FLOOD_MAX = 100;

const ANSWERS_RETURN = "Its Reply-To is an address of our own: what is sent there comes back here";

const BLOCKED = "its sender is blocked";

type Routing = BatchMail & {
  /** Its Reply-To is an address of ours. */
  answersReturn: boolean;
  /** An agent has blocked its sender. */
  isBlocked: boolean;
};

/**
 * Decides what a mail becomes and writes it, inside the caller's transaction: a short list of
 * questions, in the order of the design. Every answer is an outcome with a reason.
 * @throws ParentPending when the mail it answers waits to be processed.
 */
export async function routeMail(tx: Tx, read: BatchMail): Promise<Outcome> {
  await lockConversation(tx, read.mail);
  const answersReturn = await isAnsweredToUs(tx, read.mail);
  const known = await asDuplicate(tx, read.contentId);
  if (known) return known;
  const { from, warnings } = read.mail;
  const mail = answersReturn
    ? { ...read.mail, warnings: [...warnings, ANSWERS_RETURN] }
    : read.mail;
  const isBlocked = from !== null && (await findBlock(tx, from.address)) !== null;
  const routing = { ...read, mail, answersReturn, isBlocked };
  return (
    (await asOurOwn(tx, routing)) ??
    (await asFlood(tx, routing)) ??
    (await asReport(tx, routing)) ??
    (await asAnswerToNotice(tx, routing)) ??
    (await asCopy(tx, routing)) ??
    (await asAnswer(tx, routing)) ??
    (await asNewTicket(tx, routing, {}))
  );
}

/** The same mail again: another account, another folder, a reset, a resend. */
async function asDuplicate(tx: Tx, contentId: string): Promise<Outcome | null> {
  const known = await tx.message.findUnique({
    where: { contentId },
    select: { id: true, ticket: { select: { number: true } } },
  });
  if (!known) return null;
  return {
    status: "DUPLICATE",
    reason: `The same mail is on #${known.ticket.number} already.`,
    messageRowId: known.id,
    contentId,
  };
}

/** What we sent ourselves, come back by a copy to our own address; and mail going in circles. */
async function asOurOwn(tx: Tx, { mail, contentId }: Routing): Promise<Outcome | null> {
  if (mail.automatic?.kind === "loop")
    return { status: "IGNORED", reason: `A mail loop: ${mail.automatic.why}`, contentId };
  if (await isNotice(tx, ownNoticeKeys(mail)))
    return { status: "IGNORED", reason: "A notice of our own.", contentId };
  if (!mail.messageId) return null;
  const ours = await tx.message.findFirst({
    where: { messageIdKey: messageIdKey(mail.messageId), kind: "OUTBOUND", outbound: { some: {} } },
    select: { id: true, fromAddress: true, ticket: { select: { number: true } } },
  });
  if (!ours || !mail.from || ours.fromAddress?.toLowerCase() !== addressKey(mail.from.address))
    return null;
  return {
    status: "IGNORED",
    reason: `Our own mail, sent from #${ours.ticket.number}.`,
    messageRowId: ours.id,
    contentId,
  };
}

/** After a reset: much more unknown old mail than a reset explains waits for an admin's yes. */
async function asFlood(tx: Tx, { receipt, contentId }: Routing): Promise<Outcome | null> {
  if (!receipt.isRelisted || receipt.isReleased || !receipt.accountId) return null;
  const takenIn = await tx.inboundEmail.count({
    where: {
      accountId: receipt.accountId,
      isRelisted: true,
      releasedAt: null,
      status: "PROCESSED",
      processedAt: { gt: new Date(Date.now() - 86_400_000) },
    },
  });
  if (takenIn < FLOOD_MAX) return null;
  return {
    status: "HELD",
    contentId,
    reason: `The folder was reset on the server and holds more than ${FLOOD_MAX} mails unknown to us. They wait for an admin's yes.`,
  };
}

/** A report about a mail of ours belongs to that mail's ticket, quietly. */
async function asReport(tx: Tx, routing: Routing): Promise<Outcome | null> {
  const reported = await recordReport(tx, routing.mail);
  if (reported && "ignored" in reported)
    return { status: "IGNORED", reason: reported.ignored, contentId: routing.contentId };
  const target = reported && (await lockTarget(tx, reported.ticketId));
  if (!target) return null;
  return append(tx, routing, target, {
    why: `${reported.what} the reply sent from #${target.number}`,
    isNewParticipant: false,
    isQuiet: true,
  });
}

/** What a machine says to a notice, such as that its reader is away, is nobody's question. */
async function asAnswerToNotice(tx: Tx, { mail, contentId }: Routing): Promise<Outcome | null> {
  if (!(await isNotice(tx, answeredByMachine(mail)))) return null;
  const reason = "An automatic answer to a notice of our own.";
  return { status: "IGNORED", reason, contentId };
}

/**
 * The same Message-ID and sender with other content. A list's footer or a gateway's banner makes a
 * second message on the same ticket, quietly; where a program used the id again for something else,
 * somebody must act on it.
 */
async function asCopy(tx: Tx, routing: Routing): Promise<Outcome | null> {
  const { mail } = routing;
  if (!mail.messageId || mail.messageIdIsAmbiguous) return null;
  if (!mail.from || mail.fromIsAmbiguous) return null;
  const first = await tx.message.findFirst({
    where: {
      messageIdKey: messageIdKey(mail.messageId),
      kind: "INBOUND",
      fromAddress: addressKey(mail.from.address),
    },
    orderBy: { createdAt: "asc" },
    select: { ticketId: true, text: true, attachments: { select: { sha256: true } } },
  });
  const target = first && (await lockTarget(tx, first.ticketId));
  if (!target || target.isDeleted || (routing.isBlocked && !target.isSpam)) return null;
  const known = first.attachments.map(({ sha256 }) => hexOf(sha256));
  const hasNewFile = mail.attachments.some(({ sha256 }) => !known.includes(hexOf(sha256)));
  const isCopy = saysTheSame(first.text, mail.text) && !hasNewFile;
  const why = isCopy
    ? "the same mail by its Message-ID and sender, with other content"
    : "another mail of the same sender with the same Message-ID";
  return append(tx, routing, target, {
    ...{ why: `Added to #${target.number}: ${why}`, isNewParticipant: false },
    isQuiet: isCopy || (mail.automatic !== null && mail.automatic.kind !== "list"),
  });
}

function hexOf(bytes: Uint8Array | null): string {
  return Buffer.from(bytes ?? []).toString("hex");
}

async function asAnswer(tx: Tx, routing: Routing): Promise<Outcome | null> {
  const { mail } = routing;
  const found =
    (await findThread(tx, mail)) ??
    (mail.messageIdIsAmbiguous ? null : await findLateChild(tx, mail));
  const ticket = found && (await lockTarget(tx, found.ticket.id));
  if (!ticket) {
    await waitForParent(tx, routing);
    return null;
  }
  const match = { ...found, ticket };
  const joining = await mayJoin(tx, match, mail);
  if (joining === "stranger" || (routing.isBlocked && !ticket.isSpam)) {
    return asNewTicket(tx, routing, {
      possibleReplyToId: match.ticket.id,
      why: `possible reply to #${match.ticket.number}: ${match.evidence}, but ${whyNot(routing)}`,
    });
  }
  const isQuiet = mail.automatic !== null && mail.automatic.kind !== "list";
  if (!isOpenForAnswers(match.ticket, isQuiet)) {
    const state = match.ticket.isDeleted ? "deleted" : "closed";
    return asNewTicket(tx, routing, {
      possibleReplyToId: match.ticket.id,
      why: `answers #${match.ticket.number}, which is ${state} (${match.evidence})`,
    });
  }
  return append(tx, routing, match.ticket, {
    why: `Linked to #${match.ticket.number}: ${match.evidence}`,
    isNewParticipant: joining === "new-participant",
    isDoubtful: joining === "doubtful",
    isQuiet,
  });
}

/** Why a sender may not join. */
function whyNot({ mail: { from, authentication }, isBlocked }: Routing): string {
  if (isBlocked) return BLOCKED;
  if (!from) return "its sender is unknown";
  return checkSender(authentication) === "doubtful"
    ? `the receiving server doubts that it comes from ${from.address}`
    : `${from.address} is not a participant`;
}

/** A robot's answer is only kept, so it needs no new ticket where a person's would open one. */
function isOpenForAnswers(ticket: Match["ticket"], isQuiet: boolean): boolean {
  return !ticket.isDeleted && (ticket.status !== "CLOSED" || ticket.isSpam || isQuiet);
}

/** An answer whose parent is stored but not processed would open a ticket of its own: it waits. */
async function waitForParent(tx: Tx, { receipt, mail }: Routing): Promise<void> {
  const own = mail.messageId === null ? null : messageIdKey(mail.messageId);
  const keys = threadKeys(mail).filter((key) => key !== own);
  if (keys.length === 0 || receipt.ageMs > PARENT_WAIT_MS) return;
  const parents = await tx.inboundEmail.count({
    where: {
      messageIdKey: { in: keys },
      status: "PENDING",
      id: { not: receipt.id },
      attempts: { lt: 5 },
    },
  });
  if (parents > 0) throw new ParentPending("The mail it answers is not processed yet.");
}

type Target = Pick<TargetTicket, "id" | "number">;

async function append(
  tx: Tx,
  routing: Routing,
  target: Target,
  how: { why: string; isNewParticipant: boolean; isDoubtful?: boolean; isQuiet: boolean },
): Promise<Outcome> {
  const { mail, contentId, at } = routing;
  // Whom an automatic mail, a new participant or a doubtful sender names joins nobody's ticket.
  const hasNoSay = how.isQuiet || how.isNewParticipant || how.isDoubtful;
  const named = hasNoSay ? [] : await peopleNamed(tx, mail);
  const { contact, others } = await contactsOf(tx, mail, named);
  const sender = mail.from?.address ?? "The sender";
  const remark = how.isNewParticipant
    ? `. ${sender} is new on this ticket`
    : how.isDoubtful
      ? `. The receiving server doubts that it comes from ${sender}`
      : "";
  const reason = `${how.why}${remark}`;
  const message = {
    ...messageFrom(mail, contentId, at),
    contactId: contact?.id ?? null,
    isNewParticipant: how.isNewParticipant,
    isAside: await answersAside(tx, target.id, mail),
    reason,
  };
  const messageRowId = await appendInbound(tx, target.id, message, { isQuiet: how.isQuiet, at });
  await attachFiles(tx, { messageRowId, receiptId: routing.receipt.id }, mail.attachments);
  if (contact && how.isNewParticipant)
    await addParticipants(tx, target.id, [contact.id], { role: "CC", isNew: true });
  await addParticipants(tx, target.id, others, { role: "CC" });
  return { status: "PROCESSED", outcome: "message", reason, messageRowId, contentId };
}

async function asNewTicket(
  tx: Tx,
  routing: Routing,
  options: { possibleReplyToId?: string; why?: string },
): Promise<Outcome> {
  const flood = await senderFlood(tx, routing.receipt, routing.mail);
  if (flood) return { status: "HELD", reason: flood, contentId: routing.contentId };
  const { receipt, mail, contentId, at, isBlocked } = routing;
  const { contact, requester, others, original } = await newTicketPeople(tx, mail);
  const ticket = await createTicketRow(tx, {
    subject: (original && mail.forwarded?.subject) || mail.subject,
    source: "EMAIL",
    requesterId: requester?.id ?? null,
    accountId: receipt.accountId,
    isAutomatic: mail.automatic !== null,
    isSpam: isBlocked,
    ...(options.possibleReplyToId ? { possibleReplyToId: options.possibleReplyToId } : {}),
  });
  crashpoint("process.ticket-written");
  const by = original ? ` of ${original.address}, forwarded by ${mail.from?.address}` : "";
  const sender = isBlocked ? ` in spam: ${BLOCKED}` : contact ? by : " from an unknown sender";
  const reason = options.why
    ? `New ticket #${ticket.number}${isBlocked ? " in spam" : by}, ${options.why}`
    : `New ticket #${ticket.number}${sender}`;
  const message = { ...messageFrom(mail, contentId, at), contactId: contact?.id ?? null, reason };
  const messageRowId = await appendInbound(tx, ticket.id, message, {
    isQuiet: mail.automatic !== null,
    at,
  });
  crashpoint("process.message-written");
  await attachFiles(tx, { messageRowId, receiptId: receipt.id }, mail.attachments);
  crashpoint("process.files-attached");
  await addParticipants(tx, ticket.id, others, { role: "CC" });
  const mayAnswer =
    !isBlocked && !original && !routing.answersReturn && mayBeAcknowledged(mail, receipt);
  if (contact && mail.from && mayAnswer)
    await acknowledge(tx, {
      ticketId: ticket.id,
      accountId: receipt.accountId,
      contact: { id: contact.id, ...mail.from },
      messageId: mail.messageId,
    });
  crashpoint("process.acknowledged");
  return { status: "PROCESSED", outcome: "ticket", reason, messageRowId, contentId };
}
