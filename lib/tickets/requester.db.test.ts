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
import { receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import type { Actor } from "./access";
import { getConversation } from "./conversation";
import { describeEvent } from "./describe-event";
import { mergeTicket } from "./merge";
import { replyToTicket } from "./reply";
import { changeRequester } from "./requester";

useTestDatabase();

const JO = "jo@customer.test";
const OWN = "support@desk.example";

let agent: Actor;
let accountId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
  ({ id: accountId } = await createAccount({ isDefault: true, email: OWN }));
});

async function aTicket() {
  const contact = await createContact({ email: "nora@partner.test", name: "Nora" });
  const ticket = await createTicket({ accountId, requesterId: contact.id });
  await db().prisma.ticketParticipant.create({
    data: { ticketId: ticket.id, contactId: contact.id, role: "REQUESTER" },
  });
  const forwarded = { from: { name: "Jo Doe", address: JO }, subject: null, date: null };
  const from = { fromName: "Nora", fromAddress: contact.email, contactId: contact.id };
  await createMessage({ ticketId: ticket.id, ...from, forwarded });
  return { ...ticket, contact };
}

const requesterOf = async (number: number) =>
  (
    await db().prisma.ticket.findUniqueOrThrow({
      where: { number },
      select: { requester: { select: { email: true, name: true } } },
    })
  ).requester;

const seen = async (number: number) => {
  const { items, names } = await getConversation(agent, number);
  return {
    choices: items.flatMap((item) => (item.type === "message" ? [item.message.forwarded] : [])),
    events: items.flatMap((item) =>
      item.type === "event" ? [describeEvent(item.event, names)] : [],
    ),
  };
};

describe("a ticket given to another requester", () => {
  it("is theirs, and who had it still takes part", async () => {
    const { id, number } = await aTicket();
    await changeRequester(agent, { number, address: ` ${JO} `, name: "Jo Doe" });
    expect(await requesterOf(number)).toEqual({ email: JO, name: "Jo Doe" });
    const people = await db().prisma.ticketParticipant.findMany({
      where: { ticketId: id },
      select: { role: true, isNew: true, contact: { select: { email: true } } },
      orderBy: { role: "asc" },
    });
    expect(people).toHaveLength(2);
    expect(people).toContainEqual({ role: "REQUESTER", isNew: false, contact: { email: JO } });
    expect(people).toContainEqual({
      ...{ role: "CC", isNew: false, contact: { email: "nora@partner.test" } },
    });
    expect((await seen(number)).events).toEqual(["Requester changed from Nora to Jo Doe"]);
  });

  it("is answered to them, and takes mail of both", async () => {
    const { id, number } = await aTicket();
    await changeRequester(agent, { number, address: JO, name: "Jo Doe" });
    const { messageRowId } = await replyToTicket(agent, { number, text: "Hello" });
    const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    expect(sent.toAddresses).toEqual([{ name: "Jo Doe", address: JO }]);
    for (const from of [JO, "nora@partner.test"]) {
      const { ticket } = await receiveOnTicket(rawMail({ from, subject: `It [#${number}]` }));
      expect(ticket.id).toBe(id);
    }
  });

  it("goes back by the same click, which the mail offers then", async () => {
    const { number } = await aTicket();
    const jo = { name: "Jo Doe", address: JO };
    const nora = { name: "Nora", address: "nora@partner.test" };
    expect((await seen(number)).choices).toEqual([{ from: jo, offer: jo }]);
    await changeRequester(agent, { number, ...jo });
    expect((await seen(number)).choices).toEqual([{ from: jo, offer: nora }]);
    await changeRequester(agent, { number, ...nora });
    expect((await requesterOf(number))?.email).toBe(nora.address);
    expect((await seen(number)).choices).toEqual([{ from: jo, offer: jo }]);
    const requesters = await db().prisma.ticketParticipant.count({ where: { role: "REQUESTER" } });
    expect(requesters).toBe(1);
  });

  it("makes somebody who was new on it a participant", async () => {
    const { id, number } = await aTicket();
    const jo = await createContact({ email: JO });
    await db().prisma.ticketParticipant.create({
      data: { ticketId: id, contactId: jo.id, role: "CC", isNew: true },
    });
    await changeRequester(agent, { number, address: JO.toUpperCase(), name: "" });
    const theirs = await db().prisma.ticketParticipant.findFirstOrThrow({
      where: { contactId: jo.id },
    });
    expect(theirs).toMatchObject({ role: "REQUESTER", isNew: false, approvedById: agent.id });
  });

  it("has one line of history, however often it is asked for", async () => {
    const { number } = await aTicket();
    await Promise.all(
      [1, 2, 3].map(() => changeRequester(agent, { number, address: JO, name: "" })),
    );
    expect(await db().prisma.ticketEvent.count({ where: { kind: "requester" } })).toBe(1);
  });

  it("gets a requester where its sender was unknown", async () => {
    const { number } = await createTicket({ accountId, requesterId: null });
    await changeRequester(agent, { number, address: JO, name: "" });
    expect((await seen(number)).events).toEqual([`Requester set to ${JO}`]);
  });
});

describe("a requester is refused", () => {
  it("that is no address, or one of our own", async () => {
    const { number } = await aTicket();
    for (const address of ["", "jo", "jo@localhost", "a@b.test, c@d.test", OWN, OWN.toUpperCase()])
      await expect(changeRequester(agent, { number, address, name: "" })).rejects.toMatchObject({
        ...{ code: "invalid", field: "address" },
      });
    expect((await requesterOf(number))?.email).toBe("nora@partner.test");
  });

  it("from a customer, and for a ticket that is gone or merged", async () => {
    const { number } = await aTicket();
    const input = { number, address: JO, name: "" };
    const { user: customer } = await createCustomer();
    await expect(changeRequester(customer, input)).rejects.toMatchObject({ code: "forbidden" });
    await expect(changeRequester(agent, { ...input, number: 9_999 })).rejects.toMatchObject({
      code: "not-found",
    });
    await mergeTicket(agent, { from: number, into: (await createTicket()).number });
    await expect(changeRequester(agent, input)).rejects.toMatchObject({ code: "conflict" });
  });
});
