import { type Ask, ask } from "../db/ask";
import { db } from "../db/client";
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
import { COUNT_MAX, countTickets, seldomFillsAPage, totalOf } from "./list-count";
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
import { hasWords, isWalked, shareOfMessages, ticketsNamed } from "./search";
import { idsByWalking } from "./search-walk";
import { sortInWords } from "./sort-in-words";

/** Tickets that a search names, at most, for all of them to be read: more are walked for. */
const NAMED_MAX = 6_000;

/** Words of more are taken to be in so many of the messages. */
const SHARE_LEAST = 0.001;

/** How long each question of a search may take, in milliseconds. */
const SEARCH_MS_MAX = 5_000;

/**
 * One page of tickets in the order of the query; deleted and merged tickets never.
 * `newer` and `older` are the cursors of the neighbouring pages, null where there is none.
 * `names` is what findNames() says of the query, where that is asked already.
 * @throws AppError "forbidden" for customers, who have listCustomerTickets().
 */
export async function listTickets(
  viewer: Actor,
  query: TicketQuery,
  names?: Promise<Found>,
): Promise<TicketPage> {
  requireDesk(viewer);
  const [found] = await Promise.all([
    names ?? findNames(query),
    query.q ? learnCommonWords() : undefined,
  ]);
  const place = { ...query, firstDay: firstDayOf(query) };
  if (query.q) {
    const search = isWalked(query.q) ? walkedPage : searchedPage;
    // What is not sorted in is read again for every ticket that is walked past.
    if (search === walkedPage) await sortInWords();
    const page = await withinTime(SEARCH_MS_MAX, (ask) =>
      search(ask, viewer, { query, found, place }),
    );
    return page ?? { rows: [], newer: null, older: null, count: 0, isGivenUp: true };
  }
  const ids = idsOf(viewer, query, found);
  if (beginsWithFew(found) || seldomFillsAPage(query, found)) {
    const page = await readPage(ask, viewer, place, ids);
    const isCounted = page.count !== null || (!page.newer && !page.older);
    const counted = isCounted
      ? { count: page.count ?? page.rows.length, isAll: true }
      : await countTickets(ask, viewer, query, found);
    return { ...page, ...totalOf(page, counted) };
  }
  const [page, counted] = await Promise.all([
    readPage(ask, viewer, place, ids),
    countTickets(ask, viewer, query, found),
  ]);
  return { ...page, ...totalOf(page, counted) };
}

function idsOf(viewer: Actor, query: TicketQuery, found: Found): PageIds {
  if (beginsWithFew(found)) return idsAmongFew(conditions(viewer, query, found));
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
  ask: Ask,
  viewer: Actor,
  { query, found, place }: Asked,
  share = shareOfMessages(query.q),
): Promise<TicketPage> {
  const ids = idsByWalking(viewer, { query, found, share });
  const page = await readPage(ask, viewer, place, ids);
  const isAll = !page.newer && !page.older;
  return { ...page, count: isAll ? page.rows.length : PAGE_SIZE + 1, countMax: PAGE_SIZE + 1 };
}

/**
 * The tickets that the index names, few of them, are read once and counted by that. Words that turn out to
 * name many are common, though no statistics say so, and are walked for.
 */
async function searchedPage(ask: Ask, viewer: Actor, asked: Asked): Promise<TicketPage> {
  const { query, found, place } = asked;
  if (!hasWords(query.q)) return operatorsPage(ask, viewer, asked);
  const ids = await ticketsNamed(ask, query.q, NAMED_MAX);
  if (ids === null) return walkedPage(ask, viewer, asked, SHARE_LEAST);
  const where = Prisma.sql`t."id" = ANY(string_to_array(${ids.join(",")}, ',')::uuid[])
    AND ${conditions(viewer, query, found, "left-out")}`;
  const page = await readPage(ask, viewer, place, idsAmongFew(where));
  const count = page.count ?? (place.after || place.before ? await countUpTo(ask, where) : 0);
  return { ...page, count: Math.min(count, COUNT_MAX), countMax: COUNT_MAX };
}

/** What fits on one page is counted by that. */
async function operatorsPage(
  ask: Ask,
  viewer: Actor,
  { query, found, place }: Asked,
): Promise<TicketPage> {
  const where = conditions(viewer, query, found);
  const page = await readPage(ask, viewer, place, idsWhere(where));
  const isAll = !page.newer && !page.older;
  const count = isAll ? page.rows.length : await countUpTo(ask, where);
  return { ...page, count, countMax: COUNT_MAX };
}

/** How many tickets each view holds; 1000 stands for "999+". */
export async function viewCounts(viewer: Actor): Promise<Record<TicketView, number>> {
  requireDesk(viewer);
  const count = (view: TicketView, order = Prisma.empty) =>
    Prisma.sql`(SELECT count(*)::int FROM (SELECT 1 FROM "Ticket" t
      WHERE ${allOf(viewConditions(viewer, view, []))} ${order} LIMIT ${COUNT_MAX}) counted)`;
  // The oldest are nearly all solved; read in another order, every open ticket came first.
  const oldest = Prisma.sql`ORDER BY t."lastMessageAt"`;
  const [counts] = await ask<Record<TicketView, number>>(Prisma.sql`SELECT
    ${count("my-open")} AS "my-open", ${count("unassigned")} AS "unassigned",
    ${count("all-open")} AS "all-open", ${count("waiting")} AS "waiting",
    ${count("snoozed")} AS "snoozed", ${count("solved", oldest)} AS "solved", ${count("automatic")} AS "automatic",
    ${count("spam")} AS "spam", ${count("all")} AS "all"`);
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
    readPage(ask, viewer, { ...place, sort: "newest" }, idsWhere(where)),
    countUpTo(ask, where),
  ]);
  return { ...page, count };
}

async function countUpTo(ask: Ask, where: Prisma.Sql): Promise<number> {
  const [row] = await ask<{ count: number }>(Prisma.sql`
    SELECT count(*)::int AS "count"
    FROM (SELECT 1 FROM "Ticket" t WHERE ${where} LIMIT ${COUNT_MAX}) counted`);
  return row?.count ?? 0;
}
