import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { lockTicket } from "./append";
import { recordEvent } from "./events";

/**
 * Moves everything said on ticket `from` to ticket `into` and closes `from`, which then leads there;
 * so does every later answer to it.
 * @throws AppError "not-found"; "conflict" for a ticket merged already, or into itself.
 */
export async function mergeTicket(
  actor: Actor,
  input: { from: number; into: number },
): Promise<void> {
  requireDesk(actor);
  if (input.from === input.into)
    throw new AppError("conflict", "A ticket can't be merged into itself.");
  await inTransaction(async (tx) => {
    const from = await requireTicketAccess(actor, input.from, tx);
    const into = await requireTicketAccess(actor, input.into, tx);
    // Always in the same order, so that two merges never wait for each other.
    for (const id of [from.id, into.id].sort()) await lockTicket(tx, id);
    const merged = await tx.ticket.updateMany({
      where: { id: from.id, mergedIntoId: null },
      data: { mergedIntoId: into.id, status: "CLOSED", closedAt: new Date() },
    });
    const target = await tx.ticket.findUniqueOrThrow({
      where: { id: into.id },
      select: { mergedIntoId: true },
    });
    if (merged.count === 0 || target.mergedIntoId)
      throw new AppError("conflict", "One of the tickets has been merged already.");
    await moveMessages(tx, from.id, into.id);
    await recordEvent(tx, from.id, actor.id, { kind: "merged-into", number: into.number });
    await recordEvent(tx, into.id, actor.id, { kind: "merged-from", number: from.number });
  });
}

async function moveMessages(tx: Tx, fromId: string, intoId: string): Promise<void> {
  const moved = await tx.message.updateMany({
    where: { ticketId: fromId },
    data: { ticketId: intoId },
  });
  const people = await tx.ticketParticipant.findMany({
    where: { ticketId: fromId },
    select: { contactId: true },
  });
  // An agent merged on purpose: the people of the merged ticket are participants, without copies.
  await tx.ticketParticipant.createMany({
    data: people.map(({ contactId }) => ({ ticketId: intoId, contactId, role: "CC" as const })),
    skipDuplicates: true,
  });
  await tx.ticket.update({
    where: { id: intoId },
    data: { messageCount: { increment: moved.count }, lastMessageAt: new Date() },
    select: { id: true },
  });
}
