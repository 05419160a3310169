import { inTransaction, type Tx } from "../db/client";
import type { ParticipantRole } from "../db/generated/client";
import { AppError } from "../errors";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { recordEvent } from "./events";

/** People on one ticket: a sender who names fifty others in every mail must not fill it for ever. */
export const PARTICIPANTS_MAX = 500;

/**
 * Makes contacts participants of a ticket, as long as there is room; who is one already stays as
 * they are.
 */
export async function addParticipants(
  tx: Tx,
  ticketId: string,
  contactIds: string[],
  as: { role: ParticipantRole; isNew?: boolean },
): Promise<void> {
  if (contactIds.length === 0) return;
  const room = PARTICIPANTS_MAX - (await tx.ticketParticipant.count({ where: { ticketId } }));
  if (room <= 0) return;
  await tx.ticketParticipant.createMany({
    data: contactIds.slice(0, room).map((contactId) => ({
      ticketId,
      contactId,
      role: as.role,
      isNew: as.isNew ?? false,
    })),
    skipDuplicates: true,
  });
}

/**
 * An agent's yes to somebody who joined by answering our mail: from now on they may get mail.
 * @throws AppError "not-found" when that person is not on the ticket.
 */
export async function approveParticipant(
  actor: Actor,
  input: { number: number; contactId: string },
): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, input.number);
    const approved = await tx.ticketParticipant.updateMany({
      where: { ticketId: id, contactId: input.contactId },
      data: { isNew: false, approvedById: actor.id },
    });
    if (approved.count === 0) throw new AppError("not-found", "This person is not on the ticket.");
    await recordEvent(tx, id, actor.id, {
      kind: "participant-approved",
      contactId: input.contactId,
    });
  });
}
