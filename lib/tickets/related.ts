import { db, inTransaction } from "../db/client";
import type { TicketStatus } from "../db/generated/enums";
import { AppError } from "../errors";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { recordEvent } from "./events";
import { lockInOrder } from "./lock-in-order";

/** Tickets one may be related to. */
export const RELATED_MAX = 20;

export type RelatedTicket = { number: number; subject: string; status: TicketStatus };

type Pair = { number: number; other: number };

/**
 * Says on two tickets that they have to do with each other. Nothing happens when it stands there.
 * @throws AppError "not-found"; "conflict" for a merged ticket, one with itself, and beyond
 * RELATED_MAX on either.
 */
export async function relateTickets(actor: Actor, { number, other }: Pair): Promise<void> {
  requireDesk(actor);
  if (number === other) throw new AppError("conflict", "A ticket can't be related to itself.");
  await inTransaction(async (tx) => {
    const [one, two] = await lockInOrder(tx, actor, [number, other]);
    const where = inDatabase(one.id, two.id);
    if (await tx.ticketRelation.count({ where })) return;
    for (const { id, number: full } of [one, two]) {
      const count = await tx.ticketRelation.count({ where: touching(id) });
      if (count >= RELATED_MAX)
        throw new AppError("conflict", `#${full} is related to ${RELATED_MAX} tickets already.`);
    }
    await tx.ticketRelation.create({ data: where, select: { ticketId: true } });
    await recordEvent(tx, one.id, actor.id, { kind: "related", number: two.number });
    await recordEvent(tx, two.id, actor.id, { kind: "related", number: one.number });
  });
}

/**
 * Takes that back. Nothing happens when they are not related, or there is no such other ticket.
 * @throws AppError "not-found", "conflict" about ticket `number`.
 */
export async function unrelateTickets(actor: Actor, { number, other }: Pair): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const one = await requireTicketAccess(tx, actor, number);
    // The other one may have been merged or deleted since: it is only named here.
    const two = await tx.ticket.findUnique({
      where: { number: other },
      select: { id: true, number: true },
    });
    if (!two) return;
    const { count } = await tx.ticketRelation.deleteMany({ where: inDatabase(one.id, two.id) });
    if (count === 0) return;
    await recordEvent(tx, one.id, actor.id, { kind: "unrelated", number: two.number });
    await recordEvent(tx, two.id, actor.id, { kind: "unrelated", number: one.number });
  });
}

const otherSelect = {
  select: {
    id: true,
    number: true,
    subject: true,
    status: true,
    deletedAt: true,
  },
} as const;

/**
 * The tickets one is related to, in the order of their numbers; deleted ones are left out.
 * @throws AppError "forbidden" for customers.
 */
export async function listRelated(viewer: Actor, ticketId: string): Promise<RelatedTicket[]> {
  requireDesk(viewer);
  const rows = await db().prisma.ticketRelation.findMany({
    where: touching(ticketId),
    select: { ticket: otherSelect, other: otherSelect },
    take: RELATED_MAX,
  });
  return rows
    .map(({ ticket, other }) => (ticket.id === ticketId ? other : ticket))
    .filter(({ deletedAt }) => deletedAt === null)
    .map(({ number, subject, status }) => ({ number, subject, status }))
    .sort((a, b) => a.number - b.number);
}

const touching = (id: string) => ({ OR: [{ ticketId: id }, { otherId: id }] });

/** Postgres compares ids as JavaScript compares their text. */
function inDatabase(one: string, two: string): { ticketId: string; otherId: string } {
  return one < two ? { ticketId: one, otherId: two } : { ticketId: two, otherId: one };
}
