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
  /** and about how many tickets have it; null: there is no such tag */
  tag?: { id: string; tickets: number } | null;
  /** with commas between them: as rows or parameters some thousand took longer than a page; null: too many */
  requesterIds?: string | null;
  /** the days of creation hold so few tickets that all of them can be looked at */
  hasFewDays?: boolean;
};

/** Which part of a query a condition stands for. */
export type ConditionOf =
  | "kept"
  | "automatic"
  | "sleep"
  | "status"
  | Exclude<keyof TicketQuery, "view" | "statuses" | "priorities" | "sort" | "after" | "before">
  | "priority";

export type Condition = { of: ConditionOf; sql: Prisma.Sql };

/** More people than this are looked for among the tickets, and not their tickets one after the other. */
const FEW_PEOPLE = 100;
/** Characters of an id and the comma behind it; the last one has none. */
const ID_LENGTH = 37;
/** A tag of more tickets is no beginning of a list. */
const TAG_RARE_MAX = 5_000;
/** Up to so many, all tickets of a tag are read first; a page is full sooner than those of more are read. */
const TAG_READ_MAX = 20_000;

/**
 * The rows of a query, on "Ticket" t. What lists are narrowed by stands in it as words of SQL, not as
 * parameters, where an index holds only such rows.
 */
export function conditions(
  viewer: Actor,
  query: TicketQuery,
  found: Found = {},
  words?: WordsAsked,
): Prisma.Sql {
  return allOf(listConditions(viewer, query, found, words));
}

/** All of these. */
export function allOf(each: Condition[]): Prisma.Sql {
  if (each.length === 0) return Prisma.sql`TRUE`;
  return Prisma.join(
    each.map(({ sql }) => sql),
    " AND ",
  );
}

/** The same one by one. */
export function listConditions(
  viewer: Actor,
  given: TicketQuery,
  found: Found = {},
  words?: WordsAsked,
): Condition[] {
  const query = asSearched(given);
  const all = viewConditions(viewer, query.view, query.statuses);
  const add = (of: ConditionOf, sql: Prisma.Sql) => all.push({ of, sql });
  if (query.source) add("source", Prisma.sql`t."source" = ${SOURCE[query.source]}`);
  if (query.priorities.length > 0)
    add("priority", Prisma.sql`t."priority" IN (${inSql(query.priorities, PRIORITY)})`);
  if (query.account) add("account", Prisma.sql`t."accountId" = ${query.account}::uuid`);
  if (query.assignee === "none") add("assignee", Prisma.sql`t."assigneeId" IS NULL`);
  else if (query.assignee) {
    const id = query.assignee === "me" ? viewer.id : query.assignee;
    add("assignee", Prisma.sql`t."assigneeId" = ${id}::uuid`);
  }
  if (query.requester) add("requester", requesterCondition(query.requester, found));
  if (query.tag) add("tag", tagCondition(query.tag, found));
  for (const sql of daysConditions("createdAt", query.created)) add("created", sql);
  for (const sql of daysConditions("lastMessageAt", query.updated)) add("updated", sql);
  if (query.due === "overdue") add("due", Prisma.sql`t."dueAt" <= now()`);
  if (query.due === "soon") add("due", Prisma.sql`t."dueAt" > now() AND t."dueWarnAt" <= now()`);
  if (query.q) add("q", searchCondition(viewer, query.q, words));
  return all;
}

/** True where a list begins with all its tickets that have a rare tag, or were made on a few days. */
export function beginsWithFew({ hasFewDays, tag }: Found): boolean {
  return hasFewDays === true || (tag != null && tag.tickets <= TAG_RARE_MAX);
}

/** True where a query's tag is asked for ticket by ticket. */
export function asksForTag(found: Found): boolean {
  return !beginsWithFew(found) && (found.tag?.tickets ?? 0) > TAG_READ_MAX;
}

/** True where a query's people are so few that their tickets can be looked up. */
export function namesFewPeople({ requesterIds }: Found): boolean {
  return requesterIds != null && requesterIds.length < FEW_PEOPLE * ID_LENGTH;
}

/** True where a query's people are looked for among the tickets, by a list of all of them. */
export function namesManyPeople(found: Found): boolean {
  return found.requesterIds != null && !namesFewPeople(found);
}

function asIds(requesterIds: string): string[] {
  return requesterIds.split(",").filter((id) => id !== "");
}

/** Of "IN" alone the planner makes a join, whose size it does not know: it would look up each one's tickets. */
function requesterCondition(requester: string, found: Found): Prisma.Sql {
  const { requesterIds } = found;
  if (requesterIds == null)
    return Prisma.sql`t."requesterId" IN (SELECT coalesce(c."mergedIntoId", c."id") FROM "Contact" c
      WHERE ${namedLike(requester)})`;
  return namesFewPeople(found)
    ? Prisma.sql`t."requesterId" = ANY(${asIds(requesterIds)}::uuid[])`
    : Prisma.sql`CASE WHEN t."requesterId" = ANY(string_to_array(${requesterIds}, ',')::uuid[]) THEN TRUE END`;
}

/** A common tag is looked up ticket by ticket: of EXISTS the planner would make a list of all its tickets. */
function tagCondition(name: string, { tag }: Found): Prisma.Sql {
  if (tag === null) return Prisma.sql`false`;
  if (!tag)
    return Prisma.sql`t."id" IN (SELECT l."B" FROM "_TagToTicket" l
      WHERE l."A" = (SELECT g."id" FROM "Tag" g WHERE g."name" = ${name}::citext))`;
  const { id, tickets } = tag;
  if (tickets > TAG_READ_MAX)
    return Prisma.sql`(SELECT true FROM "_TagToTicket" l WHERE l."A" = ${id}::uuid AND l."B" = t."id")`;
  const isTagged = Prisma.sql`t."id" IN (SELECT l."B" FROM "_TagToTicket" l WHERE l."A" = ${id}::uuid)`;
  return tickets > TAG_RARE_MAX ? Prisma.sql`(${isTagged}) IS TRUE` : isTagged;
}

/** From when on a list holds nearly all of its tickets; null when it may begin anywhere. */
export function firstDayOf(query: TicketQuery): Date | null {
  return bounds(query.created).from;
}

function bounds(days: string): { from: Date | null; before: Date | null } {
  const range = parseDateRange(days);
  return range ? boundsOf(range, new Date()) : { from: null, before: null };
}

/** Days of creation or of the last mail. */
export function daysConditions(column: "createdAt" | "lastMessageAt", days: string): Prisma.Sql[] {
  const at = column === "createdAt" ? Prisma.sql`t."createdAt"` : Prisma.sql`t."lastMessageAt"`;
  const { from, before } = bounds(days);
  const all: Prisma.Sql[] = [];
  if (from) all.push(Prisma.sql`${at} >= ${from}`);
  if (before) all.push(Prisma.sql`${at} < ${before}`);
  return all;
}

/** What a view means. Statuses that are asked for take the place of the view's own. */
export function viewConditions(
  viewer: Actor,
  view: TicketView,
  statuses: TicketStatus[],
): Condition[] {
  const all: Condition[] = [{ of: "kept", sql: keptCondition(view === "spam") }];
  const add = (of: ConditionOf, sql: Prisma.Sql) => all.push({ of, sql });
  const status = (own: TicketStatus[]) => {
    const wanted = statuses.length > 0 ? statuses : own;
    if (wanted.length > 0) add("status", Prisma.sql`t."status" IN (${inSql(wanted, STATUS)})`);
  };
  switch (view) {
    case "my-open":
      add("assignee", Prisma.sql`t."assigneeId" = ${viewer.id}::uuid`);
      add("sleep", IS_AWAKE);
      status(["OPEN", "PENDING"]);
      break;
    case "unassigned":
      add("assignee", Prisma.sql`t."assigneeId" IS NULL`);
      add("automatic", Prisma.sql`NOT t."isAutomatic"`);
      add("sleep", IS_AWAKE);
      status(["OPEN", "PENDING"]);
      break;
    case "all-open":
      add("automatic", Prisma.sql`NOT t."isAutomatic"`);
      add("sleep", IS_AWAKE);
      status(["OPEN", "PENDING"]);
      break;
    case "waiting":
      add("sleep", IS_AWAKE);
      status(["PENDING"]);
      break;
    case "snoozed":
      add("sleep", Prisma.sql`(t."snoozedUntil" IS NOT NULL AND t."snoozedUntil" > now())`);
      status(["OPEN", "PENDING"]);
      break;
    case "solved":
      status(["SOLVED", "CLOSED"]);
      break;
    case "automatic":
      add("automatic", Prisma.sql`t."isAutomatic"`);
      status([]);
      break;
    case "spam":
    case "all":
      status([]);
      break;
    default:
      view satisfies never;
  }
  return all;
}

/** What every list leaves out. */
export function keptCondition(isSpam: boolean): Prisma.Sql {
  return Prisma.sql`t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL
    AND ${isSpam ? Prisma.sql`t."isSpam"` : Prisma.sql`NOT t."isSpam"`}`;
}

const IS_AWAKE = Prisma.sql`(t."snoozedUntil" IS NULL OR t."snoozedUntil" <= now())`;

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
