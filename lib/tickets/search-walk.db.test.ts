import { beforeAll, expect, it } from "vitest";
import { ask } from "../db/ask";
import { db } from "../db/client";
import { useTestDatabase } from "../testing/database";
import { createContact, createUser } from "../testing/factories";
import { learnCommonWords } from "./common-words";
import { conditions } from "./list-conditions";
import { idsWhere, type PageIds, readPage } from "./list-page";
import { EVERY_OPEN_TICKET, type TicketQuery } from "./query";
import { shareOfMessages } from "./search";
import { idsByWalking } from "./search-walk";

useTestDatabase();

let viewer: Awaited<ReturnType<typeof createUser>>;

/** Twelve thousand tickets, more than are walked past, with words from common to rare. */
beforeAll(async () => {
  viewer = await createUser();
  const zinc = await createContact({ name: "Zinc Works", email: "zinc@works.example" });
  await db().pool.query(
    `INSERT INTO "Ticket" ("id", "subject", "source", "lastMessageAt", "awaitingSince", "awaitingUs", "requesterId", "updatedAt")
     SELECT gen_random_uuid(), CASE WHEN n % 3000 = 5 THEN 'about Zinc' ELSE 'ticket ' || n END, 'EMAIL',
       timestamptz '2026-01-01' + n * interval '1 minute', timestamptz '2026-02-01' - n * interval '1 minute', n % 2 = 0,
       CASE WHEN n % 4000 = 7 THEN $1::uuid END, now()
     FROM generate_series(1, 12000) n`,
    [zinc.id],
  );
  await db().pool.query(
    `INSERT INTO "Message" ("id", "ticketId", "kind", "newText", "inReplyTo", "references", "referenceKeys", "warnings")
     SELECT gen_random_uuid(), "id", 'INBOUND',
       concat_ws(' ', 'hello', CASE WHEN "number" % 2 = 0 THEN 'order' END, CASE WHEN "number" % 400 = 0 THEN 'zinc' END,
         CASE WHEN "number" % 30 = 0 THEN '日本語' END), '{}', '{}', '{}', '{}'
     FROM "Ticket"`,
  );
  await db().pool.query("ANALYZE");
  await learnCommonWords({ again: true });
}, 60_000);

async function pageOf(ids: PageIds, query: TicketQuery) {
  const page = await readPage(ask, viewer, query, ids);
  return { ...page, rows: page.rows.map(({ number, subject }) => `${number} ${subject}`) };
}

it.each([
  { q: "hello" },
  { q: "hello order" },
  { q: "zinc" },
  { q: "order zinc" },
  { q: "日本語" },
  { q: "日本語 zinc" },
  { q: "nowhere" },
  { q: "zinc", sort: "wait" },
  { q: "order is:unread", statuses: ["OPEN"] },
] satisfies Partial<TicketQuery>[])(
  "walking finds the same pages as the index: %o",
  async (fields) => {
    const query: TicketQuery = { ...EVERY_OPEN_TICKET, ...fields };
    const walked = (at: TicketQuery) =>
      pageOf(idsByWalking(viewer, { query: at, found: {}, share: shareOfMessages(at.q) }), at);
    const named = (at: TicketQuery) => pageOf(idsWhere(conditions(viewer, at)), at);
    const first = await walked(query);
    expect(first).toEqual(await named(query));
    expect(first.rows.length > 0).toBe(fields.q !== "nowhere");
    if (!first.older) return;
    const next = { ...query, after: first.older };
    const second = await walked(next);
    expect(second).toEqual(await named(next));
    const back = { ...query, before: second.newer };
    expect(await walked(back)).toEqual(await named(back));
  },
);
