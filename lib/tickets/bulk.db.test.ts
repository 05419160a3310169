import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { changeAll, createTickets, only } from "../testing/bulk";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createTicket, createUser } from "../testing/factories";
import type { Actor } from "./access";
import { BULK_MAX, beginBulk, continueBulk, type Selection } from "./bulk";
import type { FieldChange } from "./bulk-change";
import { mergeAll } from "./bulk-merge";
import { undoBulk } from "./bulk-undo";
import { listTickets } from "./list";
import { EVERY_OPEN_TICKET } from "./query";
import { listTags } from "./tags";

useTestDatabase();

let agent: Actor;
let other: Actor;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ name: "Nora" })).id, role: "AGENT" };
  other = { id: (await createUser({ name: "Ben" })).id, role: "AGENT" };
});

const SOLVED: FieldChange = { field: "status", to: "SOLVED" };
const URGENT: FieldChange = { field: "priority", to: "URGENT" };
const tag = (name: string, to: "yes" | "no" = "yes"): FieldChange => ({ field: "tag", to, name });

const change = (what: FieldChange, selection: Selection, who = agent) =>
  changeAll(who, what, selection);

const reread = (ticket: { id: string }) =>
  db().prisma.ticket.findUniqueOrThrow({ where: { id: ticket.id }, include: { tags: true } });

async function eventsOf(ticket: { id: string }) {
  const events = await db().prisma.ticketEvent.findMany({
    where: { ticketId: ticket.id },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
  });
  return events.map(({ kind, data, actorId }) => ({ kind, data, actorId }));
}

describe("a change of selected tickets", () => {
  const tomorrow = String(Date.now() + 86_400_000);
  const cases: [FieldChange, Record<string, unknown>, Record<string, unknown>, string][] = [
    [SOLVED, { status: "SOLVED" }, { status: "OPEN" }, "status"],
    [URGENT, { priority: "URGENT" }, { priority: "NORMAL" }, "priority"],
    [{ field: "spam", to: "yes" }, { isSpam: true }, { isSpam: false }, "spam"],
    [tag("Returns"), { tags: [{ name: "Returns" }] }, { tags: [] }, "tagged"],
    [
      { field: "snooze", to: tomorrow, zone: "Europe/Berlin" },
      ...([{ snoozedUntil: new Date(Number(tomorrow)) }, { snoozedUntil: null }] as const),
      "snoozed",
    ],
  ];
  it.each(cases)(
    "%o is made, told in their history, and undone",
    async (what, after, before, kind) => {
      const tickets = await createTickets(2);
      const { id, changed, skipped } = await change(what, only(...tickets));
      expect([changed, skipped]).toEqual([2, {}]);
      for (const ticket of tickets) {
        expect(await reread(ticket)).toMatchObject(after);
        expect(await eventsOf(ticket)).toEqual([
          { kind, actorId: agent.id, data: expect.any(Object) },
        ]);
      }
      expect(await undoBulk(agent, id)).toEqual({ undone: 2, stayed: 0 });
      for (const ticket of tickets) {
        expect(await reread(ticket)).toMatchObject(before);
        expect(await eventsOf(ticket)).toHaveLength(2);
      }
    },
  );

  it("gives each back to whom it belonged", async () => {
    const [mine, nobodys] = [await createTicket({ assigneeId: agent.id }), await createTicket()];
    const { id } = await change({ field: "assignee", to: other.id }, only(mine, nobodys));
    expect((await reread(mine)).assigneeId).toBe(other.id);
    await undoBulk(agent, id);
    expect((await reread(mine)).assigneeId).toBe(agent.id);
    expect((await reread(nobodys)).assigneeId).toBe(null);
    expect((await eventsOf(mine)).at(-1)).toMatchObject({
      data: { from: other.id, to: agent.id },
    });
  });

  it("keeps when a ticket was closed", async () => {
    const closedAt = new Date("2026-01-02T03:04:05Z");
    const ticket = await createTicket({ status: "CLOSED", closedAt });
    const { id } = await change({ field: "status", to: "OPEN" }, only(ticket));
    expect(await reread(ticket)).toMatchObject({ status: "OPEN", closedAt: null });
    await undoBulk(agent, id);
    expect(await reread(ticket)).toMatchObject({ status: "CLOSED", closedAt });
  });

  it("leaves out what is so already, merged, deleted, or may not become it, and says how many", async () => {
    const kept = await createTicket();
    const tickets = [
      kept,
      await createTicket({ status: "SOLVED" }),
      await createTicket({ status: "CLOSED" }),
      await createTicket({ mergedIntoId: kept.id }),
      await createTicket({ deletedAt: new Date() }),
    ];
    const missing = { id: "00000000-0000-7000-8000-000000000000" };
    const selection = only(...tickets, missing, { id: "no id" }, kept);
    expect(await change(SOLVED, selection)).toMatchObject({
      ...{ total: 6, done: 6, changed: 1 },
      skipped: { SAME: 1, REFUSED: 1, MERGED: 1, DELETED: 2 },
    });
  });

  it("puts only open and pending tickets to sleep, and wakes those that sleep", async () => {
    const until = new Date(Date.now() + 3_600_000);
    const to = String(until.getTime());
    const [open, solved] = [await createTicket(), await createTicket({ status: "SOLVED" })];
    const woken = await createTicket({ snoozedUntil: new Date(Date.now() - 1000) });
    const all = only(open, solved, woken);
    const slept = await change({ field: "snooze", to, zone: "UTC" }, all);
    expect(slept).toMatchObject({ changed: 2, skipped: { REFUSED: 1 } });
    expect((await listTickets(agent, { ...EVERY_OPEN_TICKET, view: "snoozed" })).count).toBe(2);
    const awake = await change({ field: "snooze", to: null, zone: "UTC" }, all);
    expect(awake).toMatchObject({ changed: 2, skipped: { SAME: 1 } });
    expect((await eventsOf(open)).map(({ kind }) => kind)).toEqual(["snoozed", "woken"]);
  });
});

describe("a change of all that a list holds", () => {
  it("goes on in batches over what matched when it began", async () => {
    await createTickets(214);
    await createTickets(3, { status: "SOLVED" });
    const begun = await beginBulk(agent, URGENT, { query: EVERY_OPEN_TICKET });
    expect(begun).toMatchObject({ total: 214, done: 0, changed: 0 });
    const later = await createTicket();
    const first = await continueBulk(agent, begun.id);
    expect(first).toMatchObject({ total: 214, done: 100, changed: 100 });
    await continueBulk(agent, begun.id);
    const last = await continueBulk(agent, begun.id);
    expect(last).toMatchObject({ total: 214, done: 214, changed: 214, skipped: {} });
    expect(await continueBulk(agent, begun.id)).toEqual(last);
    expect(await db().prisma.ticket.count({ where: { priority: "URGENT" } })).toBe(214);
    expect((await reread(later)).priority).toBe("NORMAL");
    expect(await undoBulk(agent, begun.id)).toEqual({ undone: 214, stayed: 0 });
    expect(await db().prisma.ticket.count({ where: { priority: "URGENT" } })).toBe(0);
  });

  it("knows what a view and a filter are, for whoever asks", async () => {
    const mine = await createTicket({ assigneeId: agent.id, priority: "HIGH" });
    await createTicket({ assigneeId: agent.id });
    await createTicket({ assigneeId: other.id, priority: "HIGH" });
    const query = { ...EVERY_OPEN_TICKET, view: "my-open" as const, priorities: ["HIGH" as const] };
    expect(await change(SOLVED, { query })).toMatchObject({ total: 1, changed: 1 });
    expect((await reread(mine)).status).toBe("SOLVED");
  });

  it("can be undone half way, and the rest is not begun", async () => {
    await createTickets(150);
    const { id } = await beginBulk(agent, URGENT, { query: EVERY_OPEN_TICKET });
    await continueBulk(agent, id);
    expect(await undoBulk(agent, id)).toEqual({ undone: 100, stayed: 0 });
    await expect(continueBulk(agent, id)).rejects.toThrow(/was undone/);
    expect(await db().prisma.ticket.count({ where: { priority: "URGENT" } })).toBe(0);
  });

  it("is refused, whole, for more than 10,000", async () => {
    await db().pool.query(
      `INSERT INTO "Ticket" ("id", "subject", "source", "updatedAt")
       SELECT gen_random_uuid(), 'Flood', 'EMAIL', now() FROM generate_series(1, $1)`,
      [BULK_MAX],
    );
    const begun = await beginBulk(agent, URGENT, { query: EVERY_OPEN_TICKET });
    expect(begun.total).toBe(BULK_MAX);
    await createTicket();
    await expect(beginBulk(agent, URGENT, { query: EVERY_OPEN_TICKET })).rejects.toMatchObject({
      ...{ code: "invalid", message: expect.stringMatching(/Narrow the list/) },
    });
    expect(await db().prisma.bulkChange.count()).toBe(1);
  });
});

describe("what is refused", () => {
  it("customers, in everything", async () => {
    const customer: Actor = { id: (await createUser({ role: "CUSTOMER" })).id, role: "CUSTOMER" };
    const tickets = await createTickets(2);
    const { id } = await change(SOLVED, only(...tickets));
    const forbidden = { code: "forbidden" };
    const { ids } = only(...tickets);
    await expect(beginBulk(customer, URGENT, { ids })).rejects.toMatchObject(forbidden);
    await expect(continueBulk(customer, id)).rejects.toMatchObject(forbidden);
    await expect(undoBulk(customer, id)).rejects.toMatchObject(forbidden);
    await expect(mergeAll(customer, { ids, into: null })).rejects.toMatchObject(forbidden);
    await expect(listTags(customer)).rejects.toMatchObject(forbidden);
  });

  it("no ticket, ids that are none, and more than 500", async () => {
    for (const ids of [[], ["x"], ["'; DROP TABLE"]])
      await expect(beginBulk(agent, SOLVED, { ids })).rejects.toThrow("No ticket is selected.");
    const ids = Array.from(
      { length: 501 },
      (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`,
    );
    await expect(beginBulk(agent, SOLVED, { ids })).rejects.toThrow(/at most 500/);
    expect(await db().prisma.bulkChange.count()).toBe(0);
  });

  it("somebody else's change, one that is none, and one a day old", async () => {
    const tickets = await createTickets(1);
    const { id } = await change(SOLVED, only(...tickets));
    for (const wrong of ["", "x", "00000000-0000-7000-8000-000000000000"])
      await expect(undoBulk(agent, wrong)).rejects.toMatchObject({ code: "not-found" });
    await expect(undoBulk(other, id)).rejects.toMatchObject({ code: "not-found" });
    await expect(continueBulk(other, id)).rejects.toMatchObject({ code: "not-found" });
    await db().prisma.bulkChange.update({
      where: { id },
      data: { createdAt: new Date(Date.now() - 25 * 3_600_000) },
    });
    await change(URGENT, only(...tickets));
    await expect(undoBulk(agent, id)).rejects.toMatchObject({ code: "not-found" });
    expect(await db().prisma.bulkChangeTicket.count()).toBe(1);
  });

  it("an assignee who is no active agent, also one who leaves half way", async () => {
    const customer = await createUser({ role: "CUSTOMER" });
    const tickets = await createTickets(1);
    const to = { field: "assignee", to: customer.id } as const;
    await expect(beginBulk(agent, to, only(...tickets))).rejects.toThrow(/active agents/);
    const begun = await beginBulk(agent, { ...to, to: other.id }, only(...tickets));
    await db().prisma.user.update({ where: { id: other.id }, data: { isActive: false } });
    await expect(continueBulk(agent, begun.id)).rejects.toThrow(/active agents/);
    expect(await eventsOf(tickets[0] ?? { id: "" })).toEqual([]);
  });
});
