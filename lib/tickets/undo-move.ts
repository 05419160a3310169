import { inTransaction, type Tx } from "../db/client";
import type { TicketMove } from "../db/generated/client";
import { AppError } from "../errors";
import { isUuid } from "../uuid";
import { type Actor, requireDesk } from "./access";
import { recordEvent } from "./events";
import { recountTicket } from "./relocate";

/**
 * Takes a move, a split or a merge back: what it moved returns to the ticket it came from, together
 * with what was said since on a ticket that was made for it. Mails that were moved on to a third
 * ticket stay there.
 * @returns the number of the ticket the mails are on again.
 * @throws AppError "not-found" when ticket `number` has no such move; "conflict" when it was undone
 * already, or what was done since stands in the way.
 */
export async function undoMove(
  actor: Actor,
  { number, moveId }: { number: number; moveId: string },
): Promise<{ number: number }> {
  requireDesk(actor);
  return inTransaction(async (tx) => {
    const { move, from, into } = await lockMove(tx, number, moveId);
    const ids = await messagesToReturn(tx, move);
    if (move.isMerge)
      await tx.ticket.update({
        where: { id: from.id },
        data: {
          mergedIntoId: null,
          status: move.statusBefore ?? "OPEN",
          closedAt: move.statusBefore === "CLOSED" ? from.closedAt : null,
        },
      });
    await returnMessages(tx, move, ids);
    await returnPeople(tx, move);
    if (move.isSplit) await leadBack(tx, move);
    await recountTicket(tx, from.id);
    await recountTicket(tx, into.id);
    await tx.ticketMove.update({ where: { id: moveId }, data: { undoneAt: new Date() } });
    const what = { kind: "move-undone", count: ids.length, wasMerge: move.isMerge } as const;
    await recordEvent(tx, from.id, actor.id, { ...what, number: into.number, way: "back" });
    await recordEvent(tx, into.id, actor.id, { ...what, number: from.number, way: "away" });
    return { number: from.number };
  });
}

const END = {
  select: {
    ...{ id: true, number: true, deletedAt: true, closedAt: true },
    mergedInto: { select: { id: true, number: true } },
  },
} as const;

/** The move with both its tickets locked, when it can be undone as they stand now. */
async function lockMove(tx: Tx, number: number, moveId: string) {
  const missing = new AppError("not-found", `There is nothing like that to undo on #${number}.`);
  if (!isUuid(moveId)) throw missing;
  const found = await tx.ticketMove.findFirst({
    where: { id: moveId, OR: [{ from: { number } }, { into: { number } }] },
    select: { fromTicketId: true, intoTicketId: true },
  });
  if (!found) throw missing;
  await tx.$queryRaw`
    SELECT "id" FROM "Ticket" WHERE "id" IN (${found.fromTicketId}::uuid, ${found.intoTicketId}::uuid)
    ORDER BY "number" FOR UPDATE`;
  const { from, into, ...move } = await tx.ticketMove.findUniqueOrThrow({
    where: { id: moveId },
    include: { from: END, into: END },
  });
  if (move.undoneAt) throw new AppError("conflict", "This has been undone already.");
  for (const ticket of [from, into]) {
    if (ticket.deletedAt) throw new AppError("conflict", `#${ticket.number} was deleted since.`);
    const { mergedInto } = ticket;
    const isByThis = move.isMerge && ticket === from && mergedInto?.id === into.id;
    if (mergedInto && !isByThis)
      throw new AppError(
        "conflict",
        `#${ticket.number} was merged into #${mergedInto.number} since: undo that first.`,
      );
  }
  return { move, from, into };
}

/** A ticket made by a split gives back everything on it; any other what the move brought. */
async function messagesToReturn(tx: Tx, move: TicketMove): Promise<string[]> {
  const rows = await tx.message.findMany({
    where: {
      ticketId: move.intoTicketId,
      ...(move.isSplit ? {} : { id: { in: move.messageRowIds } }),
    },
    select: { id: true },
  });
  if (rows.length === 0 && move.messageRowIds.length > 0)
    throw new AppError("conflict", "Its mails are on another ticket by now.");
  return rows.map(({ id }) => id);
}

/** Back where they were, each under the correction it was there by. */
async function returnMessages(tx: Tx, move: TicketMove, ids: string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Message" AS message SET "ticketId" = ${move.fromTicketId}::uuid, "moveId" = (
      SELECT earlier."id" FROM "TicketMove" AS earlier
      WHERE earlier."intoTicketId" = ${move.fromTicketId}::uuid AND earlier."undoneAt" IS NULL
        AND message."id" = ANY(earlier."messageRowIds")
      ORDER BY earlier."createdAt" DESC LIMIT 1)
    WHERE message."id" = ANY(${ids}::uuid[])`;
}

/** Who came by the move and has no word of their own there leaves; newcomers are newcomers again. */
async function returnPeople(tx: Tx, move: TicketMove): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM "TicketParticipant" AS person
    WHERE person."ticketId" = ${move.intoTicketId}::uuid
      AND person."contactId" = ANY(${move.addedIds}::uuid[]) AND person."role" = 'CC'
      AND NOT EXISTS (SELECT 1 FROM "Message"
        WHERE "ticketId" = person."ticketId" AND "contactId" = person."contactId")`;
  await tx.ticketParticipant.createMany({
    data: move.removedIds.map((contactId) => ({
      ...{ ticketId: move.fromTicketId, contactId },
      ...{ role: "CC" as const, isNew: true },
    })),
    skipDuplicates: true,
  });
}

/** The ticket of a split is empty now: it leads to where its mails are, like a merged one. */
async function leadBack(tx: Tx, move: TicketMove): Promise<void> {
  await tx.ticket.update({
    where: { id: move.intoTicketId },
    data: { mergedIntoId: move.fromTicketId, status: "CLOSED", closedAt: new Date() },
    select: { id: true },
  });
}
