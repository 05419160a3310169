import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { createTickets, only } from "../testing/bulk";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createMessage, createTicket, createUser } from "../testing/factories";
import type { Actor } from "./access";
import { mergeAll } from "./bulk-merge";
import { undoBulk } from "./bulk-undo";

useTestDatabase();

let agent: Actor;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ name: "Nora" })).id, role: "AGENT" };
});

const reread = (ticket: { id: string }) =>
  db().prisma.ticket.findUniqueOrThrow({ where: { id: ticket.id }, include: { tags: true } });

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
    const { ids } = only(...[...tickets].reverse());
    const merged = await mergeAll(agent, { ids, into: null });
    expect(merged).toMatchObject({
      change: { into: oldest.number },
      total: 2,
      changed: 2,
      skipped: {},
    });
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
    const { ids } = only(a, b, gone, elsewhere);
    const merged = await mergeAll(agent, { ids, into: target.number });
    expect(merged).toMatchObject({ changed: 2, skipped: { DELETED: 1, MERGED: 1 } });
    expect(await mails(target)).toBe(2);
    await db().prisma.ticket.update({ where: { id: a.id }, data: { deletedAt: new Date() } });
    expect(await undoBulk(agent, merged.id)).toEqual({ undone: 1, stayed: 1 });
  });

  it("refuses one ticket alone, more than 20, and a target that leads elsewhere", async () => {
    const [one] = await withMails(1);
    if (!one) throw new Error("a ticket");
    const { ids } = only(one);
    const merged = await createTicket({ mergedIntoId: one.id });
    await expect(mergeAll(agent, { ids, into: null })).rejects.toThrow(/two tickets or more/);
    await expect(mergeAll(agent, { ids: [], into: null })).rejects.toThrow(/No ticket/);
    await expect(mergeAll(agent, { ids, into: 999_999 })).rejects.toMatchObject({ field: "into" });
    await expect(mergeAll(agent, { ids, into: merged.number })).rejects.toThrow(/merged into #/);
    const many = only(...(await createTickets(21)));
    await expect(mergeAll(agent, { ...many, into: null })).rejects.toThrow(/at most 20/);
  });
});
