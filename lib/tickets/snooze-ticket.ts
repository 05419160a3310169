import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { recordEvent } from "./events";

/**
 * Lets a ticket sleep until a moment, or until a person writes; `zone` is whose clock the moment was
 * meant by. Nothing happens when it sleeps until then already.
 * @throws AppError "not-found"; "conflict" for a merged ticket and for one that is finished.
 */
export async function snoozeTicket(
  actor: Actor,
  { number, until, zone }: { number: number; until: Date; zone: string },
): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const { id, status } = await requireTicketAccess(tx, actor, number);
    if (status !== "OPEN" && status !== "PENDING")
      throw new AppError("conflict", "Only open and pending tickets can be snoozed.");
    if ((await sleepsUntil(tx, id))?.getTime() === until.getTime()) return;
    await tx.ticket.update({
      where: { id },
      data: { snoozedUntil: until },
      select: { id: true },
    });
    await recordEvent(tx, id, actor.id, { kind: "snoozed", until: until.toISOString(), zone });
  });
}

/** Wakes a ticket now; nothing happens when it is awake. Errors as of snoozeTicket(). */
export async function wakeTicket(actor: Actor, number: number): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, number);
    if (!(await sleepsUntil(tx, id))) return;
    await tx.ticket.update({ where: { id }, data: { snoozedUntil: null }, select: { id: true } });
    await recordEvent(tx, id, actor.id, { kind: "woken" });
  });
}

/** By the database's clock, as in the lists; null when it is awake. */
async function sleepsUntil(tx: Tx, ticketId: string): Promise<Date | null> {
  const [row] = await tx.$queryRaw<{ until: Date }[]>`
    SELECT "snoozedUntil" AS "until" FROM "Ticket"
    WHERE "id" = ${ticketId}::uuid AND "snoozedUntil" > now()`;
  return row?.until ?? null;
}
