import { beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createContact, createCustomer, createTicket, createUser } from "../testing/factories";
import type { Actor } from "./access";
import {
  deleteCannedReply,
  listCannedReplies,
  listFilledReplies,
  saveCannedReply,
} from "./canned-replies";

useTestDatabase();

let agent: Actor;
let other: Actor;
let admin: Actor;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ name: "Ben Okoye" })).id, role: "AGENT" };
  other = { id: (await createUser()).id, role: "AGENT" };
  admin = { id: (await createUser({ role: "ADMIN" })).id, role: "ADMIN" };
});

const save = (actor: Actor, fields: Partial<Parameters<typeof saveCannedReply>[1]> = {}) =>
  saveCannedReply(actor, {
    id: null,
    name: "Thanks",
    body: "Thank you.",
    isShared: false,
    ...fields,
  });
const idOf = async (name: string) =>
  (await db().prisma.cannedReply.findFirstOrThrow({ where: { name } })).id;
const namesFor = async (actor: Actor) => (await listCannedReplies(actor)).map(({ name }) => name);

it("is one's own, or everybody's", async () => {
  await save(agent);
  await save(agent, { name: "Opening hours", isShared: true });
  await save(other);
  expect(await namesFor(agent)).toEqual(["Opening hours", "Thanks"]);
  expect(await namesFor(other)).toEqual(["Opening hours", "Thanks"]);
  expect(await namesFor(admin)).toEqual(["Opening hours"]);
});

it("is changed by its owner; shared, by its maker and admins", async () => {
  await save(agent);
  const own = await idOf("Thanks");
  await expect(save(other, { id: own })).rejects.toThrow(/gone already/);
  await expect(deleteCannedReply(admin, own)).rejects.toThrow(/gone already/);
  await save(agent, { id: own, name: "Thanks!", isShared: true });
  await expect(save(other, { id: own, name: "Mine" })).rejects.toThrow(/Only its maker/);
  await expect(deleteCannedReply(other, own)).rejects.toThrow(/Only its maker/);
  // Taken back by an admin, it is its maker's own again.
  await save(admin, { id: own, name: "Thanks!", isShared: false });
  expect(await namesFor(agent)).toEqual(["Thanks!"]);
  expect(await namesFor(admin)).toEqual([]);
  expect(await deleteCannedReply(agent, own)).toBe("Thanks!");
});

it("is filled in for the ticket and the agent", async () => {
  const { id: requesterId } = await createContact({ name: "Kowalska, Wanda" });
  const { number } = await createTicket({ requesterId, subject: "Broken lamp" });
  await save(agent, {
    body: "Hello {{customer.first_name|there}}, about #{{ticket.number}} {{ticket.subject}}. {{agent.name}}",
  });
  expect(await listFilledReplies(agent, number)).toMatchObject([
    { name: "Thanks", text: `Hello Wanda, about #${number} Broken lamp. Ben Okoye` },
  ]);
  await expect(listFilledReplies(agent, 999_999)).rejects.toThrow(/no ticket/);
});

it("is refused with the reason", async () => {
  await save(agent);
  await expect(save(agent, { name: "tHANKS" })).rejects.toThrow(/already: choose another name/);
  await expect(save(agent, { name: " " })).rejects.toThrow("Give the reply a name.");
  await expect(save(agent, { name: "a", body: " \n" })).rejects.toThrow("Write the text");
  await expect(save(agent, { name: "a", body: "x".repeat(10_001) })).rejects.toThrow(/10,000/);
  await expect(save(agent, { name: "a", body: "Hi {{customer.nmae}}" })).rejects.toThrow(
    "{{customer.nmae}} stands for nothing. What can be filled in: customer.name,",
  );
  const customer: Actor = { id: (await createCustomer()).user.id, role: "CUSTOMER" };
  await expect(save(customer)).rejects.toThrow(/Only agents/);
});
