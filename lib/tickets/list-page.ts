import type { Ask } from "../db/ask";
import { Prisma } from "../db/generated/client";
import type { TicketPriority, TicketSource, TicketStatus } from "../db/generated/enums";
import type { Actor } from "./access";
import type { TicketCursor, TicketQuery, TicketSort } from "./query";

export const PAGE_SIZE = 50;

export type TicketRow = {
  id: string;
  number: number;
  subject: string;
  snippet: string;
  status: TicketStatus;
  priority: TicketPriority;
  source: TicketSource;
  accountEmail: string | null;
  tags: string[];
  requesterName: string | null;
  requesterEmail: string | null;
  assigneeId: string | null;
  assigneeName: string | null;
  lastMessageAt: Date;
  awaitingUs: boolean;
  awaitingSince: Date;
  /** null unless it sleeps */
  snoozedUntil: Date | null;
  /** By when it owes something, from when on that is marked, and whether it is the first response. */
  dueAt: Date | null;
  dueWarnAt: Date | null;
  isResponseDue: boolean | null;
  isUnread: boolean;
};

export type TicketPage = {
  rows: TicketRow[];
  /** Less than `countMax`, 1000 where that is not given; as much as that stands for "999+", or "260+". */
  count: number;
  countMax?: number;
  newer: TicketCursor | null;
  older: TicketCursor | null;
  /** The search was given up: what it would find is not known. */
  isGivenUp?: true;
};

/** Which page it is: at most one of the two places is set. */
export type Place = Pick<TicketQuery, "after" | "before" | "sort"> & {
  /** Hardly any row is older: the rows from then on are looked for by themselves. */
  firstDay?: Date | null;
};

/** The tickets of a page and one more, and how many the whole list holds, null where that is not known. */
export type IdsFound = { ids: string[]; count: number | null };

/** Where the tickets of a page come from. */
export type PageIds = (ask: Ask, place: Place, isUpward: boolean) => Promise<IdsFound>;

/**
 * The tickets that `where` (on "Ticket" t) leaves. `asked` is asked of each of them in the order of the
 * list until a page is full.
 */
export function idsWhere(where: Prisma.Sql, asked?: Prisma.Sql): PageIds {
  return async (ask, place, isUpward) => {
    const rows = await ask<{ id: string }>(selectIds({ where, asked }, place, isUpward));
    return { ids: rows.map(({ id }) => id), count: null };
  };
}

/** The same of so few tickets that all of them are read, and counted by that. */
export function idsAmongFew(where: Prisma.Sql): PageIds {
  return async (ask, place, isUpward) => {
    const rows = await ask<{ id: string; count: number }>(Prisma.sql`
      WITH held AS MATERIALIZED (
        SELECT t."id", t."lastMessageAt", t."awaitingUs", t."awaitingSince" FROM "Ticket" t WHERE ${where})
      SELECT t."id", (SELECT count(*)::int FROM held) AS "count" FROM held t
      WHERE ${beyond(place, isUpward)} ORDER BY ${ORDERS[place.sort].order(isUpward)} LIMIT ${PAGE_SIZE + 1}`);
    return { ids: rows.map(({ id }) => id), count: rows[0]?.count ?? null };
  };
}

type RowsRead = Omit<TicketPage, "count" | "countMax"> & { count: number | null };

/** One page of these tickets, and how many the list holds, null when its ids do not say. */
export async function readPage(
  ask: Ask,
  viewer: Actor,
  { sort, after, before, firstDay }: Place,
  ids: PageIds,
): Promise<RowsRead> {
  if (before) {
    const above = { sort, before, after: null, firstDay };
    const { rows, count, hasMore } = await selectRows(ask, viewer, ids, above);
    // Fewer than a page above means the top is near: show the top, full, instead of a stub.
    if (hasMore) {
      rows.reverse();
      return { rows, count, newer: cursorOf(rows[0], sort), older: cursorOf(rows.at(-1), sort) };
    }
  }
  const place = { sort, after, before: null, firstDay };
  const { rows, count, hasMore } = await selectRows(ask, viewer, ids, place);
  return {
    rows,
    count,
    newer: after ? (cursorOf(rows[0], sort) ?? after) : null,
    older: hasMore ? cursorOf(rows.at(-1), sort) : null,
  };
}

type PageRead = { rows: TicketRow[]; count: number | null; hasMore: boolean };

/**
 * The ids first, which an index may hold with all that the list is narrowed by; then what is shown, by a
 * statement that is the same for all lists of an order, and planned once.
 */
async function selectRows(ask: Ask, viewer: Actor, ids: PageIds, place: Place): Promise<PageRead> {
  const isUpward = place.after === null && place.before !== null;
  const found = await ids(ask, place, isUpward);
  if (found.ids.length === 0) return { rows: [], count: found.count, hasMore: false };
  const order = ORDERS[place.sort].order(isUpward);
  const rows = await ask<TicketRow>(
    Prisma.sql`
    SELECT t."id", t."number", t."subject", t."snippet", t."status", t."priority", t."source",
      (SELECT a."email"::text FROM "EmailAccount" a WHERE a."id" = t."accountId") AS "accountEmail",
      ARRAY(SELECT g."name"::text FROM "_TagToTicket" l JOIN "Tag" g ON g."id" = l."A"
        WHERE l."B" = t."id" ORDER BY g."name" LIMIT 20) AS "tags",
      c."name" AS "requesterName", c."email"::text AS "requesterEmail",
      t."assigneeId", (SELECT u."name" FROM "User" u WHERE u."id" = t."assigneeId") AS "assigneeName",
      t."lastMessageAt", t."awaitingUs", t."awaitingSince",
      CASE WHEN t."snoozedUntil" > now() THEN t."snoozedUntil" END AS "snoozedUntil",
      t."dueAt", t."dueWarnAt", t."dueAt" = t."firstResponseDueAt" AS "isResponseDue",
      NOT EXISTS (SELECT FROM "TicketRead" r WHERE r."ticketId" = t."id" AND r."userId" = ${viewer.id}::uuid
        AND r."readAt" >= t."lastMessageAt") AS "isUnread"
    FROM unnest(${found.ids}::uuid[]) page("id")
    JOIN "Ticket" t ON t."id" = page."id"
    LEFT JOIN "Contact" c ON c."id" = t."requesterId"
    ORDER BY ${order}`,
    `list-rows-${place.sort}-${isUpward ? "up" : "down"}`,
  );
  const hasMore = found.ids.length > PAGE_SIZE;
  return { rows: rows.slice(0, PAGE_SIZE), count: found.count, hasMore };
}

type Wanted = { where: Prisma.Sql; asked?: Prisma.Sql | undefined };

function selectIds({ where, asked }: Wanted, place: Place, isUpward: boolean): Prisma.Sql {
  const order = ORDERS[place.sort].order(isUpward);
  const cursor = place.after ?? place.before;
  const limit = PAGE_SIZE + 1;
  const { firstDay } = place;
  // OFFSET 0 keeps the planner from choosing how to read the tickets by what asking costs: it would gather
  // all of them first, to ask fewer. It hands on their order; asked for once more, all would be sorted.
  if (asked)
    return Prisma.sql`SELECT t."id" FROM (SELECT t."id", t."lastMessageAt", t."awaitingUs", t."awaitingSince"
        FROM "Ticket" t WHERE ${where} AND ${beyond(place, isUpward)} ORDER BY ${order} OFFSET 0) t
      WHERE ${asked} LIMIT ${limit}`;
  if (!firstDay || place.sort !== "newest" || isUpward || (cursor && cursor.time < +firstDay))
    return Prisma.sql`SELECT t."id" FROM "Ticket" t WHERE ${where} AND ${beyond(place, isUpward)}
      ORDER BY ${order} LIMIT ${limit}`;
  // Without the bound a last page, not quite full, would be looked for through all that is older. The
  // few older ones come after, and only if there is room: OFFSET 0 has them found by other conditions.
  return Prisma.sql`
    (SELECT t."id" FROM "Ticket" t WHERE ${where} AND ${beyond(place, isUpward)} AND t."lastMessageAt" >= ${firstDay}
      ORDER BY ${order} LIMIT ${limit})
    UNION ALL
    (SELECT t."id" FROM (SELECT t."id", t."lastMessageAt" FROM "Ticket" t WHERE ${where} OFFSET 0) t
      WHERE t."lastMessageAt" < ${firstDay} ORDER BY ${order} LIMIT ${limit})
    LIMIT ${limit}`;
}

function beyond({ sort, after, before }: Place, isUpward: boolean): Prisma.Sql {
  const cursor = after ?? before;
  return cursor ? ORDERS[sort].isBeyond(cursor, isUpward) : Prisma.sql`TRUE`;
}

export type ListPlace = Pick<TicketRow, "id" | "lastMessageAt" | "awaitingUs" | "awaitingSince">;

/** The next tickets of a list from a place on, up or down, in that order. */
export function selectPlaces(
  ask: Ask,
  where: Prisma.Sql,
  { sort, isUpward }: { sort: TicketSort; isUpward: boolean },
  { from, limit }: { from: TicketCursor | null; limit: number },
): Promise<ListPlace[]> {
  const { isBeyond, order } = ORDERS[sort];
  const beyond = from ? Prisma.sql`AND ${isBeyond(from, isUpward)}` : Prisma.empty;
  return ask<ListPlace>(Prisma.sql`
    SELECT t."id", t."lastMessageAt", t."awaitingUs", t."awaitingSince" FROM "Ticket" t
    WHERE ${where} ${beyond} ORDER BY ${order(isUpward)} LIMIT ${limit}`);
}

/** Tickets that follow each other in a list, those of them that a condition marks, and the last one's place. */
export type Block = { ids: string[]; marked: string[]; last: TicketCursor | null };

/**
 * The same as ids alone, in one row: thousands of rows take longer to hand over than to find. `marked` is
 * asked of each, and may be about its requester.
 */
export async function selectBlock(
  ask: Ask,
  where: Prisma.Sql,
  { sort, isUpward }: { sort: TicketSort; isUpward: boolean },
  { from, limit, marked }: { from: TicketCursor | null; limit: number; marked: Prisma.Sql },
): Promise<Block> {
  const { isBeyond, order, columns } = ORDERS[sort];
  type Row = Omit<ListPlace, "id"> & { ids: string | null; marked: string | null };
  const lastOf = columns.map(
    (name) =>
      Prisma.sql`(array_agg(t.${Prisma.raw(`"${name}"`)}))[count(*)] AS ${Prisma.raw(`"${name}"`)}`,
  );
  const [row] = await ask<Row>(Prisma.sql`
    SELECT ${Prisma.join(lastOf)}, string_agg(t."id"::text, ',') AS "ids",
      string_agg(t."id"::text, ',') FILTER (WHERE ${marked}) AS "marked"
    FROM (SELECT t."id", t."requesterId", ${Prisma.raw(columns.map((name) => `t."${name}"`).join(", "))}
      FROM "Ticket" t WHERE ${where} AND ${from ? isBeyond(from, isUpward) : Prisma.sql`TRUE`}
      ORDER BY ${order(isUpward)} LIMIT ${limit}) t`);
  const ids = row?.ids?.split(",") ?? [];
  const id = ids.at(-1);
  return {
    ids,
    marked: row?.marked?.split(",") ?? [],
    last: row && id ? cursorOf({ ...row, id }, sort) : null,
  };
}

type Order = {
  /** What a place is made of, beside the id. */
  columns: ("lastMessageAt" | "awaitingUs" | "awaitingSince")[];
  /** Rows further down than a place; further up where `isUpward`. */
  isBeyond(cursor: TicketCursor, isUpward: boolean): Prisma.Sql;
  order(isUpward: boolean): Prisma.Sql;
};

const ASC = Prisma.sql`ASC`;
const DESC = Prisma.sql`DESC`;

/** Every order ends with the id, so no two tickets share a place. */
const ORDERS: Record<TicketSort, Order> = {
  newest: {
    columns: ["lastMessageAt"],
    isBeyond({ time, id }, isUpward) {
      const sign = isUpward ? Prisma.sql`>` : Prisma.sql`<`;
      return Prisma.sql`(t."lastMessageAt", t."id") ${sign} (${new Date(time)}, ${id}::uuid)`;
    },
    order(isUpward) {
      const way = isUpward ? ASC : DESC;
      return Prisma.sql`t."lastMessageAt" ${way}, t."id" ${way}`;
    },
  },
  wait: {
    columns: ["awaitingUs", "awaitingSince"],
    isBeyond({ time, id, awaits }, isUpward) {
      const sign = isUpward ? Prisma.sql`<` : Prisma.sql`>`;
      return Prisma.sql`((NOT t."awaitingUs"), t."awaitingSince", t."id") ${sign}
        (${awaits === "customer"}, ${new Date(time)}, ${id}::uuid)`;
    },
    order(isUpward) {
      const way = isUpward ? DESC : ASC;
      return Prisma.sql`(NOT t."awaitingUs") ${way}, t."awaitingSince" ${way}, t."id" ${way}`;
    },
  },
};

/** The place of a row in a list of this order. */
export function cursorOf(row: ListPlace | undefined, sort: TicketSort): TicketCursor | null {
  if (!row || sort === "newest") return newestCursor(row);
  const awaits = row.awaitingUs ? "us" : "customer";
  return { time: row.awaitingSince.getTime(), id: row.id, awaits };
}

/** The place of a row in a list with the newest mail first. */
export function newestCursor(
  row: Pick<TicketRow, "id" | "lastMessageAt"> | undefined,
): TicketCursor | null {
  return row ? { time: row.lastMessageAt.getTime(), id: row.id } : null;
}
