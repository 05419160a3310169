import { ask } from "../db/ask";
import { Prisma } from "../db/generated/client";
import { keptFor } from "../db/kept-for";
import { daysConditions, type Found, keptCondition } from "./list-conditions";
import type { TicketQuery } from "./query";
import { namedLike } from "./search-people";

/** More people than this are looked for again with every question. */
const REQUESTERS_MAX = 2_000;
/** More tickets of a tag that statistics do not know are not counted. */
const TAG_COUNT_MAX = 5_001;
/** How large tags are is asked again after that long, in milliseconds. */
const TAGS_KEPT_MS = 10 * 60_000;
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

async function findTag(name: string): Promise<NonNullable<Found["tag"]> | null> {
  const [[tag], sizes] = await Promise.all([
    ask<{ id: string }>(Prisma.sql`
      SELECT "id" FROM "Tag" WHERE "name" = ${name}::citext`),
    commonTags(),
  ]);
  if (!tag) return null;
  const { id } = tag;
  return { id, tickets: sizes.get(id) ?? (await countTagged(id)) };
}

/** How many tickets the common tags have, by Postgres's statistics, where there are any. */
const commonTags = keptFor(TAGS_KEPT_MS, async () => {
  const tags = await ask<{ id: string; tickets: number }>(Prisma.sql`
    SELECT tag."id", (c.reltuples * tag.share)::int AS "tickets"
    FROM pg_class c JOIN pg_stats s ON s.schemaname = current_schema() AND s.tablename = '_TagToTicket' AND s.attname = 'A',
      unnest(s.most_common_vals::text::text[], s.most_common_freqs) AS tag("id", share)
    WHERE c.oid = to_regclass('"_TagToTicket"') AND c.reltuples > 0`);
  return new Map(tags.map(({ id, tickets }) => [id, tickets]));
});

async function countTagged(tagId: string): Promise<number> {
  const [row] = await ask<{ count: number }>(Prisma.sql`
    SELECT count(*)::int AS "count" FROM (
      SELECT FROM "_TagToTicket" l WHERE l."A" = ${tagId}::uuid LIMIT ${TAG_COUNT_MAX}) few`);
  return row?.count ?? 0;
}

async function findRequesters(part: string): Promise<string | null> {
  const [found] = await ask<{ ids: string | null }>(Prisma.sql`
    SELECT CASE WHEN count(*) <= ${REQUESTERS_MAX} THEN coalesce(string_agg(few."id"::text, ','), '') END AS "ids"
    FROM (SELECT coalesce(c."mergedIntoId", c."id") AS "id" FROM "Contact" c
      WHERE ${namedLike(part)} LIMIT ${REQUESTERS_MAX + 1}) few`);
  return found?.ids ?? null;
}

async function holdFew(created: string): Promise<boolean> {
  const where = Prisma.join(
    [keptCondition(false), ...daysConditions("createdAt", created)],
    " AND ",
  );
  const [row] = await ask<{ isFew: boolean }>(Prisma.sql`
    SELECT count(*) <= ${FEW_DAYS_MAX} AS "isFew"
    FROM (SELECT FROM "Ticket" t WHERE ${where} LIMIT ${FEW_DAYS_MAX + 1}) few`);
  return row?.isFew ?? false;
}
