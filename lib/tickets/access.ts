import type { Tx } from "../db/client";
import type { Role, TicketStatus } from "../db/generated/enums";
import { AppError } from "../errors";

/** Who does something: the signed-in user, as the caller has checked it. */
export type Actor = { id: string; role: Role };

export type AccessibleTicket = {
  id: string;
  number: number;
  status: TicketStatus;
  requesterId: string | null;
};

/** @throws AppError "forbidden" unless the actor works at the desk. */
export function requireDesk(actor: Actor): void {
  if (actor.role !== "ADMIN" && actor.role !== "AGENT")
    throw new AppError("forbidden", "Only agents may do this.");
}

/** The largest number a ticket can have. */
const NUMBER_MAX = 2_147_483_647;

/**
 * The one question whether somebody may change a ticket: agents every ticket, customers those whose
 * requester they are. Deleted tickets are nobody's, and what is written to a merged one nobody would
 * ever see. The ticket stays locked until the transaction ends, so what is read of it stays true.
 * @throws AppError "not-found" for a foreign ticket just as for none, so that numbers tell nothing;
 * "conflict" for a merged one.
 */
export async function requireTicketAccess(
  tx: Tx,
  actor: Actor,
  number: number,
): Promise<AccessibleTicket> {
  const missing = new AppError("not-found", `There is no ticket #${number}.`);
  if (!Number.isInteger(number) || number < 1 || number > NUMBER_MAX) throw missing;
  await tx.$queryRaw`SELECT "id" FROM "Ticket" WHERE "number" = ${number} FOR UPDATE`;
  const isDesk = actor.role === "ADMIN" || actor.role === "AGENT";
  const found = await tx.ticket.findFirst({
    where: { number, deletedAt: null, ...(isDesk ? {} : { requester: { userId: actor.id } }) },
    select: {
      id: true,
      number: true,
      status: true,
      requesterId: true,
      mergedInto: { select: { number: true } },
    },
  });
  if (!found || (found.mergedInto && !isDesk)) throw missing;
  const { mergedInto, ...ticket } = found;
  if (mergedInto)
    throw new AppError(
      "conflict",
      `Ticket #${number} was merged into #${mergedInto.number}: go on there.`,
    );
  return ticket;
}
