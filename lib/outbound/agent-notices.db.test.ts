import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { env } from "../env";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createTicket, createUser } from "../testing/factories";
import { receive, receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { assignTicket } from "../tickets/assign";
import { markRead } from "../tickets/conversation";
import { addNote } from "../tickets/note";
import { replyToTicket } from "../tickets/reply";
import { markSpam } from "../tickets/spam";
import { queueAgentNotices } from "./agent-notices";
import { openNotice } from "./notice";

useTestDatabase();

type Agent = { id: string; role: "AGENT"; email: string };

let owner: Agent;
let colleague: Agent;

const agent = async (fields: Parameters<typeof createUser>[0]): Promise<Agent> => {
  const { id, email } = await createUser(fields);
  return { id, role: "AGENT", email };
};

beforeEach(async () => {
  await emptyDatabase(db().pool);
  await createAccount({ email: "support@desk.example", isDefault: true });
  owner = await agent({ email: "nora@desk.example", name: "Nora" });
  colleague = await agent({ email: "ben@desk.example", name: "Ben Okoye" });
});

/** What has been queued for agents so far, oldest first. */
async function mails() {
  const rows = await db().prisma.outboundEmail.findMany({
    where: { messageRowId: null },
    orderBy: { id: "asc" },
  });
  return rows.map(({ id, noticeSealed }) => openNotice(id, noticeSealed ?? ""));
}

/** Lets time pass until everything owed is due, and queues it. @returns how many mails. */
async function later(): Promise<number> {
  await db().pool.query(`UPDATE "AgentNotice" SET "dueAt" = now() - interval '1 second'`);
  return queueAgentNotices();
}

let asked = 0;

/** A customer's new ticket. */
async function ask() {
  asked++;
  const messageId = `q${asked}@customer.test`;
  const { ticket } = await receiveOnTicket(rawMail({ subject: `Lamp ${asked}`, messageId }));
  return { id: ticket.id, number: ticket.number, messageId };
}

let answered = 0;

/** The customer, or somebody else, writes again. */
const answer = (to: { messageId: string }, fields: Parameters<typeof rawMail>[0] = {}) =>
  receiveOnTicket(
    rawMail({ inReplyTo: to.messageId, messageId: `a${++answered}@customer.test`, ...fields }),
  );

describe("an assignment", () => {
  it("is told to whom it was given, after a moment", async () => {
    const ticket = await ask();
    await assignTicket(colleague, ticket.number, owner.id);
    expect(await queueAgentNotices()).toBe(0);
    expect(await later()).toBe(1);
    const [mail] = await mails();
    expect(mail).toMatchObject({
      to: { name: "Nora", address: "nora@desk.example" },
      subject: `#${ticket.number} is yours: Lamp ${asked}`,
      isTicketNews: true,
    });
    expect(mail?.text).toContain(`Ben Okoye gave you ticket #${ticket.number}`);
    expect(mail?.text).toContain(`${env().APP_URL}/tickets/${ticket.number}\n`);
    expect(await later()).toBe(0);
  });

  it("to oneself, to nobody, or of somebody who wants no such mail is not", async () => {
    const ticket = await ask();
    await assignTicket(owner, ticket.number, owner.id);
    await assignTicket(owner, ticket.number, null);
    await db().prisma.user.update({ where: { id: owner.id }, data: { notifyAssigned: false } });
    await assignTicket(colleague, ticket.number, owner.id);
    expect(await later()).toBe(0);
  });

  it("that is taken back at once is forgotten", async () => {
    const ticket = await ask();
    await assignTicket(colleague, ticket.number, owner.id);
    await assignTicket(colleague, ticket.number, null);
    expect(await later()).toBe(0);
    expect(await db().prisma.agentNotice.count()).toBe(0);
  });

  it("of many tickets at once is one mail", async () => {
    const tickets = [await ask(), await ask(), await ask(), await ask()];
    for (const { number } of tickets) await assignTicket(colleague, number, owner.id);
    expect(await later()).toBe(1);
    const [mail] = await mails();
    expect(mail?.subject).toBe("4 tickets need you");
    for (const { number } of tickets) expect(mail?.text).toContain(`/tickets/${number}\n`);
  });

  it("to an agent whose address is an account of ours sends nothing", async () => {
    const inbox = await agent({ email: "support@desk.example", name: "Inbox" });
    const ticket = await ask();
    await assignTicket(colleague, ticket.number, inbox.id);
    expect(await later()).toBe(0);
    expect(await mails()).toEqual([]);
  });
});

describe("a reply", () => {
  const owned = async () => {
    const ticket = await ask();
    await assignTicket(owner, ticket.number, owner.id);
    return ticket;
  };

  it("is told to the ticket's owner, and those that follow within five minutes together", async () => {
    const ticket = await owned();
    await answer(ticket, { text: "It broke again." });
    expect(await later()).toBe(1);
    await answer(ticket);
    await answer(ticket);
    expect(await queueAgentNotices()).toBe(0);
    const [row] = await db().prisma.agentNotice.findMany();
    expect(row?.dueAt.getTime()).toBeGreaterThan(Date.now() + 240_000);
    expect(await later()).toBe(1);
    const [first, second] = await mails();
    expect(first?.subject).toBe(`New reply on #${ticket.number}: Lamp ${asked}`);
    expect(first?.text).toContain("It broke again.");
    expect(second?.subject).toBe(`2 new replies on #${ticket.number}: Lamp ${asked}`);
    // Nothing more came: what was kept for the five minutes goes.
    expect(await later()).toBe(0);
    expect(await db().prisma.agentNotice.count()).toBe(0);
  });

  it("that many mails of one batch bring is told as one by one", async () => {
    const ticket = await owned();
    for (const n of [1, 2, 3])
      await store(rawMail({ inReplyTo: ticket.messageId, messageId: `b${n}@customer.test` }));
    await testProcessor().run({});
    expect(await db().prisma.agentNotice.findMany()).toMatchObject([{ replies: 3 }]);
  });

  it("is not told to whom it is no news: its writer, and nobody who saw or answered it", async () => {
    const own = await owned();
    await answer(own, { from: owner.email });
    expect(await later()).toBe(0);

    const seen = await owned();
    await answer(seen);
    const { id, lastMessageAt } = await db().prisma.ticket.findUniqueOrThrow({
      where: { number: seen.number },
    });
    await markRead(owner, { id, lastMessageAt });
    expect(await later()).toBe(0);

    const done = await owned();
    await answer(done);
    await replyToTicket(owner, { number: done.number, text: "A new bulb is on its way." });
    expect(await later()).toBe(0);
  });

  it("is not told where it is unwanted, spam, automatic or on nobody's ticket", async () => {
    const ticket = await owned();
    await answer(ticket, { headers: ["Auto-Submitted: auto-replied"] });
    expect(await db().prisma.agentNotice.count()).toBe(0);
    await answer(await ask());
    expect(await db().prisma.agentNotice.count()).toBe(0);
    await answer(ticket);
    await markSpam(owner, ticket.number, true);
    expect(await later()).toBe(0);
    await markSpam(owner, ticket.number, false);
    await db().prisma.user.update({ where: { id: owner.id }, data: { notifyReplies: false } });
    await answer(ticket);
    expect(await later()).toBe(0);
  });
});

describe("a notice that comes back", () => {
  async function noticeId(): Promise<string> {
    const ticket = await createTicket();
    await assignTicket(colleague, ticket.number, owner.id);
    await later();
    return (await db().prisma.outboundEmail.findFirstOrThrow()).messageId;
  }
  const became = async (fields: Parameters<typeof rawMail>[0]) => {
    const tickets = await db().prisma.ticket.count();
    const { status, reason } = await receive(rawMail(fields));
    expect(await db().prisma.ticket.count()).toBe(tickets);
    return { status, reason };
  };
  const ours = { status: "IGNORED", reason: "A notice of our own." };
  const machines = { status: "IGNORED", reason: "An automatic answer to a notice of our own." };

  it("is known by its Message-ID, or by its own header where a server changed that", async () => {
    const id = await noticeId();
    expect(await became({ messageId: id })).toEqual(ours);
    const headers = [`X-Mailroom-Notice: ${id}`];
    expect(await became({ messageId: "0100@email.amazonses.com", headers })).toEqual(ours);
  });

  it("as an automatic answer to it opens nothing; a person's answer does", async () => {
    const id = await noticeId();
    const headers = ["Auto-Submitted: auto-replied"];
    expect(await became({ messageId: "ooo@x.test", inReplyTo: id, headers })).toEqual(machines);
    const tickets = await db().prisma.ticket.count();
    await receiveOnTicket(rawMail({ messageId: "person@x.test", inReplyTo: id }));
    expect(await db().prisma.ticket.count()).toBe(tickets + 1);
  });

  it("is not believed of a stranger's id", async () => {
    await noticeId();
    const headers = ["X-Mailroom-Notice: made-up.mailroom@desk.example"];
    await receiveOnTicket(rawMail({ messageId: "stranger@x.test", headers }));
  });
});

describe("a name in a note", () => {
  it("is told to whom it names, whosever the ticket is, and to nobody else", async () => {
    const ticket = await ask();
    await assignTicket(owner, ticket.number, owner.id);
    await addNote(owner, {
      number: ticket.number,
      text: "@Ben Okoye, do you know this lamp? @Nora",
    });
    expect(await later()).toBe(1);
    const [mail] = await mails();
    expect(mail).toMatchObject({
      to: { name: "Ben Okoye", address: "ben@desk.example" },
      subject: `Nora named you on #${ticket.number}: Lamp ${asked}`,
    });
    expect(mail?.text).toContain(`Nora named you in a note on ticket #${ticket.number}`);
    expect(mail?.text).not.toContain("do you know this lamp");
    const note = await db().prisma.message.findFirstOrThrow({ where: { kind: "NOTE" } });
    expect(note.mentions.sort()).toEqual(["@Ben Okoye", "@Nora"]);
  });

  it("is told with what else there is, and not to somebody who has left", async () => {
    const ticket = await ask();
    await assignTicket(colleague, ticket.number, owner.id);
    await addNote(colleague, { number: ticket.number, text: "@nora@desk.example: urgent" });
    expect(await later()).toBe(1);
    expect((await mails())[0]?.text).toContain("Ben Okoye named you in a note on it.");

    await addNote(owner, { number: ticket.number, text: "@Ben Okoye thanks" });
    await db().prisma.user.update({ where: { id: colleague.id }, data: { isActive: false } });
    expect(await later()).toBe(0);
  });
});
