import { db } from "../db/client";
import type { Found } from "./list-conditions";
import type { TicketQuery } from "./query";
import { namedLike } from "./search-people";

/** More people than this are looked for again with every question. */
const REQUESTERS_MAX = 2000;

/** A tag of more tickets is common. */
const TAG_RARE_MAX = 5000;

/** Looks up whom and which tag a query names, so that what follows is planned for just these. */
export async function findNames(query: TicketQuery): Promise<Found> {
  const [tag, requesterIds] = await Promise.all([
    query.tag ? findTag(query.tag) : undefined,
    query.requester ? findRequesters(query.requester) : undefined,
  ]);
  return { tag, requesterIds };
}

async function findTag(name: string): Promise<NonNullable<Found["tag"]> | null> {
  const [tag] = await db().prisma.$queryRaw<{ id: string; tickets: number }[]>`
    SELECT g."id", (SELECT count(*)::int FROM (
      SELECT FROM "_TagToTicket" l WHERE l."A" = g."id" LIMIT ${TAG_RARE_MAX + 1}) few) AS "tickets"
    FROM "Tag" g WHERE g."name" = ${name}::citext`;
  return tag ? { id: tag.id, isCommon: tag.tickets > TAG_RARE_MAX } : null;
}

async function findRequesters(part: string): Promise<string[] | null> {
  const found = await db().prisma.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT few."id" FROM (
      SELECT coalesce(c."mergedIntoId", c."id") AS "id" FROM "Contact" c
      WHERE ${namedLike(part)} LIMIT ${REQUESTERS_MAX + 1}) few`;
  return found.length > REQUESTERS_MAX ? null : found.map(({ id }) => id);
}
