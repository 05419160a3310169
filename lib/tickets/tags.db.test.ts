import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { changeAll, createTickets, only } from "../testing/bulk";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createTicket, createUser } from "../testing/factories";
import type { Actor } from "./access";
import type { Selection } from "./bulk";
import type { FieldChange } from "./bulk-change";
import { listTags, tagName } from "./tags";

useTestDatabase();

let agent: Actor;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ name: "Nora" })).id, role: "AGENT" };
});

const change = (what: FieldChange, selection: Selection) => changeAll(agent, what, selection);
const reread = (ticket: { id: string }) =>
  db().prisma.ticket.findUniqueOrThrow({ where: { id: ticket.id }, include: { tags: true } });

const tag = (name: string, to: "yes" | "no" = "yes"): FieldChange => ({ field: "tag", to, name });

describe("tags", () => {
  it("are one whatever their case, and shown as first written", async () => {
    const [a, b] = await createTickets(2);
    if (!a || !b) throw new Error("two tickets");
    await change(tag("Müller"), only(a));
    expect(await change(tag("MÜLLER"), only(a, b))).toMatchObject({
      ...{ changed: 1, skipped: { SAME: 1 } },
    });
    expect((await reread(b)).tags.map(({ name }) => name)).toEqual(["Müller"]);
    expect(await listTags(agent)).toEqual(["Müller"]);
    await change(tag("müller", "no"), only(a, b));
    expect(await listTags(agent)).toEqual([]);
  });

  it("are trimmed, and refused when empty or too long", () => {
    expect(tagName("  big\n order ")).toBe("big order");
    for (const name of ["", " \t", "x".repeat(51)]) expect(() => tagName(name)).toThrow(/tag/);
  });

  it("are twenty on a ticket at most", async () => {
    const ticket = await createTicket();
    for (let n = 0; n < 20; n++) await change(tag(`t${n}`), only(ticket));
    expect(await change(tag("one more"), only(ticket))).toMatchObject({
      ...{ changed: 0, skipped: { REFUSED: 1 } },
    });
  });

  it("made by two agents at once are one", async () => {
    const tickets = await createTickets(2);
    await Promise.all(tickets.map((ticket, n) => change(tag(n ? "new" : "NEW"), only(ticket))));
    expect(await db().prisma.tag.count()).toBe(1);
    expect(await db().prisma.ticket.count({ where: { tags: { some: {} } } })).toBe(2);
  });
});
