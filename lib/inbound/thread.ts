import { dateWords } from "../date-words";
import type { Tx } from "../db/client";
import type { Prisma, TicketStatus } from "../db/generated/client";
import { addressKey } from "../mail/address";
import { checkSender } from "../mail/auth-results";
import type { ReadMail } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import { ticketNumberInSubject } from "../mail/subject";
import { lockTicket } from "../tickets/append";
import { findAddressedTicket } from "./own-address";

/** Merges may follow one another; more than this would be a circle. */
const MERGES_MAX = 10;

export type TargetTicket = {
  id: string;
  number: number;
  status: TicketStatus;
  isSpam: boolean;
  isDeleted: boolean;
};

/**
 * A ticket a mail names: `ours` by a Message-ID or an address we made, `known` by another's
 * Message-ID, or by its subject.
 */
export type Match = { ticket: TargetTicket; via: "ours" | "known" | "subject"; evidence: string };

/** Ids of a mail that may name its ticket, newest first: In-Reply-To, then References backwards. */
export function threadKeys(mail: Pick<ReadMail, "inReplyTo" | "references">): string[] {
  const newestFirst = [...mail.inReplyTo.toReversed(), ...mail.references.toReversed()];
  return [...new Set(newestFirst.map(messageIdKey))];
}

/** Every id that a mail has in common with others of its conversation. */
export function conversationKeys(
  mail: Pick<ReadMail, "messageId" | "inReplyTo" | "references">,
): string[] {
  const own = mail.messageId === null ? [] : [messageIdKey(mail.messageId)];
  return [...new Set([...own, ...threadKeys(mail)])];
}

/**
 * Makes workers take the mails of one conversation one after the other, until the transaction ends.
 * A mail and its answer, or two copies of one mail, handled at the same moment would not see each
 * other and become two tickets. Call it before anything is looked up.
 */
export async function lockConversation(
  tx: Tx,
  mail: Pick<ReadMail, "messageId" | "inReplyTo" | "references">,
): Promise<void> {
  // All in the same order, so that two mails never wait for each other.
  const keys = conversationKeys(mail).sort();
  if (keys.length === 0) return;
  await tx.$executeRaw`
    SELECT pg_advisory_xact_lock(hashtextextended(key, 0)) FROM unnest(${keys}::text[]) AS key`;
}

/**
 * Which ticket a mail belongs to, first match wins: our own Message-ID, or that of a mail an agent put
 * on its ticket by hand, in In-Reply-To or References, newest first; a ticket's signed address among
 * the recipients; any other known Message-ID, same order; `[#123]` in the subject. Says nothing about
 * whether the sender may join: see mayJoin(). A merged ticket stands for the one it was merged into.
 */
export async function findThread(tx: Tx, mail: ReadMail): Promise<Match | null> {
  const keys = threadKeys(mail);
  const named = keys.length
    ? await tx.message.findMany({
        where: { messageIdKey: { in: keys } },
        select: NAMED_FIELDS,
        orderBy: { createdAt: "asc" },
        take: 200,
      })
    : [];
  // An agent's correction counts as much as our own mail: later answers follow it.
  const firm = named.filter((row) => row.kind === "OUTBOUND" || row.moveId !== null);
  return (
    (await ticketNamed(tx, mail, firm)) ??
    (await ticketAddressed(tx, mail)) ??
    (await ticketNamed(tx, mail, named)) ??
    (await ticketInSubject(tx, mail))
  );
}

async function ticketNamed(tx: Tx, mail: ReadMail, rows: NamedMessage[]): Promise<Match | null> {
  for (const key of threadKeys(mail)) {
    const message = rows.find((row) => row.messageIdKey === key);
    const ticket = message && (await ticketOf(tx, { id: message.ticketId }));
    if (!ticket) continue;
    const via = message.kind === "OUTBOUND" ? "ours" : "known";
    return { ticket, via, evidence: evidenceOf(mail, key, message) };
  }
  return null;
}

async function ticketAddressed(tx: Tx, mail: ReadMail): Promise<Match | null> {
  const number = await findAddressedTicket(tx, mail);
  const ticket = number === null ? null : await ticketOf(tx, { number });
  return ticket && { ticket, via: "ours", evidence: "it was sent to the ticket's own address" };
}

async function ticketInSubject(tx: Tx, mail: ReadMail): Promise<Match | null> {
  const number = ticketNumberInSubject(mail.subject);
  const ticket = number === null ? null : await ticketOf(tx, { number });
  return ticket && { ticket, via: "subject", evidence: `the subject names #${number}` };
}

const NAMED_FIELDS = {
  messageIdKey: true,
  kind: true,
  moveId: true,
  isAside: true,
  sentAt: true,
  createdAt: true,
  ticketId: true,
} as const;

/** A stored message that a mail may name. */
export type NamedMessage = Prisma.MessageGetPayload<{ select: typeof NAMED_FIELDS }>;

/**
 * Whether a mail of somebody else than the requester answers, or reports on, what was never theirs to
 * see: what an agent sent to others only, and the answers to it.
 */
export async function answersAside(tx: Tx, ticketId: string, mail: ReadMail): Promise<boolean> {
  const reported = [mail.bounce?.originalMessageId, mail.aboutMessageId].filter((id) => id != null);
  const keys = [...threadKeys(mail), ...reported.map(messageIdKey)];
  if (keys.length === 0) return false;
  const asides = await tx.message.count({
    where: { ticketId, isAside: true, messageIdKey: { in: keys } },
  });
  if (asides === 0) return false;
  const email = addressKey(mail.from?.address ?? "");
  const requester = { OR: [{ email }, { mergedFrom: { some: { email } } }] };
  return (await tx.ticket.count({ where: { id: ticketId, requester } })) === 0;
}

/** By which header a mail names which message, in words. */
export function evidenceOf(
  mail: ReadMail,
  key: string,
  message: Pick<NamedMessage, "kind" | "moveId" | "sentAt" | "createdAt">,
): string {
  const isParent = mail.inReplyTo.some((id) => messageIdKey(id) === key);
  const header = isParent ? "In-Reply-To" : "References";
  const what = message.kind === "OUTBOUND" ? "the reply sent on" : "the mail of";
  const moved = message.moveId === null ? "" : ", which an agent put there";
  return `${header} names ${what} ${dateWords(message.sentAt ?? message.createdAt)}${moved}`;
}

/**
 * Locks the ticket a mail goes to and looks at it again: in the meantime an agent may have closed
 * it, or merged it into another one, which is locked and returned then. Null when it is gone.
 */
export async function lockTarget(tx: Tx, ticketId: string): Promise<TargetTicket | null> {
  let id = ticketId;
  for (let moves = 0; moves < MERGES_MAX; moves++) {
    if (!(await lockTicket(tx, id))) return null;
    const target = await ticketOf(tx, { id });
    if (!target || target.id === id) return target;
    id = target.id;
  }
  throw new Error(`Ticket ${ticketId} was merged again and again.`);
}

async function ticketOf(
  tx: Tx,
  where: { id: string } | { number: number },
): Promise<TargetTicket | null> {
  let ticket = await tx.ticket.findFirst({ where, select: TICKET_FIELDS });
  for (let hops = 0; ticket?.mergedIntoId && hops < MERGES_MAX; hops++)
    ticket = await tx.ticket.findUnique({
      where: { id: ticket.mergedIntoId },
      select: TICKET_FIELDS,
    });
  if (!ticket) return null;
  const { id, number, status, isSpam, deletedAt } = ticket;
  return { id, number, status, isSpam, isDeleted: deletedAt !== null };
}

const TICKET_FIELDS = {
  id: true,
  number: true,
  status: true,
  isSpam: true,
  deletedAt: true,
  mergedIntoId: true,
} as const;

export type Joining = "participant" | "doubtful" | "new-participant" | "stranger";

type Sender = Pick<ReadMail, "from" | "fromIsAmbiguous" | "authentication">;

/**
 * Whether the sender may join the ticket the mail names. An answer to our own mail, or to the
 * ticket's own address, lets anyone in, as a new participant who gets no mail until an agent agrees;
 * by anything a stranger could guess only participants and agents of the desk come in. An ambiguous
 * From is nobody's, and one that the receiving server doubts is believed only together with what
 * lets anyone in: then it is a participant's mail without their say.
 */
export async function mayJoin(tx: Tx, match: Match, mail: Sender): Promise<Joining> {
  const isKnown = await isParticipant(tx, match.ticket.id, mail);
  const isDoubted = checkSender(mail.authentication) === "doubtful";
  if (isKnown && !isDoubted) return "participant";
  if (match.via !== "ours") return "stranger";
  return isKnown ? "doubtful" : "new-participant";
}

/**
 * True for the requester, people an agent or an earlier mail brought in, each by any of their
 * addresses, and agents of the desk.
 */
async function isParticipant(
  tx: Tx,
  ticketId: string,
  mail: Pick<ReadMail, "from" | "fromIsAmbiguous">,
): Promise<boolean> {
  if (!mail.from || mail.fromIsAmbiguous) return false;
  const email = addressKey(mail.from.address);
  const known = await tx.ticketParticipant.count({
    where: {
      ticketId,
      isNew: false,
      contact: { OR: [{ email }, { mergedFrom: { some: { email } } }] },
    },
  });
  if (known > 0) return true;
  return (
    (await tx.user.count({ where: { email, isActive: true, role: { in: ["ADMIN", "AGENT"] } } })) >
    0
  );
}

/**
 * The ticket of an answer that arrived before the mail it answers, when the sender of this mail is a
 * participant there.
 */
export async function findLateChild(tx: Tx, mail: ReadMail): Promise<Match | null> {
  if (!mail.messageId) return null;
  const child = await tx.message.findFirst({
    where: { referenceKeys: { has: messageIdKey(mail.messageId) }, kind: "INBOUND" },
    orderBy: { createdAt: "asc" },
    select: { ticketId: true },
  });
  const ticket = child && (await ticketOf(tx, { id: child.ticketId }));
  if (!ticket) return null;
  const match = {
    ticket,
    via: "known",
    evidence: "a mail that arrived earlier answers it",
  } as const;
  return (await mayJoin(tx, match, mail)) === "participant" ? match : null;
}
