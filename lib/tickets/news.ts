import { ask } from "../db/ask";
import { Prisma } from "../db/generated/client";
import { type Actor, requireDesk } from "./access";
import { conditions, type Found } from "./list-conditions";
import { idsLookedAt } from "./list-count";
import { findNames } from "./list-found";
import { isFiltered, type TicketQuery } from "./query";

/** Counts of news stop here: "999+". */
const NEWS_MAX = 1000;

/** Unread tickets are counted up to this, which stands for "99+". */
const UNREAD_MAX = 100;

/** The newest tickets of a list that are looked at for unread ones. */
const UNREAD_AMONG = 500;

/** Longer than any mail takes from its message's id to its commit. */
const COMMIT_MS_MAX = 600_000;

/**
 * A moment of the database, as text: its time in milliseconds, and which transactions were to be seen
 * then (pg_snapshot). By times alone a mail could be missed whose transaction began before a page was
 * read and committed after, or one be counted that is on the page.
 */
export type Moment = string;

const MOMENT = /^(\d{13})~(\d{1,19}:\d{1,19}:[\d,]{0,4000})$/;

/** Now. */
export async function readMoment(): Promise<Moment> {
  const [row] = await ask<{ moment: string }>(Prisma.sql`
    SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint::text || '~' || pg_current_snapshot()::text AS "moment"`);
  if (!row) throw new Error("The database gave no moment");
  return row.moment;
}

/** Whether `text` is a moment as readMoment() gives it: Postgres throws on any other snapshot. */
export function isMoment(text: string): boolean {
  const [, , snapshot] = MOMENT.exec(text) ?? [];
  if (snapshot === undefined) return false;
  const [xmin = "", xmax = "", running = ""] = snapshot.split(":");
  const ids = running === "" ? [] : running.split(",");
  const [first, last] = [BigInt(xmin), BigInt(xmax)];
  if (first < 1n || first > last || last >= 1n << 63n) return false;
  return ids.every((id, index) => {
    if (id === "") return false;
    const before = index === 0 ? first : BigInt(ids[index - 1] || 0) + 1n;
    return BigInt(id) >= before && BigInt(id) < last;
  });
}

export type ListNews = {
  /** Tickets of a list that are new since a moment; 1000 stands for "999+". */
  tickets: number;
  /** Older tickets of it with an answer since then. */
  replies: number;
};

/**
 * What of a list has come since `since`, by mail or in the portal. Whichever way the list is sorted;
 * what robots add to a ticket is no news.
 */
export async function countNews(
  viewer: Actor,
  query: TicketQuery,
  since: Moment,
): Promise<ListNews> {
  requireDesk(viewer);
  const changed = await changedSince(since);
  if (changed.length === 0) return { tickets: 0, replies: 0 };
  const ids = changed.map(({ id }) => id);
  const found = await ask<{ id: string }>(Prisma.sql`
    SELECT t."id" FROM "Ticket" t WHERE t."id" = ANY(${ids}::uuid[]) AND ${conditions(viewer, query)}`);
  const inList = new Set(found.map(({ id }) => id));
  const news = changed.filter(({ id }) => inList.has(id));
  const tickets = news.filter(({ isNew }) => isNew).length;
  return { tickets, replies: news.length - tickets };
}

export type MailNews = {
  number: number;
  subject: string;
  /** Name or address; "" when nobody knows. */
  requester: string;
  isNew: boolean;
};

/** News to tell an agent of: mail since `since` on their own tickets and on nobody's. At most 20. */
export async function listOwnNews(viewer: Actor, since: Moment): Promise<MailNews[]> {
  requireDesk(viewer);
  const changed = await changedSince(since);
  if (changed.length === 0) return [];
  const ids = changed.map(({ id }) => id);
  const rows = await ask<Omit<MailNews, "isNew"> & { id: string }>(Prisma.sql`
    SELECT t."id", t."number", t."subject", coalesce(nullif(c."name", ''), c."email"::text, '') AS "requester"
    FROM "Ticket" t LEFT JOIN "Contact" c ON c."id" = t."requesterId"
    WHERE t."id" = ANY(${ids}::uuid[]) AND t."awaitingUs" AND NOT t."isSpam" AND NOT t."isAutomatic"
      AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL
      AND (t."assigneeId" = ${viewer.id}::uuid OR t."assigneeId" IS NULL)
      AND (c."userId" IS NULL OR c."userId" <> ${viewer.id}::uuid)
    ORDER BY t."id" DESC LIMIT 20`);
  const isNew = new Map(changed.map((ticket) => [ticket.id, ticket.isNew]));
  return rows.map(({ id, ...row }) => ({ ...row, isNew: isNew.get(id) === true }));
}

/**
 * How many tickets of a list await us and have mail this agent has not seen: of its newest 500, where it
 * is narrowed down of some hundred among those that counting looks at, and 100 stands for "99+". A search
 * is no list to work off: it has none. `names` is what findNames() says of the query, where that is asked already.
 */
export async function countUnread(
  viewer: Actor,
  query: TicketQuery,
  names?: Promise<Found>,
): Promise<number> {
  requireDesk(viewer);
  if (query.q) return 0;
  const ids = isFiltered(query)
    ? idsLookedAt(viewer, query, await (names ?? findNames(query)), UNREAD_AMONG)
    : Prisma.sql`SELECT t."id" FROM "Ticket" t WHERE ${conditions(viewer, query)}
        ORDER BY t."lastMessageAt" DESC, t."id" DESC LIMIT ${UNREAD_AMONG}`;
  // OFFSET keeps it one look into the primary key a row, whatever Postgres knows of the tables.
  const [row] = await ask<{ count: number }>(Prisma.sql`
    SELECT count(*)::int AS "count" FROM (
      SELECT 1 FROM (${ids}) newest JOIN "Ticket" t ON t."id" = newest."id"
      WHERE t."awaitingUs" AND NOT EXISTS (
        SELECT 1 FROM "TicketRead" r WHERE r."ticketId" = t."id" AND r."userId" = ${viewer.id}::uuid
          AND r."readAt" >= t."lastMessageAt" OFFSET 0)
      LIMIT ${UNREAD_MAX}) unread`);
  return row?.count ?? 0;
}

/** The tickets with messages that a snapshot did not see yet; of those, the newest 1000. */
async function changedSince(since: Moment): Promise<{ id: string; isNew: boolean }[]> {
  const [, time = "0", snapshot = ""] = MOMENT.exec(since) ?? [];
  // Ids begin with their time, so the primary keys hold the newest rows together.
  const from = idOfTime(Number(time) - COMMIT_MS_MAX);
  return ask<{ id: string; isNew: boolean }>(Prisma.sql`
    WITH clock AS MATERIALIZED (SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next),
    unseen AS MATERIALIZED (
      SELECT m."ticketId", m."automaticKind" FROM "Message" m, clock
      WHERE m."id" > ${from}::uuid AND m."kind" = 'INBOUND' AND NOT ${wasSeen(Prisma.sql`m`, snapshot)}
      ORDER BY m."id" DESC LIMIT ${NEWS_MAX}),
    changed AS (
      SELECT "ticketId" AS "id", bool_or("automaticKind" IS NULL OR "automaticKind" = 'list') AS "isSaid"
      FROM unseen GROUP BY "ticketId"),
    told AS (
      SELECT c."id", c."isSaid", c."id" > ${from}::uuid AND NOT EXISTS (
        SELECT 1 FROM "Message" o WHERE o."ticketId" = c."id" AND o."kind" = 'INBOUND'
          AND ${wasSeen(Prisma.sql`o`, snapshot)}) AS "isNew"
      FROM changed c, clock)
    SELECT "id", "isNew" FROM told WHERE "isNew" OR "isSaid"`);
}

/**
 * Whether a snapshot saw a row, beside "clock". A row's xmin is the lower half of the id of the
 * transaction that wrote it; the upper half is that of the clock, or one less.
 */
function wasSeen(row: Prisma.Sql, snapshot: string): Prisma.Sql {
  return Prisma.sql`pg_visible_in_snapshot(
    ((clock.next >> 32 << 32) + ${row}.xmin::text::bigint
      - CASE WHEN ${row}.xmin::text::bigint > clock.next & 4294967295 THEN 4294967296 ELSE 0 END)::text::xid8,
    ${snapshot}::text::pg_snapshot)`;
}

/** The lowest id of version 7 of a time (RFC 9562 §5.7). */
function idOfTime(ms: number): string {
  const hex = Math.max(0, ms).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
