import { beforeAll, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import {
  makeEverythingDue,
  outcomeOf,
  receive,
  receiveOnTicket,
  store,
  testProcessor,
} from "../testing/pipeline";
import { nextMessageId, type RawMail, rawMail } from "../testing/raw-mail";
import { mergeTicket } from "../tickets/merge";
import { approveParticipant } from "../tickets/participants";
import { replyToTicket } from "../tickets/reply";
import { changeStatus } from "../tickets/status";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";
const STRANGER = "Sam <sam@elsewhere.test>";

type Agent = { id: string; role: "AGENT"; email: string };
let agent: Agent;

beforeAll(async () => {
  const { id, email } = await createUser({ email: "agent@example.test" });
  agent = { id, role: "AGENT", email };
});

/** Ann writes with Carl in Cc, an agent answers. @returns what a later mail may name. */
async function conversation() {
  const known = nextMessageId();
  const raw = rawMail({ from: ANN, cc: "Carl <carl@partner.test>", subject: "Broken lamp" });
  const { ticket } = await receiveOnTicket(raw);
  const { messageRowId } = await replyToTicket(agent, { number: ticket.number, text: "Which?" });
  const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
  return { number: ticket.number, id: ticket.id, known, ours: sent.messageId ?? "" };
}

type Conversation = Awaited<ReturnType<typeof conversation>>;

/** The headers by which a mail names the ticket. */
function naming(via: "ours" | "known" | "subject", on: Conversation): RawMail {
  if (via === "subject") return { subject: `Re: Broken lamp [#${on.number}]` };
  return { subject: "Re: Broken lamp", inReplyTo: via === "ours" ? on.ours : on.known };
}

const ticket = (id: string) => db().prisma.ticket.findUniqueOrThrow({ where: { id } });

const PEOPLE = {
  "the requester": ANN,
  "the requester in other letters": "ANN@Customer.TEST",
  "somebody who was in Cc": "Carl <carl@partner.test>",
  "an agent of the desk": "agent@example.test",
  "a stranger": STRANGER,
  "a stranger named like the requester": '"ann@customer.test" <sam@elsewhere.test>',
  "a From of two addresses, one of them the requester's": `${ANN}, ${STRANGER}`,
};

type Person = keyof typeof PEOPLE;
const INSIDERS: Person[] = [
  "the requester",
  "the requester in other letters",
  "somebody who was in Cc",
  "an agent of the desk",
];
const OUTSIDERS: Person[] = [
  "a stranger",
  "a stranger named like the requester",
  "a From of two addresses, one of them the requester's",
];

describe("who may join a ticket", () => {
  it.each(
    (["ours", "known", "subject"] as const).flatMap((via) =>
      INSIDERS.map((person) => [person, via] as const),
    ),
  )("%s may, by naming it by %s", async (person, via) => {
    const on = await conversation();
    const answer = await receiveOnTicket(rawMail({ from: PEOPLE[person], ...naming(via, on) }));
    expect(answer).toMatchObject({
      status: "PROCESSED",
      outcome: "message",
      ticket: { number: on.number },
      message: { isNewParticipant: false, kind: "INBOUND", authorId: null },
    });
    expect(answer.reason).toMatch(`Linked to #${on.number}: `);
  });

  it.each(OUTSIDERS)("%s may join by our own Message-ID, marked as new", async (person) => {
    const on = await conversation();
    const raw = rawMail({ from: PEOPLE[person], ...naming("ours", on) });
    const answer = await receiveOnTicket(raw);
    expect(answer).toMatchObject({
      outcome: "message",
      ticket: { number: on.number },
      message: { isNewParticipant: true },
    });
    expect(answer.reason).toMatch(/is new on this ticket$/);
  });

  it.each(
    (["known", "subject"] as const).flatMap((via) =>
      OUTSIDERS.map((person) => [person, via] as const),
    ),
  )("%s may not by %s, and gets a ticket that shows it", async (person, via) => {
    const on = await conversation();
    const raw = rawMail({ from: PEOPLE[person], ...naming(via, on) });
    const answer = await receiveOnTicket(raw);
    expect(answer.outcome).toBe("ticket");
    expect(answer.ticket.number).not.toBe(on.number);
    expect(answer.ticket.possibleReplyTo?.number).toBe(on.number);
    expect(answer.reason).toMatch(`possible reply to #${on.number}`);
    expect((await ticket(on.id)).messageCount).toBe(2);
  });

  it("gives a new participant no mail and no say until an agent agrees", async () => {
    const on = await conversation();
    await receiveOnTicket(rawMail({ from: STRANGER, ...naming("ours", on) }));
    const guess = { from: STRANGER, ...naming("subject", on) };
    expect((await receiveOnTicket(rawMail(guess))).ticket.number).not.toBe(on.number);
    const [sam] = await db().prisma.ticketParticipant.findMany({
      where: { ticketId: on.id, contact: { email: "sam@elsewhere.test" } },
    });
    expect(sam).toMatchObject({ isNew: true, getsCopies: false });
    await approveParticipant(agent, { number: on.number, contactId: sam?.contactId ?? "" });
    expect((await receiveOnTicket(rawMail(guess))).ticket.number).toBe(on.number);
  });

  it("lets people in Cc of an answer write by themselves later", async () => {
    const on = await conversation();
    const cc = "Dora <dora@partner.test>";
    await receiveOnTicket(rawMail({ from: ANN, cc, ...naming("known", on) }));
    const later = await receiveOnTicket(rawMail({ from: cc, ...naming("subject", on) }));
    expect(later.ticket.number).toBe(on.number);
  });

  it("lets nobody in whom only a new participant named", async () => {
    const on = await conversation();
    const cc = "Eve <eve@elsewhere.test>";
    await receiveOnTicket(rawMail({ from: STRANGER, cc, ...naming("ours", on) }));
    const later = await receiveOnTicket(rawMail({ from: cc, ...naming("subject", on) }));
    expect(later.ticket.number).not.toBe(on.number);
  });

  it("prefers our own id to another known one, and any id to the subject", async () => {
    const one = await conversation();
    const two = await conversation();
    const both = { inReplyTo: one.known, references: [one.known, two.ours] };
    const byOurs = await receiveOnTicket(rawMail({ from: ANN, ...both }));
    expect(byOurs.ticket.number).toBe(two.number);
    const against = { inReplyTo: one.known, subject: `Re: lamp [#${two.number}]` };
    const byId = await receiveOnTicket(rawMail({ from: ANN, ...against }));
    expect(byId.ticket.number).toBe(one.number);
  });

  it("takes the newest of several references", async () => {
    const one = await conversation();
    const two = await conversation();
    const raw = rawMail({ from: ANN, references: [one.ours, two.ours, "unknown@x.test"] });
    expect((await receiveOnTicket(raw)).ticket.number).toBe(two.number);
  });

  it("follows a chain of answers between other people by its References", async () => {
    const on = await conversation();
    const first = nextMessageId();
    await receiveOnTicket(rawMail({ from: ANN, inReplyTo: on.known, references: [on.known] }));
    const raw = rawMail({
      from: "carl@partner.test",
      inReplyTo: "never-seen@partner.test",
      references: [on.known, first, "never-seen@partner.test"],
    });
    expect((await receiveOnTicket(raw)).ticket.number).toBe(on.number);
  });
});

const FAILED = "Authentication-Results: mx.example.test; spf=fail; dkim=none; dmarc=fail";
const NO_SPF = "Authentication-Results: mx.example.test; spf=fail smtp.mailfrom=customer.test";
const FOREIGN = "Authentication-Results: relay.elsewhere.test; dmarc=fail";
const PASSED = "Authentication-Results: mx.example.test; spf=pass; dmarc=pass";

describe("a From the receiving server doubts", () => {
  it.each(
    (["known", "subject"] as const).flatMap((via) =>
      (["the requester", "somebody who was in Cc", "an agent of the desk"] as const).flatMap(
        (person) => [FAILED, NO_SPF].map((verdict) => [person, via, verdict] as const),
      ),
    ),
  )("of %s may not join by %s (%s)", async (person, via, verdict) => {
    const on = await conversation();
    const forged = { from: PEOPLE[person], headers: [verdict], ...naming(via, on) };
    const answer = await receiveOnTicket(rawMail(forged));
    expect(answer.ticket.number).not.toBe(on.number);
    expect(answer.ticket.possibleReplyTo?.number).toBe(on.number);
    expect(answer.reason).toContain("but the receiving server doubts that it comes from ");
    expect((await ticket(on.id)).messageCount).toBe(2);
  });

  it("joins by our own Message-ID without a say, and says so", async () => {
    const on = await conversation();
    const forged = {
      from: ANN,
      cc: "eve@elsewhere.test",
      headers: [FAILED],
      ...naming("ours", on),
    };
    const answer = await receiveOnTicket(rawMail(forged));
    expect(answer).toMatchObject({ outcome: "message", ticket: { number: on.number } });
    expect(answer.reason).toMatch(/receiving server doubts that it comes from ann@customer\.test$/);
    const eve = { ticketId: on.id, contact: { email: "eve@elsewhere.test" } };
    expect(await db().prisma.ticketParticipant.count({ where: eve })).toBe(0);
  });

  it("is no parent of a mail that came before it", async () => {
    const parentId = nextMessageId();
    const parent = rawMail({ from: ANN, to: "support@example.test", headers: [FAILED] });
    const answer = await receiveOnTicket(
      rawMail({ from: "carl@partner.test", to: "ann@customer.test", inReplyTo: parentId }),
    );
    expect((await receiveOnTicket(parent)).ticket.number).not.toBe(answer.ticket.number);
  });

  it.each([
    ["passed", [PASSED]],
    ["not checked", []],
    ["checked by somebody on the way", ["Received: by mx.example.test", FOREIGN]],
  ])("is not one that was %s", async (_how, headers) => {
    const on = await conversation();
    const answer = await receiveOnTicket(rawMail({ from: ANN, headers, ...naming("subject", on) }));
    expect(answer.ticket.number).toBe(on.number);
  });
});

describe("an answer and the state of its ticket", () => {
  it.each(["PENDING", "SOLVED"] as const)("reopens a %s ticket", async (status) => {
    const on = await conversation();
    await changeStatus(agent, on.number, status);
    await receiveOnTicket(rawMail({ from: ANN, ...naming("ours", on) }));
    expect(await ticket(on.id)).toMatchObject({ status: "OPEN", awaitingUs: true });
    const events = await db().prisma.ticketEvent.findMany({
      where: { ticketId: on.id, kind: "status" },
      orderBy: { id: "asc" },
    });
    expect(events.at(-1)?.data).toMatchObject({ from: status, to: "OPEN" });
  });

  it("to a closed ticket opens a new one that links back", async () => {
    const on = await conversation();
    await changeStatus(agent, on.number, "CLOSED");
    const answer = await receiveOnTicket(rawMail({ from: ANN, ...naming("ours", on) }));
    expect(answer.ticket.number).not.toBe(on.number);
    expect(answer.ticket.possibleReplyTo?.number).toBe(on.number);
    expect(answer.reason).toContain(`answers #${on.number}, which is closed`);
    expect(await ticket(on.id)).toMatchObject({ status: "CLOSED", messageCount: 2 });
  });

  it("to a deleted ticket opens a new one that links back", async () => {
    const on = await conversation();
    await db().prisma.ticket.update({ where: { id: on.id }, data: { deletedAt: new Date() } });
    const answer = await receiveOnTicket(rawMail({ from: ANN, ...naming("ours", on) }));
    expect(answer.ticket.number).not.toBe(on.number);
    expect(answer.reason).toContain(`answers #${on.number}, which is deleted`);
  });

  it.each(["OPEN", "CLOSED"] as const)("stays in spam when that is %s", async (status) => {
    const on = await conversation();
    await db().prisma.ticket.update({ where: { id: on.id }, data: { isSpam: true, status } });
    const answer = await receiveOnTicket(rawMail({ from: ANN, ...naming("ours", on) }));
    expect(answer.ticket).toMatchObject({ number: on.number, isSpam: true, status });
  });

  it("to a merged ticket lands where that went, by id and by its old number", async () => {
    const one = await conversation();
    const two = await conversation();
    await mergeTicket(agent, { from: one.number, into: two.number });
    for (const via of ["ours", "known", "subject"] as const) {
      const answer = await receiveOnTicket(rawMail({ from: ANN, ...naming(via, one) }));
      expect(answer.ticket.number).toBe(two.number);
    }
  });

  it.each([
    ["an out-of-office", "Auto-Submitted: auto-replied"],
    ["a robot's answer", "Auto-Submitted: auto-generated"],
  ])("%s is kept quietly and reopens nothing", async (_what, header) => {
    const on = await conversation();
    await changeStatus(agent, on.number, "SOLVED");
    const raw = rawMail({ from: ANN, headers: [header], ...naming("ours", on) });
    const answer = await receiveOnTicket(raw);
    expect(answer).toMatchObject({ outcome: "message", ticket: { number: on.number } });
    expect(answer.message.automaticKind).not.toBeNull();
    expect(await ticket(on.id)).toMatchObject({ status: "SOLVED", awaitingUs: false });
  });

  it("a robot's answer to a closed ticket opens no new one", async () => {
    const on = await conversation();
    await changeStatus(agent, on.number, "CLOSED");
    const headers = ["Auto-Submitted: auto-replied"];
    const answer = await receiveOnTicket(rawMail({ from: ANN, headers, ...naming("ours", on) }));
    expect(answer.ticket).toMatchObject({ number: on.number, status: "CLOSED" });
  });
});

describe("answers and the order mails come in", () => {
  it("a mail that arrives after its answer joins the answer's ticket", async () => {
    const parentId = nextMessageId();
    const parent = rawMail({ from: ANN, subject: "The lamp", to: "support@example.test" });
    const answer = await receiveOnTicket(
      rawMail({ from: "carl@partner.test", to: "ann@customer.test", inReplyTo: parentId }),
    );
    const late = await receiveOnTicket(parent);
    expect(late.ticket.number).toBe(answer.ticket.number);
    expect(late.reason).toContain("a mail that arrived earlier answers it");
  });

  it("a late mail of somebody the answer does not name gets its own ticket", async () => {
    const parentId = nextMessageId();
    const parent = rawMail({ from: STRANGER });
    const answer = await receiveOnTicket(
      rawMail({ from: "carl@partner.test", to: "ann@customer.test", inReplyTo: parentId }),
    );
    const late = await receiveOnTicket(parent);
    expect(late.ticket.number).not.toBe(answer.ticket.number);
  });

  it("an answer waits while the mail it answers is stored but not processed", async () => {
    const parentId = nextMessageId();
    const parent = rawMail({ from: ANN });
    const parentReceipt = await store(parent, {
      nextTryAt: new Date(Date.now() + 3_600_000),
      messageIdKey: parentId,
    });
    const waiting = await receive(rawMail({ from: ANN, inReplyTo: parentId }));
    expect(waiting).toMatchObject({ status: "PENDING", attempts: 0, error: null });
    await makeEverythingDue();
    await testProcessor().run({});
    await makeEverythingDue();
    await testProcessor().run({});
    const [first, second] = [await outcomeOf(parentReceipt), await outcomeOf(waiting.id)];
    expect(first).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
    expect(second).toMatchObject({ outcome: "message", ticket: { number: first.ticket?.number } });
  });

  it("an answer waits no longer than a minute", async () => {
    const parentId = nextMessageId();
    const nextTryAt = new Date(Date.now() + 3_600_000);
    await store(rawMail({ from: ANN }), { nextTryAt, messageIdKey: parentId });
    const raw = rawMail({ from: ANN, inReplyTo: parentId });
    const tired = await receive(raw, { receivedAt: new Date(Date.now() - 61_000) });
    expect(tired).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
  });

  it("a mail that names itself waits for nobody", async () => {
    const own = nextMessageId();
    const raw = rawMail({ from: ANN, references: [own], inReplyTo: own });
    await store(raw, { messageIdKey: own, nextTryAt: new Date(Date.now() + 3_600_000) });
    expect(await receive(raw, { messageIdKey: own })).toMatchObject({ outcome: "ticket" });
  });
});
