import { db } from "../db/client";
import { Prisma } from "../db/generated/client";
import type { TicketPriority, TicketSource, TicketStatus } from "../db/generated/enums";
import { containing } from "../db/like";
import { type Actor, requireDesk } from "./access";
import type { TicketCursor, TicketQuery, TicketView } from "./query";

const PAGE_SIZE = 50;
/** Counts stop here: "999+". */
const COUNT_MAX = 1000;

export type TicketRow = {
  id: string;
  number: number;
  subject: string;
  snippet: string;
  status: TicketStatus;
  priority: TicketPriority;
  source: TicketSource;
  requesterName: string | null;
  requesterEmail: string | null;
  assigneeId: string | null;
  assigneeName: string | null;
  lastMessageAt: Date;
  awaitingUs: boolean;
  awaitingSince: Date;
  isUnread: boolean;
};

export type TicketPage = {
  rows: TicketRow[];
  /** At most 1000, which stands for "999+". */
  count: number;
  newer: TicketCursor | null;
  older: TicketCursor | null;
};

/**
 * One page of tickets, the one with the newest mail first; deleted and merged tickets never.
 * `newer` and `older` are the cursors of the neighbouring pages, null where there is none.
 * @throws AppError "forbidden" for customers, who have listCustomerTickets().
 */
export async function listTickets(viewer: Actor, query: TicketQuery): Promise<TicketPage> {
  requireDesk(viewer);
  const where = conditions(viewer, query);
  const [page, count] = await Promise.all([readPage(viewer, query, where), countUpTo(where)]);
  return { ...page, count };
}

/** How many tickets each view holds; 1000 stands for "999+". */
export async function viewCounts(viewer: Actor): Promise<Record<TicketView, number>> {
  requireDesk(viewer);
  const count = (view: TicketView) =>
    Prisma.sql`(SELECT count(*)::int FROM (SELECT 1 FROM "Ticket" t
      WHERE ${Prisma.join(viewConditions(viewer, view, []), " AND ")} LIMIT ${COUNT_MAX}) counted)`;
  const [counts] = await db().prisma.$queryRaw<Record<TicketView, number>[]>`SELECT
    ${count("my-open")} AS "my-open", ${count("unassigned")} AS "unassigned",
    ${count("all-open")} AS "all-open", ${count("waiting")} AS "waiting",
    ${count("solved")} AS "solved", ${count("automatic")} AS "automatic",
    ${count("spam")} AS "spam", ${count("all")} AS "all"`;
  if (!counts) throw new Error("Counting the views gave no row");
  return counts;
}

/**
 * How many tickets now stand above `top`, the first one on somebody's screen; all of them when the
 * screen is empty.
 */
export async function countNewer(
  viewer: Actor,
  query: TicketQuery,
  top: TicketCursor | null,
): Promise<number> {
  requireDesk(viewer);
  const where = conditions(viewer, query);
  if (!top) return countUpTo(where);
  return countUpTo(
    Prisma.sql`${where} AND (t."lastMessageAt", t."id") > (${new Date(top.time)}, ${top.id}::uuid)`,
  );
}

/** Why a list may be empty: nothing is connected, or nothing has come yet. */
export async function describeEmptiness(viewer: Actor) {
  requireDesk(viewer);
  const [accounts, ticket] = await Promise.all([
    db().prisma.emailAccount.findMany({
      select: { email: true, isActive: true, pollingEnabled: true, lastPolledAt: true },
      orderBy: [{ isDefault: "desc" }, { email: "asc" }],
      take: 5,
    }),
    db().prisma.ticket.findFirst({ where: { deletedAt: null }, select: { id: true } }),
  ]);
  return { accounts, hasTickets: ticket !== null };
}

/** What the filters offer: the people a ticket may belong to and the accounts it may come by. */
export async function listFilterChoices(viewer: Actor): Promise<{
  agents: { id: string; name: string }[];
  accounts: { id: string; email: string; isActive: boolean; isDefault: boolean }[];
}> {
  requireDesk(viewer);
  const [agents, accounts] = await Promise.all([
    db().prisma.user.findMany({
      where: { role: { in: ["ADMIN", "AGENT"] }, isActive: true },
      select: { id: true, name: true },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: 500,
    }),
    db().prisma.emailAccount.findMany({
      select: { id: true, email: true, isActive: true, isDefault: true },
      orderBy: { email: "asc" },
      take: 500,
    }),
  ]);
  return { agents, accounts };
}

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
  return { rows, older: found.length > PAGE_SIZE ? cursorOf(rows.at(-1)) : null };
}

/** The place of a page: at most one of the two is set. */
type Place = Pick<TicketQuery, "after" | "before">;

/**
 * A contact's tickets in pages like listTickets(), whatever their status; spam as well.
 * @throws AppError "forbidden" for customers.
 */
export async function listContactTickets(
  viewer: Actor,
  contactId: string,
  place: Place,
): Promise<TicketPage> {
  requireDesk(viewer);
  const where = Prisma.sql`t."requesterId" = ${contactId}::uuid
    AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL`;
  const [page, count] = await Promise.all([readPage(viewer, place, where), countUpTo(where)]);
  return { ...page, count };
}

async function readPage(viewer: Actor, query: Place, where: Prisma.Sql) {
  if (query.before) {
    const found = await selectRows(viewer, where, { before: query.before });
    // Fewer than a page above means the top is near: show the top, full, instead of a stub.
    if (found.length > PAGE_SIZE) {
      const rows = found.slice(0, PAGE_SIZE).reverse();
      return { rows, newer: cursorOf(rows[0]), older: cursorOf(rows.at(-1)) };
    }
  }
  const found = await selectRows(viewer, where, query.after ? { after: query.after } : {});
  const rows = found.slice(0, PAGE_SIZE);
  return {
    rows,
    newer: query.after ? (cursorOf(rows[0]) ?? query.after) : null,
    older: found.length > PAGE_SIZE ? cursorOf(rows.at(-1)) : null,
  };
}

function selectRows(
  viewer: Actor,
  where: Prisma.Sql,
  { after, before }: { after?: TicketCursor; before?: TicketCursor },
): Promise<TicketRow[]> {
  const cursor = after ?? before;
  const from = cursor && Prisma.sql`(${new Date(cursor.time)}, ${cursor.id}::uuid)`;
  const place =
    from &&
    Prisma.sql`AND (t."lastMessageAt", t."id") ${before ? Prisma.sql`>` : Prisma.sql`<`} ${from}`;
  const direction = before ? Prisma.sql`ASC` : Prisma.sql`DESC`;
  return db().prisma.$queryRaw<TicketRow[]>`
    SELECT t."id", t."number", t."subject", t."snippet", t."status", t."priority", t."source",
      c."name" AS "requesterName", c."email"::text AS "requesterEmail",
      t."assigneeId", u."name" AS "assigneeName",
      t."lastMessageAt", t."awaitingUs", t."awaitingSince",
      (r."readAt" IS NULL OR r."readAt" < t."lastMessageAt") AS "isUnread"
    FROM "Ticket" t
    LEFT JOIN "Contact" c ON c."id" = t."requesterId"
    LEFT JOIN "User" u ON u."id" = t."assigneeId"
    LEFT JOIN "TicketRead" r ON r."ticketId" = t."id" AND r."userId" = ${viewer.id}::uuid
    WHERE ${where} ${place ?? Prisma.empty}
    ORDER BY t."lastMessageAt" ${direction}, t."id" ${direction}
    LIMIT ${PAGE_SIZE + 1}`;
}

async function countUpTo(where: Prisma.Sql): Promise<number> {
  const [row] = await db().prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count"
    FROM (SELECT 1 FROM "Ticket" t WHERE ${where} LIMIT ${COUNT_MAX}) counted`;
  return row?.count ?? 0;
}

function cursorOf(row: { id: string; lastMessageAt: Date } | undefined): TicketCursor | null {
  return row ? { time: row.lastMessageAt.getTime(), id: row.id } : null;
}

/** The rows of a query, on "Ticket" t. */
function conditions(viewer: Actor, query: TicketQuery): Prisma.Sql {
  const all = viewConditions(viewer, query.view, query.statuses);
  if (query.source) all.push(Prisma.sql`t."source" = ${query.source}::"TicketSource"`);
  if (query.account) all.push(Prisma.sql`t."accountId" = ${query.account}::uuid`);
  if (query.assignee === "none") all.push(Prisma.sql`t."assigneeId" IS NULL`);
  else if (query.assignee) {
    const id = query.assignee === "me" ? viewer.id : query.assignee;
    all.push(Prisma.sql`t."assigneeId" = ${id}::uuid`);
  }
  if (query.requester) {
    all.push(Prisma.sql`t."requesterId" IN (SELECT coalesce(c."mergedIntoId", c."id") FROM "Contact" c
      WHERE (c."name" || ' ' || c."email"::text) ILIKE ${containing(query.requester)})`);
  }
  if (query.q) all.push(searchCondition(query.q));
  return Prisma.join(all, " AND ");
}

/** What a view means. Statuses that are asked for take the place of the view's own. */
function viewConditions(viewer: Actor, view: TicketView, statuses: TicketStatus[]): Prisma.Sql[] {
  const all = [Prisma.sql`t."deletedAt" IS NULL`, Prisma.sql`t."mergedIntoId" IS NULL`];
  all.push(view === "spam" ? Prisma.sql`t."isSpam"` : Prisma.sql`NOT t."isSpam"`);
  const status = (own: TicketStatus[]) => {
    const wanted = statuses.length > 0 ? statuses : own;
    all.push(Prisma.sql`t."status" = ANY(CAST(${wanted}::text[] AS "TicketStatus"[]))`);
  };
  switch (view) {
    case "my-open":
      all.push(Prisma.sql`t."assigneeId" = ${viewer.id}::uuid`);
      status(["OPEN", "PENDING"]);
      break;
    case "unassigned":
      all.push(Prisma.sql`t."assigneeId" IS NULL`, Prisma.sql`NOT t."isAutomatic"`);
      status(["OPEN", "PENDING"]);
      break;
    case "all-open":
      all.push(Prisma.sql`NOT t."isAutomatic"`);
      status(["OPEN", "PENDING"]);
      break;
    case "waiting":
      status(["PENDING"]);
      break;
    case "solved":
      status(["SOLVED", "CLOSED"]);
      break;
    case "automatic":
      all.push(Prisma.sql`t."isAutomatic"`);
      status(["OPEN", "PENDING", "SOLVED", "CLOSED"]);
      break;
    case "spam":
    case "all":
      if (statuses.length > 0) status(statuses);
      break;
    default:
      view satisfies never;
  }
  return all;
}

/** Each branch of the union is answered by an index of its own. */
function searchCondition(q: string): Prisma.Sql {
  const part = containing(q);
  const words = q.match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const beginnings = words.map((word) => `${word}:*`).join(" & ");
  const number = /^#?(\d{1,9})$/.exec(q)?.[1];
  return Prisma.sql`t."id" IN (
    SELECT s."id" FROM "Ticket" s WHERE s."subject" ILIKE ${part}
    UNION ALL
    SELECT s."id" FROM "Ticket" s WHERE s."number" = ${number ? Number(number) : null}
    UNION ALL
    SELECT s."id" FROM "Contact" c
      JOIN "Ticket" s ON s."requesterId" = coalesce(c."mergedIntoId", c."id")
      WHERE (c."name" || ' ' || c."email"::text) ILIKE ${part}
    UNION ALL
    SELECT m."ticketId" FROM "Message" m
      WHERE to_tsvector('simple', translate(m."subject" || ' ' || left(m."newText", 100000), '_<@/~', '     '))
        @@ (websearch_to_tsquery('simple', ${q.replace(/[_<@/~]/g, " ")}) || to_tsquery('simple', ${beginnings})))`;
}
