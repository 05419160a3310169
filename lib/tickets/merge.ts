import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
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
    // Always in the same order, so that two merges never wait for each other.
    const [low, high] = [Math.min(input.from, input.into), Math.max(input.from, input.into)];
    const first = await requireTicketAccess(tx, actor, low);
    const second = await requireTicketAccess(tx, actor, high);
    const [from, into] = input.from === low ? [first, second] : [second, first];
    await tx.ticket.update({
      where: { id: from.id },
      data: { mergedIntoId: into.id, status: "CLOSED", closedAt: new Date() },
      select: { id: true },
    });
    await moveMessages(tx, from.id, into.id);
    await recordEvent(tx, from.id, actor.id, { kind: "merged-into", number: into.number });
    await recordEvent(tx, into.id, actor.id, { kind: "merged-from", number: from.number });
  });
}

async function moveMessages(tx: Tx, fromId: string, intoId: string): Promise<void> {
  const mails = { ticketId: fromId, kind: { not: "NOTE" as const } };
  const mailCount = await tx.message.count({ where: mails });
  await tx.message.updateMany({ where: { ticketId: fromId }, data: { ticketId: intoId } });
  const people = await tx.ticketParticipant.findMany({
    where: { ticketId: fromId },
    select: { contactId: true, isNew: true },
  });
  // An agent merged on purpose: the people of the merged ticket are participants, without copies.
  // To somebody nobody has agreed to yet, merging is no yes either.
  await tx.ticketParticipant.createMany({
    data: people.map((person) => ({ ...person, ticketId: intoId, role: "CC" as const })),
    skipDuplicates: true,
  });
  const waiting = await tx.ticket.findUniqueOrThrow({
    where: { id: fromId },
    select: { awaitingUs: true, awaitingSince: true },
  });
  await tx.ticket.update({
    where: { id: intoId },
    data: { messageCount: { increment: mailCount }, lastMessageAt: new Date() },
    select: { id: true },
  });
  // Whoever waits for us on the merged ticket waits on.
  if (waiting.awaitingUs)
    await tx.ticket.updateMany({ where: { id: intoId, awaitingUs: false }, data: waiting });
}
