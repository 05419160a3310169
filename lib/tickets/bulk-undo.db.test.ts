import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { changeAll, createTickets, only } from "../testing/bulk";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { untilBlocked } from "../testing/until-blocked";
import type { Actor } from "./access";
import { assignTicket } from "./assign";
import { type BulkProgress, beginBulk, continueBulk, type Selection } from "./bulk";
import type { FieldChange } from "./bulk-change";
import { undoBulk } from "./bulk-undo";
import { changePriority, changeStatus } from "./status";

useTestDatabase();

let agent: Actor;
let other: Actor;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ name: "Nora" })).id, role: "AGENT" };
  other = { id: (await createUser({ name: "Ben" })).id, role: "AGENT" };
});

const change = (what: FieldChange, selection: Selection, who = agent) =>
  changeAll(who, what, selection);
const reread = (ticket: { id: string }) =>
  db().prisma.ticket.findUniqueOrThrow({ where: { id: ticket.id }, include: { tags: true } });
const SOLVED: FieldChange = { field: "status", to: "SOLVED" };
const URGENT: FieldChange = { field: "priority", to: "URGENT" };

describe("two agents at the same tickets", () => {
  it("a change under way leaves alone what another changes meanwhile", async () => {
    const tickets = await createTickets(3);
    const [contested] = tickets;
    if (!contested) throw new Error("a ticket");
    const begun = await beginBulk(agent, { field: "assignee", to: agent.id }, only(...tickets));
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
    const begun = await beginBulk(agent, URGENT, only(...tickets));
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
    const ids = only(...tickets);
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
    const { id } = await change(SOLVED, only(...tickets));
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
    const { id } = await change(SOLVED, only(...tickets));
    const results = await Promise.allSettled([undoBulk(agent, id), undoBulk(agent, id)]);
    const undone = results.map((each) => (each.status === "fulfilled" ? each.value.undone : 0));
    expect(undone.reduce((sum, n) => sum + n)).toBe(3);
    await expect(undoBulk(agent, id)).rejects.toThrow("This has been undone already.");
    for (const ticket of tickets)
      expect(await db().prisma.ticketEvent.count({ where: { ticketId: ticket.id } })).toBe(2);
  });

  it("the undoing of a newer change leads back to the older one's", async () => {
    const tickets = await createTickets(2);
    const first = await change(SOLVED, only(...tickets));
    const second = await change({ field: "status", to: "OPEN" }, only(...tickets), other);
    expect(await undoBulk(agent, first.id)).toEqual({ undone: 0, stayed: 2 });
    expect(await undoBulk(other, second.id)).toEqual({ undone: 2, stayed: 0 });
    expect((await reread(tickets[0] ?? { id: "" })).status).toBe("SOLVED");
  });
});
