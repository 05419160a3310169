import { db, type Tx } from "../db/client";
import type { Role } from "../db/generated/client";
import { AppError } from "../errors";

/** Who does something: the signed-in user, as the caller has checked it. */
export type Actor = { id: string; role: Role };

export type AccessibleTicket = {
  id: string;
  number: number;
  requesterId: string | null;
  accountId: string | null;
};

/** @throws AppError "forbidden" unless the actor works at the desk. */
export function requireDesk(actor: Actor): void {
  if (actor.role !== "ADMIN" && actor.role !== "AGENT")
    throw new AppError("forbidden", "Only agents may do this.");
}

/**
 * The one question whether somebody may touch a ticket: agents every ticket, customers those whose
 * requester they are. Deleted tickets are nobody's.
 * @throws AppError "not-found" for a foreign ticket just as for none, so that numbers tell nothing.
 */
export async function requireTicketAccess(
  actor: Actor,
  number: number,
  tx?: Tx,
): Promise<AccessibleTicket> {
  const isDesk = actor.role === "ADMIN" || actor.role === "AGENT";
  const ticket = await (tx ?? db().prisma).ticket.findFirst({
    where: { number, deletedAt: null, ...(isDesk ? {} : { requester: { userId: actor.id } }) },
    select: { id: true, number: true, requesterId: true, accountId: true },
  });
  if (!ticket) throw new AppError("not-found", `There is no ticket #${number}.`);
  return ticket;
}
