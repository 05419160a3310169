import { db } from "@/lib/db/client";
import { Prisma } from "@/lib/db/generated/client";
import type { Actor } from "@/lib/tickets/access";
import { conditions } from "@/lib/tickets/list-conditions";
import { cursorOf, PAGE_SIZE, type TicketRow } from "@/lib/tickets/list-page";
import type { TicketCursor, TicketQuery } from "@/lib/tickets/query";

const DEEP_PAGE = 1000;

/** Where the thousandth page of a list begins, or its last one; null when all is on the first page. */
export async function deepPlace(viewer: Actor, query: TicketQuery): Promise<TicketCursor | null> {
  const order =
    query.sort === "newest"
      ? Prisma.sql`"lastMessageAt" DESC, "id" DESC`
      : Prisma.sql`(NOT "awaitingUs"), "awaitingSince", "id"`;
  const found = await db().prisma.$queryRaw<TicketRow[]>`
    WITH held AS MATERIALIZED (
      SELECT t."id", t."lastMessageAt", t."awaitingUs", t."awaitingSince"
      FROM "Ticket" t WHERE ${conditions(viewer, query)})
    SELECT * FROM held WHERE (SELECT count(*) FROM held) > ${PAGE_SIZE}
    ORDER BY ${order}
    OFFSET (SELECT least(${(DEEP_PAGE - 1) * PAGE_SIZE}, greatest(1, count(*) - ${PAGE_SIZE})) - 1 FROM held)
    LIMIT 1`;
  return cursorOf(found[0], query.sort);
}
