import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { type AccessibleTicket, type Actor, requireDesk } from "./access";
import { recordEvent } from "./events";
import { lockInOrder } from "./lock-in-order";
import { relocate } from "./relocate";

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
    const [from, into] = await lockInOrder(tx, actor, [input.from, input.into]);
    await mergeInto(tx, actor, from, into);
  });
}

/** The merge itself; the caller holds the locks of both tickets. @returns what undoMove() takes. */
export async function mergeInto(
  tx: Tx,
  actor: Actor,
  from: AccessibleTicket,
  into: AccessibleTicket,
): Promise<string> {
  const rows = await tx.message.findMany({ where: { ticketId: from.id }, select: { id: true } });
  const ids = rows.map(({ id }) => id);
  const { id: moveId } = await tx.ticketMove.create({
    data: {
      ...{ fromTicketId: from.id, intoTicketId: into.id, messageRowIds: ids },
      ...{ isMerge: true, statusBefore: from.status, actorId: actor.id },
    },
    select: { id: true },
  });
  const named = await relocate(tx, { fromId: from.id, intoId: into.id }, { ids, moveId });
  const others = await bringEverybody(tx, from.id, into.id);
  await tx.ticketMove.update({ where: { id: moveId }, data: { addedIds: [...named, ...others] } });
  await tx.ticket.update({
    where: { id: from.id },
    data: { mergedIntoId: into.id, status: "CLOSED", closedAt: new Date() },
    select: { id: true },
  });
  await recordEvent(tx, from.id, actor.id, {
    ...{ kind: "merged-into", number: into.number, moveId },
  });
  await recordEvent(tx, into.id, actor.id, {
    ...{ kind: "merged-from", number: from.number, moveId },
  });
  return moveId;
}

/**
 * An agent merged on purpose: the people of the merged ticket are participants, without copies. To
 * somebody nobody has agreed to yet, merging is no yes either.
 */
async function bringEverybody(tx: Tx, fromId: string, intoId: string): Promise<string[]> {
  const there = await tx.ticketParticipant.findMany({
    where: { ticketId: intoId },
    select: { contactId: true },
  });
  const known = new Set(there.map(({ contactId }) => contactId));
  const people = await tx.ticketParticipant.findMany({
    where: { ticketId: fromId, contactId: { notIn: [...known] } },
    select: { contactId: true, isNew: true },
  });
  await tx.ticketParticipant.createMany({
    data: people.map((person) => ({ ...person, ticketId: intoId, role: "CC" as const })),
    skipDuplicates: true,
  });
  return people.map(({ contactId }) => contactId);
}
