import type { Tx } from "../db/client";
import type { Prisma, TicketStatus } from "../db/generated/client";
import { cut, pgText } from "../mail/text";
import { recordEvent } from "./events";
import { REOPENED_BY_ANSWER } from "./status";

/** Characters of a message that the list shows below the subject. */
const SNIPPET_LENGTH = 160;

/** The new words of a message in one line, for the list: no quoted lines where there are others. */
export function snippetOf(text: string): string {
  const own = text.replace(/^>.*$/gm, "");
  const words = own.trim() === "" ? text : own;
  return cut(pgText(words).replace(/\s+/g, " ").trim(), SNIPPET_LENGTH);
}

export type NewMessage = Omit<Prisma.MessageUncheckedCreateInput, "ticketId" | "kind">;

type LockedTicket = { status: TicketStatus; messageCount: number; lastMessageAt: Date };

/**
 * Locks a ticket for the rest of the transaction, so that messages of two workers line up.
 * @returns what it says now, or null when it is gone.
 */
export async function lockTicket(tx: Tx, ticketId: string): Promise<LockedTicket | null> {
  const rows = await tx.$queryRaw<LockedTicket[]>`
    SELECT "status"::text AS status, "messageCount", "lastMessageAt"
    FROM "Ticket" WHERE "id" = ${ticketId}::uuid FOR UPDATE`;
  return rows[0] ?? null;
}

export type AppendOptions = {
  /** A robot's mail, or a second copy: it neither reopens the ticket nor puts the next move on us. */
  isQuiet: boolean;
  /** When it was said. Old mail that is read late keeps its place in the list. */
  at: Date;
  actorId?: string;
};

/**
 * Adds what a contact wrote to a ticket. An answer reopens PENDING and SOLVED and puts the next move
 * on us, unless it is quiet.
 * @returns the message's row id.
 */
export async function appendInbound(
  tx: Tx,
  ticketId: string,
  message: NewMessage,
  options: AppendOptions,
): Promise<string> {
  const ticket = await lockTicket(tx, ticketId);
  if (!ticket) throw new Error(`Ticket ${ticketId} is gone.`);
  const row = await tx.message.create({
    data: { ...message, ticketId, kind: "INBOUND" },
    select: { id: true },
  });
  const isFirst = ticket.messageCount === 0;
  const reopens = !options.isQuiet && REOPENED_BY_ANSWER.includes(ticket.status);
  const snippet = snippetOf(message.newText || message.text || "");
  await tx.ticket.update({
    where: { id: ticketId },
    data: {
      messageCount: { increment: 1 },
      ...(options.isQuiet && !isFirst ? {} : { snippet, snoozedUntil: null }),
      ...(isFirst || options.at > ticket.lastMessageAt ? { lastMessageAt: options.at } : {}),
      ...(isFirst ? { awaitingSince: options.at, awaitingUs: !options.isQuiet } : {}),
      ...(reopens ? { status: "OPEN" as const } : {}),
    },
    select: { id: true },
  });
  // The wait is counted from the first word we have not answered.
  if (!options.isQuiet)
    await tx.ticket.updateMany({
      where: { id: ticketId, awaitingUs: false },
      data: { awaitingUs: true, awaitingSince: options.at },
    });
  const actorId = options.actorId ?? null;
  await recordEvent(tx, ticketId, actorId, {
    kind: "message",
    messageRowId: row.id,
    by: "contact",
  });
  if (reopens) {
    const why = "the customer answered";
    await recordEvent(tx, ticketId, actorId, {
      kind: "status",
      from: ticket.status,
      to: "OPEN",
      why,
    });
  }
  return row.id;
}

/** Adds what an agent wrote: the next move is the customer's. @returns the message's row id. */
export async function appendOutbound(
  tx: Tx,
  ticketId: string,
  message: NewMessage & { authorId: string },
): Promise<string> {
  const row = await tx.message.create({
    data: { ...message, ticketId, kind: "OUTBOUND" },
    select: { id: true },
  });
  const now = new Date();
  await tx.ticket.update({
    where: { id: ticketId },
    data: {
      messageCount: { increment: 1 },
      lastMessageAt: now,
      awaitingUs: false,
      awaitingSince: now,
      snippet: snippetOf(message.text ?? ""),
    },
    select: { id: true },
  });
  await recordEvent(tx, ticketId, message.authorId, {
    kind: "message",
    messageRowId: row.id,
    by: "agent",
  });
  return row.id;
}
