import { db, type Tx } from "../db/client";
import { Prisma } from "../db/generated/client";
import { withinTime } from "../db/within-time";
import { type Actor, requireDesk } from "./access";
import { learnCommonWords } from "./common-words";
import {
  allOf,
  asksForTag,
  beginsWithFew,
  conditions,
  type Found,
  firstDayOf,
  listConditions,
  viewConditions,
} from "./list-conditions";
import { COUNT_MAX, countTickets, totalOf } from "./list-count";
import { findNames } from "./list-found";
import {
  idsAmongFew,
  idsWhere,
  PAGE_SIZE,
  type PageIds,
  type Place,
  readPage,
  type TicketPage,
} from "./list-page";
import type { TicketQuery, TicketView } from "./query";
import { isWalked } from "./search";
import { idsByWalking } from "./search-walk";
import { sortInWords } from "./sort-in-words";

/** How long each question of a search may take, in milliseconds. */
const SEARCH_MS_MAX = 5_000;

/**
 * One page of tickets in the order of the query; deleted and merged tickets never.
 * `newer` and `older` are the cursors of the neighbouring pages, null where there is none.
 * @throws AppError "forbidden" for customers, who have listCustomerTickets().
 */
export async function listTickets(viewer: Actor, query: TicketQuery): Promise<TicketPage> {
  requireDesk(viewer);
  const [found] = await Promise.all([findNames(query), query.q ? learnCommonWords() : undefined]);
  const place = { ...query, firstDay: firstDayOf(query) };
  if (query.q) {
    const search = isWalked(query.q) ? walkedPage : searchedPage;
    // What is not sorted in is read again for every ticket that is walked past.
    if (search === walkedPage) await sortInWords();
    const page = await withinTime(SEARCH_MS_MAX, (tx) =>
      search(tx, viewer, { query, found, place }),
    );
    return page ?? { rows: [], newer: null, older: null, count: 0, isGivenUp: true };
  }
  const { prisma } = db();
  if (beginsWithFew(found)) {
    const ids = idsAmongFew(conditions(viewer, query, found));
    const page = await readPage(prisma, viewer, place, ids);
    const counted =
      page.count === null && page.newer
        ? await countTickets(prisma, viewer, query, found)
        : { count: page.count ?? 0, isAll: true };
    return { ...page, ...totalOf(page, counted) };
  }
  const [page, counted] = await Promise.all([
    readPage(prisma, viewer, place, idsOf(viewer, query, found)),
    countTickets(prisma, viewer, query, found),
  ]);
  return { ...page, ...totalOf(page, counted) };
}

function idsOf(viewer: Actor, query: TicketQuery, found: Found): PageIds {
  const all = listConditions(viewer, query, found);
  if (!asksForTag(found)) return idsWhere(allOf(all));
  return idsWhere(
    allOf(all.filter(({ of }) => of !== "tag")),
    allOf(all.filter(({ of }) => of === "tag")),
  );
}

type Asked = { query: TicketQuery; found: Found; place: Place };

/** Counting would take longer than finding a page: it is known only whether there is more than one. */
async function walkedPage(
  tx: Tx,
  viewer: Actor,
  { query, found, place }: Asked,
): Promise<TicketPage> {
  const page = await readPage(tx, viewer, place, idsByWalking(tx, viewer, { query, found }));
  const isAll = !page.newer && !page.older;
  return { ...page, count: isAll ? page.rows.length : PAGE_SIZE + 1, countMax: PAGE_SIZE + 1 };
}

/** What fits on one page is counted by that. */
async function searchedPage(
  tx: Tx,
  viewer: Actor,
  { query, found, place }: Asked,
): Promise<TicketPage> {
  const where = conditions(viewer, query, found);
  const page = await readPage(tx, viewer, place, idsWhere(where));
  const isAll = !page.newer && !page.older;
  const count = isAll ? page.rows.length : await countUpTo(tx, where);
  return { ...page, count, countMax: COUNT_MAX };
}

/** How many tickets each view holds; 1000 stands for "999+". */
export async function viewCounts(viewer: Actor): Promise<Record<TicketView, number>> {
  requireDesk(viewer);
  const count = (view: TicketView) =>
    Prisma.sql`(SELECT count(*)::int FROM (SELECT 1 FROM "Ticket" t
      WHERE ${allOf(viewConditions(viewer, view, []))} LIMIT ${COUNT_MAX}) counted)`;
  const [counts] = await db().prisma.$queryRaw<Record<TicketView, number>[]>`SELECT
    ${count("my-open")} AS "my-open", ${count("unassigned")} AS "unassigned",
    ${count("all-open")} AS "all-open", ${count("waiting")} AS "waiting",
    ${count("snoozed")} AS "snoozed", ${count("solved")} AS "solved", ${count("automatic")} AS "automatic",
    ${count("spam")} AS "spam", ${count("all")} AS "all"`;
  if (!counts) throw new Error("Counting the views gave no row");
  return counts;
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

/** What the filters offer: the people a ticket may belong to, the accounts it may come by, its tags. */
export async function listFilterChoices(viewer: Actor): Promise<{
  agents: { id: string; name: string }[];
  accounts: { id: string; email: string; isActive: boolean; isDefault: boolean }[];
  tags: string[];
}> {
  requireDesk(viewer);
  const [agents, accounts, tags] = await Promise.all([
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
    db().prisma.tag.findMany({ select: { name: true }, orderBy: { name: "asc" }, take: 500 }),
  ]);
  return { agents, accounts, tags: tags.map(({ name }) => name) };
}

/**
 * A contact's tickets in pages like listTickets(), whatever their status; spam as well.
 * @throws AppError "forbidden" for customers.
 */
export async function listContactTickets(
  viewer: Actor,
  contactId: string,
  place: Pick<TicketQuery, "after" | "before">,
): Promise<TicketPage> {
  requireDesk(viewer);
  const where = Prisma.sql`t."requesterId" = ${contactId}::uuid
    AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL`;
  const [page, count] = await Promise.all([
    readPage(db().prisma, viewer, { ...place, sort: "newest" }, idsWhere(where)),
    countUpTo(db().prisma, where),
  ]);
  return { ...page, count };
}

async function countUpTo(tx: Tx, where: Prisma.Sql): Promise<number> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count"
    FROM (SELECT 1 FROM "Ticket" t WHERE ${where} LIMIT ${COUNT_MAX}) counted`;
  return row?.count ?? 0;
}
