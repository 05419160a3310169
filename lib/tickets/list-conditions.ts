import { Prisma } from "../db/generated/client";
import type { TicketStatus } from "../db/generated/enums";
import { containing } from "../db/like";
import type { Actor } from "./access";
import { boundsOf, parseDateRange } from "./date-range";
import type { TicketQuery, TicketView } from "./query";
import { searchCondition } from "./search";
import { asSearched } from "./search-query";

/** The rows of a query, on "Ticket" t. */
export function conditions(viewer: Actor, given: TicketQuery): Prisma.Sql {
  const query = asSearched(given);
  const all = viewConditions(viewer, query.view, query.statuses);
  if (query.source) all.push(Prisma.sql`t."source" = ${query.source}::"TicketSource"`);
  if (query.priorities.length > 0)
    all.push(
      Prisma.sql`t."priority" = ANY(CAST(${query.priorities}::text[] AS "TicketPriority"[]))`,
    );
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
  if (query.tag) {
    all.push(Prisma.sql`t."id" IN (SELECT l."B" FROM "_TagToTicket" l JOIN "Tag" g ON g."id" = l."A"
      WHERE g."name" = ${query.tag}::citext)`);
  }
  all.push(...within(Prisma.sql`t."createdAt"`, query.created));
  all.push(...within(Prisma.sql`t."lastMessageAt"`, query.updated));
  if (query.q) all.push(searchCondition(viewer, query.q));
  return Prisma.join(all, " AND ");
}

function within(column: Prisma.Sql, days: string): Prisma.Sql[] {
  const range = parseDateRange(days);
  if (!range) return [];
  const { from, before } = boundsOf(range, new Date());
  return [
    ...(from ? [Prisma.sql`${column} >= ${from}`] : []),
    ...(before ? [Prisma.sql`${column} < ${before}`] : []),
  ];
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
    all.push(Prisma.sql`t."status" = ANY(CAST(${wanted}::text[] AS "TicketStatus"[]))`);
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
