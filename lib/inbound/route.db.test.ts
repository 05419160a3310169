import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { listen, type Notice } from "../db/listen";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createReceipt, createUser } from "../testing/factories";
import { outcomeOf, receive, receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { nextMessageId, rawBounce, rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";
import { changeStatus } from "../tickets/status";
import { retryReceipt } from "./receipt-decisions";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";

beforeEach(() => emptyDatabase(db().pool));

const tickets = () => db().prisma.ticket.count();
const messages = () => db().prisma.message.count();

async function anAgent() {
  const { id } = await createUser();
  return { id, role: "AGENT" as const };
}

describe("a new mail", () => {
  it("becomes a ticket with its sender as requester and a line of history", async () => {
    const raw = rawMail({ from: ANN, subject: "Broken lamp", text: "It does not\nlight up." });
    const { ticket, ...receipt } = await receiveOnTicket(raw);
    expect(receipt).toMatchObject({
      status: "PROCESSED",
      outcome: "ticket",
      reason: `New ticket #${ticket.number}`,
      message: { kind: "INBOUND", fromName: "Ann", fromAddress: "ann@customer.test" },
    });
    expect(ticket).toMatchObject({
      subject: "Broken lamp",
      source: "EMAIL",
      status: "OPEN",
      awaitingUs: true,
      snippet: "It does not light up.",
      requester: { email: "ann@customer.test", name: "Ann", userId: null },
    });
    const events = await db().prisma.ticketEvent.findMany({ where: { ticketId: ticket.id } });
    expect(events.map(({ kind }) => kind).sort()).toEqual(["message", "opened"]);
    const people = await db().prisma.ticketParticipant.findMany({ where: { ticketId: ticket.id } });
    expect(people).toMatchObject([{ role: "REQUESTER", isNew: false, getsCopies: false }]);
  });

  it("from a registered user's address is linked to that user", async () => {
    const user = await createUser({ email: "Ann@Customer.test", role: "CUSTOMER" });
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN }));
    expect(ticket.requester?.userId).toBe(user.id);
  });

  it("never changes the name we know a contact by", async () => {
    await receiveOnTicket(rawMail({ from: ANN }));
    const { ticket } = await receiveOnTicket(rawMail({ from: "The Boss <ann@customer.test>" }));
    expect(ticket.requester?.name).toBe("Ann");
  });

  it.each([
    ["no From", null],
    ["a From without an address", "Just a name"],
    ["an empty From", ""],
  ])("with %s becomes a ticket of an unknown sender", async (_what, from) => {
    const { ticket, reason } = await receiveOnTicket(rawMail({ from }));
    expect(ticket.requester).toBeNull();
    expect(reason).toBe(`New ticket #${ticket.number} from an unknown sender`);
  });

  it("without Message-ID and Date becomes a ticket that answers can find", async () => {
    const raw = rawMail({ from: ANN, messageId: null, date: null, subject: "Bare" });
    const { message, ticket } = await receiveOnTicket(raw);
    expect(message.messageId).toMatch(/@/);
    expect(message.sentAt).not.toBeNull();
    const agent = await anAgent();
    const answer = await replyToTicket(agent, { number: ticket.number, text: "Yes?" });
    const sent = await db().prisma.message.findUniqueOrThrow({
      where: { id: answer.messageRowId },
    });
    expect(sent.inReplyTo).toEqual([message.messageId]);
    expect(sent.references).toEqual([message.messageId]);
  });

  it("makes our own addresses no participants", async () => {
    const { ticket } = await receiveOnTicket(
      rawMail({ from: ANN, to: "Support@Example.test, Bob <bob@customer.test>" }),
    );
    const people = await db().prisma.ticketParticipant.findMany({
      where: { ticketId: ticket.id },
      include: { contact: true },
      orderBy: { role: "asc" },
    });
    const emails = people.map(({ contact }) => contact.email);
    expect(emails).toEqual(["ann@customer.test", "bob@customer.test"]);
  });
});

describe("the same mail again", () => {
  it("is one message, and the second receipt links to it", async () => {
    const raw = rawMail({ from: ANN });
    const first = await receiveOnTicket(raw);
    const again = await receive(raw);
    expect(again).toMatchObject({
      status: "DUPLICATE",
      reason: `The same mail is on #${first.ticket.number} already.`,
      message: { id: first.message.id },
    });
    expect([await tickets(), await messages()]).toEqual([1, 1]);
  });

  it("with other trace headers is still the same mail", async () => {
    const raw = rawMail({ from: ANN });
    await receiveOnTicket(`Received: from a by b; Mon, 5 Jan 2026 10:00:00 +0000\r\n${raw}`);
    const again = await receive(`Delivered-To: x@example.test\r\nX-Spam: no\r\n${raw}`);
    expect(again.status).toBe("DUPLICATE");
  });

  it("without a Message-ID is recognised by its content", async () => {
    const raw = rawMail({ from: ANN, messageId: null });
    await receiveOnTicket(raw);
    expect((await receive(raw)).status).toBe("DUPLICATE");
    const other = raw.replace("Hello", "Goodbye");
    expect((await receive(other)).outcome).toBe("ticket");
  });

  it("processed by six workers at once is one message", async () => {
    const raw = rawMail({ from: ANN });
    const receipts: string[] = [];
    for (let n = 0; n < 6; n++) receipts.push(await store(raw));
    await Promise.all(
      receipts.map((receiptId, n) => testProcessor(`worker ${n}`).run({ receiptId })),
    );
    const ends = await Promise.all(receipts.map(outcomeOf));
    expect(ends.filter(({ status }) => status === "PROCESSED")).toHaveLength(1);
    expect(ends.filter(({ status }) => status === "DUPLICATE")).toHaveLength(5);
    expect([await tickets(), await messages()]).toEqual([1, 1]);
  });

  it("with a list's footer is a second message on the same ticket, quietly", async () => {
    const messageId = nextMessageId();
    const first = await receiveOnTicket(rawMail({ from: ANN, text: "The lamp." }));
    const agent = await anAgent();
    await changeStatus(agent, first.ticket.number, "SOLVED");
    const footer = rawMail({ from: ANN, messageId, text: "The lamp.\n_____\nOur list" });
    const copy = await receiveOnTicket(footer);
    expect(copy).toMatchObject({ status: "PROCESSED", outcome: "message" });
    expect(copy.ticket).toMatchObject({ number: first.ticket.number, status: "SOLVED" });
    expect(await messages()).toBe(2);
  });

  it("by its Message-ID only, from somebody else, is another mail", async () => {
    const messageId = nextMessageId();
    const first = await receiveOnTicket(rawMail({ from: ANN }));
    const other = await receiveOnTicket(rawMail({ from: "mal@elsewhere.test", messageId }));
    expect(other.ticket.number).not.toBe(first.ticket.number);
  });
});

describe("what is not a customer's mail", () => {
  it("our own answer, come back by a copy to us, is ignored", async () => {
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN }));
    const agent = await anAgent();
    const { messageRowId } = await replyToTicket(agent, { number: ticket.number, text: "Hi" });
    const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    const back = rawMail({
      from: "support@example.test",
      messageId: sent.messageId,
      inReplyTo: sent.inReplyTo[0] ?? "",
    });
    expect(await receive(back)).toMatchObject({
      status: "IGNORED",
      reason: `Our own mail, sent from #${ticket.number}.`,
    });
    expect(await messages()).toBe(2);
  });

  it("a bounce marks the recipient of the reply it is about, quietly, on its ticket", async () => {
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN }));
    const agent = await anAgent();
    const reply = { number: ticket.number, text: "Hi", status: "SOLVED" as const };
    const { messageRowId } = await replyToTicket(agent, reply);
    const sent = await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } });
    const { messageId } = sent;
    const to = "support@example.test";
    const bounce = await receiveOnTicket(
      rawBounce({ messageId, to, address: "Ann@customer.test" }),
    );
    expect(bounce.ticket).toMatchObject({ number: ticket.number, status: "SOLVED" });
    expect(bounce.message).toMatchObject({ automaticKind: "bounce" });
    const after = await db().prisma.outboundEmail.findUniqueOrThrow({ where: { id: sent.id } });
    expect(after.recipients).toMatchObject([{ address: "ann@customer.test", status: "bounced" }]);
    const events = { where: { ticketId: ticket.id, kind: "bounced" } };
    expect(await db().prisma.ticketEvent.count(events)).toBe(1);
  });

  /** A ticket of Ann's with an answer to her. @returns its number, and the answer's Message-ID. */
  async function answered() {
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN }));
    const reply = { number: ticket.number, text: "Hi", status: "SOLVED" as const };
    const { messageRowId } = await replyToTicket(await anAgent(), reply);
    const { messageId } = await db().prisma.outboundEmail.findFirstOrThrow({
      where: { messageRowId },
    });
    return { number: ticket.number, messageId };
  }

  it("an address that mail came back from is marked until it writes again", async () => {
    const { number, messageId } = await answered();
    const bouncedAt = async () =>
      (await db().prisma.contact.findUniqueOrThrow({ where: { email: "ann@customer.test" } }))
        .bouncedAt;
    const to = "support@example.test";
    await receiveOnTicket(rawBounce({ messageId, to, address: "ann@customer.test" }));
    expect(await bouncedAt()).not.toBeNull();
    const heard: Notice[] = [];
    const stop = listen((notice) => heard.push(notice));
    await expect.poll(() => heard).toHaveLength(1);
    await receiveOnTicket(rawMail({ from: ANN, text: "I am still here" }));
    expect(await bouncedAt()).toBeNull();
    // The first one is open on a desk, and its warning goes.
    const { id } = await db().prisma.ticket.findUniqueOrThrow({ where: { number } });
    await expect.poll(() => heard).toContainEqual({ topic: "ticket", id });
    await stop();
  });

  const reports: [string, string, string, number][] = [
    ["a complaint", "feedback-report", `Message-ID: <ID>\r\n\r\nHi`, 1],
    ["a read receipt", "disposition-notification", "Original-Message-ID: <ID>", 0],
  ];
  it.each(reports)(
    "%s about a reply of ours is kept on its ticket, quietly",
    async (_name, type, about, complaints) => {
      const { number, messageId } = await answered();
      const part = type === "feedback-report" ? "message/rfc822" : `message/${type}`;
      const head = `From: fbl@provider.test\r\nTo: support@example.test\r\nSubject: Report\r\nMessage-ID: <${nextMessageId()}>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=${type}; boundary=x\r\n\r\n`;
      const raw = `${head}--x\r\n\r\nA report.\r\n--x\r\nContent-Type: ${part}\r\n\r\n${about.replace("ID>", `${messageId}>`)}\r\n--x--\r\n`;
      const { ticket, message } = await receiveOnTicket(raw);
      expect(ticket).toMatchObject({ number, status: "SOLVED" });
      expect(message?.automaticKind).toBe(type === "feedback-report" ? type : "receipt");
      const events = { where: { ticketId: ticket.id, kind: "complained" } };
      expect(await db().prisma.ticketEvent.count(events)).toBe(complaints);
    },
  );

  it("a bounce of somebody else's mail is a ticket marked as automatic", async () => {
    const bounce = rawBounce({
      messageId: "not-ours@elsewhere.test",
      to: "support@example.test",
      address: "nobody@elsewhere.test",
    });
    const { ticket, outcome } = await receiveOnTicket(bounce);
    expect(outcome).toBe("ticket");
    expect(ticket.isAutomatic).toBe(true);
  });
});

describe("a folder that was reset", () => {
  /** As many old mails as a reset may bring in unasked, taken in within the last day. */
  async function afterFlood(): Promise<string> {
    const { id } = await receiveOnTicket(rawMail({ from: ANN }));
    const { accountId } = await db().prisma.inboundEmail.findUniqueOrThrow({ where: { id } });
    for (let n = 0; n < 100; n++)
      await createReceipt({
        accountId,
        isRelisted: true,
        status: "PROCESSED",
        processedAt: new Date(),
        bytes: null,
      });
    return accountId ?? "";
  }

  it("holds unknown mail beyond a hundred, until an admin says yes", async () => {
    const accountId = await afterFlood();
    const held = await receive(rawMail({ from: ANN }), { accountId, isRelisted: true });
    expect(held).toMatchObject({ status: "HELD", message: null });
    expect(held.reason).toContain("wait for an admin's yes");
    await retryReceipt({ id: null, role: "ADMIN" }, held.id);
    await testProcessor().run({});
    expect(await outcomeOf(held.id)).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
  });

  it("holds neither new mail nor mail we have", async () => {
    const known = rawMail({ from: ANN });
    await receiveOnTicket(known);
    const accountId = await afterFlood();
    const fresh = await receive(rawMail({ from: ANN }), { accountId });
    expect(fresh.status).toBe("PROCESSED");
    const relisted = await receive(known, { accountId, isRelisted: true });
    expect(relisted.status).toBe("DUPLICATE");
  });
});
