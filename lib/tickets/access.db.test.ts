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
import type { Actor } from "./access";
import { assignTicket } from "./assign";
import { forwardMail } from "./forward";
import { mergeTicket } from "./merge";
import { addNote } from "./note";
import { openTicketAsAgent } from "./open";
import { approveParticipant } from "./participants";
import { replyAsCustomer, replyToTicket } from "./reply";
import { changePriority, changeStatus } from "./status";

useTestDatabase();

let customer: Actor;
let agent: Actor;
let own = 0;
let foreign = 0;
let contactId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  await createAccount({ isDefault: true });
  const { user, contact } = await createCustomer();
  customer = { id: user.id, role: "CUSTOMER" };
  agent = { id: (await createUser()).id, role: "AGENT" };
  contactId = (await createContact()).id;
  own = await aTicket(contact.id);
  foreign = await aTicket((await createCustomer()).contact.id);
});

async function aTicket(requesterId: string): Promise<number> {
  const ticket = await createTicket({ requesterId });
  await createMessage({ ticketId: ticket.id });
  await db().prisma.ticketParticipant.create({
    data: { ticketId: ticket.id, contactId, role: "CC", isNew: true },
  });
  return ticket.number;
}

/** Everything the write functions could change. */
async function everything(): Promise<string> {
  const { prisma } = db();
  const rows = [
    await prisma.ticket.findMany({ orderBy: { id: "asc" } }),
    await prisma.message.findMany({ orderBy: { id: "asc" } }),
    await prisma.ticketEvent.findMany({ orderBy: { id: "asc" } }),
    await prisma.ticketParticipant.findMany({ orderBy: { ticketId: "asc" } }),
    await prisma.outboundEmail.findMany({ orderBy: { id: "asc" } }),
  ];
  return JSON.stringify(rows, (_key, value) => (typeof value === "bigint" ? `${value}` : value));
}

const text = "Some words";

const DESK_ONLY: [string, (actor: Actor, number: number) => Promise<unknown>][] = [
  ["replyToTicket", (actor, number) => replyToTicket(actor, { number, text })],
  [
    "forwardMail",
    async (actor, number) => {
      const { id } = await db().prisma.message.findFirstOrThrow({ where: { ticket: { number } } });
      const how = { number, text, messageRowId: id, withFiles: true, to: ["sue@a.example"] };
      return forwardMail(actor, how);
    },
  ],
  ["addNote", (actor, number) => addNote(actor, { number, text })],
  ["assignTicket", (actor, number) => assignTicket(actor, number, agent.id)],
  ["changeStatus", (actor, number) => changeStatus(actor, number, "SOLVED")],
  ["changePriority", (actor, number) => changePriority(actor, number, "URGENT")],
  ["approveParticipant", (actor, number) => approveParticipant(actor, { number, contactId })],
  ["mergeTicket away", (actor, number) => mergeTicket(actor, { from: number, into: own })],
  ["mergeTicket into", (actor, number) => mergeTicket(actor, { from: own, into: number })],
];

describe("a customer", () => {
  it.each(DESK_ONLY)("changes nothing by %s, on foreign tickets and own ones", async (_, act) => {
    const before = await everything();
    for (const number of [foreign, own])
      await expect(act(customer, number)).rejects.toMatchObject({ code: "forbidden" });
    expect(await everything()).toBe(before);
  });

  it("opens no ticket as an agent", async () => {
    const before = await everything();
    const input = { subject: "x", text, requesterEmail: "a@customer.test", sendByMail: true };
    await expect(openTicketAsAgent(customer, input)).rejects.toMatchObject({ code: "forbidden" });
    expect(await everything()).toBe(before);
  });

  it("answers own tickets only, and learns nothing about others", async () => {
    const before = await everything();
    const refusals: string[] = [];
    for (const number of [foreign, 99_999]) {
      const error = await replyAsCustomer(customer, { number, text }).catch((thrown) => thrown);
      expect(error).toMatchObject({ code: "not-found" });
      refusals.push(String(error.message).replace(String(number), "N"));
    }
    expect(refusals[0]).toBe(refusals[1]);
    expect(await everything()).toBe(before);
    await replyAsCustomer(customer, { number: own, text });
    const answer = await db().prisma.message.findFirstOrThrow({ orderBy: { id: "desc" } });
    expect(answer).toMatchObject({ kind: "INBOUND", authorId: customer.id, text });
  });
});

describe("a number that no ticket can have", () => {
  it.each([0, -1, 1.5, Number.NaN, 2 ** 31, 2 ** 53])("is not found: %d", async (number) => {
    await expect(changeStatus(agent, number, "SOLVED")).rejects.toMatchObject({
      code: "not-found",
    });
  });
});

describe("an agent", () => {
  it.each(DESK_ONLY)("may %s on any ticket, but not on one that was deleted", async (_, act) => {
    await act(agent, foreign);
    const ticket = { where: { number: own }, data: { deletedAt: new Date() } };
    await db().prisma.ticket.update(ticket);
    const before = await everything();
    await expect(act(agent, own)).rejects.toMatchObject({
      code: expect.stringMatching(/^(not-found|conflict)$/),
    });
    expect(await everything()).toBe(before);
  });

  it("never writes in a customer's name", async () => {
    const before = await everything();
    const attempt = replyAsCustomer(agent, { number: own, text });
    await expect(attempt).rejects.toMatchObject({ code: "not-found" });
    expect(await everything()).toBe(before);
  });
});
