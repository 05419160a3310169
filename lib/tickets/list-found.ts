import { db } from "../db/client";
import { Prisma } from "../db/generated/client";
import { daysConditions, type Found, keptCondition } from "./list-conditions";
import type { TicketQuery } from "./query";
import { namedLike } from "./search-people";

/** More people than this are looked for again with every question. */
const REQUESTERS_MAX = 2_000;
/** More tickets of a tag that statistics do not know are not counted. */
const TAG_COUNT_MAX = 5_001;
/** Days that hold more tickets are no beginning of a list. */
const FEW_DAYS_MAX = 8_000;

/** Looks up whom, which tag and how many days a query names, so that what follows is asked in the way that suits. */
export async function findNames(query: TicketQuery): Promise<Found> {
  const [tag, requesterIds, hasFewDays] = await Promise.all([
    query.tag ? findTag(query.tag) : undefined,
    query.requester ? findRequesters(query.requester) : undefined,
    query.created && query.view !== "spam" ? holdFew(query.created) : undefined,
  ]);
  return { tag, requesterIds, hasFewDays };
}

/** How many tickets a tag has is known from Postgres's statistics, where there are any. */
async function findTag(name: string): Promise<NonNullable<Found["tag"]> | null> {
  const [tag] = await db().prisma.$queryRaw<{ id: string; tickets: number }[]>`
    SELECT g."id", coalesce(
      (SELECT (c.reltuples * s.most_common_freqs[array_position(s.most_common_vals::text::uuid[], g."id")])::int
        FROM pg_class c JOIN pg_stats s ON s.schemaname = current_schema() AND s.tablename = '_TagToTicket' AND s.attname = 'A'
        WHERE c.oid = to_regclass('"_TagToTicket"') AND c.reltuples > 0),
      (SELECT count(*)::int FROM (
        SELECT FROM "_TagToTicket" l WHERE l."A" = g."id" LIMIT ${TAG_COUNT_MAX}) few)) AS "tickets"
    FROM "Tag" g WHERE g."name" = ${name}::citext`;
  return tag ?? null;
}

async function findRequesters(part: string): Promise<string | null> {
  const [found] = await db().prisma.$queryRaw<{ ids: string | null }[]>`
    SELECT CASE WHEN count(*) <= ${REQUESTERS_MAX} THEN coalesce(string_agg(few."id"::text, ','), '') END AS "ids"
    FROM (SELECT coalesce(c."mergedIntoId", c."id") AS "id" FROM "Contact" c
      WHERE ${namedLike(part)} LIMIT ${REQUESTERS_MAX + 1}) few`;
  return found?.ids ?? null;
}

async function holdFew(created: string): Promise<boolean> {
  const where = Prisma.join(
    [keptCondition(false), ...daysConditions("createdAt", created)],
    " AND ",
  );
  const [row] = await db().prisma.$queryRaw<{ isFew: boolean }[]>`
    SELECT count(*) <= ${FEW_DAYS_MAX} AS "isFew"
    FROM (SELECT FROM "Ticket" t WHERE ${where} LIMIT ${FEW_DAYS_MAX + 1}) few`;
  return row?.isFew ?? false;
}
