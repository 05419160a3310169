import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  createAccount,
  createContact,
  createCustomer,
  createMessage,
  createTicket,
  createUser,
} from "../testing/factories";
import { listCustomerTickets } from "./customer-list";
import { describeEmptiness, listFilterChoices, listTickets, viewCounts } from "./list";
import { EVERY_OPEN_TICKET, type TicketQuery } from "./query";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const query = (fields: Partial<TicketQuery>): TicketQuery => ({ ...EVERY_OPEN_TICKET, ...fields });

async function subjects(viewer: Awaited<ReturnType<typeof createUser>>, q: Partial<TicketQuery>) {
  return (await listTickets(viewer, query(q))).rows.map((row) => row.subject);
}

describe("the ticket list", () => {
  it("shows open and pending tickets, the newest mail first", async () => {
    const agent = await createUser();
    await createTicket({ subject: "first" });
    await createTicket({ subject: "second", status: "PENDING" });
    await createTicket({ subject: "done", status: "SOLVED" });
    const page = await listTickets(agent, query({}));
    expect(page.rows.map((row) => row.subject)).toEqual(["second", "first"]);
    expect(page).toMatchObject({ count: 2, newer: null, older: null });
    expect(page.rows[0]?.requesterEmail).toMatch(/@customer\.example$/);
  });

  it("never shows deleted or merged tickets, whatever is asked for", async () => {
    const agent = await createUser();
    const kept = await createTicket({ subject: "kept" });
    await createTicket({ subject: "deleted", deletedAt: new Date() });
    await createTicket({ subject: "merged", mergedIntoId: kept.id });
    for (const view of ["all", "all-open", "unassigned"] as const) {
      expect(await subjects(agent, { view })).toEqual(["kept"]);
    }
    expect(await subjects(agent, { q: "merged" })).toEqual([]);
  });

  it("narrows by priority, tag and days", async () => {
    const agent = await createUser();
    const day = (text: string) => new Date(`${text}T12:00:00Z`);
    const lastMessageAt = new Date();
    const old = await createTicket({ subject: "old", createdAt: day("2026-01-31"), lastMessageAt });
    const urgent = { priority: "URGENT", createdAt: day("2026-02-01"), lastMessageAt } as const;
    await createTicket({ subject: "urgent", ...urgent });
    await createTicket({ subject: "low", priority: "LOW", lastMessageAt: day("2026-02-02") });
    await db().prisma.tag.create({
      data: { name: "Müller", tickets: { connect: { id: old.id } } },
    });
    expect(await subjects(agent, { priorities: ["URGENT", "HIGH"] })).toEqual(["urgent"]);
    expect(await subjects(agent, { tag: "müller" })).toEqual(["old"]);
    expect(await subjects(agent, { tag: "müll" })).toEqual([]);
    expect(await subjects(agent, { created: "2026-01-31" })).toEqual(["old"]);
    expect(await subjects(agent, { created: "2026-02-01..2026-02-01" })).toEqual(["urgent"]);
    expect(await subjects(agent, { updated: "..2026-02-02" })).toEqual(["low"]);
    expect(await subjects(agent, { updated: "7d" })).toEqual(["urgent", "old"]);
    const [row] = (await listTickets(agent, query({ tag: "Müller" }))).rows;
    expect(row?.tags).toEqual(["Müller"]);
  });

  it("keeps tickets that sleep out of the open views until they wake", async () => {
    const agent = await createUser();
    const inAnHour = new Date(Date.now() + 3_600_000);
    await createTicket({ subject: "asleep", snoozedUntil: inAnHour, assigneeId: agent.id });
    await createTicket({ subject: "woken", snoozedUntil: new Date(Date.now() - 1_000) });
    for (const view of ["all-open", "unassigned"] as const)
      expect(await subjects(agent, { view })).toEqual(["woken"]);
    expect(await subjects(agent, { view: "my-open" })).toEqual([]);
    expect(await subjects(agent, { view: "snoozed" })).toEqual(["asleep"]);
    expect((await viewCounts(agent)).snoozed).toBe(1);
  });

  it("lists by wait: who awaits us first, the longest wait on top, in pages both ways", async () => {
    const agent = await createUser();
    for (let n = 0; n < 120; n++) {
      await createTicket({
        subject: `${n}`,
        awaitingUs: n % 2 === 0,
        awaitingSince: new Date(Date.UTC(2026, 0, 1, 0, n)),
      });
    }
    const pages: string[][] = [];
    let after: TicketQuery["after"] = null;
    do {
      const page = await listTickets(agent, query({ sort: "wait", after }));
      pages.push(page.rows.map(({ subject }) => subject));
      after = page.older;
    } while (after);
    const even = Array.from({ length: 60 }, (_, n) => `${2 * n}`);
    expect(pages.flat()).toEqual([...even, ...even.map((n) => `${Number(n) + 1}`)]);
    const second = await listTickets(agent, query({ sort: "wait" }));
    const third = await listTickets(agent, query({ sort: "wait", after: second.older }));
    const back = await listTickets(agent, query({ sort: "wait", before: third.newer }));
    expect(back.rows.map(({ subject }) => subject)).toEqual(pages[0]);
  });

  it("sorts tickets into views and counts them the same way", async () => {
    const agent = await createUser();
    const other = await createUser();
    await createTicket({ subject: "mine", assigneeId: agent.id });
    await createTicket({ subject: "theirs", assigneeId: other.id, status: "PENDING" });
    await createTicket({ subject: "nobody's" });
    await createTicket({ subject: "closed", assigneeId: agent.id, status: "CLOSED" });
    await createTicket({ subject: "robot", isAutomatic: true });
    await createTicket({ subject: "spam", isSpam: true });
    const views = {
      "my-open": ["mine"],
      unassigned: ["nobody's"],
      "all-open": ["nobody's", "theirs", "mine"],
      waiting: ["theirs"],
      solved: ["closed"],
      automatic: ["robot"],
      spam: ["spam"],
      all: ["robot", "closed", "nobody's", "theirs", "mine"],
    } as const;
    const counts = await viewCounts(agent);
    for (const [view, expected] of Object.entries(views)) {
      const page = await listTickets(agent, query({ view: view as keyof typeof views }));
      expect(page.rows.map((row) => row.subject)).toEqual(expected);
      expect(page.count).toBe(expected.length);
      expect(counts[view as keyof typeof views]).toBe(expected.length);
    }
  });

  it("filters by source, status, assignee, account and requester", async () => {
    const agent = await createUser();
    const account = await createAccount();
    const marta = await createContact({ name: "Marta Oliveira", email: "Marta@oliveira.example" });
    await createTicket({ subject: "mailed", accountId: account.id, requesterId: marta.id });
    await createTicket({ subject: "typed", source: "WEB", assigneeId: agent.id });
    await createTicket({ subject: "solved", source: "API", status: "SOLVED" });
    expect(await subjects(agent, { source: "EMAIL" })).toEqual(["mailed"]);
    expect(await subjects(agent, { source: "API" })).toEqual([]);
    expect(await subjects(agent, { source: "API", statuses: ["SOLVED", "OPEN"] })).toEqual([
      "solved",
    ]);
    expect(await subjects(agent, { assignee: "me" })).toEqual(["typed"]);
    expect(await subjects(agent, { assignee: agent.id })).toEqual(["typed"]);
    expect(await subjects(agent, { assignee: "none" })).toEqual(["mailed"]);
    expect(await subjects(agent, { account: account.id })).toEqual(["mailed"]);
    expect(await subjects(agent, { requester: "marta@OLIVEIRA.example" })).toEqual(["mailed"]);
    expect(await subjects(agent, { requester: "livei" })).toEqual(["mailed"]);
    expect(await subjects(agent, { requester: "%" })).toEqual([]);
  });

  it("finds by subject, person, number and the words of messages", async () => {
    const agent = await createUser();
    const yuki = await createContact({ name: "佐藤 由美", email: "yumi@sato.example" });
    const blade = await createTicket({ subject: "Wrong blade in order 88213" });
    await createTicket({ subject: "納期について", requesterId: yuki.id });
    const parcel = await createTicket({ subject: "Parcel 50% damaged" });
    await createMessage({ ticketId: parcel.id, text: "Die Säge von Müller ist zerbrochen." });
    await createMessage({ ticketId: blade.id, kind: "NOTE", text: "Ask the warehouse" });
    const found = (q: string) => subjects(agent, { q });
    expect(await found("BLADE")).toEqual(["Wrong blade in order 88213"]);
    expect(await found("rder 882")).toEqual(["Wrong blade in order 88213"]);
    expect(await found("warehouse")).toEqual(["Wrong blade in order 88213"]);
    expect(await found(`#${blade.number}`)).toContain("Wrong blade in order 88213");
    expect(await found("müller zerbro")).toEqual(["Parcel 50% damaged"]);
    expect(await found("50% d")).toEqual(["Parcel 50% damaged"]);
    expect(await found("納期")).toEqual(["納期について"]);
    expect(await found("佐藤")).toEqual(["納期について"]);
    expect(await found("sato.example")).toEqual(["納期について"]);
    expect(await found("nothing like this")).toEqual([]);
  });

  it.each(["'", '"', "((", "a & | !", "\\", "<->", ":*", "%%%", "\u{1F600}", "a".repeat(200)])(
    "answers a search for %s instead of failing",
    async (q) => {
      const agent = await createUser();
      expect(await subjects(agent, { q })).toEqual([]);
    },
  );

  it("pages down and up without losing or repeating a ticket, also when times are equal", async () => {
    const agent = await createUser();
    const contact = await createContact();
    const time = new Date("2026-01-05T10:00:00.123Z");
    await db().prisma.ticket.createMany({
      data: Array.from({ length: 120 }, (_, index) => ({
        subject: `ticket ${index}`,
        source: "EMAIL" as const,
        requesterId: contact.id,
        lastMessageAt: index < 70 ? time : new Date(time.getTime() + index),
      })),
    });
    const first = await listTickets(agent, query({}));
    const second = await listTickets(agent, query({ after: first.older }));
    const third = await listTickets(agent, query({ after: second.older }));
    expect([first, second, third].map((page) => page.rows.length)).toEqual([50, 50, 20]);
    expect(third.older).toBeNull();
    const numbers = [...first.rows, ...second.rows, ...third.rows].map((row) => row.number);
    expect(new Set(numbers).size).toBe(120);
    const back = await listTickets(agent, query({ before: third.newer }));
    expect(back.rows).toEqual(second.rows);
    const top = await listTickets(agent, query({ before: back.newer }));
    expect(top.rows).toEqual(first.rows);
    expect(top.newer).toBeNull();
  });

  it("knows why it is empty", async () => {
    const agent = await createUser();
    expect(await describeEmptiness(agent)).toEqual({ accounts: [], hasTickets: false });
    await createAccount({ email: "support@desk.example" });
    await createTicket();
    expect(await describeEmptiness(agent)).toMatchObject({
      accounts: [{ email: "support@desk.example", lastPolledAt: null }],
      hasTickets: true,
    });
  });

  it("stops counting at a thousand", async () => {
    const agent = await createUser();
    await db().prisma.ticket.createMany({
      data: Array.from({ length: 1005 }, () => ({ subject: "many", source: "API" as const })),
    });
    expect((await listTickets(agent, query({}))).count).toBe(1000);
    expect((await viewCounts(agent))["all-open"]).toBe(1000);
  });

  it("marks what this agent has not seen, and nobody else's reading counts", async () => {
    const agent = await createUser();
    const other = await createUser();
    const seen = await createTicket({ subject: "seen" });
    const since = await createTicket({ subject: "mail since" });
    await createTicket({ subject: "new" });
    const read = (ticketId: string, userId: string, readAt: Date) =>
      db().prisma.ticketRead.create({ data: { ticketId, userId, readAt } });
    await read(seen.id, agent.id, seen.lastMessageAt);
    await read(since.id, agent.id, new Date(since.lastMessageAt.getTime() - 1));
    await read(since.id, other.id, since.lastMessageAt);
    const { rows } = await listTickets(agent, query({}));
    expect(rows.map((row) => [row.subject, row.isUnread])).toEqual([
      ["new", true],
      ["mail since", true],
      ["seen", false],
    ]);
  });

  it("is refused to customers, as are the counts and the filters", async () => {
    const { user } = await createCustomer();
    const refusal = { code: "forbidden" };
    await expect(listTickets(user, query({}))).rejects.toMatchObject(refusal);
    await expect(viewCounts(user)).rejects.toMatchObject(refusal);
    await expect(listFilterChoices(user)).rejects.toMatchObject(refusal);
    await expect(describeEmptiness(user)).rejects.toMatchObject(refusal);
  });

  it("offers the active agents, all accounts and all tags as filters", async () => {
    const agent = await createUser({ name: "Nora" });
    await createUser({ name: "Gone", isActive: false });
    await createCustomer();
    const account = await createAccount({ isActive: false });
    await db().prisma.tag.create({ data: { name: "Returns" } });
    expect(await listFilterChoices(agent)).toEqual({
      tags: ["Returns"],
      agents: [{ id: agent.id, name: "Nora" }],
      accounts: [{ id: account.id, email: account.email, isActive: false, isDefault: false }],
    });
  });
});

describe("a customer's list", () => {
  it("holds their own tickets only", async () => {
    const { user, contact } = await createCustomer();
    const stranger = await createCustomer();
    await createTicket({ subject: "own", requesterId: contact.id, status: "CLOSED" });
    await createTicket({ subject: "deleted", requesterId: contact.id, deletedAt: new Date() });
    await createTicket({ subject: "foreign", requesterId: stranger.contact.id });
    await createTicket({ subject: "nobody's", requesterId: null });
    const { rows, older } = await listCustomerTickets(user, null);
    expect(rows.map((row) => row.subject)).toEqual(["own"]);
    expect(older).toBeNull();
  });

  it("pages by keyset", async () => {
    const { user, contact } = await createCustomer();
    await db().prisma.ticket.createMany({
      data: Array.from({ length: 60 }, (_, index) => ({
        subject: `ticket ${index}`,
        source: "WEB" as const,
        requesterId: contact.id,
        lastMessageAt: new Date("2026-01-05T10:00:00Z"),
      })),
    });
    const first = await listCustomerTickets(user, null);
    const second = await listCustomerTickets(user, first.older);
    expect([first.rows.length, second.rows.length]).toEqual([50, 10]);
    expect(new Set([...first.rows, ...second.rows].map((row) => row.number)).size).toBe(60);
  });
});
