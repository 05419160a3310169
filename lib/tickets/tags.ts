import { db, inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { oneLine } from "../mail/text";
import { newId } from "../new-id";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { recordEvent } from "./events";

/** UTF-16 units of a tag's name. */
export const TAG_LENGTH_MAX = 50;
/** Tags on one ticket. */
export const TAGS_MAX = 20;
/** Tags that are offered. */
const OFFERED_MAX = 200;

/**
 * A tag's name as it is kept: one line, trimmed. Upper and lower case are the same tag, which is
 * shown as it was first written.
 * @throws AppError "invalid" (tag) when it is empty or longer than TAG_LENGTH_MAX.
 */
export function tagName(typed: string): string {
  const name = oneLine(typed);
  if (name === "") throw new AppError("invalid", "Type the name of a tag.", "tag");
  if (name.length > TAG_LENGTH_MAX)
    throw new AppError("invalid", `A tag has at most ${TAG_LENGTH_MAX} characters.`, "tag");
  return name;
}

export type TagChange = { number: number; tag: string };

/**
 * Puts a tag on a ticket. Nothing happens when it is there, in whatever case.
 * @throws AppError "not-found", "conflict" for a merged ticket, "invalid" (tag) for a name tagName()
 * refuses and beyond TAGS_MAX.
 */
export async function tagTicket(actor: Actor, { number, tag }: TagChange): Promise<void> {
  requireDesk(actor);
  const name = tagName(tag);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, number);
    const { count, has } = await tagsOn(tx, id, name);
    if (has) return;
    if (count >= TAGS_MAX)
      throw new AppError("invalid", `A ticket has at most ${TAGS_MAX} tags.`, "tag");
    await writeTag(tx, name, { add: [id], remove: [] });
    await recordEvent(tx, id, actor.id, { kind: "tagged", name });
  });
}

/** Takes a tag off a ticket; nothing happens when it isn't there. Errors as of tagTicket(). */
export async function untagTicket(actor: Actor, { number, tag }: TagChange): Promise<void> {
  requireDesk(actor);
  const name = tagName(tag);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, number);
    if (!(await tagsOn(tx, id, name)).has) return;
    await writeTag(tx, name, { add: [], remove: [id] });
    await recordEvent(tx, id, actor.id, { kind: "untagged", name });
  });
}

/** How many tags a ticket has, and whether this one is among them. */
async function tagsOn(tx: Tx, ticketId: string, name: string) {
  const [row] = await tx.$queryRaw<{ count: number; has: boolean }[]>`
    SELECT count(*)::int AS "count", coalesce(bool_or(g."name" = ${name}::citext), false) AS "has"
    FROM "_TagToTicket" l JOIN "Tag" g ON g."id" = l."A" WHERE l."B" = ${ticketId}::uuid`;
  return row ?? { count: 0, has: false };
}

/** Puts a tag, made at its first use, on tickets or takes it off them. The caller has their locks. */
export async function writeTag(
  tx: Tx,
  name: string,
  ticketIds: { add: string[]; remove: string[] },
): Promise<void> {
  if (ticketIds.add.length > 0) {
    await tx.$executeRaw`
      INSERT INTO "Tag" ("id", "name") VALUES (${newId()}::uuid, ${name}::citext)
      ON CONFLICT ("name") DO NOTHING`;
    await tx.$executeRaw`
      INSERT INTO "_TagToTicket" ("A", "B")
      SELECT "id", unnest(${ticketIds.add}::uuid[]) FROM "Tag" WHERE "name" = ${name}::citext
      ON CONFLICT DO NOTHING`;
  }
  if (ticketIds.remove.length > 0)
    await tx.$executeRaw`
      DELETE FROM "_TagToTicket" USING "Tag"
      WHERE "A" = "Tag"."id" AND "Tag"."name" = ${name}::citext
        AND "B" = ANY(${ticketIds.remove}::uuid[])`;
}

/** The names of tags in use, in order; 200 at most. @throws AppError "forbidden" for customers. */
export async function listTags(viewer: Actor): Promise<string[]> {
  requireDesk(viewer);
  const tags = await db().prisma.tag.findMany({
    where: { tickets: { some: {} } },
    select: { name: true },
    orderBy: { name: "asc" },
    take: OFFERED_MAX,
  });
  return tags.map(({ name }) => name);
}
