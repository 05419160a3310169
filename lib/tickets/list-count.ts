import type { Tx } from "../db/client";
import { Prisma } from "../db/generated/client";
import type { Actor } from "./access";
import {
  allOf,
  asksForTag,
  type ConditionOf,
  type Found,
  listConditions,
  namesFewPeople,
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
  tx: Tx,
  viewer: Actor,
  query: TicketQuery,
  found: Found,
): Promise<Counted> {
  const all = listConditions(viewer, query, found);
  if (!isFiltered(query)) return countInOrder(tx, allOf(all));
  const { leading, isInOrder, max } = beginningOf(asSearched(query), found);
  const isAsked = (of: ConditionOf) => of === "tag" && asksForTag(found);
  const led = all.filter(({ of }) => leading.includes(of));
  if (leading.includes("open")) led.push(OF_OPEN);
  const rest = all.filter(({ of }) => !leading.includes(of) && !isAsked(of));
  const asked = all.filter(({ of }) => isAsked(of));
  const order = isInOrder ? Prisma.sql`ORDER BY t."lastMessageAt" DESC, t."id" DESC` : Prisma.empty;
  const askedMax = asked.length > 0 ? ASKED_MAX : COUNT_MAX;
  const [row] = await tx.$queryRaw<{ count: number; hasMore: boolean | null }[]>`
    SELECT count(*) FILTER (WHERE ${allOf(asked)})::int AS "count",
      CASE WHEN count(*) < ${askedMax} THEN EXISTS (
        SELECT FROM "Ticket" t WHERE ${allOf(led)} ${order} OFFSET ${max} LIMIT 1) END AS "hasMore"
    FROM (SELECT t."id" FROM (SELECT ${query.due ? WITH_TARGETS : COLUMNS}
        FROM "Ticket" t WHERE ${allOf(led)} ${order} LIMIT ${max}) t
      WHERE ${allOf(rest)} LIMIT ${askedMax}) t`;
  if (!row) throw new Error("Counting gave no row");
  return { count: row.count, isAll: row.hasMore === false };
}

/** A view by itself: as many as the menu says. In the order of the list the planner counts along an index. */
async function countInOrder(tx: Tx, where: Prisma.Sql): Promise<Counted> {
  const [row] = await tx.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count" FROM (SELECT 1 FROM "Ticket" t
      WHERE ${where} ORDER BY t."lastMessageAt" DESC, t."id" DESC LIMIT ${COUNT_MAX}) counted`;
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
