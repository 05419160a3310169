import type { Tx } from "../db/client";
import type { Prisma } from "../db/generated/client";
import { oweReplies } from "./agent-notices";
import { recordEvent } from "./events";
import { afterInbound, snippetOf, type TicketState } from "./inbound-state";

export type NewMessage = Omit<Prisma.MessageUncheckedCreateInput, "ticketId" | "kind">;

/**
 * Locks a ticket for the rest of the transaction, so that messages of two workers line up.
 * @returns what it says now, or null when it is gone.
 */
export async function lockTicket(tx: Tx, ticketId: string): Promise<TicketState | null> {
  const rows = await tx.$queryRaw<TicketState[]>`
    SELECT "status"::text AS status, "messageCount", "lastMessageAt", "awaitingUs", "awaitingSince", "snippet", "snoozedUntil"
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
  const text = message.newText || message.text || "";
  const after = afterInbound(ticket, { text, isQuiet: options.isQuiet, at: options.at });
  await tx.ticket.update({ where: { id: ticketId }, data: after, select: { id: true } });
  const actorId = options.actorId ?? null;
  await recordEvent(tx, ticketId, actorId, {
    kind: "message",
    messageRowId: row.id,
    by: "contact",
  });
  if (after.status !== ticket.status) {
    const why = "the customer answered";
    await recordEvent(tx, ticketId, actorId, {
      kind: "status",
      from: ticket.status,
      to: "OPEN",
      why,
    });
  }
  if (!options.isQuiet)
    await tx.$executeRaw(oweReplies([{ ticketId, from: message.fromAddress ?? "" }]));
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
      snippet: snippetOf(message.newText || message.text || ""),
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
