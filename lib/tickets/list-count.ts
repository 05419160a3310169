import type { Ask } from "../db/ask";
import { Prisma } from "../db/generated/client";
import type { Actor } from "./access";
import {
  allOf,
  asksForTag,
  beginsWithFew,
  type Condition,
  type ConditionOf,
  conditions,
  type Found,
  listConditions,
  namesFewPeople,
  namesManyPeople,
} from "./list-conditions";
import { PAGE_SIZE, type TicketPage } from "./list-page";
import { isFiltered, type TicketQuery } from "./query";
import { asSearched } from "./search-query";

/** Counts stop here: "999+". */
export const COUNT_MAX = 1000;

/** At so many tickets counting looks in an index that holds all that is asked for. */
const LOOKED_AT_MAX = 10_000;
/** At so many where the tickets themselves are read. */
const READ_MAX = 4_000;
/** So many are asked for their tags. */
const ASKED_MAX = 2_000;

/** What counting came to; `isAll` is false when it stopped before it had looked at all tickets. */
export type Counted = { count: number; isAll: boolean };

/**
 * Counts the tickets of a query up to COUNT_MAX, among so many that it takes a few milliseconds on a desk
 * of any size: what begins the list is looked at newest first, and the rest of the query asked of that.
 */
export async function countTickets(
  ask: Ask,
  viewer: Actor,
  query: TicketQuery,
  found: Found,
): Promise<Counted> {
  if (!isFiltered(query)) return countInOrder(ask, conditions(viewer, query, found));
  const looked = lookedAt(viewer, query, found);
  return namesManyPeople(found) ? countAmongAll(ask, looked) : countUntilEnough(ask, looked);
}

/**
 * The ids of tickets of a query that has filters, at most `limit`, mostly the newest: of all where they
 * begin with few, otherwise of so many as counting looks at.
 */
export function idsLookedAt(
  viewer: Actor,
  query: TicketQuery,
  found: Found,
  limit: number,
): Prisma.Sql {
  if (beginsWithFew(found))
    return Prisma.sql`WITH held AS MATERIALIZED (
        SELECT t."id", t."lastMessageAt" FROM "Ticket" t WHERE ${conditions(viewer, query, found)})
      SELECT t."id" FROM held t ORDER BY t."lastMessageAt" DESC, t."id" DESC LIMIT ${limit}`;
  const { columns, from, max, rest, asked } = lookedAt(viewer, query, found);
  const left = Prisma.sql`SELECT t."id" FROM (SELECT ${columns} FROM ${from} LIMIT ${max}) t WHERE ${allOf(rest)}`;
  return asked.length > 0
    ? Prisma.sql`SELECT t."id" FROM (${left} LIMIT ${ASKED_MAX}) t WHERE ${allOf(asked)} LIMIT ${limit}`
    : Prisma.sql`${left} LIMIT ${limit}`;
}

function lookedAt(viewer: Actor, query: TicketQuery, found: Found): LookedAt {
  const all = listConditions(viewer, query, found);
  const { leading, isInOrder, max } = beginningOf(asSearched(query), found);
  const isAsked = (of: ConditionOf) => of === "tag" && asksForTag(found);
  const led = all.filter(({ of }) => leading.includes(of));
  if (leading.includes("open")) led.push(OF_OPEN);
  const order = isInOrder ? Prisma.sql`ORDER BY t."lastMessageAt" DESC, t."id" DESC` : Prisma.empty;
  return {
    columns: query.due ? WITH_TARGETS : COLUMNS,
    from: Prisma.sql`"Ticket" t WHERE ${allOf(led)} ${order}`,
    max,
    rest: all.filter(({ of }) => !leading.includes(of) && !isAsked(of)),
    asked: all.filter(({ of }) => isAsked(of)),
  };
}

/** What begins a list, how many of it are looked at, and what is asked of these: the dearer of it last. */
type LookedAt = Record<"columns" | "from", Prisma.Sql> &
  Record<"rest" | "asked", Condition[]> & { max: number };

/** Looks until there are so many that no more are counted, which is soon for what most tickets are. */
async function countUntilEnough(
  ask: Ask,
  { columns, from, max, rest, asked }: LookedAt,
): Promise<Counted> {
  const askedMax = asked.length > 0 ? ASKED_MAX : COUNT_MAX;
  const [row] = await ask<{ count: number; hasMore: boolean | null }>(Prisma.sql`
    SELECT count(*) FILTER (WHERE ${allOf(asked)})::int AS "count",
      CASE WHEN count(*) < ${askedMax} THEN EXISTS (SELECT FROM ${from} OFFSET ${max} LIMIT 1) END AS "hasMore"
    FROM (SELECT t."id" FROM (SELECT ${columns} FROM ${from} LIMIT ${max}) t WHERE ${allOf(rest)} LIMIT ${askedMax}) t`);
  if (!row) throw new Error("Counting gave no row");
  return { count: row.count, isAll: row.hasMore === false };
}

/**
 * Looks at all of them once: of people who are found by their name there are never enough. Only those that
 * are left are asked for more, by CASE: AND asks on where a person is not among them, for that is NULL.
 */
async function countAmongAll(
  ask: Ask,
  { columns, from, max, rest, asked }: LookedAt,
): Promise<Counted> {
  const [row] = await ask<{ count: number; hasMore: boolean }>(Prisma.sql`
    SELECT count(*) FILTER (WHERE CASE WHEN ${allOf(rest)} THEN ${allOf(asked)} END)::int AS "count", count(*) > ${max} AS "hasMore"
    FROM (SELECT ${columns} FROM ${from} LIMIT ${max + 1}) t`);
  if (!row) throw new Error("Counting gave no row");
  return { count: row.count, isAll: !row.hasMore };
}

/** A view by itself: as many as the menu says. In the order of the list the planner counts along an index. */
async function countInOrder(ask: Ask, where: Prisma.Sql): Promise<Counted> {
  const [row] = await ask<{ count: number }>(Prisma.sql`
    SELECT count(*)::int AS "count" FROM (SELECT 1 FROM "Ticket" t
      WHERE ${where} ORDER BY t."lastMessageAt" DESC, t."id" DESC LIMIT ${COUNT_MAX}) counted`);
  return { count: row?.count ?? 0, isAll: true };
}

/** What conditions are about; with more, the tickets would be read where an index is enough. */
const COLUMNS = Prisma.sql`t."id", t."status", t."isAutomatic", t."snoozedUntil", t."assigneeId", t."priority",
  t."source", t."accountId", t."requesterId", t."createdAt"`;
const WITH_TARGETS = Prisma.sql`${COLUMNS}, t."dueAt", t."dueWarnAt"`;

type Leading = ConditionOf | "open";
type Beginning = { leading: Leading[]; isInOrder: boolean; max: number };

/** Of whichever status: it is what the indexes of open tickets hold. */
const OF_OPEN = { of: "status", sql: Prisma.sql`t."status" IN ('OPEN', 'PENDING')` } as const;

/** What an index finds by itself, the rarest first, and how many tickets are looked at from there on. */
function beginningOf(query: TicketQuery, found: Found): Beginning {
  const { view, statuses, source, priorities, assignee, account } = query;
  const kept: ConditionOf[] = ["kept", "updated"];
  const read = (of: ConditionOf) => ({ leading: [...kept, of], isInOrder: false, max: READ_MAX });
  if (query.requester && namesFewPeople(found)) return read("requester");
  if (query.created) return read("created");
  if (query.due) return read("due");
  const inOrder = (...of: Leading[]) => ({
    leading: [...kept, ...of],
    isInOrder: true,
    max: LOOKED_AT_MAX,
  });
  if (isOfOpen(view, statuses)) return inOrder("open");
  if (view === "spam") return { ...inOrder(), max: READ_MAX };
  if (view === "automatic") return { ...inOrder("automatic"), max: READ_MAX };
  if (source && source !== "EMAIL") return inOrder("source");
  if (priorities.length === 1 && priorities[0] !== "NORMAL") return inOrder("priority");
  if (assignee && assignee !== "none") return inOrder("assignee");
  return account ? inOrder("account") : inOrder();
}

const isOpen = (status: string) => status === "OPEN" || status === "PENDING";

/** Open tickets are few of all, and have indexes of their own. */
function isOfOpen(view: TicketQuery["view"], statuses: TicketQuery["statuses"]): boolean {
  if (view === "spam") return false;
  if (statuses.length > 0) return statuses.every(isOpen);
  return !["solved", "automatic", "all"].includes(view);
}

/**
 * True for the open tickets of people of one name that have one tag: counted beside them, they came later,
 * and mostly a page of them is all there are.
 */
export function seldomFillsAPage({ view, statuses }: TicketQuery, found: Found): boolean {
  return namesManyPeople(found) && asksForTag(found) && isOfOpen(view, statuses);
}

/** The count of a page as it is shown: what fits on it is counted by that, and what is not whole is "260+". */
export function totalOf(
  { rows, newer, older }: Omit<TicketPage, "count" | "countMax">,
  { count, isAll }: Counted,
): Pick<TicketPage, "count" | "countMax"> {
  if (!newer && !older) return { count: rows.length, countMax: COUNT_MAX };
  if (isAll || count >= COUNT_MAX)
    return { count: Math.min(count, COUNT_MAX), countMax: COUNT_MAX };
  const seen = (newer ? PAGE_SIZE : 0) + rows.length + (older ? 1 : 0);
  const more = Math.floor((Math.max(count, seen) - 1) / 10) * 10 + 1;
  return { count: more, countMax: more };
}
