import type { Tx } from "../db/client";
import { Prisma } from "../db/generated/client";
import type { Actor } from "./access";
import { conditions, type Found } from "./list-conditions";
import { cursorOf, type ListPlace, PAGE_SIZE, type PageIds, selectPlaces } from "./list-page";
import type { TicketCursor, TicketQuery } from "./query";
import { holdingWords, peopleNamed, searchCondition, shareOfMessages } from "./search";

/**
 * How many tickets are looked at together, one block after the other. Words that the newest ten thousand
 * hardly hold are rare, whatever the statistics say, and the index names all that hold them.
 */
const BLOCKS = [2_000, 8_000];
/** From this share of the messages on, a page is full sooner when each ticket is asked by itself. */
const ASKED_SINGLY_FROM = 0.015;
const ASKED_SINGLY = 1_000;

/** What one walk is about. */
type Walk = {
  tx: Tx;
  q: string;
  viewer: Actor;
  /** People whose tickets are found by their names, once they are asked for. */
  requesterIds?: string[];
};

/**
 * Where the tickets of a search for common words come from: the list is walked from its place on, a
 * block of tickets at a time, and of each block the index says which hold the words. So the newest are
 * found without reading all that do.
 */
export function idsByWalking(
  tx: Tx,
  viewer: Actor,
  { query, found }: { query: TicketQuery; found: Found },
): PageIds {
  const { q } = query;
  return async ({ sort, after, before }, isUpward) => {
    const order = { sort, isUpward };
    const list = conditions(viewer, query, found, "left-out");
    const walk: Walk = { tx, q, viewer };
    const share = shareOfMessages(q);
    const isSingly = share === null || share >= ASKED_SINGLY_FROM;
    const ids: string[] = [];
    let from: TicketCursor | null = after ?? before;
    for (const limit of isSingly ? [ASKED_SINGLY, ...BLOCKS] : BLOCKS) {
      const block = await selectPlaces(tx, list, order, { from, limit });
      ids.push(...(await (limit === ASKED_SINGLY ? heldSingly : held)(walk, block)));
      if (ids.length > PAGE_SIZE || block.length < limit) return asTable(ids);
      from = cursorOf(block.at(-1), sort);
    }
    const limit = PAGE_SIZE + 1 - ids.length;
    const all = conditions(viewer, query, found, "from-index");
    const rest = await selectPlaces(tx, all, order, { from, limit });
    return asTable([...ids, ...rest.map(({ id }) => id)]);
  };
}

async function namedIds(tx: Tx, q: string): Promise<string[]> {
  const people = peopleNamed(q);
  const found = people ? await tx.$queryRaw<{ id: string }[]>(people) : [];
  return found.map(({ id }) => id);
}

/** Those of a block that hold the words, in its order. */
async function held(walk: Walk, block: ListPlace[]): Promise<string[]> {
  const { tx, q } = walk;
  walk.requesterIds ??= await namedIds(tx, q);
  const { requesterIds } = walk;
  const ids = block.map(({ id }) => id);
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT DISTINCT held."id" FROM (${holdingWords(q, ids, requesterIds)}) held("id")`;
  const isHolding = new Set(found.map(({ id }) => id));
  return ids.filter((id) => isHolding.has(id));
}

/** The same, and only until a page is full. */
async function heldSingly({ tx, q, viewer }: Walk, block: ListPlace[]): Promise<string[]> {
  const ids = block.map(({ id }) => id);
  const found = await tx.$queryRaw<{ id: string }[]>`
    SELECT t."id" FROM unnest(${ids}::uuid[]) WITH ORDINALITY asked("id", place)
    CROSS JOIN LATERAL (SELECT * FROM "Ticket" o WHERE o."id" = asked."id" OFFSET 0) t
    WHERE ${searchCondition(viewer, q)} LIMIT ${PAGE_SIZE + 1}`;
  return found.map(({ id }) => id);
}

function asTable(ids: string[]): Prisma.Sql {
  return Prisma.sql`unnest(${ids.slice(0, PAGE_SIZE + 1)}::uuid[])`;
}
