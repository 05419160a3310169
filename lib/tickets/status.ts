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
 * @throws AppError "not-found"; "conflict" when the change is not in STATUS_CHANGES.
 */
export async function changeStatus(
  actor: Actor,
  number: number,
  status: TicketStatus,
): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const { id, status: from } = await requireTicketAccess(tx, actor, number);
    if (from === status) return;
    if (!STATUS_CHANGES[from].includes(status))
      throw new AppError("conflict", `A ${from} ticket can't become ${status}.`);
    await tx.ticket.update({
      where: { id },
      data: { status, closedAt: status === "CLOSED" ? new Date() : null },
      select: { id: true },
    });
    await recordEvent(tx, id, actor.id, { kind: "status", from, to: status });
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
    const { id } = await requireTicketAccess(tx, actor, number);
    const before = await tx.ticket.findUniqueOrThrow({ where: { id }, select: { priority: true } });
    if (before.priority === priority) return;
    await tx.ticket.update({ where: { id }, data: { priority }, select: { id: true } });
    await recordEvent(tx, id, actor.id, { kind: "priority", from: before.priority, to: priority });
  });
}
