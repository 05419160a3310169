import { Prisma } from "../db/generated/client";
import { containing } from "../db/like";
import type { Actor } from "./access";
import { contactsLikeOrNearly } from "./search-people";
import { isView, type SearchState, type SearchTerm, statusOf } from "./search-query";
import { hasTrigram, wordsQuery } from "./search-words";

/** The tickets an operator leaves, on "Ticket" t. */
export function operatorCondition(viewer: Actor, term: SearchTerm): Prisma.Sql {
  switch (term.name) {
    case "from":
      return Prisma.sql`t."requesterId" = ANY(ARRAY(${contactsLikeOrNearly(term.value)}))`;
    case "to":
      return Prisma.sql`(${accountCondition(term.value)} OR t."id" = ANY(ARRAY(
        SELECT p."ticketId" FROM "TicketParticipant" p
        WHERE p."role" = 'CC' AND p."contactId" IN (${contactsLikeOrNearly(term.value)}))))`;
    case "subject":
      return subjectCondition(term.value);
    case "tag":
      return Prisma.sql`t."id" = ANY(ARRAY(SELECT l."B" FROM "_TagToTicket" l
        JOIN "Tag" g ON g."id" = l."A" WHERE g."name" = ${term.value}::citext))`;
    case "account":
      return accountCondition(term.value);
    case "assignee":
      return assigneeCondition(viewer, term.value);
    case "is":
      return stateCondition(viewer, term.value);
    case "has":
      return Prisma.sql`EXISTS (SELECT 1 FROM "Message" m JOIN "Attachment" a ON a."messageRowId" = m."id"
        WHERE m."ticketId" = t."id" AND NOT a."isInline")`;
    case "before":
      return Prisma.sql`t."lastMessageAt" < ${term.moment}`;
    case "after":
      return Prisma.sql`t."lastMessageAt" >= ${term.moment}`;
    case "number":
      return Prisma.sql`t."number" = ${Number(term.value)}`;
    default:
      return term satisfies never;
  }
}

function subjectCondition(value: string): Prisma.Sql {
  const { tsquery } = wordsQuery([value], new Map());
  const ways: Prisma.Sql[] = [];
  if (hasTrigram(value)) ways.push(Prisma.sql`t."subject" ILIKE ${containing(value)}`);
  if (tsquery !== "")
    ways.push(Prisma.sql`array_to_tsvector(search_words(t."subject")) @@ ${tsquery}::tsquery`);
  return ways.length > 0 ? Prisma.sql`(${Prisma.join(ways, " OR ")})` : Prisma.sql`FALSE`;
}

function accountCondition(value: string): Prisma.Sql {
  return Prisma.sql`t."accountId" = ANY(ARRAY(SELECT e."id" FROM "EmailAccount" e
    WHERE (e."name" || ' ' || e."email"::text) ILIKE ${containing(value)}))`;
}

function assigneeCondition(viewer: Actor, value: string): Prisma.Sql {
  const known = value.toLowerCase();
  if (known === "me") return Prisma.sql`t."assigneeId" = ${viewer.id}::uuid`;
  if (known === "none" || known === "nobody") return Prisma.sql`t."assigneeId" IS NULL`;
  return Prisma.sql`t."assigneeId" = ANY(ARRAY(SELECT u."id" FROM "User" u
    WHERE u."role" <> 'CUSTOMER' AND (u."name" || ' ' || u."email"::text) ILIKE ${containing(value)}))`;
}

/** A status, and what is a view, asSearched() has put in the place of the view's own. */
function stateCondition(viewer: Actor, state: SearchState): Prisma.Sql {
  if (state === "mine") return Prisma.sql`t."assigneeId" = ${viewer.id}::uuid`;
  if (state === "unassigned") return Prisma.sql`t."assigneeId" IS NULL`;
  if (state === "unread")
    return Prisma.sql`NOT EXISTS (SELECT 1 FROM "TicketRead" r WHERE r."ticketId" = t."id"
      AND r."userId" = ${viewer.id}::uuid AND r."readAt" >= t."lastMessageAt")`;
  return isView(state) || statusOf(state).length > 0 ? Prisma.sql`TRUE` : Prisma.sql`FALSE`;
}
