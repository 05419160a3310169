import { beforeEach, describe, expect, it } from "vitest";
import { mergeContacts, previewMerge } from "./contact-merge";
import { ensureContacts } from "./contacts";
import { db, inTransaction } from "./db/client";
import { readMailbox } from "./mail/mailbox";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import {
  createAccount,
  createContact,
  createCustomer,
  createMessage,
  createTicket,
  createUser as makeUser,
} from "./testing/factories";
import { outcomeOf, receiveOnTicket, store, testProcessor } from "./testing/pipeline";
import { rawMail } from "./testing/raw-mail";
import { untilBlocked } from "./testing/until-blocked";
import type { Actor } from "./tickets/access";
import { getConversation } from "./tickets/conversation";
import { listTickets } from "./tickets/list";
import { openTicketAsAgent } from "./tickets/open";
import { EVERY_OPEN_TICKET } from "./tickets/query";
import { replyToTicket } from "./tickets/reply";
import { getReplyHead } from "./tickets/reply-head";
import { createUser } from "./users";

useTestDatabase();

let agent: Actor;
beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = await makeUser();
});

const HOME = "marta@home.test";
const WORK = "marta@work.test";

const contactOf = (id: string) => db().prisma.contact.findUniqueOrThrow({ where: { id } });
const merge = (fromId: string, intoId: string) => mergeContacts(agent, { fromId, intoId });

/** Marta at home, and at work; both may have written. */
async function twoMartas() {
  const home = await createContact({ email: HOME, name: "M. Oliveira" });
  const work = await createContact({ email: WORK, name: "Marta Oliveira" });
  return { home, work };
}

/** The two as one, known as she is at work. */
async function oneMarta() {
  const { home, work } = await twoMartas();
  await merge(home.id, work.id);
  return { id: work.id, homeId: home.id };
}

describe("merging two contacts", () => {
  it("moves tickets, messages and places on tickets, and leaves the address alone behind", async () => {
    const { home, work } = await twoMartas();
    const ticket = await createTicket({ requesterId: home.id });
    const message = await createMessage({ ticketId: ticket.id });
    const elsewhere = await createTicket();
    await db().prisma.ticketParticipant.createMany({
      data: [
        { ticketId: ticket.id, contactId: home.id, role: "REQUESTER" },
        { ticketId: elsewhere.id, contactId: home.id, role: "CC", isNew: true },
      ],
    });
    expect(await merge(home.id, work.id)).toEqual({ id: work.id });
    expect(await contactOf(home.id)).toMatchObject({
      ...{ email: HOME, name: "", userId: null, mergedIntoId: work.id },
    });
    expect(await contactOf(work.id)).toMatchObject({ name: "Marta Oliveira", mergedIntoId: null });
    const moved = await db().prisma.ticket.findUniqueOrThrow({ where: { id: ticket.id } });
    expect(moved.requesterId).toBe(work.id);
    const said = await db().prisma.message.findUniqueOrThrow({ where: { id: message.id } });
    expect(said.contactId).toBe(work.id);
    const places = await db().prisma.ticketParticipant.findMany({
      where: { contactId: { in: [home.id, work.id] } },
      orderBy: { role: "asc" },
    });
    expect(places).toMatchObject([
      { ticketId: ticket.id, contactId: work.id, role: "REQUESTER" },
      { ticketId: elsewhere.id, contactId: work.id, role: "CC", isNew: true },
    ]);
    const audit = await db().prisma.auditLog.findMany();
    expect(audit).toMatchObject([
      {
        ...{ actorId: agent.id, action: "contact.merged", target: `Contact:${work.id}` },
        data: { from: { id: home.id, email: HOME, name: "M. Oliveira" }, tickets: 1 },
      },
    ]);
  });

  it("keeps the stronger of two places on one ticket", async () => {
    const { home, work } = await twoMartas();
    const ticket = await createTicket({ requesterId: home.id });
    const onIt = { ticketId: ticket.id };
    await db().prisma.ticketParticipant.createMany({
      data: [
        { ...onIt, contactId: home.id, role: "REQUESTER", getsCopies: false },
        { ...onIt, contactId: work.id, role: "CC", isNew: true, getsCopies: true },
      ],
    });
    await merge(home.id, work.id);
    const places = await db().prisma.ticketParticipant.findMany({ where: onIt });
    expect(places).toMatchObject([
      { contactId: work.id, role: "REQUESTER", isNew: false, getsCopies: true },
    ]);
  });

  it("takes the name along when the other has none", async () => {
    const home = await createContact({ email: HOME, name: "Marta" });
    const work = await createContact({ email: WORK, name: "" });
    await merge(home.id, work.id);
    expect((await contactOf(work.id)).name).toBe("Marta");
  });

  it("takes along what was merged before, and a merged target stands for the one it is part of", async () => {
    const { id, homeId } = await oneMarta();
    const third = await createContact({ email: "marta@club.test" });
    await merge(third.id, homeId);
    expect((await contactOf(third.id)).mergedIntoId).toBe(id);
    const final = await createContact({ email: "marta@new.test" });
    await merge(id, final.id);
    for (const merged of [id, homeId, third.id])
      expect((await contactOf(merged)).mergedIntoId).toBe(final.id);
  });

  it("is refused with itself, with what is part of it, twice, and for nobody", async () => {
    const { id, homeId } = await oneMarta();
    const other = await createContact();
    const conflict = { code: "conflict" };
    await expect(merge(id, id)).rejects.toMatchObject(conflict);
    await expect(merge(id, homeId)).rejects.toMatchObject(conflict);
    await expect(merge(homeId, other.id)).rejects.toMatchObject(conflict);
    await expect(merge(other.id, agent.id)).rejects.toMatchObject({ code: "not-found" });
    await expect(merge("nonsense", other.id)).rejects.toMatchObject({ code: "not-found" });
    expect(await db().prisma.contact.count({ where: { mergedIntoId: null } })).toBe(2);
  });

  it("is nothing for customers", async () => {
    const { home, work } = await twoMartas();
    const { user } = await createCustomer();
    const pair = { fromId: home.id, intoId: work.id };
    await expect(mergeContacts(user, pair)).rejects.toMatchObject({ code: "forbidden" });
    await expect(previewMerge(user, pair)).rejects.toMatchObject({ code: "forbidden" });
    expect((await contactOf(home.id)).mergedIntoId).toBeNull();
  });
});

describe("merging somebody who signs in", () => {
  it.each(["from", "into"] as const)(
    "gives the sign-in of the one in “%s” to both",
    async (side) => {
      const { user, contact } = await createCustomer();
      const other = await createContact();
      const pair =
        side === "from"
          ? { fromId: contact.id, intoId: other.id }
          : { fromId: other.id, intoId: contact.id };
      const preview = await previewMerge(agent, pair);
      expect(preview).toMatchObject({ user: { id: user.id }, refusal: null });
      const { id } = await mergeContacts(agent, pair);
      expect((await contactOf(id)).userId).toBe(user.id);
      expect((await contactOf(pair.fromId)).userId).toBeNull();
    },
  );

  it("is refused when both do, and said before", async () => {
    const [one, two] = [await createCustomer(), await createCustomer()];
    const pair = { fromId: one.contact.id, intoId: two.contact.id };
    await expect(mergeContacts(agent, pair)).rejects.toMatchObject({ code: "conflict" });
    expect((await previewMerge(agent, pair)).refusal).toMatch(/^Both can sign in: /);
    expect((await contactOf(one.contact.id)).mergedIntoId).toBeNull();
  });

  it("is refused when somebody signs in whom the agent was not told of", async () => {
    const { user, contact } = await createCustomer();
    const other = await createContact();
    const pair = { fromId: other.id, intoId: contact.id };
    await expect(mergeContacts(agent, { ...pair, userId: "" })).rejects.toMatchObject({
      ...{ code: "conflict", message: expect.stringMatching(/^Who can sign in has changed/) },
    });
    expect((await contactOf(other.id)).mergedIntoId).toBeNull();
    await mergeContacts(agent, { ...pair, userId: user.id });
    expect((await contactOf(other.id)).mergedIntoId).toBe(contact.id);
  });

  it("later, with the address that was merged, finds all tickets", async () => {
    const { id } = await oneMarta();
    const user = await createUser(null, {
      ...{ email: HOME, name: "Marta", role: "CUSTOMER", password: "a good long password" },
    });
    expect((await contactOf(id)).userId).toBe(user.id);
  });

  it("is refused a second account with another of their addresses", async () => {
    await oneMarta();
    const person = { name: "Marta", role: "CUSTOMER" as const, password: "a good long password" };
    await createUser(null, { ...person, email: HOME });
    await expect(createUser(null, { ...person, email: WORK })).rejects.toMatchObject({
      ...{ code: "conflict", field: "email" },
    });
    expect(await db().prisma.user.count({ where: { role: "CUSTOMER" } })).toBe(1);
  });
});

describe("after a merge", () => {
  it("mail from the merged address opens tickets for the one contact", async () => {
    const { id } = await oneMarta();
    const { ticket } = await receiveOnTicket(rawMail({ from: `Marta <${HOME}>` }));
    expect(ticket.requesterId).toBe(id);
    expect(await db().prisma.contact.count()).toBe(2);
  });

  it("an answer from any of the addresses joins, also by a subject anyone could guess", async () => {
    const { id } = await oneMarta();
    const { ticket } = await receiveOnTicket(rawMail({ from: HOME, subject: "Lamp" }));
    for (const from of [WORK, HOME]) {
      const answer = await receiveOnTicket(rawMail({ from, subject: `Lamp [#${ticket.number}]` }));
      expect(answer.ticket.number).toBe(ticket.number);
      expect(answer.message).toMatchObject({ contactId: id, isNewParticipant: false });
    }
    const stranger = await receiveOnTicket(
      rawMail({ from: "sam@else.test", subject: `Lamp [#${ticket.number}]` }),
    );
    expect(stranger.ticket.number).not.toBe(ticket.number);
  });

  it("the list finds the tickets by either address", async () => {
    const { id } = await oneMarta();
    const { number } = await createTicket({ requesterId: id });
    await createTicket();
    for (const find of [{ requester: HOME }, { requester: WORK }, { q: HOME }, { q: WORK }]) {
      const { rows } = await listTickets(agent, { ...EVERY_OPEN_TICKET, ...find });
      expect(rows.map((row) => row.number)).toEqual([number]);
    }
  });

  it("several addresses of one person in one mail are one participant", async () => {
    const { id } = await oneMarta();
    const { ticket } = await receiveOnTicket(
      rawMail({ from: "ann@customer.test", cc: `${HOME}, ${WORK}` }),
    );
    const where = { ticketId: ticket.id, role: "CC" as const };
    expect(await db().prisma.ticketParticipant.findMany({ where })).toMatchObject([
      { contactId: id },
    ]);
  });

  it("a name that comes with the merged address fills in the one contact's, once", async () => {
    const home = await createContact({ email: HOME, name: "" });
    const work = await createContact({ email: WORK, name: "" });
    await merge(home.id, work.id);
    const people = [
      { address: HOME, name: "Marta" },
      { address: WORK, name: "Somebody else" },
    ];
    const contacts = await inTransaction((tx) => ensureContacts(tx, people));
    expect([...contacts.values()].map(({ id }) => id)).toEqual([work.id, work.id]);
    expect((await contactOf(work.id)).name).toBe("Marta");
    expect((await contactOf(home.id)).name).toBe("");
  });
});

describe("an answer to somebody with several addresses", () => {
  beforeEach(() => createAccount({ isDefault: true }));

  async function answerGoesTo(number: number): Promise<string[]> {
    const { ticket } = await getConversation(agent, number);
    const shown = (await getReplyHead(agent, ticket, { mode: "reply", id: null })).to;
    const { messageRowId } = await replyToTicket(agent, { number, text: "Which one?" });
    const { recipients } = await db().prisma.outboundEmail.findFirstOrThrow({
      where: { messageRowId },
    });
    const sentTo = (recipients as { address: string }[]).map(({ address }) => address);
    expect(sentTo.map((address) => readMailbox(shown)?.address === address)).toEqual([true]);
    return sentTo;
  }

  it("goes to the one they last wrote from on this ticket", async () => {
    await oneMarta();
    const { ticket } = await receiveOnTicket(rawMail({ from: HOME, subject: "Lamp" }));
    expect(await answerGoesTo(ticket.number)).toEqual([HOME]);
    await receiveOnTicket(rawMail({ from: WORK, subject: `Lamp [#${ticket.number}]` }));
    expect(await answerGoesTo(ticket.number)).toEqual([WORK]);
  });

  it("never goes to an address that is not theirs, whoever wrote last", async () => {
    const { id } = await oneMarta();
    const ticket = await createTicket({ requesterId: id });
    await createMessage({ ticketId: ticket.id, fromAddress: "old@elsewhere.test" });
    const stranger = await createContact({ email: "sam@else.test" });
    const theirs = { contactId: stranger.id, fromAddress: "sam@else.test" };
    await createMessage({ ticketId: ticket.id, ...theirs });
    expect(await answerGoesTo(ticket.number)).toEqual([WORK]);
  });

  it("goes to their own when a robot answered from another", async () => {
    const { id } = await oneMarta();
    const ticket = await createTicket({ requesterId: id });
    await createMessage({ ticketId: ticket.id, fromAddress: HOME, automaticKind: "vacation" });
    expect(await answerGoesTo(ticket.number)).toEqual([WORK]);
  });

  it("keeps to the one an agent opened the ticket for", async () => {
    await oneMarta();
    const { number } = await openTicketAsAgent(agent, {
      ...{ subject: "Your call", text: "As promised", requesterEmail: HOME, sendByMail: true },
    });
    expect(await answerGoesTo(number)).toEqual([HOME]);
  });
});

describe("at the same moment", () => {
  it("two merges in opposite directions end in one contact, and the second is refused", async () => {
    for (let round = 0; round < 10; round++) {
      const [a, b] = [await createContact(), await createContact()];
      for (const contact of [a, b]) {
        const ticket = await createTicket({ requesterId: contact.id });
        await db().prisma.ticketParticipant.create({
          data: { ticketId: ticket.id, contactId: contact.id, role: "REQUESTER" },
        });
      }
      const both = await Promise.allSettled([merge(a.id, b.id), merge(b.id, a.id)]);
      const refused = both.find((result) => result.status === "rejected");
      expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      expect(refused?.status === "rejected" && refused.reason).toMatchObject({ code: "conflict" });
      const left = await db().prisma.contact.findMany({
        where: { id: { in: [a.id, b.id] }, mergedIntoId: null },
        select: { _count: { select: { tickets: true, participants: true } } },
      });
      expect(left).toEqual([{ _count: { tickets: 2, participants: 2 } }]);
    }
  });

  it("a mail that is being processed has its ticket moved by the merge that waits for it", async () => {
    const { home, work } = await twoMartas();
    const { merging, ticketId } = await inTransaction(async (tx) => {
      const contacts = await ensureContacts(tx, [{ address: HOME, name: "" }]);
      const requesterId = contacts.get(HOME)?.id ?? null;
      expect(requesterId).toBe(home.id);
      const merging = merge(home.id, work.id);
      await untilBlocked(merging);
      const fields = { subject: "Lamp", source: "EMAIL" as const, requesterId };
      const { id } = await tx.ticket.create({ data: fields, select: { id: true } });
      return { merging, ticketId: id };
    });
    await merging;
    const ticket = await db().prisma.ticket.findUniqueOrThrow({ where: { id: ticketId } });
    expect(ticket.requesterId).toBe(work.id);
  });

  it("a mail that waits for a merge opens its ticket for the contact that is left", async () => {
    const { home, work } = await twoMartas();
    const id = await store(rawMail({ from: HOME, subject: "Lamp" }));
    const client = await db().pool.connect();
    try {
      await client.query("BEGIN");
      await client.query(`SELECT 1 FROM "Contact" WHERE "id" IN ($1, $2) FOR UPDATE`, [
        home.id,
        work.id,
      ]);
      const working = testProcessor().run({});
      await untilBlocked(working);
      await client.query(`UPDATE "Contact" SET "mergedIntoId" = $2 WHERE "id" = $1`, [
        home.id,
        work.id,
      ]);
      await client.query("COMMIT");
      await working;
    } finally {
      client.release();
    }
    expect((await outcomeOf(id)).ticket?.requesterId).toBe(work.id);
  });

  it("merges and mails of the same people lose nothing and leave nothing with the merged", async () => {
    const { home, work } = await twoMartas();
    const { ticket } = await receiveOnTicket(rawMail({ from: HOME, subject: "Lamp" }));
    for (let n = 0; n < 8; n++) {
      const from = n % 2 ? HOME : WORK;
      await store(rawMail({ from, cc: n % 2 ? WORK : HOME, subject: `New ${n}` }));
      await store(rawMail({ from: HOME, cc: WORK, subject: `Lamp [#${ticket.number}]` }));
    }
    const workers = ["a", "b"].map((owner) => testProcessor(owner).run({}));
    await Promise.all([...workers, merge(home.id, work.id)]);
    await testProcessor().run({});
    expect(await db().prisma.inboundEmail.count({ where: { status: "PROCESSED" } })).toBe(17);
    const left = { contactId: home.id };
    expect(await db().prisma.ticket.count({ where: { requesterId: home.id } })).toBe(0);
    expect(await db().prisma.ticket.count({ where: { requesterId: work.id } })).toBe(9);
    expect(await db().prisma.message.count({ where: left })).toBe(0);
    expect(await db().prisma.ticketParticipant.count({ where: left })).toBe(0);
  });
});
