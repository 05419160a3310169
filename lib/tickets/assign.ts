import { db, inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { oweAssignments } from "./agent-notices";
import { recordEvent } from "./events";

/**
 * Gives a ticket to an agent, or to nobody with null.
 * @throws AppError "not-found"; "invalid" when the user is no active agent.
 */
export async function assignTicket(
  actor: Actor,
  number: number,
  userId: string | null,
): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, number);
    if (userId) await requireAssignable(tx, userId);
    const before = await tx.ticket.findUniqueOrThrow({
      where: { id },
      select: { assigneeId: true },
    });
    if (before.assigneeId === userId) return;
    await tx.ticket.update({ where: { id }, data: { assigneeId: userId }, select: { id: true } });
    await recordEvent(tx, id, actor.id, { kind: "assigned", from: before.assigneeId, to: userId });
    if (userId) await oweAssignments(tx, [id], { to: userId, by: actor.id });
  });
}

/** @throws AppError "invalid" when the user is no active agent. */
export async function requireAssignable(tx: Tx, userId: string): Promise<void> {
  const agent = await tx.user.findFirst({
    where: { id: userId, isActive: true, role: { in: ["ADMIN", "AGENT"] } },
    select: { id: true },
  });
  if (!agent)
    throw new AppError("invalid", "Tickets can only be assigned to active agents.", "assignee");
}

/** Those a ticket may be given to, by name. @throws AppError "forbidden" for customers. */
export async function listAssignable(viewer: Actor): Promise<{ id: string; name: string }[]> {
  requireDesk(viewer);
  return db().prisma.user.findMany({
    where: { role: { in: ["ADMIN", "AGENT"] }, isActive: true },
    select: { id: true, name: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: 500,
  });
}
