import { inTransaction } from "../db/client";
import type { TicketPriority, TicketStatus } from "../db/generated/client";
import { AppError } from "../errors";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { recordEvent } from "./events";

/** Which status may follow which: the buttons and the rule read the same table. */
export const STATUS_CHANGES: Record<TicketStatus, readonly TicketStatus[]> = {
  OPEN: ["PENDING", "SOLVED", "CLOSED"],
  PENDING: ["OPEN", "SOLVED", "CLOSED"],
  SOLVED: ["OPEN", "PENDING", "CLOSED"],
  CLOSED: ["OPEN"],
};

/** Statuses that a customer's answer sets back to OPEN; a CLOSED ticket stays closed. */
export const REOPENED_BY_ANSWER: readonly TicketStatus[] = ["PENDING", "SOLVED"];

/**
 * Changes a ticket's status.
 * @throws AppError "not-found"; "conflict" when the change is not in STATUS_CHANGES, or when
 * somebody changed the status in the meantime.
 */
export async function changeStatus(
  actor: Actor,
  number: number,
  status: TicketStatus,
): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(actor, number, tx);
    const before = await tx.ticket.findUniqueOrThrow({ where: { id }, select: { status: true } });
    if (before.status === status) return;
    if (!STATUS_CHANGES[before.status].includes(status))
      throw new AppError("conflict", `A ${before.status} ticket can't become ${status}.`);
    const changed = await tx.ticket.updateMany({
      where: { id, status: before.status },
      data: { status, closedAt: status === "CLOSED" ? new Date() : null },
    });
    if (changed.count === 0)
      throw new AppError("conflict", "Somebody else just changed this ticket. Look again.");
    await recordEvent(tx, id, actor.id, { kind: "status", from: before.status, to: status });
  });
}

/** Changes a ticket's priority. @throws AppError "not-found". */
export async function changePriority(
  actor: Actor,
  number: number,
  priority: TicketPriority,
): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(actor, number, tx);
    const before = await tx.ticket.findUniqueOrThrow({ where: { id }, select: { priority: true } });
    if (before.priority === priority) return;
    await tx.ticket.update({ where: { id }, data: { priority }, select: { id: true } });
    await recordEvent(tx, id, actor.id, { kind: "priority", from: before.priority, to: priority });
  });
}
