import type { Ask } from "../db/ask";
import { Prisma } from "../db/generated/client";
import type { Actor } from "./access";
import { conditions, type Found } from "./list-conditions";
import {
  type Block,
  type IdsFound,
  PAGE_SIZE,
  type PageIds,
  selectBlock,
  selectPlaces,
} from "./list-page";
import type { TicketCursor, TicketQuery } from "./query";
import { hasRequesterNamed, holdingWords, searchCondition } from "./search";

/**
 * How many tickets are looked at together, one block after the other. Words that the newest ten thousand
 * hardly hold are rare, whatever the statistics say, and the index names all that hold them.
 */
const WALKED_MAX = 10_000;
const FIRST_BLOCK_MIN = 2_000;
const FIRST_BLOCK_MAX = 8_000;
/** From this share of the messages on, a page is full sooner when each ticket is asked by itself. */
const ASKED_SINGLY_FROM = 0.015;
const ASKED_SINGLY = 1_000;

/**
 * Where the tickets of a search for common words come from: the list is walked from its place on, a
 * block of tickets at a time, and of each block the index says which hold the words. So the newest are
 * found without reading all that do. `share` is which share of the messages holds them, as far as is known.
 */
export function idsByWalking(
  viewer: Actor,
  { query, found, share }: { query: TicketQuery; found: Found; share: number | null },
): PageIds {
  const { q } = query;
  return async (ask, { sort, after, before }, isUpward) => {
    const order = { sort, isUpward };
    const list = conditions(viewer, query, found, "left-out");
    const named = hasRequesterNamed(q);
    const isSingly = share === null || share >= ASKED_SINGLY_FROM;
    const first = firstBlock(share);
    const ids: string[] = [];
    let from: TicketCursor | null = after ?? before;
    for (const limit of [...(isSingly ? [ASKED_SINGLY] : []), first, WALKED_MAX - first]) {
      const marked = limit === ASKED_SINGLY ? Prisma.sql`FALSE` : named;
      const block = await selectBlock(ask, list, order, { from, limit, marked });
      const held =
        limit === ASKED_SINGLY ? heldSingly(ask, viewer, q, block) : heldOf(ask, q, block);
      ids.push(...(await held));
      if (ids.length > PAGE_SIZE || block.ids.length < limit) return asPage(ids);
      from = block.last;
    }
    const limit = PAGE_SIZE + 1 - ids.length;
    const all = conditions(viewer, query, found, "from-index");
    const rest = await selectPlaces(ask, all, order, { from, limit });
    return asPage([...ids, ...rest.map(({ id }) => id)]);
  };
}

/**
 * So many that a page is full also of words that nearly all messages of a ticket hold, a name's for example;
 * of others sooner.
 */
function firstBlock(share: number | null): number {
  const wanted = share ? Math.ceil((0.75 * PAGE_SIZE) / share) : FIRST_BLOCK_MIN;
  return Math.min(FIRST_BLOCK_MAX, Math.max(FIRST_BLOCK_MIN, wanted));
}

/** Those of a block that hold the words, in its order. */
async function heldOf(ask: Ask, q: string, { ids, marked }: Block): Promise<string[]> {
  const [found] = await ask<{ ids: string | null }>(Prisma.sql`
    SELECT string_agg(DISTINCT held."id"::text, ',') AS "ids" FROM (${holdingWords(q, ids)}) held("id")`);
  const isHolding = new Set([...marked, ...(found?.ids?.split(",") ?? [])]);
  return ids.filter((id) => isHolding.has(id));
}

/** The same, and only until a page is full. */
async function heldSingly(ask: Ask, viewer: Actor, q: string, { ids }: Block): Promise<string[]> {
  const found = await ask<{ id: string }>(Prisma.sql`
    SELECT t."id" FROM unnest(string_to_array(${ids.join(",")}, ',')::uuid[]) WITH ORDINALITY asked("id", place)
    CROSS JOIN LATERAL (SELECT * FROM "Ticket" o WHERE o."id" = asked."id" OFFSET 0) t
    WHERE ${searchCondition(viewer, q)} LIMIT ${PAGE_SIZE + 1}`);
  return found.map(({ id }) => id);
}

function asPage(ids: string[]): IdsFound {
  return { ids: ids.slice(0, PAGE_SIZE + 1), count: null };
}
