import { db, inTransaction } from "../db/client";
import { AppError } from "../errors";
import { type Actor, requireDesk } from "./access";
import { type BulkProgress, createBulkChange, progressOf, selectedIds } from "./bulk";
import { lockInOrder } from "./lock-in-order";
import { mergeInto } from "./merge";

/** Tickets of one merge: an agent looks at each of them. */
export const MERGE_MAX = 20;

/**
 * Merges tickets into the oldest of them, or into ticket `into`, each in a transaction of its own.
 * What was merged or deleted meanwhile is left out and counted.
 * @throws AppError "invalid" for more than 20 tickets, fewer than two, or (into) a ticket that does
 * not exist or was merged itself; "forbidden" for customers.
 */
export async function mergeAll(
  actor: Actor,
  { ids, into }: { ids: string[]; into: number | null },
): Promise<BulkProgress> {
  requireDesk(actor);
  const wanted = selectedIds(ids);
  if (wanted.length > MERGE_MAX)
    throw new AppError("invalid", `Merge at most ${MERGE_MAX} tickets at once.`);
  const found = await db().prisma.ticket.findMany({
    where: { id: { in: wanted } },
    select: { id: true, number: true, deletedAt: true, mergedIntoId: true },
    orderBy: { number: "asc" },
  });
  const target = into ?? found.find((row) => !row.deletedAt && !row.mergedIntoId)?.number;
  if (target === undefined) throw new AppError("invalid", "No ticket is selected.");
  await requireTarget(target);
  const others = found.filter(({ number }) => number !== target);
  if (others.length === 0)
    throw new AppError("invalid", "Select two tickets or more, or name another to merge into.");
  const change = { field: "merge", into: target } as const;
  const id = await inTransaction(async (tx) => {
    const made = await createBulkChange(tx, actor, change);
    await tx.bulkChangeTicket.createMany({
      data: others.map((ticket) => ({ bulkChangeId: made, ticketId: ticket.id })),
    });
    return made;
  });
  for (const ticket of others) await mergeOne(actor, { id, ticket, into: target });
  return progressOf(db().prisma, id, change);
}

async function requireTarget(number: number): Promise<void> {
  const target = await db().prisma.ticket.findFirst({
    where: { number, deletedAt: null },
    select: { mergedInto: { select: { number: true } } },
  });
  if (!target) throw new AppError("invalid", `There is no ticket #${number}.`, "into");
  if (target.mergedInto)
    throw new AppError(
      "invalid",
      `#${number} was merged into #${target.mergedInto.number}: merge into that.`,
      "into",
    );
}

type One = { id: string; ticket: { id: string; number: number }; into: number };

async function mergeOne(actor: Actor, { id, ticket, into }: One): Promise<void> {
  const key = { bulkChangeId_ticketId: { bulkChangeId: id, ticketId: ticket.id } };
  try {
    await inTransaction(async (tx) => {
      const [from, target] = await lockInOrder(tx, actor, [ticket.number, into]);
      const moveId = await mergeInto(tx, actor, from, target);
      await tx.bulkChangeTicket.update({ where: key, data: { outcome: "CHANGED", moveId } });
    });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const outcome = error.code === "not-found" ? "DELETED" : "MERGED";
    await db().prisma.bulkChangeTicket.update({ where: key, data: { outcome } });
  }
}
