import { beforeAll, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { useTestDatabase } from "../testing/database";
import { createAccount, createUser } from "../testing/factories";
import { listTickets } from "./list";
import { findNames } from "./list-found";
import { countUnread } from "./news";
import { EVERY_OPEN_TICKET, type TicketQuery } from "./query";

useTestDatabase();

const TICKETS = 34_000;
const HOUR_MS = 3_600_000;
const FIRST = Date.UTC(2024, 0, 1);

let agent: Awaited<ReturnType<typeof createUser>>;
let other: Awaited<ReturnType<typeof createUser>>;
let accountId: string;

/** What the n-th ticket is, the greatest number being the newest: here and in the SQL below. */
const ticket = (n: number) => ({
  number: n,
  isOpen: n % 40 === 0,
  isApi: n % 50 === 0,
  isUrgent: n % 20 === 0,
  isNobodys: n % 100 === 0 || n <= 60,
  isOther: n % 33 === 0 && n % 100 !== 0 && n > 60,
  isOfAccount: n % 25 === 0,
  /** of 150 people with one name */
  isSmith: n % 7 === 0,
  isOfOne: n % 307 === 0 && n % 7 !== 0,
  isCommon: n % 3 !== 0,
  isMedium: n % 4 === 0,
  isRare: n % 401 === 0,
  day: day(FIRST + n * HOUR_MS),
});
type Ticket = ReturnType<typeof ticket>;

const day = (at: number) => new Date(at).toISOString().slice(0, 10);
const ALL = Array.from({ length: TICKETS }, (_, n) => ticket(TICKETS - n));
const FEW_DAYS = { from: day(FIRST + 48 * HOUR_MS), until: day(FIRST + 240 * HOUR_MS) };
const MANY_DAYS = { from: "", until: day(FIRST + 20_000 * HOUR_MS) };
const isOf = ({ from, until }: typeof FEW_DAYS, t: Ticket) => t.day >= from && t.day <= until;
const inWords = ({ from, until }: typeof FEW_DAYS) => `${from}..${until}`;

/** More tickets than counting looks at; every name and tag in each of the ways it can be looked up. */
beforeAll(async () => {
  agent = await createUser();
  other = await createUser();
  accountId = (await createAccount()).id;
  const { pool } = db();
  await pool.query(`INSERT INTO "Contact" ("id", "name", "email", "updatedAt")
    SELECT gen_random_uuid(), CASE WHEN n < 150 THEN 'John Smith ' ELSE 'Ada Lone ' END || n, 'person' || n || '@customer.example', now()
    FROM generate_series(0, 150) n`);
  await pool.query(
    `INSERT INTO "Ticket" ("id", "number", "subject", "status", "priority", "source", "accountId", "assigneeId", "requesterId",
       "awaitingUs", "createdAt", "lastMessageAt", "awaitingSince", "updatedAt")
     SELECT gen_random_uuid(), n, 'ticket ' || n,
       (CASE WHEN n % 40 = 0 THEN 'OPEN' WHEN n < 80 THEN 'CLOSED' ELSE 'SOLVED' END)::"TicketStatus",
       (CASE WHEN n % 20 = 0 THEN 'URGENT' ELSE 'NORMAL' END)::"TicketPriority",
       (CASE WHEN n % 50 = 0 THEN 'API' ELSE 'EMAIL' END)::"TicketSource",
       CASE WHEN n % 25 = 0 THEN $4::uuid END,
       CASE WHEN n % 100 = 0 OR n <= 60 THEN NULL WHEN n % 33 = 0 THEN $2::uuid ELSE $1::uuid END,
       (SELECT "id" FROM "Contact" WHERE "email" = 'person' || CASE WHEN n % 7 = 0 THEN n / 7 % 150 WHEN n % 307 = 0 THEN 150 END || '@customer.example'),
       TRUE, at, at, at, now()
     FROM generate_series(1, ${TICKETS}) n, LATERAL (SELECT to_timestamp($3::float8 / 1000) + n * interval '1 hour' AS at) a`,
    [agent.id, other.id, FIRST, accountId],
  );
  await pool.query(`INSERT INTO "Tag" ("id", "name")
    SELECT gen_random_uuid(), unnest(ARRAY['common', 'medium', 'rare'])`);
  await pool.query(`INSERT INTO "_TagToTicket" ("A", "B") SELECT g."id", t."id" FROM "Tag" g, "Ticket" t
    WHERE CASE g."name" WHEN 'common' THEN t."number" % 3 <> 0 WHEN 'medium' THEN t."number" % 4 = 0 ELSE t."number" % 401 = 0 END`);
  await pool.query("VACUUM ANALYZE");
}, 120_000);

const query = (fields: Partial<TicketQuery>): TicketQuery => ({
  ...EVERY_OPEN_TICKET,
  view: "all",
  ...fields,
});

describe("a list of many tickets", () => {
  it("is looked up in every way there is", async () => {
    const found = async (fields: Partial<TicketQuery>) => findNames(query(fields));
    const tickets = async (tag: string) => (await found({ tag })).tag?.tickets ?? 0;
    expect(await tickets("common")).toBeGreaterThan(20_000);
    expect(await tickets("medium")).toBeGreaterThan(5_000);
    expect(await tickets("medium")).toBeLessThan(20_000);
    expect(await tickets("rare")).toBeLessThan(5_000);
    expect((await found({ tag: "none" })).tag).toBeNull();
    const people = async (requester: string) =>
      (await found({ requester })).requesterIds?.split(",").filter((id) => id !== "").length;
    expect(await people("Smith")).toBe(150);
    expect(await people("ada lone")).toBe(1);
    expect(await people("nobody here")).toBe(0);
    expect((await found({ created: inWords(FEW_DAYS) })).hasFewDays).toBe(true);
    expect((await found({ created: inWords(MANY_DAYS) })).hasFewDays).toBe(false);
  });

  type Filter = {
    name: string;
    key: keyof TicketQuery;
    value: () => unknown;
    is(t: Ticket): boolean;
  };
  const filters: Filter[] = [
    { name: "open", key: "view", value: () => "all-open", is: (t) => t.isOpen },
    { name: "source", key: "source", value: () => "API", is: (t) => t.isApi },
    { name: "priority", key: "priorities", value: () => ["URGENT"], is: (t) => t.isUrgent },
    { name: "nobody's", key: "assignee", value: () => "none", is: (t) => t.isNobodys },
    { name: "an agent's", key: "assignee", value: () => other.id, is: (t) => t.isOther },
    { name: "account", key: "account", value: () => accountId, is: (t) => t.isOfAccount },
    { name: "many people", key: "requester", value: () => "smith", is: (t) => t.isSmith },
    { name: "one person", key: "requester", value: () => "lone", is: (t) => t.isOfOne },
    { name: "common tag", key: "tag", value: () => "common", is: (t) => t.isCommon },
    { name: "tag", key: "tag", value: () => "medium", is: (t) => t.isMedium },
    { name: "rare tag", key: "tag", value: () => "rare", is: (t) => t.isRare },
    ...[FEW_DAYS, MANY_DAYS].map((days): Filter => {
      const name = inWords(days);
      return { name, key: "created", value: () => name, is: (t) => isOf(days, t) };
    }),
  ];
  const pairs = filters.flatMap((one, n) => [
    { name: one.name, each: [one] },
    ...filters
      .slice(n + 1)
      .filter(({ key }) => key !== one.key)
      .map((another) => ({ name: `${one.name}, ${another.name}`, each: [one, another] })),
  ]);

  it.each(pairs)("shows and counts what it holds: $name", async ({ each }) => {
    const list = query(Object.fromEntries(each.map(({ key, value }) => [key, value()])));
    const numbers = ALL.filter((t) => each.every(({ is }) => is(t))).map(({ number }) => number);
    const first = await listTickets(agent, list);
    expect(first.rows.map(({ number }) => number)).toEqual(numbers.slice(0, 50));
    const { count, countMax = 0 } = first;
    if (count < countMax) expect(count).toBe(numbers.length);
    else expect(count).toBeLessThanOrEqual(numbers.length);
    const unread = await countUnread(agent, list);
    expect(unread).toBeLessThanOrEqual(Math.min(100, numbers.length));
    if (!first.older) return;
    if (count < countMax) expect(unread).toBe(Math.min(100, numbers.length));
    const second = await listTickets(agent, { ...list, after: first.older });
    expect(second.rows.map(({ number }) => number)).toEqual(numbers.slice(50, 100));
    const back = await listTickets(agent, { ...list, before: second.newer });
    expect(back.rows).toEqual(first.rows);
  });

  it("says how many it holds at least where counting stops", async () => {
    const counted = async (fields: Partial<TicketQuery>) => {
      const { count, countMax = 0 } = await listTickets(agent, query(fields));
      return count < countMax ? `${count}` : `${countMax - 1}+`;
    };
    expect(await counted({})).toBe("999+");
    // The newest 10,000 hold 100 of them.
    expect(await counted({ assignee: "none" })).toBe("90+");
    // None of the newest 10,000 is closed: what the page shows is known by itself.
    expect(await counted({ statuses: ["CLOSED"] })).toBe("50+");
    expect(await counted({ statuses: ["CLOSED"], created: inWords(FEW_DAYS) })).toBe("32");
    // Of these, 67 have a common tag.
    expect(await counted({ assignee: "none", tag: "common" })).toBe("60+");
    expect(await counted({ source: "API", tag: "common" })).toBe("454");
  });
});

it("after a vacuum no ticket needs a look at the table, however few have changed", async () => {
  const { pool } = db();
  const pagesVacuumed = async () => {
    await pool.query('VACUUM "Ticket"');
    const { rows } = await pool.query<{ all: number; unseen: number }>(
      `SELECT relpages AS all, relpages - relallvisible AS unseen FROM pg_class WHERE oid = '"Ticket"'::regclass`,
    );
    return rows[0];
  };
  // One vacuum passes over a page that the checkpointer is writing just then,
  // and rows an autovacuum beside it may still read: the next has them.
  const unseen = () =>
    expect.poll(async () => (await pagesVacuumed())?.unseen, { timeout: 15_000, interval: 100 });
  await unseen().toBe(0);
  await pool.query(
    `UPDATE "Ticket" SET "lastMessageAt" = "lastMessageAt" + interval '1 ms' WHERE "number" = 1`,
  );
  // Of so many one or two are few, and Postgres by itself would leave them at
  // each vacuum.
  await unseen().toBe(0);
  expect((await pagesVacuumed())?.all).toBeGreaterThan(200);
}, 40_000);
