import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import type { TicketUncheckedCreateInput } from "../db/generated/models";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createMessage, createTicket, createUser } from "../testing/factories";
import { untilBlocked } from "../testing/until-blocked";
import type { Actor } from "./access";
import { assignTicket } from "./assign";
import { BULK_MAX, type BulkProgress, beginBulk, continueBulk, type Selection } from "./bulk";
import type { FieldChange } from "./bulk-change";
import { mergeAll } from "./bulk-merge";
import { undoBulk } from "./bulk-undo";
import { listTickets } from "./list";
import { EVERY_OPEN_TICKET } from "./query";
import { changePriority, changeStatus } from "./status";
import { listTags, tagName } from "./tags";

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

async function createTickets(count: number, fields: Partial<TicketUncheckedCreateInput> = {}) {
  const all = [];
  for (let n = 0; n < count; n++) all.push(await createTicket(fields));
  return all;
}

/** The whole change, and how often it took to be gone on with. */
async function change(what: FieldChange, selection: Selection, who = agent) {
  let progress: BulkProgress = await beginBulk(who, what, selection);
  let batches = 0;
  while (progress.done < progress.total) {
    progress = await continueBulk(who, progress.id);
    batches++;
  }
  return { ...progress, batches };
}

const idsOf = (tickets: { id: string }[]) => ({ ids: tickets.map(({ id }) => id) });
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
      const { id, changed, skipped } = await change(what, idsOf(tickets));
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
    const { id } = await change({ field: "assignee", to: other.id }, idsOf([mine, nobodys]));
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
    const { id } = await change({ field: "status", to: "OPEN" }, idsOf([ticket]));
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
    const selection = idsOf([...tickets, missing, { id: "no id" }, kept]);
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
    const all = idsOf([open, solved, woken]);
    const slept = await change({ field: "snooze", to, zone: "UTC" }, all);
    expect(slept).toMatchObject({ changed: 2, skipped: { REFUSED: 1 } });
    expect((await listTickets(agent, { ...EVERY_OPEN_TICKET, view: "snoozed" })).count).toBe(2);
    const awake = await change({ field: "snooze", to: null, zone: "UTC" }, all);
    expect(awake).toMatchObject({ changed: 2, skipped: { SAME: 1 } });
    expect((await eventsOf(open)).map(({ kind }) => kind)).toEqual(["snoozed", "woken"]);
  });
});

describe("tags", () => {
  it("are one whatever their case, and shown as first written", async () => {
    const [a, b] = await createTickets(2);
    if (!a || !b) throw new Error("two tickets");
    await change(tag("Müller"), idsOf([a]));
    expect(await change(tag("MÜLLER"), idsOf([a, b]))).toMatchObject({
      ...{ changed: 1, skipped: { SAME: 1 } },
    });
    expect((await reread(b)).tags.map(({ name }) => name)).toEqual(["Müller"]);
    expect(await listTags(agent)).toEqual(["Müller"]);
    await change(tag("müller", "no"), idsOf([a, b]));
    expect(await listTags(agent)).toEqual([]);
  });

  it("are trimmed, and refused when empty or too long", () => {
    expect(tagName("  big\n order ")).toBe("big order");
    for (const name of ["", " \t", "x".repeat(51)]) expect(() => tagName(name)).toThrow(/tag/);
  });

  it("are twenty on a ticket at most", async () => {
    const ticket = await createTicket();
    for (let n = 0; n < 20; n++) await change(tag(`t${n}`), idsOf([ticket]));
    expect(await change(tag("one more"), idsOf([ticket]))).toMatchObject({
      ...{ changed: 0, skipped: { REFUSED: 1 } },
    });
  });

  it("made by two agents at once are one", async () => {
    const tickets = await createTickets(2);
    await Promise.all(tickets.map((ticket, n) => change(tag(n ? "new" : "NEW"), idsOf([ticket]))));
    expect(await db().prisma.tag.count()).toBe(1);
    expect(await db().prisma.ticket.count({ where: { tags: { some: {} } } })).toBe(2);
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

describe("two agents at the same tickets", () => {
  it("a change under way leaves alone what another changes meanwhile", async () => {
    const tickets = await createTickets(3);
    const [contested] = tickets;
    if (!contested) throw new Error("a ticket");
    const begun = await beginBulk(agent, { field: "assignee", to: agent.id }, idsOf(tickets));
    await assignTicket(other, contested.number, other.id);
    expect(await continueBulk(agent, begun.id)).toMatchObject({
      ...{ changed: 2, skipped: { CHANGED_SINCE: 1 } },
    });
    expect((await reread(contested)).assigneeId).toBe(other.id);
  });

  it("waits for a change that holds a ticket, and sees what it made of it", async () => {
    const tickets = await createTickets(2);
    const [held] = tickets;
    if (!held) throw new Error("a ticket");
    const begun = await beginBulk(agent, URGENT, idsOf(tickets));
    let going: Promise<BulkProgress> | undefined;
    await db().prisma.$transaction(async (tx) => {
      await tx.ticket.update({ where: { id: held.id }, data: { priority: "LOW" } });
      going = continueBulk(agent, begun.id);
      await untilBlocked(going);
    });
    expect(await going).toMatchObject({ changed: 1, skipped: { CHANGED_SINCE: 1 } });
    expect((await reread(held)).priority).toBe("LOW");
  });

  it("both at once end, and each ticket has one of the two", async () => {
    const tickets = await createTickets(150);
    const ids = idsOf(tickets);
    const backwards = { ids: [...ids.ids].reverse() };
    const [a, b] = await Promise.all([
      change(URGENT, ids),
      change({ field: "priority", to: "LOW" }, backwards, other),
    ]);
    const events = await db().prisma.ticketEvent.count({ where: { kind: "priority" } });
    expect(events).toBe(a.changed + b.changed);
    expect(await db().prisma.ticket.count({ where: { priority: "NORMAL" } })).toBe(0);
  });

  it("an undoing puts back only what still is as the change made it", async () => {
    const tickets = await createTickets(5);
    const [changed, asBefore, again, priority] = tickets;
    if (!changed || !asBefore || !again || !priority) throw new Error("five tickets");
    const { id } = await change(SOLVED, idsOf(tickets));
    await changeStatus(other, changed.number, "PENDING");
    await changeStatus(other, asBefore.number, "OPEN");
    await changeStatus(other, again.number, "OPEN");
    await changeStatus(other, again.number, "SOLVED");
    await changePriority(other, priority.number, "HIGH");
    expect(await undoBulk(agent, id)).toEqual({ undone: 2, stayed: 3 });
    const statuses = await Promise.all(tickets.map(async (each) => (await reread(each)).status));
    expect(statuses).toEqual(["PENDING", "OPEN", "SOLVED", "OPEN", "OPEN"]);
    expect((await reread(priority)).priority).toBe("HIGH");
  });

  it("an undoing is done once, and asked for twice at once as well", async () => {
    const tickets = await createTickets(3);
    const { id } = await change(SOLVED, idsOf(tickets));
    const results = await Promise.allSettled([undoBulk(agent, id), undoBulk(agent, id)]);
    const undone = results.map((each) => (each.status === "fulfilled" ? each.value.undone : 0));
    expect(undone.reduce((sum, n) => sum + n)).toBe(3);
    await expect(undoBulk(agent, id)).rejects.toThrow("This has been undone already.");
    for (const ticket of tickets) expect(await eventsOf(ticket)).toHaveLength(2);
  });

  it("the undoing of a newer change leads back to the older one's", async () => {
    const tickets = await createTickets(2);
    const first = await change(SOLVED, idsOf(tickets));
    const second = await change({ field: "status", to: "OPEN" }, idsOf(tickets), other);
    expect(await undoBulk(agent, first.id)).toEqual({ undone: 0, stayed: 2 });
    expect(await undoBulk(other, second.id)).toEqual({ undone: 2, stayed: 0 });
    expect((await reread(tickets[0] ?? { id: "" })).status).toBe("SOLVED");
  });
});

describe("merging many", () => {
  async function withMails(count: number) {
    const tickets = await createTickets(count);
    for (const ticket of tickets) await createMessage({ ticketId: ticket.id });
    return tickets;
  }
  const mails = (ticket: { id: string }) =>
    db().prisma.message.count({ where: { ticketId: ticket.id } });

  it("goes into the oldest, whatever the order, and is undone", async () => {
    const tickets = await withMails(3);
    const [oldest] = tickets;
    if (!oldest) throw new Error("a ticket");
    const { ids } = idsOf([...tickets].reverse());
    const merged = await mergeAll(agent, { ids, into: null });
    expect(merged).toMatchObject({ into: oldest.number, total: 2, changed: 2, skipped: {} });
    expect(await mails(oldest)).toBe(3);
    expect(await undoBulk(agent, merged.id)).toEqual({ undone: 2, stayed: 0 });
    for (const ticket of tickets) {
      expect(await mails(ticket)).toBe(1);
      expect(await reread(ticket)).toMatchObject({ mergedIntoId: null, status: "OPEN" });
    }
  });

  it("goes into a ticket that is named, and leaves out what was merged or deleted meanwhile", async () => {
    const [a, b] = await withMails(2);
    const target = await createTicket();
    if (!a || !b) throw new Error("two tickets");
    const gone = await createTicket({ deletedAt: new Date() });
    const elsewhere = await createTicket({ mergedIntoId: b.id });
    const { ids } = idsOf([a, b, gone, elsewhere]);
    const merged = await mergeAll(agent, { ids, into: target.number });
    expect(merged).toMatchObject({ changed: 2, skipped: { DELETED: 1, MERGED: 1 } });
    expect(await mails(target)).toBe(2);
    await db().prisma.ticket.update({ where: { id: a.id }, data: { deletedAt: new Date() } });
    expect(await undoBulk(agent, merged.id)).toEqual({ undone: 1, stayed: 1 });
  });

  it("refuses one ticket alone, more than 20, and a target that leads elsewhere", async () => {
    const [one] = await withMails(1);
    if (!one) throw new Error("a ticket");
    const { ids } = idsOf([one]);
    const merged = await createTicket({ mergedIntoId: one.id });
    await expect(mergeAll(agent, { ids, into: null })).rejects.toThrow(/two tickets or more/);
    await expect(mergeAll(agent, { ids: [], into: null })).rejects.toThrow(/No ticket/);
    await expect(mergeAll(agent, { ids, into: 999_999 })).rejects.toMatchObject({ field: "into" });
    await expect(mergeAll(agent, { ids, into: merged.number })).rejects.toThrow(/merged into #/);
    const many = idsOf(await createTickets(21));
    await expect(mergeAll(agent, { ...many, into: null })).rejects.toThrow(/at most 20/);
  });
});

describe("what is refused", () => {
  it("customers, in everything", async () => {
    const customer: Actor = { id: (await createUser({ role: "CUSTOMER" })).id, role: "CUSTOMER" };
    const tickets = await createTickets(2);
    const { id } = await change(SOLVED, idsOf(tickets));
    const forbidden = { code: "forbidden" };
    const { ids } = idsOf(tickets);
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
    const { id } = await change(SOLVED, idsOf(tickets));
    for (const wrong of ["", "x", "00000000-0000-7000-8000-000000000000"])
      await expect(undoBulk(agent, wrong)).rejects.toMatchObject({ code: "not-found" });
    await expect(undoBulk(other, id)).rejects.toMatchObject({ code: "not-found" });
    await expect(continueBulk(other, id)).rejects.toMatchObject({ code: "not-found" });
    await db().prisma.bulkChange.update({
      where: { id },
      data: { createdAt: new Date(Date.now() - 25 * 3_600_000) },
    });
    await change(URGENT, idsOf(tickets));
    await expect(undoBulk(agent, id)).rejects.toMatchObject({ code: "not-found" });
    expect(await db().prisma.bulkChangeTicket.count()).toBe(1);
  });

  it("an assignee who is no active agent, also one who leaves half way", async () => {
    const customer = await createUser({ role: "CUSTOMER" });
    const tickets = await createTickets(1);
    const to = { field: "assignee", to: customer.id } as const;
    await expect(beginBulk(agent, to, idsOf(tickets))).rejects.toThrow(/active agents/);
    const begun = await beginBulk(agent, { ...to, to: other.id }, idsOf(tickets));
    await db().prisma.user.update({ where: { id: other.id }, data: { isActive: false } });
    await expect(continueBulk(agent, begun.id)).rejects.toThrow(/active agents/);
    expect(await eventsOf(tickets[0] ?? { id: "" })).toEqual([]);
  });
});
