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
import { mergeTicket } from "./merge";
import { addNote } from "./note";
import { openTicketAsAgent, openTicketAsCustomer } from "./open";
import { replyAsCustomer, replyToTicket } from "./reply";
import { changePriority, changeStatus, STATUS_CHANGES } from "./status";
import { TEXT_MAX } from "./text-max";

useTestDatabase();

let agent: Actor;
let accountId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
  ({ id: accountId } = await createAccount({ isDefault: true, email: "support@desk.example" }));
});

type TicketFields = Parameters<typeof createTicket>[0];

/** A ticket with one mail of its requester. */
async function aTicket(fields: TicketFields = {}) {
  const ticket = await createTicket({ accountId, ...fields });
  const first = await createMessage({ ticketId: ticket.id });
  return { ...ticket, first };
}

const reread = (id: string) => db().prisma.ticket.findUniqueOrThrow({ where: { id } });
const lastMessage = () => db().prisma.message.findFirstOrThrow({ orderBy: { id: "desc" } });
const deliveries = () => db().prisma.outboundEmail.findMany({ orderBy: { id: "asc" } });
const changes = async (ticketId: string) =>
  (await db().prisma.ticketEvent.findMany({ where: { ticketId }, orderBy: { id: "asc" } })).map(
    ({ kind }) => kind,
  );

describe("an agent's reply", () => {
  it("is one commit of message, delivery and history, and takes the ticket", async () => {
    const { id, number } = await aTicket();
    await replyToTicket(agent, { number, text: "Hello\r\nthere", status: "PENDING" });
    expect(await reread(id)).toMatchObject({
      status: "PENDING",
      awaitingUs: false,
      assigneeId: agent.id,
      messageCount: 2,
    });
    expect(await lastMessage()).toMatchObject({ kind: "OUTBOUND", text: "Hello\nthere" });
    const [delivery] = await deliveries();
    expect(delivery).toMatchObject({ status: "QUEUED", accountId, attempts: 0 });
    expect((await changes(id)).sort()).toEqual(["assigned", "message", "status"]);
  });

  it("leaves the ticket with whoever has it", async () => {
    const colleague = await createUser();
    const { id, number } = await aTicket({ assigneeId: colleague.id });
    await replyToTicket(agent, { number, text: "Hello" });
    expect((await reread(id)).assigneeId).toBe(colleague.id);
  });

  it("stops when a message came in while it was written", async () => {
    const { number, first, id } = await aTicket();
    await createMessage({ ticketId: id });
    const late = replyToTicket(agent, { number, text: "Hello", lastMessageRowId: first.id });
    await expect(late).rejects.toMatchObject({ code: "conflict", field: "lastMessageRowId" });
    expect(await deliveries()).toEqual([]);
  });

  it("sent twice at the same moment goes out once", async () => {
    const { number, first } = await aTicket();
    const input = { number, text: "Hello", lastMessageRowId: first.id };
    const ends = await Promise.allSettled([
      replyToTicket(agent, input),
      replyToTicket(agent, input),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await deliveries()).toHaveLength(1);
  });

  it("leaves from the default account when the ticket's own is not active", async () => {
    const inactive = await createAccount({ isActive: false });
    const { number } = await aTicket({ accountId: inactive.id });
    await replyToTicket(agent, { number, text: "Hello" });
    expect((await deliveries())[0]).toMatchObject({ accountId });
    expect(await lastMessage()).toMatchObject({ fromAddress: "support@desk.example" });
  });

  it("is refused when nothing can send it, or its requester is unknown", async () => {
    const { number } = await aTicket({ requesterId: null });
    const unknown = replyToTicket(agent, { number, text: "Hello" });
    await expect(unknown).rejects.toThrow("The sender of this mail is unknown");
    await db().prisma.emailAccount.updateMany({ data: { isActive: false } });
    const other = await aTicket();
    const unsendable = replyToTicket(agent, { number: other.number, text: "Hello" });
    await expect(unsendable).rejects.toThrow("No active email account can send this");
  });

  it.each([
    ["a second address after a comma", "a@customer.test,evil@elsewhere.test"],
    ["a line break with a header", "a@customer.test\r\nBcc: evil@elsewhere.test"],
    ["a quoted local part", '"a@customer.test"@elsewhere.test'],
    ["no domain", "root"],
    ["an address literal", "a@[127.0.0.1]"],
    ["letters that become others", "ａdmin@customer.test"],
  ])("goes to nobody whose address has %s", async (_what, address) => {
    const { number, id } = await aTicket();
    const attempt = replyToTicket(agent, { number, text: "Hello", cc: [address] });
    await expect(attempt).rejects.toMatchObject({ code: "invalid", field: "cc" });
    expect(await deliveries()).toEqual([]);
    expect((await reread(id)).messageCount).toBe(1);
  });

  it("goes to each person once, the requester among them", async () => {
    const { number, requesterId } = await aTicket();
    const requester = await db().prisma.contact.findUniqueOrThrow({
      where: { id: requesterId ?? "" },
    });
    const cc = ["Bob@Customer.test", "bob@customer.test", requester.email.toUpperCase(), " "];
    await replyToTicket(agent, { number, text: "Hello", cc });
    expect((await deliveries())[0]?.recipients).toMatchObject([
      { address: requester.email },
      { address: "bob@customer.test" },
    ]);
  });

  it("refers to the first mail and the newest, twenty at most", async () => {
    const { id, number, first } = await aTicket();
    for (let n = 0; n < 30; n++) await createMessage({ ticketId: id });
    await createMessage({ ticketId: id, kind: "NOTE" });
    const newest = await createMessage({ ticketId: id });
    await createMessage({ ticketId: id, automaticKind: "out-of-office" });
    await replyToTicket(agent, { number, text: "Hello" });
    const { inReplyTo, references } = await lastMessage();
    expect(inReplyTo).toEqual([newest.messageId]);
    expect(references.length).toBeLessThanOrEqual(20);
    expect(references[0]).toBe(first.messageId);
    expect(references.at(-1)).toBe(newest.messageId);
  });

  it.each(["", "   \n", "\0", "x".repeat(TEXT_MAX + 1)])("is refused as %j", async (text) => {
    const { number } = await aTicket();
    const attempt = replyToTicket(agent, { number, text });
    await expect(attempt).rejects.toMatchObject({ code: "invalid", field: "text" });
  });
});

describe("a note", () => {
  it("is kept and sent to nobody, and moves no next step", async () => {
    const { id, number } = await aTicket();
    await addNote(agent, { number, text: "Call them" });
    expect(await lastMessage()).toMatchObject({ kind: "NOTE", messageId: null });
    expect(await deliveries()).toEqual([]);
    expect(await reread(id)).toMatchObject({ awaitingUs: true, messageCount: 1 });
  });
});

describe("a status", () => {
  const all = ["OPEN", "PENDING", "SOLVED", "CLOSED"] as const;

  it.each(all.flatMap((from) => all.map((to) => [from, to] as const)))(
    "from %s to %s follows the table",
    async (from, to) => {
      const { id, number } = await aTicket({ status: from });
      const change = changeStatus(agent, number, to);
      const isAllowed = from === to || STATUS_CHANGES[from].includes(to);
      if (isAllowed) await change;
      else await expect(change).rejects.toMatchObject({ code: "conflict" });
      const after = await reread(id);
      expect(after.status).toBe(isAllowed ? to : from);
      if (from !== to) expect(await changes(id)).toEqual(isAllowed ? ["status"] : []);
      if (isAllowed && from !== to) expect(after.closedAt !== null).toBe(to === "CLOSED");
    },
  );
});

describe("two agents who change one thing at the same moment", () => {
  it("leave a history in which each change starts where the last one ended", async () => {
    const { id, number } = await aTicket();
    await Promise.all(
      (["LOW", "HIGH", "URGENT"] as const).map((to) => changePriority(agent, number, to)),
    );
    const events = await db().prisma.ticketEvent.findMany({
      where: { ticketId: id },
      orderBy: { createdAt: "asc" },
    });
    const steps = events.map(({ data }) => data as { from: string; to: string });
    const starts = steps.map(({ from }) => from).sort();
    const ends = steps.map(({ to }) => to);
    // Every value is left once, except the one that stands now.
    const { priority } = await reread(id);
    expect(starts).toEqual(["NORMAL", ...ends.filter((to) => to !== priority)].sort());
  });
});

describe("assigning", () => {
  it("is to active agents only, and to nobody", async () => {
    const { id, number } = await aTicket();
    const gone = await createUser({ isActive: false });
    const { user } = await createCustomer();
    for (const userId of [gone.id, user.id])
      await expect(assignTicket(agent, number, userId)).rejects.toMatchObject({ code: "invalid" });
    await assignTicket(agent, number, agent.id);
    await assignTicket(agent, number, agent.id);
    await assignTicket(agent, number, null);
    expect((await reread(id)).assigneeId).toBeNull();
    expect(await changes(id)).toEqual(["assigned", "assigned"]);
  });
});

describe("merging", () => {
  it("moves messages and people, closes the one and tells both", async () => {
    const [from, into] = [await aTicket(), await aTicket()];
    const contact = await createContact();
    await db().prisma.ticketParticipant.create({
      data: { ticketId: from.id, contactId: contact.id, role: "CC" },
    });
    await mergeTicket(agent, { from: from.number, into: into.number });
    expect(await reread(from.id)).toMatchObject({ status: "CLOSED", mergedIntoId: into.id });
    expect(await reread(into.id)).toMatchObject({ status: "OPEN", messageCount: 2 });
    const moved = { where: { ticketId: into.id } };
    expect(await db().prisma.message.count(moved)).toBe(2);
    const people = await db().prisma.ticketParticipant.findMany(moved);
    expect(people.map((person) => person.contactId)).toContain(contact.id);
    expect([await changes(from.id), await changes(into.id)]).toEqual([
      ["merged-into"],
      ["merged-from"],
    ]);
  });

  it("counts mails and not notes, agrees to nobody, and keeps waiting for us", async () => {
    const [from, into] = [await aTicket(), await aTicket({ awaitingUs: false })];
    await addNote(agent, { number: from.number, text: "A note" });
    const stranger = await createContact();
    await db().prisma.ticketParticipant.create({
      data: { ticketId: from.id, contactId: stranger.id, role: "CC", isNew: true },
    });
    const { createdAt } = await db().prisma.message.findFirstOrThrow({
      where: { ticketId: from.id, kind: "INBOUND" },
    });
    await mergeTicket(agent, { from: from.number, into: into.number });
    expect(await reread(into.id)).toMatchObject({
      messageCount: 2,
      awaitingUs: true,
      awaitingSince: createdAt,
    });
    const joined = await db().prisma.ticketParticipant.findFirst({
      where: { ticketId: into.id, contactId: stranger.id },
    });
    expect(joined).toMatchObject({ isNew: true });
  });

  it("leaves nothing to write on the merged ticket, where nobody would see it", async () => {
    const [from, into] = [await aTicket(), await aTicket()];
    await mergeTicket(agent, { from: from.number, into: into.number });
    const { number } = from;
    for (const late of [
      () => replyToTicket(agent, { number, text: "Too late" }),
      () => addNote(agent, { number, text: "Too late" }),
      () => changeStatus(agent, number, "OPEN"),
      () => assignTicket(agent, number, agent.id),
    ])
      await expect(late()).rejects.toMatchObject({
        code: "conflict",
        message: `Ticket #${number} was merged into #${into.number}: go on there.`,
      });
    expect(await db().prisma.message.count({ where: { ticketId: from.id } })).toBe(0);
  });

  it("is refused into itself, twice, and in a circle", async () => {
    const [a, b, c] = [await aTicket(), await aTicket(), await aTicket()];
    const merge = (from: number, into: number) => mergeTicket(agent, { from, into });
    await expect(merge(a.number, a.number)).rejects.toMatchObject({ code: "conflict" });
    await merge(a.number, b.number);
    for (const [from, into] of [
      [a.number, c.number],
      [b.number, a.number],
      [c.number, a.number],
    ] as const)
      await expect(merge(from, into)).rejects.toMatchObject({ code: "conflict" });
  });

  it("both ways at the same moment merges once", async () => {
    const [a, b] = [await aTicket(), await aTicket()];
    const ends = await Promise.allSettled([
      mergeTicket(agent, { from: a.number, into: b.number }),
      mergeTicket(agent, { from: b.number, into: a.number }),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});

describe("tickets opened by hand", () => {
  const input = { subject: "Lamp", text: "Hello", requesterEmail: "new@customer.test" };

  it("by an agent are mailed to the requester, or kept as a note", async () => {
    const mailed = await openTicketAsAgent(agent, { ...input, sendByMail: true });
    expect((await deliveries())[0]?.recipients).toMatchObject([{ address: "new@customer.test" }]);
    expect((await lastMessage()).subject).toContain(`Lamp [#${mailed.number}]`);
    await openTicketAsAgent(agent, { ...input, sendByMail: false });
    expect(await deliveries()).toHaveLength(1);
    expect(await lastMessage()).toMatchObject({ kind: "NOTE" });
    const tickets = await db().prisma.ticket.findMany({ include: { requester: true } });
    expect(tickets.map(({ source, requester }) => [source, requester?.email])).toEqual([
      ["WEB", "new@customer.test"],
      ["WEB", "new@customer.test"],
    ]);
  });

  it("by a customer are theirs, wait for us, and can be answered by mail", async () => {
    const user = await createUser({ role: "CUSTOMER" });
    const customer: Actor = { id: user.id, role: "CUSTOMER" };
    const { number } = await openTicketAsCustomer(customer, { subject: "Lamp", text: "Broken" });
    const ticket = await db().prisma.ticket.findUniqueOrThrow({
      where: { number },
      include: { requester: true },
    });
    expect(ticket).toMatchObject({ source: "WEB", awaitingUs: true, accountId });
    expect(ticket.requester).toMatchObject({ email: user.email, userId: user.id });
    await replyToTicket(agent, { number, text: "Which?" });
    expect((await deliveries())[0]?.recipients).toMatchObject([{ address: user.email }]);
    await changeStatus(agent, number, "SOLVED");
    await replyAsCustomer(customer, { number, text: "That one" });
    expect(await reread(ticket.id)).toMatchObject({ status: "OPEN", awaitingUs: true });
    await changeStatus(agent, number, "CLOSED");
    const late = replyAsCustomer(customer, { number, text: "Hello?" });
    await expect(late).rejects.toMatchObject({ code: "conflict" });
  });
});
