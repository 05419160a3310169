import { db } from "../db/client";
import { type Found, namedLike } from "./list-conditions";
import type { TicketQuery } from "./query";

/** More people than this are looked for together with their tickets. */
const REQUESTERS_MAX = 200;

/** Looks up whom and which tag a query names, so that what follows is planned for just these. */
export async function findNames(query: TicketQuery): Promise<Found> {
  const [tagId, requesterIds] = await Promise.all([
    query.tag ? findTag(query.tag) : undefined,
    query.requester ? findRequesters(query.requester) : undefined,
  ]);
  return { tagId, requesterIds };
}

async function findTag(name: string): Promise<string | null> {
  const tag = await db().prisma.tag.findUnique({ where: { name }, select: { id: true } });
  return tag?.id ?? null;
}

async function findRequesters(part: string): Promise<string[] | null> {
  const found = await db().prisma.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT few."id" FROM (
      SELECT coalesce(c."mergedIntoId", c."id") AS "id" FROM "Contact" c
      WHERE ${namedLike(part)} LIMIT ${REQUESTERS_MAX + 1}) few`;
  return found.length > REQUESTERS_MAX ? null : found.map(({ id }) => id);
}
