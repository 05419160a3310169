import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { newId } from "../new-id";
import { type Actor, requireDesk } from "./access";
import { lockBulkChange } from "./bulk";
import { currentValue, eventOf, type FieldChange, saysTheSame } from "./bulk-change";
import { writeValues } from "./bulk-write";
import { recordEvents } from "./events";
import { lockTickets } from "./lock-in-order";
import { undoMove } from "./undo-move";

/** Tickets of one transaction. */
const BATCH = 100;

/** `undone` are as they were before; `stayed` were changed by somebody since, and stay so. */
export type BulkUndone = { undone: number; stayed: number };

/**
 * Puts back what a bulk change of the actor's own changed, where it still is as the change made it;
 * what is left of a change under way is not begun. In batches of 100, so that an undoing that broke
 * off goes on when it is asked for again.
 * @throws AppError "not-found" for somebody else's change, or one older than a day; "conflict" when
 * all of it was undone already.
 */
export async function undoBulk(actor: Actor, id: string): Promise<BulkUndone> {
  requireDesk(actor);
  const all: BulkUndone = { undone: 0, stayed: 0 };
  const { isMerge, isFirst } = await inTransaction(async (tx) => {
    const { change, undoneAt } = await lockBulkChange(tx, actor, id);
    if (!undoneAt) await tx.bulkChange.update({ where: { id }, data: { undoneAt: new Date() } });
    return { isMerge: change.field === "merge", isFirst: undoneAt === null };
  });
  for (;;) {
    const some = isMerge ? await undoOneMerge(actor, id) : await undoBatch(actor, id);
    if (!some) break;
    all.undone += some.undone;
    all.stayed += some.stayed;
  }
  if (!isFirst && all.undone + all.stayed === 0)
    throw new AppError("conflict", "This has been undone already.");
  return all;
}

/** Null when nothing is left. */
function undoBatch(actor: Actor, id: string): Promise<BulkUndone | null> {
  return inTransaction(async (tx) => {
    const { change } = await lockBulkChange(tx, actor, id);
    if (change.field === "merge") return null;
    const rows = await changedTickets(tx, id, BATCH);
    if (rows.length === 0) return null;
    const ids = rows.map(({ ticketId }) => ticketId);
    await lockTickets(tx, ids);
    const back = await asTheChangeMadeThem(tx, { id, change, ids });
    await writeValues(
      tx,
      change,
      back.map(({ ticketId, before, closedAt }) => ({ id: ticketId, value: before, closedAt })),
    );
    await recordEvents(
      tx,
      actor.id,
      back.map(({ ticketId, before }) => ({
        ...{ id: newId(), ticketId },
        change: eventOf(change, { from: change.to, to: before, why: "the change was undone" }),
      })),
    );
    const undone = back.map(({ ticketId }) => ticketId);
    await tx.$executeRaw`
      UPDATE "BulkChangeTicket" SET "outcome" = CASE WHEN "ticketId" = ANY(${undone}::uuid[])
        THEN 'UNDONE' ELSE 'STAYED' END::"BulkOutcome"
      WHERE "bulkChangeId" = ${id}::uuid AND "ticketId" = ANY(${ids}::uuid[])`;
    return { undone: undone.length, stayed: ids.length - undone.length };
  });
}

function changedTickets(tx: Tx, bulkChangeId: string, take: number) {
  return tx.bulkChangeTicket.findMany({
    where: { bulkChangeId, outcome: "CHANGED" },
    select: { ticketId: true, moveId: true },
    orderBy: { ticketId: "asc" },
    take,
  });
}

type Before = { ticketId: string; before: string | null; closedAt: Date | null };

/** Those with the value the change gave them, of which no newer event says it again. */
function asTheChangeMadeThem(
  tx: Tx,
  { id, change, ids }: { id: string; change: FieldChange; ids: string[] },
): Promise<Before[]> {
  return tx.$queryRaw<Before[]>`
    SELECT b."ticketId", b."before", b."closedAtBefore" AS "closedAt"
    FROM "BulkChangeTicket" b JOIN "Ticket" t ON t."id" = b."ticketId"
    WHERE b."bulkChangeId" = ${id}::uuid AND b."ticketId" = ANY(${ids}::uuid[])
      AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL
      AND ${currentValue(change)} IS NOT DISTINCT FROM ${change.to}
      AND b."eventId" = (SELECT e."id" FROM "TicketEvent" e
        WHERE e."ticketId" = t."id" AND ${saysTheSame(change)}
        ORDER BY e."createdAt" DESC, e."id" DESC LIMIT 1)`;
}

/** A merge is undone like any other; when something stands in the way, it stays. */
async function undoOneMerge(actor: Actor, id: string): Promise<BulkUndone | null> {
  const row = await inTransaction(async (tx) => {
    await lockBulkChange(tx, actor, id);
    const [first] = await changedTickets(tx, id, 1);
    if (!first) return null;
    const { number } = await tx.ticket.findUniqueOrThrow({
      where: { id: first.ticketId },
      select: { number: true },
    });
    return { ...first, number };
  });
  if (!row?.moveId) return null;
  const isUndone = await wasUndone(actor, { number: row.number, moveId: row.moveId });
  await inTransaction((tx) =>
    tx.bulkChangeTicket.updateMany({
      where: { bulkChangeId: id, ticketId: row.ticketId, outcome: "CHANGED" },
      data: { outcome: isUndone ? "UNDONE" : "STAYED" },
    }),
  );
  return isUndone ? { undone: 1, stayed: 0 } : { undone: 0, stayed: 1 };
}

async function wasUndone(actor: Actor, move: { number: number; moveId: string }): Promise<boolean> {
  try {
    await undoMove(actor, move);
    return true;
  } catch (error) {
    if (error instanceof AppError) return false;
    throw error;
  }
}
