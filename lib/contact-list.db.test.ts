import { beforeEach, describe, expect, it } from "vitest";
import {
  findContactByAddress,
  getContact,
  listContacts,
  renameContact,
  suggestContacts,
} from "./contact-list";
import { mergeContacts } from "./contact-merge";
import { db } from "./db/client";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import {
  at,
  createContact,
  createCustomer,
  createTicket,
  createUser as makeUser,
} from "./testing/factories";
import type { Actor } from "./tickets/access";
import { listContactTickets } from "./tickets/list";

useTestDatabase();

let agent: Actor;
beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = await makeUser();
});

const names = async (options: Parameters<typeof listContacts>[1]) =>
  (await listContacts(agent, options)).rows.map(({ name, addresses }) => name || addresses[0]);

/** Marta, who has another address by a merge. */
async function marta() {
  const work = await createContact({ email: "marta@work.test", name: "Marta Oliveira" });
  const home = await createContact({ email: "mo@home.test" });
  await mergeContacts(agent, { fromId: home.id, intoId: work.id });
  return { id: work.id, homeId: home.id };
}

describe("the list of contacts", () => {
  it("is sorted by name, or by address where there is none, in whatever case", async () => {
    await createContact({ name: "Carl" });
    await createContact({ name: "", email: "bea@customer.test" });
    await createContact({ name: "ann" });
    expect(await names({})).toEqual(["ann", "bea@customer.test", "Carl"]);
  });

  it("shows merged contacts as one, with all addresses, open tickets and the newest activity", async () => {
    const { id } = await marta();
    await createTicket({ requesterId: id, lastMessageAt: at(100) });
    await createTicket({ requesterId: id, status: "PENDING", lastMessageAt: at(300) });
    await createTicket({ requesterId: id, status: "SOLVED", lastMessageAt: at(200) });
    await createTicket({ requesterId: id, isSpam: true, lastMessageAt: at(50) });
    await createTicket({ requesterId: id, deletedAt: new Date(), lastMessageAt: at(900) });
    expect(await listContacts(agent, {})).toEqual({
      rows: [
        {
          ...{ id, name: "Marta Oliveira", addresses: ["marta@work.test", "mo@home.test"] },
          ...{ openTickets: 2, lastActivityAt: at(300) },
        },
      ],
      ...{ count: 1, next: null },
    });
  });

  it.each(["oliv", "WORK.test", "mo@home", "Marta"])("finds “%s”", async (q) => {
    await marta();
    await createContact({ name: "Somebody else" });
    expect(await names({ q })).toEqual(["Marta Oliveira"]);
  });

  it("takes signs of a pattern as they are", async () => {
    await createContact({ name: "100% Marta" });
    await createContact({ name: "1000 Martas" });
    expect(await names({ q: "0%" })).toEqual(["100% Marta"]);
    expect(await names({ q: "_" })).toEqual([]);
  });

  it("goes on after the last one of a page, also among the same names, and leaves nobody out", async () => {
    const people = Array.from({ length: 120 }, (_, n) => ({
      ...{ email: `p${n}@customer.test`, name: n % 3 ? "Same Name" : `Name ${n}` },
    }));
    await db().prisma.contact.createMany({ data: people });
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await listContacts(agent, { after });
      expect(page.count).toBe(120);
      seen.push(...page.rows.map(({ id }) => id));
      after = page.next;
    } while (after);
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);
  });

  it("starts at the top for a place that is none", async () => {
    await createContact({ name: "Ann" });
    expect(await names({ after: "nonsense" })).toEqual(["Ann"]);
  });
});

describe("one contact", () => {
  it("has a name agents may change and take away, of 200 characters at most", async () => {
    const { id } = await createContact({ name: "Marta" });
    await renameContact(agent, { contactId: id, name: "  Marta\n Oliveira " });
    expect((await getContact(agent, id)).name).toBe("Marta Oliveira");
    const long = { contactId: id, name: "x".repeat(201) };
    await expect(renameContact(agent, long)).rejects.toMatchObject({ field: "name" });
    await renameContact(agent, { contactId: id, name: "" });
    expect((await getContact(agent, id)).name).toBe("");
  });

  it("that was merged says into whom, and keeps no name", async () => {
    const { id, homeId } = await marta();
    expect((await getContact(agent, homeId)).mergedIntoId).toBe(id);
    const input = { contactId: homeId, name: "Marta again" };
    await expect(renameContact(agent, input)).rejects.toMatchObject({ code: "not-found" });
  });

  it("is found by any of its addresses, in whatever case", async () => {
    const { id } = await marta();
    for (const address of ["MARTA@work.test", "mo@home.test"])
      expect(await findContactByAddress(agent, address)).toMatchObject({ id });
    expect(await findContactByAddress(agent, "nobody@work.test\0")).toBeNull();
  });

  it("has its tickets in pages, closed and spam as well, deleted ones never", async () => {
    const { id } = await createContact();
    await createTicket();
    await createTicket({ requesterId: id, deletedAt: new Date() });
    for (let n = 0; n < 60; n++)
      await createTicket({ requesterId: id, isSpam: n === 0, status: n ? "CLOSED" : "OPEN" });
    const first = await listContactTickets(agent, id, { after: null, before: null });
    const second = await listContactTickets(agent, id, { after: first.older, before: null });
    expect([first.count, first.rows.length, second.rows.length]).toEqual([60, 50, 10]);
    expect(second.older).toBeNull();
  });
});

describe("suggestions", () => {
  it("offer the addresses of one person under their one name", async () => {
    await marta();
    await createContact({ name: "Carl", email: "carl@home.test" });
    expect(await suggestContacts(agent, "home.te")).toEqual([
      { address: "carl@home.test", name: "Carl" },
      { address: "mo@home.test", name: "Marta Oliveira" },
    ]);
  });

  it("are few, and none for a single letter", async () => {
    for (let n = 0; n < 12; n++) await createContact({ name: `Marta ${n}` });
    expect(await suggestContacts(agent, "marta")).toHaveLength(8);
    expect(await suggestContacts(agent, " m ")).toEqual([]);
  });
});

it("customers get none of it", async () => {
  const { user, contact } = await createCustomer();
  const place = { after: null, before: null };
  const tries = [
    listContacts(user, {}),
    getContact(user, contact.id),
    renameContact(user, { contactId: contact.id, name: "Mine" }),
    findContactByAddress(user, contact.email),
    suggestContacts(user, "customer"),
    listContactTickets(user, contact.id, place),
  ];
  for (const attempt of await Promise.allSettled(tries))
    expect(attempt).toMatchObject({ status: "rejected", reason: { code: "forbidden" } });
  expect((await getContact(agent, contact.id)).name).toBe(contact.name);
});
