import { Prisma } from "../db/generated/client";
import { withinTime } from "../db/within-time";
import { type Actor, requireDesk } from "./access";
import { conditions } from "./list-conditions";
import { COUNT_MAX } from "./list-count";
import { parseTicketAddress, type TicketQuery } from "./query";

/** The menu waits for its numbers no longer than this. */
const TIME_MAX_MS = 1_000;

type Counted = { id: string; query: TicketQuery };

/**
 * How many tickets each saved view holds for this viewer, by the view's id; 1000 stands for "999+".
 * All filters are counted in one query and all searches in another, each view up to 1000. Views
 * whose query takes longer than a second are left out, and the menu does without their numbers.
 */
export async function countSavedViews(
  viewer: Actor,
  views: { id: string; query: string }[],
): Promise<Map<string, number>> {
  requireDesk(viewer);
  const counted = views.map(({ id, query }) => ({ id, query: parseTicketAddress(query).query }));
  const [filters, searches] = await Promise.all([
    countInTime(
      viewer,
      counted.filter(({ query }) => query.q === ""),
    ),
    countInTime(
      viewer,
      counted.filter(({ query }) => query.q !== ""),
    ),
  ]);
  return new Map([...filters, ...searches].map(({ id, count }) => [id, count]));
}

async function countInTime(
  viewer: Actor,
  views: Counted[],
): Promise<{ id: string; count: number }[]> {
  if (views.length === 0) return [];
  const counts = views.map(({ id, query }) => {
    const where = conditions(viewer, query);
    return Prisma.sql`SELECT ${id}::text AS "id", (SELECT count(*)::int FROM (SELECT 1 FROM "Ticket" t
      WHERE ${where} LIMIT ${COUNT_MAX}) counted) AS "count"`;
  });
  const counted = await withinTime(TIME_MAX_MS, (ask) =>
    ask<{ id: string; count: number }>(Prisma.join(counts, " UNION ALL ")),
  );
  return counted ?? [];
}
