import { Prisma } from "../db/generated/client";
import { containing } from "../db/like";

/** Tickets that hold what was asked for, on "Ticket" t. */
/** Each branch of the union is answered by an index of its own. */
export function searchCondition(q: string): Prisma.Sql {
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
