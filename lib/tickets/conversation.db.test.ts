import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  at,
  createAttachment,
  createContact,
  createCustomer,
  createMessage,
  createOutbound,
  createReceipt,
  createTicket,
  createUser,
} from "../testing/factories";
import { getConversation, getReceipt, markRead } from "./conversation";
import { getCustomerConversation } from "./customer-conversation";
import { listTickets } from "./list";
import { EVERY_OPEN_TICKET } from "./query";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const notFound = { code: "not-found" };
const forbidden = { code: "forbidden" };

describe("an agent's view of a conversation", () => {
  it("tells everything in the order of time: mails, notes and events", async () => {
    const agent = await createUser({ name: "Nora" });
    const { id: ticketId, number } = await createTicket();
    const say = (seconds: number, kind: "INBOUND" | "OUTBOUND" | "NOTE") =>
      createMessage({ ticketId, kind, text: `at ${seconds}`, createdAt: at(seconds) });
    await say(30, "OUTBOUND");
    await say(10, "INBOUND");
    await say(40, "NOTE");
    const history = (seconds: number, kind: string, data = {}) =>
      db().prisma.ticketEvent.create({
        data: { ticketId, kind, data, actorId: agent.id, createdAt: at(seconds) },
      });
    await history(20, "assigned", { from: null, to: agent.id });
    await history(10, "message", { by: "contact" });
    const conversation = await getConversation(agent, number);
    expect(
      conversation.items.map((item) =>
        item.type === "message"
          ? item.message.newText
          : `${item.event.kind} by ${item.event.actor?.name}`,
      ),
    ).toEqual(["at 10", "assigned by Nora", "at 30", "at 40"]);
    const last = conversation.items.at(-1);
    expect(last?.type === "message" && last.message.id).toBe(conversation.lastMessageRowId);
    expect(conversation.hiddenMessages).toBe(0);
  });

  it("carries deliveries, receipts, attachments and addresses of a message", async () => {
    const agent = await createUser();
    const { id: ticketId, number } = await createTicket();
    const mail = await createMessage({
      ticketId,
      html: "<p>Hello</p>",
      toAddresses: [{ name: "", address: "support@desk.example" }],
      ccAddresses: "damaged",
      authentication: { spf: "pass", dkim: "fail", dmarc: null, server: "mx.desk.example" },
      reason: "New ticket: no known mail is answered.",
    });
    const receipt = await createReceipt({ messageRowId: mail.id, status: "PROCESSED" });
    await createReceipt({ messageRowId: mail.id, status: "DUPLICATE", bytes: null });
    const file = await createAttachment({ messageRowId: mail.id, filename: "plan.pdf" });
    const reply = await createMessage({ ticketId, kind: "OUTBOUND" });
    await createOutbound({
      messageRowId: reply.id,
      status: "FAILED",
      lastError: "The server refused the recipient",
      recipients: [{ address: "a@b.example", status: "refused", response: "550 no such user" }],
    });
    const { items } = await getConversation(agent, number);
    const [first, second] = items.map((item) => (item.type === "message" ? item.message : null));
    expect(first).toMatchObject({
      hasHtml: true,
      to: [{ name: "", address: "support@desk.example" }],
      cc: [],
      authentication: { spf: "pass", dkim: "fail", dmarc: null },
      reason: "New ticket: no known mail is answered.",
      attachments: [{ id: file.id, filename: "plan.pdf" }],
      receipts: [
        { id: receipt.id, status: "PROCESSED", hasBytes: true },
        { status: "DUPLICATE", hasBytes: false },
      ],
    });
    expect(second).toMatchObject({
      hasHtml: false,
      deliveries: [
        { status: "FAILED", recipients: [{ address: "a@b.example", status: "refused" }] },
      ],
    });
  });

  it("shows the newest 40 messages, and the rest when asked", async () => {
    const agent = await createUser();
    const { id: ticketId, number } = await createTicket();
    await db().prisma.message.createMany({
      data: Array.from({ length: 70 }, (_, index) => ({
        ticketId,
        kind: "NOTE" as const,
        newText: `note ${index}`,
        createdAt: at(index),
      })),
    });
    const event = (seconds: number) => ({ ticketId, kind: "status", createdAt: at(seconds) });
    await db().prisma.ticketEvent.createMany({ data: [event(5), event(50)] });
    const shown = await getConversation(agent, number);
    expect(shown.hiddenMessages).toBe(30);
    expect(shown.items.length).toBe(41);
    expect(shown.items[0]).toMatchObject({ message: { newText: "note 30" } });
    const all = await getConversation(agent, number, { all: true });
    expect([all.hiddenMessages, all.items.length]).toEqual([0, 72]);
  });

  it("names the requester's earlier tickets, but no deleted, merged or foreign ones", async () => {
    const agent = await createUser();
    const contact = await createContact();
    const mine = { requesterId: contact.id };
    const ticket = await createTicket(mine);
    for (let i = 0; i < 6; i++) await createTicket({ ...mine, subject: `earlier ${i}` });
    await createTicket({ ...mine, deletedAt: new Date() });
    await createTicket({ ...mine, mergedIntoId: ticket.id });
    await createTicket();
    const { earlier } = await getConversation(agent, ticket.number);
    expect(earlier.count).toBe(6);
    expect(earlier.tickets.map((one) => one.subject)).toEqual(
      [5, 4, 3, 2, 1].map((i) => `earlier ${i}`),
    );
  });

  it("says which ticket a mail may answer, unless that one is deleted", async () => {
    const agent = await createUser();
    const target = await createTicket({ subject: "the first" });
    const { number } = await createTicket({ possibleReplyToId: target.id });
    const { ticket } = await getConversation(agent, number);
    expect(ticket.possibleReplyTo).toMatchObject({ number: target.number, subject: "the first" });
    await db().prisma.ticket.update({ where: { id: target.id }, data: { deletedAt: new Date() } });
    expect((await getConversation(agent, number)).ticket.possibleReplyTo).toBeNull();
  });

  it("shows who takes part, and who is new", async () => {
    const agent = await createUser();
    const { id: ticketId, number } = await createTicket();
    const contact = await createContact({ name: "New Person" });
    await db().prisma.ticketParticipant.create({
      data: { ticketId, contactId: contact.id, role: "CC", isNew: true },
    });
    const { participants } = await getConversation(agent, number);
    expect(participants).toMatchObject([{ isNew: true, contact: { name: "New Person" } }]);
  });

  it("works for a ticket without a requester", async () => {
    const { number } = await createTicket({ requesterId: null });
    const { ticket, earlier } = await getConversation(await createUser(), number);
    expect(ticket.requester).toBeNull();
    expect(earlier.count).toBe(0);
  });

  it("is refused to customers, and not found when missing or deleted", async () => {
    const { user, contact } = await createCustomer();
    const own = await createTicket({ requesterId: contact.id });
    await expect(getConversation(user, own.number)).rejects.toMatchObject(forbidden);
    const agent = await createUser();
    const deleted = await createTicket({ deletedAt: new Date() });
    await expect(getConversation(agent, deleted.number)).rejects.toMatchObject(notFound);
    await expect(getConversation(agent, 999_999)).rejects.toMatchObject(notFound);
  });
});

describe("a customer's view of a conversation", () => {
  it("shows their mails and our answers, and nothing of what only agents know", async () => {
    const { user, contact } = await createCustomer();
    const agent = await createUser({ name: "Nora Brandt" });
    const { id: ticketId, number } = await createTicket({ requesterId: contact.id });
    await createMessage({
      ticketId,
      text: "Where is my saw?",
      reason: "secret reason",
      warnings: ["secret warning"],
      automaticWhy: "secret why",
      html: "secret html",
    });
    await createMessage({ ticketId, kind: "NOTE", text: "secret note", authorId: agent.id });
    const answer = await createMessage({
      ticketId,
      kind: "OUTBOUND",
      text: "It left today.",
      authorId: agent.id,
    });
    await createOutbound({ messageRowId: answer.id, status: "FAILED", lastError: "secret error" });
    const event = { ticketId, kind: "priority", data: { to: "secret priority" } };
    await db().prisma.ticketEvent.create({ data: event });
    const conversation = await getCustomerConversation(user, number);
    expect(conversation.messages).toMatchObject([
      { isOurs: false, name: user.name, newText: "Where is my saw?" },
      { isOurs: true, name: "Nora Brandt", newText: "It left today." },
    ]);
    expect(JSON.stringify(conversation)).not.toMatch(/secret|agent\d+@/);
  });

  it("does not exist for anyone but the requester's own user", async () => {
    const owner = await createCustomer();
    const stranger = await createCustomer();
    const { number, id: ticketId } = await createTicket({ requesterId: owner.contact.id });
    await db().prisma.ticketParticipant.create({
      data: { ticketId, contactId: stranger.contact.id, role: "CC" },
    });
    await getCustomerConversation(owner.user, number);
    for (const viewer of [stranger.user, await createUser(), await createUser({ role: "ADMIN" })]) {
      await expect(getCustomerConversation(viewer, number)).rejects.toMatchObject(notFound);
    }
  });

  it("ends when the ticket is deleted", async () => {
    const { user, contact } = await createCustomer();
    const { number } = await createTicket({ requesterId: contact.id, deletedAt: new Date() });
    await expect(getCustomerConversation(user, number)).rejects.toMatchObject(notFound);
  });

  it("keeps notes from an agent who opened a ticket of their own", async () => {
    const agent = await createUser();
    const contact = await createContact({ email: agent.email, userId: agent.id });
    const { id: ticketId, number } = await createTicket({ requesterId: contact.id });
    await createMessage({ ticketId, kind: "NOTE", text: "internal" });
    expect((await getCustomerConversation(agent, number)).messages).toEqual([]);
  });
});

describe("reading", () => {
  it("counts up to the mail that was there, so that a newer one stays unread", async () => {
    const agent = await createUser();
    const ticket = await createTicket();
    const isUnread = async () =>
      (await listTickets(agent, EVERY_OPEN_TICKET)).rows.map((row) => row.isUnread);
    expect(await isUnread()).toEqual([true]);
    await markRead(agent, ticket);
    expect(await isUnread()).toEqual([false]);
    const newer = { lastMessageAt: new Date(ticket.lastMessageAt.getTime() + 1) };
    await db().prisma.ticket.update({ where: { id: ticket.id }, data: newer });
    await markRead(agent, ticket);
    expect(await isUnread()).toEqual([true]);
    await markRead(agent, { id: ticket.id, ...newer });
    await markRead(agent, ticket);
    expect(await isUnread()).toEqual([false]);
  });
});

describe("a receipt", () => {
  it("is found by agents on the ticket its mail is on, and nowhere else", async () => {
    const agent = await createUser();
    const ticket = await createTicket();
    const other = await createTicket();
    const message = await createMessage({ ticketId: ticket.id, subject: "Saw" });
    const { id } = await createReceipt({ messageRowId: message.id, status: "PROCESSED" });
    const receipt = await getReceipt(agent, ticket.number, id);
    expect(receipt).toMatchObject({ status: "PROCESSED", message: { subject: "Saw" } });
    await expect(getReceipt(agent, other.number, id)).rejects.toMatchObject(notFound);
    await expect(getReceipt(agent, ticket.number, "x")).rejects.toMatchObject(notFound);
    const { user } = await createCustomer();
    await expect(getReceipt(user, ticket.number, id)).rejects.toMatchObject(forbidden);
  });
});
