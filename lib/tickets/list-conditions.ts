import { Prisma } from "../db/generated/client";
import type { TicketPriority, TicketSource, TicketStatus } from "../db/generated/enums";
import type { Actor } from "./access";
import { boundsOf, parseDateRange } from "./date-range";
import type { TicketQuery, TicketView } from "./query";
import { searchCondition, type WordsAsked } from "./search";
import { namedLike } from "./search-people";
import { asSearched } from "./search-query";

/** What a query's names stand for, when it was looked up before: the planner knows their numbers then. */
export type Found = {
  tag?: { id: string; isCommon: boolean } | null;
  /** null: too many to name */
  requesterIds?: string[] | null;
};

/**
 * The rows of a query, on "Ticket" t. What lists are narrowed by stands in it as words of SQL, not as
 * parameters, where an index holds only such rows.
 */
export function conditions(
  viewer: Actor,
  given: TicketQuery,
  found: Found = {},
  words?: WordsAsked,
): Prisma.Sql {
  const query = asSearched(given);
  const all = viewConditions(viewer, query.view, query.statuses);
  if (query.source) all.push(Prisma.sql`t."source" = ${SOURCE[query.source]}`);
  if (query.priorities.length > 0)
    all.push(Prisma.sql`t."priority" IN (${inSql(query.priorities, PRIORITY)})`);
  if (query.account) all.push(Prisma.sql`t."accountId" = ${query.account}::uuid`);
  if (query.assignee === "none") all.push(Prisma.sql`t."assigneeId" IS NULL`);
  else if (query.assignee) {
    const id = query.assignee === "me" ? viewer.id : query.assignee;
    all.push(Prisma.sql`t."assigneeId" = ${id}::uuid`);
  }
  if (query.requester) all.push(requesterCondition(query.requester, found));
  if (query.tag) all.push(tagCondition(query.tag, found));
  all.push(...daysConditions(query));
  if (query.due === "overdue") all.push(Prisma.sql`t."dueAt" <= now()`);
  if (query.due === "soon") all.push(Prisma.sql`t."dueAt" > now() AND t."dueWarnAt" <= now()`);
  if (query.q) all.push(searchCondition(viewer, query.q, words));
  return Prisma.join(all, " AND ");
}

function requesterCondition(requester: string, { requesterIds }: Found): Prisma.Sql {
  if (requesterIds) return Prisma.sql`t."requesterId" = ANY(${requesterIds}::uuid[])`;
  return Prisma.sql`t."requesterId" IN (SELECT coalesce(c."mergedIntoId", c."id") FROM "Contact" c
    WHERE ${namedLike(requester)})`;
}

/** A common tag is looked up ticket by ticket: of EXISTS the planner would make a list of all its tickets. */
function tagCondition(name: string, { tag }: Found): Prisma.Sql {
  if (tag === null) return Prisma.sql`false`;
  const id = tag
    ? Prisma.sql`${tag.id}::uuid`
    : Prisma.sql`(SELECT g."id" FROM "Tag" g WHERE g."name" = ${name}::citext)`;
  return tag?.isCommon
    ? Prisma.sql`(SELECT true FROM "_TagToTicket" l WHERE l."A" = ${id} AND l."B" = t."id")`
    : Prisma.sql`t."id" IN (SELECT l."B" FROM "_TagToTicket" l WHERE l."A" = ${id})`;
}

/** From when on a list holds nearly all of its tickets; null when it may begin anywhere. */
export function firstDayOf(query: TicketQuery): Date | null {
  return bounds(query.created).from;
}

function bounds(days: string): { from: Date | null; before: Date | null } {
  const range = parseDateRange(days);
  return range ? boundsOf(range, new Date()) : { from: null, before: null };
}

function daysConditions({ created, updated }: TicketQuery): Prisma.Sql[] {
  const all: Prisma.Sql[] = [];
  const { from, before } = bounds(created);
  if (from) all.push(Prisma.sql`t."createdAt" >= ${from}`);
  if (before) all.push(Prisma.sql`t."createdAt" < ${before}`);
  const last = bounds(updated);
  if (last.from) all.push(Prisma.sql`t."lastMessageAt" >= ${last.from}`);
  if (last.before) all.push(Prisma.sql`t."lastMessageAt" < ${last.before}`);
  return all;
}

/** What a view means. Statuses that are asked for take the place of the view's own. */
export function viewConditions(
  viewer: Actor,
  view: TicketView,
  statuses: TicketStatus[],
): Prisma.Sql[] {
  const all = [Prisma.sql`t."deletedAt" IS NULL`, Prisma.sql`t."mergedIntoId" IS NULL`];
  all.push(view === "spam" ? Prisma.sql`t."isSpam"` : Prisma.sql`NOT t."isSpam"`);
  const status = (own: TicketStatus[]) => {
    const wanted = statuses.length > 0 ? statuses : own;
    all.push(Prisma.sql`t."status" IN (${inSql(wanted, STATUS)})`);
  };
  const isSnoozed = Prisma.sql`(t."snoozedUntil" IS NOT NULL AND t."snoozedUntil" > now())`;
  const isAwake = Prisma.sql`(t."snoozedUntil" IS NULL OR t."snoozedUntil" <= now())`;
  switch (view) {
    case "my-open":
      all.push(Prisma.sql`t."assigneeId" = ${viewer.id}::uuid`, isAwake);
      status(["OPEN", "PENDING"]);
      break;
    case "unassigned":
      all.push(Prisma.sql`t."assigneeId" IS NULL`, Prisma.sql`NOT t."isAutomatic"`, isAwake);
      status(["OPEN", "PENDING"]);
      break;
    case "all-open":
      all.push(Prisma.sql`NOT t."isAutomatic"`, isAwake);
      status(["OPEN", "PENDING"]);
      break;
    case "waiting":
      all.push(isAwake);
      status(["PENDING"]);
      break;
    case "snoozed":
      all.push(isSnoozed);
      status(["OPEN", "PENDING"]);
      break;
    case "solved":
      status(["SOLVED", "CLOSED"]);
      break;
    case "automatic":
      all.push(Prisma.sql`t."isAutomatic"`);
      if (statuses.length > 0) status(statuses);
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

const STATUS: Record<TicketStatus, Prisma.Sql> = {
  OPEN: Prisma.sql`'OPEN'`,
  PENDING: Prisma.sql`'PENDING'`,
  SOLVED: Prisma.sql`'SOLVED'`,
  CLOSED: Prisma.sql`'CLOSED'`,
};

const PRIORITY: Record<TicketPriority, Prisma.Sql> = {
  LOW: Prisma.sql`'LOW'`,
  NORMAL: Prisma.sql`'NORMAL'`,
  HIGH: Prisma.sql`'HIGH'`,
  URGENT: Prisma.sql`'URGENT'`,
};

const SOURCE: Record<TicketSource, Prisma.Sql> = {
  EMAIL: Prisma.sql`'EMAIL'`,
  WEB: Prisma.sql`'WEB'`,
  API: Prisma.sql`'API'`,
};

function inSql<T extends string>(wanted: T[], sql: Record<T, Prisma.Sql>): Prisma.Sql {
  return Prisma.join(wanted.map((word) => sql[word]));
}
