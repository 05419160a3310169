import { db } from "../db/client";
import type { TicketStatus } from "../db/generated/enums";
import type { Actor } from "./access";
import { newestCursor, PAGE_SIZE } from "./list-page";
import type { TicketCursor } from "./query";

export type CustomerTicketRow = {
  number: number;
  subject: string;
  status: TicketStatus;
  lastMessageAt: Date;
  awaitingUs: boolean;
};

/** A signed-in customer's own tickets, newest mail first, in pages by keyset. */
export async function listCustomerTickets(
  user: Actor,
  after: TicketCursor | null,
): Promise<{ rows: CustomerTicketRow[]; older: TicketCursor | null }> {
  const found = await db().prisma.ticket.findMany({
    where: {
      requester: { userId: user.id },
      deletedAt: null,
      mergedIntoId: null,
      ...(after && {
        OR: [
          { lastMessageAt: { lt: new Date(after.time) } },
          { lastMessageAt: new Date(after.time), id: { lt: after.id } },
        ],
      }),
    },
    select: {
      id: true,
      number: true,
      subject: true,
      status: true,
      lastMessageAt: true,
      awaitingUs: true,
    },
    orderBy: [{ lastMessageAt: "desc" }, { id: "desc" }],
    take: PAGE_SIZE + 1,
  });
  const rows = found.slice(0, PAGE_SIZE);
  return { rows, older: found.length > PAGE_SIZE ? newestCursor(rows.at(-1)) : null };
}
