import type { Tx } from "../db/client";
import { type AccessibleTicket, type Actor, requireTicketAccess } from "./access";

/**
 * Locks two tickets, the lower number first, so that two corrections never wait for each other.
 * @returns them in the order they were named. Errors as of requireTicketAccess().
 */
export async function lockInOrder(
  tx: Tx,
  actor: Actor,
  [a, b]: [number, number],
): Promise<[AccessibleTicket, AccessibleTicket]> {
  const first = await requireTicketAccess(tx, actor, Math.min(a, b));
  const second = await requireTicketAccess(tx, actor, Math.max(a, b));
  return a < b ? [first, second] : [second, first];
}

/** Locks tickets by their ids, the lower numbers first; those that don't exist are left out. */
export async function lockTickets(tx: Tx, ids: string[]): Promise<void> {
  await tx.$queryRaw`
    SELECT "id" FROM "Ticket" WHERE "id" = ANY(${ids}::uuid[]) ORDER BY "number" FOR UPDATE`;
}
