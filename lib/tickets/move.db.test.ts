import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { receiveOnTicket } from "../testing/pipeline";
import { nextMessageId, type RawMail, rawMail } from "../testing/raw-mail";
import { mergeTicket } from "./merge";
import { moveMail } from "./move";
import { addNote } from "./note";
import { replyToTicket } from "./reply";
import { changeStatus } from "./status";
import { undoMove } from "./undo-move";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";
const CARL = "Carl <carl@partner.test>";
const SAM = "Sam <sam@elsewhere.test>";

let agent: { id: string; role: "AGENT" };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
});

/** A mail as it arrives, with the id later ones can name. */
async function arrives(fields: RawMail) {
  const messageId = nextMessageId();
  const { ticket, message, reason } = await receiveOnTicket(rawMail(fields));
  return { number: ticket.number, rowId: message.id, messageId, reason };
}

/** Ann asks with Carl in Cc, an agent answers, and Ann puts another question into her answer. */
async function twoQuestions() {
  const first = await arrives({ from: ANN, cc: CARL, subject: "Broken lamp" });
  const ours = await answer(first.number);
  const second = await arrives({
    ...{ from: ANN, subject: "Re: Broken lamp", text: "And where is my invoice?" },
    inReplyTo: ours,
  });
  expect(second.number).toBe(first.number);
  return { first, ours, second };
}

async function answer(number: number): Promise<string> {
  const { messageRowId } = await replyToTicket(agent, { number, text: "Which one?" });
  const row = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
  return row.messageId ?? "";
}

const ticket = (number: number) => db().prisma.ticket.findUniqueOrThrow({ where: { number } });
const split = (number: number, messageRowId: string, andLater = false) =>
  moveMail(agent, { number, messageRowId, into: null, andLater });

async function emailsOn(number: number): Promise<string[]> {
  const { id } = await ticket(number);
  const people = await db().prisma.ticketParticipant.findMany({
    where: { ticketId: id },
    include: { contact: true },
  });
  return people.map(({ contact, role, isNew }) => `${contact.email} ${role}${isNew ? " new" : ""}`);
}

async function moveIdOn(number: number): Promise<string> {
  const { id } = await ticket(number);
  const move = await db().prisma.ticketMove.findFirstOrThrow({
    where: { undoneAt: null, OR: [{ fromTicketId: id }, { intoTicketId: id }] },
    orderBy: { createdAt: "desc" },
  });
  return move.id;
}

describe("a mail given a ticket of its own", () => {
  it("takes its subject, sender and wait along, and leaves the rest as it was", async () => {
    const { first, second } = await twoQuestions();
    const { number } = await split(first.number, second.rowId);
    expect(await ticket(number)).toMatchObject({
      ...{ subject: "Re: Broken lamp", status: "OPEN", source: "EMAIL", messageCount: 1 },
      ...{ awaitingUs: true, snippet: "And where is my invoice?" },
    });
    expect(await ticket(first.number)).toMatchObject({ messageCount: 2, awaitingUs: false });
    expect(await emailsOn(number)).toEqual(["ann@customer.test REQUESTER"]);
    expect(await emailsOn(first.number)).toHaveLength(2);
  });

  it("is where later answers to it go, also those that name our answer on the old ticket", async () => {
    const { first, ours, second } = await twoQuestions();
    const { number } = await split(first.number, second.rowId);
    const more = await arrives({
      ...{ from: ANN, subject: `Re: Broken lamp [#${first.number}]`, inReplyTo: second.messageId },
      references: [first.messageId, ours, second.messageId],
    });
    expect(more.number).toBe(number);
    expect(more.reason).toMatch(/the mail of .*, which an agent put there$/);
    const onTheOld = await arrives({ from: ANN, inReplyTo: ours, references: [second.messageId] });
    expect(onTheOld.number).toBe(first.number);
  });

  it("lets nobody in by the mail's own id who is no participant there", async () => {
    const { first, second } = await twoQuestions();
    const { number } = await split(first.number, second.rowId);
    const stranger = await arrives({ from: SAM, inReplyTo: second.messageId });
    expect([first.number, number]).not.toContain(stranger.number);
    expect(stranger.reason).toContain(`possible reply to #${number}`);
  });

  it("takes a newcomer off the ticket they came to", async () => {
    const first = await arrives({ from: ANN });
    const ours = await answer(first.number);
    const foreign = await arrives({ from: SAM, inReplyTo: ours });
    expect(await emailsOn(first.number)).toContain("sam@elsewhere.test CC new");
    const { number } = await split(first.number, foreign.rowId);
    expect(await emailsOn(first.number)).toEqual(["ann@customer.test REQUESTER"]);
    expect(await emailsOn(number)).toEqual(["sam@elsewhere.test REQUESTER"]);
    await undoMove(agent, { number, moveId: await moveIdOn(number) });
    expect(await emailsOn(first.number)).toContain("sam@elsewhere.test CC new");
  });

  it("takes everything after it along when asked to", async () => {
    const { first, second } = await twoQuestions();
    await answer(first.number);
    await addNote(agent, { number: first.number, text: "About the invoice" });
    const { number } = await split(first.number, second.rowId, true);
    expect(await db().prisma.message.count({ where: { ticket: { number } } })).toBe(3);
    expect(await ticket(number)).toMatchObject({ messageCount: 2, awaitingUs: false });
  });

  it("is refused where nothing would be left, for our own replies, and for foreign ids", async () => {
    const { first, second } = await twoQuestions();
    const other = await arrives({ from: SAM });
    await expect(split(other.number, other.rowId)).rejects.toMatchObject({ code: "conflict" });
    await expect(split(first.number, first.rowId, true)).rejects.toMatchObject({
      code: "conflict",
    });
    const reply = await db().prisma.message.findFirstOrThrow({ where: { kind: "OUTBOUND" } });
    for (const id of [reply.id, other.rowId, "nonsense"])
      await expect(split(first.number, id)).rejects.toMatchObject({ code: "not-found" });
    const customer = { id: agent.id, role: "CUSTOMER" as const };
    const asked = { number: first.number, messageRowId: second.rowId, into: null, andLater: false };
    await expect(moveMail(customer, asked)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("a mail moved to another ticket", () => {
  it("brings its sender and whom it names, and makes that ticket wait for us", async () => {
    const { first, second } = await twoQuestions();
    const other = await arrives({ from: SAM });
    await answer(other.number);
    const moved = { number: first.number, messageRowId: second.rowId, into: other.number };
    expect(await moveMail(agent, { ...moved, andLater: false })).toEqual({ number: other.number });
    expect(await ticket(other.number)).toMatchObject({ messageCount: 3, awaitingUs: true });
    expect(await emailsOn(other.number)).toEqual([
      "sam@elsewhere.test REQUESTER",
      "ann@customer.test CC",
    ]);
    const more = await arrives({ from: ANN, inReplyTo: second.messageId });
    expect(more.number).toBe(other.number);
  });

  it("with all there is merges the ticket, so that none is left empty", async () => {
    const [a, b] = [await arrives({ from: ANN }), await arrives({ from: ANN })];
    const moved = { number: a.number, messageRowId: a.rowId, into: b.number, andLater: false };
    await moveMail(agent, moved);
    expect(await ticket(a.number)).toMatchObject({ status: "CLOSED" });
    expect((await ticket(a.number)).mergedIntoId).toBe((await ticket(b.number)).id);
  });

  it("is refused to the ticket it is on, to a merged one, and to none", async () => {
    const { first, second } = await twoQuestions();
    const [a, b] = [await arrives({ from: ANN }), await arrives({ from: ANN })];
    await mergeTicket(agent, { from: a.number, into: b.number });
    const to = (into: number) =>
      moveMail(agent, { number: first.number, messageRowId: second.rowId, into, andLater: false });
    await expect(to(first.number)).rejects.toMatchObject({ code: "invalid", field: "into" });
    await expect(to(a.number)).rejects.toMatchObject({ code: "conflict" });
    await expect(to(999_999)).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("undone", () => {
  it("a split gives everything back, and its number leads there", async () => {
    const { first, second } = await twoQuestions();
    const { number } = await split(first.number, second.rowId);
    await answer(number);
    const moveId = await moveIdOn(number);
    expect(await undoMove(agent, { number, moveId })).toEqual({ number: first.number });
    expect(await ticket(first.number)).toMatchObject({ messageCount: 4, awaitingUs: false });
    expect(await ticket(number)).toMatchObject({ messageCount: 0, status: "CLOSED" });
    const more = await arrives({ from: ANN, subject: `Invoice [#${number}]` });
    expect(more.number).toBe(first.number);
    await expect(undoMove(agent, { number, moveId })).rejects.toMatchObject({ code: "conflict" });
  });

  it("a merge parts the tickets again, with status, people and who waits", async () => {
    const [a, b] = [await arrives({ from: ANN, cc: CARL }), await arrives({ from: SAM })];
    await answer(b.number);
    await changeStatus(agent, a.number, "PENDING");
    await mergeTicket(agent, { from: a.number, into: b.number });
    expect(await emailsOn(b.number)).toHaveLength(3);
    const moveId = await moveIdOn(b.number);
    await undoMove(agent, { number: b.number, moveId });
    expect(await ticket(a.number)).toMatchObject({
      ...{ status: "PENDING", mergedIntoId: null, closedAt: null },
      ...{ messageCount: 1, awaitingUs: true },
    });
    expect(await ticket(b.number)).toMatchObject({ messageCount: 2, awaitingUs: false });
    expect(await emailsOn(b.number)).toEqual(["sam@elsewhere.test REQUESTER"]);
    const more = await arrives({ from: ANN, inReplyTo: a.messageId });
    expect(more.number).toBe(a.number);
  });

  it("a move leaves alone what was moved on, and is refused where that is all", async () => {
    const { first, second } = await twoQuestions();
    const other = await arrives({ from: SAM });
    const moved = { messageRowId: second.rowId, andLater: false };
    await moveMail(agent, { ...moved, number: first.number, into: other.number });
    const moveId = await moveIdOn(first.number);
    const { number } = await split(other.number, second.rowId);
    const undo = undoMove(agent, { number: first.number, moveId });
    await expect(undo).rejects.toMatchObject({ code: "conflict" });
    await undoMove(agent, { number, moveId: await moveIdOn(number) });
    expect(await undoMove(agent, { number: first.number, moveId })).toMatchObject({
      number: first.number,
    });
    const row = await db().prisma.message.findUniqueOrThrow({ where: { id: second.rowId } });
    expect(row.moveId).toBeNull();
  });

  it("is refused from a ticket that has no part in it, and after a merge on top", async () => {
    const [a, b, c] = [
      await arrives({ from: ANN }),
      await arrives({ from: ANN }),
      await arrives({ from: SAM }),
    ];
    await mergeTicket(agent, { from: a.number, into: b.number });
    const moveId = await moveIdOn(b.number);
    const undo = (number: number) => undoMove(agent, { number, moveId });
    await expect(undo(c.number)).rejects.toMatchObject({ code: "not-found" });
    await mergeTicket(agent, { from: b.number, into: c.number });
    await expect(undo(b.number)).rejects.toMatchObject({ code: "conflict" });
  });

  it("by two agents at the same moment happens once", async () => {
    const { first, second } = await twoQuestions();
    const { number } = await split(first.number, second.rowId);
    const moveId = await moveIdOn(number);
    const ends = await Promise.allSettled([
      undoMove(agent, { number, moveId }),
      undoMove(agent, { number: first.number, moveId }),
    ]);
    expect(ends.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  });
});
