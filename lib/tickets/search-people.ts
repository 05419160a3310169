import { Prisma } from "../db/generated/client";
import { containing } from "../db/like";
import { hasTrigram, partsOf, wordsQuery } from "./search-words";

/** Below it nearly everything is near. */
const TYPO_LENGTH_MIN = 4;

/** Ids of the people whose name or address holds `text`; null when there is nothing to look for. */
export function contactsLike(text: string): Prisma.Sql | null {
  const is = isLike(text);
  return is && Prisma.sql`SELECT coalesce(c."mergedIntoId", c."id") FROM "Contact" c WHERE ${is}`;
}

/** Ids of people with a name or address that is nearly `text`: a letter less, two in the wrong order. */
export function typosOf(text: string): Prisma.Sql | null {
  if (partsOf(text).join("").length < TYPO_LENGTH_MIN) return null;
  return Prisma.sql`SELECT coalesce(c."mergedIntoId", c."id") FROM "Contact" c
    WHERE ${text} <% (c."name" || ' ' || c."email"::text)`;
}

/** As contactsLike(), and when nobody is found typosOf(). */
export function contactsLikeOrNearly(text: string): Prisma.Sql {
  const is = isLike(text);
  const nearly = typosOf(text);
  if (!is) return Prisma.sql`SELECT c."id" FROM "Contact" c WHERE FALSE`;
  const like = Prisma.sql`SELECT coalesce(c."mergedIntoId", c."id") FROM "Contact" c WHERE ${is}`;
  if (!nearly) return like;
  return Prisma.sql`${like} UNION ALL
    (${nearly} AND NOT EXISTS (SELECT 1 FROM "Contact" c WHERE ${is}))`;
}

function isLike(text: string): Prisma.Sql | null {
  const { tsquery } = wordsQuery([text], new Map());
  const ways: Prisma.Sql[] = [];
  if (hasTrigram(text)) ways.push(namedLike(text));
  if (tsquery !== "")
    ways.push(
      Prisma.sql`array_to_tsvector(search_words(c."name" || ' ' || c."email"::text)) @@ ${tsquery}::tsquery`,
    );
  return ways.length > 0 ? Prisma.sql`(${Prisma.join(ways, " OR ")})` : null;
}

/** Contacts by part of their name or address, on "Contact" c. */
export function namedLike(part: string): Prisma.Sql {
  return Prisma.sql`(c."name" || ' ' || c."email"::text) ILIKE ${containing(part)}`;
}
