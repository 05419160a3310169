import { CONTACT_NAME_MAX, contactName } from "./contacts";
import { db } from "./db/client";
import { Prisma } from "./db/generated/client";
import type { Role } from "./db/generated/enums";
import { containing } from "./db/like";
import { AppError } from "./errors";
import { addressKey } from "./mail/address";
import { explainBounce } from "./mail/explain-bounce";
import { cut, oneLine, pgText } from "./mail/text";
import { type Actor, requireDesk } from "./tickets/access";
import { isUuid } from "./uuid";

const PAGE_SIZE = 50;
/** Counts stop here: "999+". */
const COUNT_MAX = 1000;
const SEARCH_LENGTH_MAX = 200;
const SUGGESTIONS_MAX = 8;

export type ContactRow = {
  id: string;
  name: string;
  /** Their own address first, then those of contacts merged into them. */
  addresses: string[];
  openTickets: number;
  lastActivityAt: Date | null;
};

export type ContactPage = {
  rows: ContactRow[];
  /** At most 1000, which stands for "999+". */
  count: number;
  /** `after` of the next page; null on the last one. */
  next: string | null;
};

/** A search as lists take it from an address: one line, 200 characters. */
export function searchText(text: string): string {
  return cut(oneLine(pgText(text)), SEARCH_LENGTH_MAX);
}

/**
 * One page of the people who write to us, by name, or by address where there is none. `q` is part of
 * a name or of any address; `after` is the last contact of the page before.
 * @throws AppError "forbidden" for customers.
 */
export async function listContacts(
  viewer: Actor,
  { q = "", after = null }: { q?: string; after?: string | null },
): Promise<ContactPage> {
  requireDesk(viewer);
  const where = q ? Prisma.sql`${UNMERGED} AND ${matching(q)}` : UNMERGED;
  const [found, count] = await Promise.all([selectPage(where, after), countUpTo(where)]);
  const rows = found.slice(0, PAGE_SIZE);
  return { rows, count, next: found.length > PAGE_SIZE ? (rows.at(-1)?.id ?? null) : null };
}

const UNMERGED = Prisma.sql`c."mergedIntoId" IS NULL`;

/** What the list is sorted by. */
const orderOf = (contact: "c" | "before") => {
  const row = Prisma.raw(contact);
  return Prisma.sql`lower(coalesce(nullif(${row}."name", ''), ${row}."email"::text)), ${row}."id"`;
};

function matching(q: string): Prisma.Sql {
  return Prisma.sql`c."id" IN (SELECT coalesce(m."mergedIntoId", m."id") FROM "Contact" m
    WHERE (m."name" || ' ' || m."email"::text) ILIKE ${containing(q)})`;
}

function selectPage(where: Prisma.Sql, after: string | null): Promise<ContactRow[]> {
  const place =
    after && isUuid(after)
      ? Prisma.sql`AND (${orderOf("c")}) >
          (SELECT ${orderOf("before")} FROM "Contact" before WHERE before."id" = ${after}::uuid)`
      : Prisma.empty;
  return db().prisma.$queryRaw<ContactRow[]>`
    SELECT c."id", c."name",
      c."email"::text || ARRAY(SELECT m."email"::text FROM "Contact" m
        WHERE m."mergedIntoId" = c."id" ORDER BY m."email") AS "addresses",
      (SELECT count(*)::int FROM "Ticket" t WHERE t."requesterId" = c."id" AND NOT t."isSpam"
        AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL
        AND t."status" IN ('OPEN', 'PENDING')) AS "openTickets",
      (SELECT t."lastMessageAt" FROM "Ticket" t WHERE t."requesterId" = c."id"
        AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL
        ORDER BY t."lastMessageAt" DESC LIMIT 1) AS "lastActivityAt"
    FROM (SELECT c.* FROM "Contact" c WHERE ${where} ${place}
      ORDER BY ${orderOf("c")} LIMIT ${PAGE_SIZE + 1}) c
    ORDER BY ${orderOf("c")}`;
}

async function countUpTo(where: Prisma.Sql): Promise<number> {
  const [row] = await db().prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS "count"
    FROM (SELECT 1 FROM "Contact" c WHERE ${where} LIMIT ${COUNT_MAX}) counted`;
  return row?.count ?? 0;
}

export type ContactDetails = {
  id: string;
  name: string;
  /** As in ContactRow. */
  addresses: string[];
  /** Those of the addresses that mail came back from for good. */
  bounces: { address: string; at: Date; cause: string }[];
  createdAt: Date;
  /** Who signs in as this person. */
  user: { id: string; email: string; role: Role; isActive: boolean } | null;
  /** Set when this contact only keeps an address of another one. */
  mergedIntoId: string | null;
};

const BOUNCE = { bouncedAt: true, bounceReason: true } as const;

/** One person. @throws AppError "forbidden", "not-found". */
export async function getContact(viewer: Actor, id: string): Promise<ContactDetails> {
  requireDesk(viewer);
  const contact = isUuid(id)
    ? await db().prisma.contact.findUnique({
        where: { id },
        select: {
          id: true,
          name: true,
          email: true,
          createdAt: true,
          mergedIntoId: true,
          user: { select: { id: true, email: true, role: true, isActive: true } },
          ...BOUNCE,
          mergedFrom: { select: { email: true, ...BOUNCE }, orderBy: { email: "asc" } },
        },
      })
    : null;
  if (!contact) throw notHere();
  const { email, mergedFrom, bouncedAt, bounceReason, ...rest } = contact;
  const all = [{ email, bouncedAt, bounceReason }, ...mergedFrom];
  return {
    ...rest,
    addresses: all.map((one) => one.email),
    bounces: all.flatMap((one) =>
      one.bouncedAt
        ? [{ address: one.email, at: one.bouncedAt, cause: explainBounce(one.bounceReason).cause }]
        : [],
    ),
  };
}

/** Gives a contact another name. @throws AppError "forbidden", "invalid" (name), "not-found". */
export async function renameContact(
  actor: Actor,
  input: { contactId: string; name: string },
): Promise<void> {
  requireDesk(actor);
  if (input.name.trim().length > CONTACT_NAME_MAX)
    throw new AppError("invalid", `At most ${CONTACT_NAME_MAX} characters.`, "name");
  const { count } = await db().prisma.contact.updateMany({
    where: { id: isUuid(input.contactId) ? input.contactId : { in: [] }, mergedIntoId: null },
    data: { name: contactName(input.name) },
  });
  if (count === 0) throw notHere();
}

/** The person who has this address, also by a merge; null when nobody wrote from it yet. */
export async function findContactByAddress(
  viewer: Actor,
  address: string,
): Promise<{ id: string; name: string; email: string } | null> {
  requireDesk(viewer);
  const select = { id: true, name: true, email: true } as const;
  const found = await db().prisma.contact.findUnique({
    where: { email: addressKey(pgText(address)) },
    select: { ...select, mergedInto: { select } },
  });
  if (!found) return null;
  const { mergedInto, ...own } = found;
  return mergedInto ?? own;
}

export type ContactSuggestion = { address: string; name: string };

/** A few known addresses for part of a name or address; none for less than two characters. */
export async function suggestContacts(viewer: Actor, text: string): Promise<ContactSuggestion[]> {
  requireDesk(viewer);
  const part = searchText(text);
  if (part.length < 2) return [];
  return db().prisma.$queryRaw<ContactSuggestion[]>`
    SELECT m."email"::text AS "address", coalesce(c."name", m."name") AS "name"
    FROM "Contact" m LEFT JOIN "Contact" c ON c."id" = m."mergedIntoId"
    WHERE (m."name" || ' ' || m."email"::text) ILIKE ${containing(part)}
    ORDER BY 2, 1 LIMIT ${SUGGESTIONS_MAX}`;
}

const notHere = () => new AppError("not-found", "There is no such contact.");
