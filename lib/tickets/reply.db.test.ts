import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { undoReply } from "../outbound/control";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  createAccount,
  createContact,
  createMessage,
  createTicket,
  createUser,
} from "../testing/factories";
import type { Actor } from "./access";
import { getConversation } from "./conversation";
import { forwardMail } from "./forward";
import { type ReplyInput, replyToTicket } from "./reply";

useTestDatabase();

const ANN = "ann@customer.test";
const BOB = "bob@partner.test";
const SUE = "sue@supplier.test";

let agent: Actor;
let accountId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ email: "ben@desk.example" })).id, role: "AGENT" };
  const account = { isDefault: true, email: "support@desk.example", name: "Lamp Support" };
  ({ id: accountId } = await createAccount(account));
});

/** Ann's ticket, with one mail of hers that Bob had a copy of. */
async function annsTicket(fields: Parameters<typeof createTicket>[0] = {}) {
  const ann = await createContact({ email: ANN, name: "Ann" });
  const bob = await createContact({ email: BOB, name: "Bob" });
  const ticket = await createTicket({
    ...{ accountId, requesterId: ann.id, subject: "Broken lamp" },
    ...fields,
  });
  await takesPart(ticket.id, ann.id, "REQUESTER");
  await takesPart(ticket.id, bob.id, "CC");
  const first = await createMessage({
    ...{ ticketId: ticket.id, text: "It flickers.\n\n> old words", newText: "It flickers." },
    ...{ quotedText: "> old words", ccAddresses: [{ name: "Bob", address: BOB }] },
  });
  return { ...ticket, first, ann, bob };
}

const takesPart = (ticketId: string, contactId: string, role: "REQUESTER" | "CC", isNew = false) =>
  db().prisma.ticketParticipant.create({ data: { ticketId, contactId, role, isNew } });

async function reply(input: Partial<ReplyInput> & { number: number }) {
  const { messageRowId } = await replyToTicket(agent, { text: "Change the bulb.", ...input });
  return db().prisma.message.findUniqueOrThrow({
    where: { id: messageRowId },
    include: { outbound: true, attachments: true },
  });
}

async function peopleOf(ticketId: string) {
  const people = await db().prisma.ticketParticipant.findMany({
    where: { ticketId },
    select: { isNew: true, getsCopies: true, contact: { select: { email: true } } },
  });
  return Object.fromEntries(
    people.map(({ contact, isNew, getsCopies }) => [
      contact.email,
      [isNew && "new", getsCopies && "copies"].filter(Boolean).join(),
    ]),
  );
}

const reread = (id: string) => db().prisma.ticket.findUniqueOrThrow({ where: { id } });

it("words with looks, signature and quote stand in both parts; the ticket keeps them apart, and undo gives the words back", async () => {
  await db().prisma.user.update({ where: { id: agent.id }, data: { signature: "Ben <B>" } });
  const { number, first } = await annsTicket();
  const html =
    "<p>Change <strong>the bulb</strong>.</p><blockquote><p>see 2 &lt; 3</p></blockquote>";
  const sent = await reply({
    ...{ number, text: "not what is sent", isQuoting: true, undoSeconds: 10 },
    html: `${html}<script>x()</script><p class="signature">mine</p><p></p>`,
  });
  const words = "Change the bulb.\n\n> see 2 < 3\n\nmine";
  expect(sent.newText).toBe(words);
  expect(sent.quotedText).toMatch(/^On [^\n]+ wrote:\n> It flickers\.$/);
  expect(sent.text).toBe(`${words}\n\n-- \nBen <B>\n\n${sent.quotedText}`);
  const own = `${html}<p>mine</p>`;
  const [ownPart, rest] = [sent.html?.slice(0, own.length), sent.html?.slice(own.length) ?? ""];
  expect(ownPart).toBe(own);
  expect(rest).toMatch(
    /^\s*<p class="signature">-- <br>\nBen &lt;B&gt;<\/p>\s*<div class="gmail_quote">.*wrote:.*<blockquote.*It flickers\..*<\/div>$/s,
  );
  expect(first.html ?? "").toBe("");
  const { items } = await getConversation(agent, number);
  const shown = items.flatMap((item) => (item.type === "message" ? [item.message] : [])).at(-1);
  expect(shown).toMatchObject({ newText: words, quotedText: sent.quotedText });
  const deliveryId = sent.outbound[0]?.id ?? "";
  expect(await undoReply(agent, { number, deliveryId })).toMatchObject({ text: words, html: own });
});

describe("whom a reply goes to", () => {
  it("each person once, with the name that was typed; Bcc is in no header", async () => {
    const { number } = await annsTicket();
    const sent = await reply({
      ...{ number, to: [`Ann Lee <${ANN}>`], cc: [`"Lee, Bob" <${BOB}>`, ANN.toUpperCase()] },
      bcc: [SUE, BOB, ` ${SUE} `],
    });
    expect(sent).toMatchObject({
      toAddresses: [{ name: "Ann Lee", address: ANN }],
      ccAddresses: [{ name: "Lee, Bob", address: BOB }],
      bccAddresses: [{ name: "", address: SUE }],
    });
    expect(sent.outbound[0]?.recipients).toEqual(
      [ANN, BOB, SUE].map((address) => ({ address, status: "queued", response: null })),
    );
  });

  it.each([
    ["to", { to: ["Ann"] }, "“Ann” in To is not an email address."],
    ["to", { to: [" "] }, "To has no address"],
    ["cc", { cc: [BOB, "bob@"] }, "“bob@” in Cc is not an email address."],
    ["bcc", { bcc: ["x y"] }, "“x y” in Bcc is not an email address."],
    ["bcc", { bcc: ["support@desk.example"] }, "this desk’s own addresses"],
    ["cc", { cc: Array.from({ length: 21 }, (_, n) => `p${n}@a.example`) }, "At most 20"],
    ["accountId", { sender: { accountId: "gone", alias: null } }, "can’t send any more"],
    ["text", { text: "x".repeat(1_000_000) }, "100,000 characters at most"],
  ])("is refused by %s when it is %j", async (field, input, message) => {
    const { number, id } = await annsTicket();
    await expect(reply({ number, ...input })).rejects.toMatchObject({
      field,
      message: expect.stringContaining(message),
    });
    expect((await reread(id)).messageCount).toBe(1);
    expect(await db().prisma.outboundEmail.count()).toBe(0);
  });

  it("leaves from the account that was chosen, unless that was deactivated meanwhile", async () => {
    const other = await createAccount({ email: "sales@desk.example", name: "Sales" });
    const { number, id } = await annsTicket();
    const sent = await reply({ number, sender: { accountId: other.id, alias: null } });
    expect(sent).toMatchObject({ fromAddress: "sales@desk.example", fromName: "Sales" });
    expect(sent.outbound[0]?.accountId).toBe(other.id);
    expect((await reread(id)).accountId).toBe(accountId);
    await db().prisma.emailAccount.update({ where: { id: other.id }, data: { isActive: false } });
    await expect(
      reply({ number, sender: { accountId: other.id, alias: null } }),
    ).rejects.toMatchObject({
      ...{ code: "conflict", field: "accountId" },
      message: "sales@desk.example can’t send any more. Choose another account.",
    });
  });

  it("the requester by their name, where only the address is given", async () => {
    const { number } = await annsTicket();
    const { toAddresses } = await reply({ number, to: [ANN] });
    expect(toAddresses).toEqual([{ name: "Ann", address: ANN }]);
  });

  it("may be somebody where the sender of the mail is unknown", async () => {
    const { number } = await createTicket({ accountId, requesterId: null });
    expect(await reply({ number, to: [SUE] })).toMatchObject({ isAside: false });
  });
});

describe("who takes part after a reply", () => {
  it("those it was sent to openly; who was left out gets no more copies; undone, all as before", async () => {
    const { id, number, bob } = await annsTicket();
    const sue = await createContact({ email: SUE, name: "Sue" });
    await takesPart(id, sue.id, "CC", true);
    const onIt = { ticketId_contactId: { ticketId: id, contactId: bob.id } };
    await db().prisma.ticketParticipant.update({ where: onIt, data: { getsCopies: true } });
    const before = { [ANN]: "", [BOB]: "copies", [SUE]: "new" };
    expect(await peopleOf(id)).toEqual(before);
    const sent = await reply({
      ...{ number, cc: [SUE, "kim@a.example", "ben@desk.example"], bcc: ["max@a.example"] },
      undoSeconds: 10,
    });
    expect(await peopleOf(id)).toEqual({
      ...{ [ANN]: "", [BOB]: "", [SUE]: "copies", "kim@a.example": "copies" },
    });
    await undoReply(agent, { number, deliveryId: sent.outbound[0]?.id ?? "" });
    expect(await peopleOf(id)).toEqual(before);
  });

  it("all as before where Cc was left to us", async () => {
    const { id, number } = await annsTicket();
    await db().prisma.ticketParticipant.updateMany({ data: { getsCopies: true } });
    await reply({ number });
    expect(await peopleOf(id)).toEqual({ [ANN]: "copies", [BOB]: "copies" });
    expect(await db().prisma.ticketEvent.count({ where: { kind: "copies" } })).toBe(0);
  });
});

describe("what stands below a reply", () => {
  it("the requester's words and who wrote them, but nothing they quoted", async () => {
    const { number } = await annsTicket();
    const sent = await reply({ number });
    expect(sent).toMatchObject({ newText: "Change the bulb.", html: null });
    expect(sent.quotedText).toMatch(/^On .*, Ann <ann@customer\.test> wrote:\n> It flickers\.$/);
    expect(sent.text).toBe(`Change the bulb.\n\n${sent.quotedText}`);
  });

  it("nothing where the account says so, or the agent", async () => {
    const { number } = await annsTicket();
    expect((await reply({ number, isQuoting: false })).quotedText).toBe("");
    await db().prisma.emailAccount.updateMany({ data: { quotesHistory: false } });
    expect((await reply({ number })).text).toBe("Change the bulb.");
    expect((await reply({ number, isQuoting: true })).quotedText).toContain("It flickers.");
  });

  it.each(["to", "cc", "bcc"])(
    "nothing when %s names somebody new, unless that is wanted",
    async (field) => {
      const { number } = await annsTicket();
      const typed = { to: [ANN], [field]: field === "to" ? [ANN, SUE] : [SUE] };
      expect((await reply({ number, isQuoting: true, ...typed })).quotedText).toBe("");
      const wanted = await reply({ number, isQuotingToNewcomers: true, ...typed });
      // In To and Cc they take part since the first one.
      expect(wanted.quotedText).toContain("It flickers.");
      expect((await reply({ number, ...typed })).quotedText === "").toBe(field === "bcc");
    },
  );

  it("never a note, nor what the requester has not seen", async () => {
    const { id, number } = await annsTicket();
    const sue = await createContact({ email: SUE, name: "Sue" });
    await takesPart(id, sue.id, "CC");
    const hers = await createMessage({
      ...{ ticketId: id, contactId: sue.id, fromAddress: SUE, text: "They pay too much." },
    });
    const note = await createMessage({ ticketId: id, kind: "NOTE", text: "Call them" });
    const sent = await reply({ number });
    expect(sent.quotedText).toContain("It flickers.");
    expect(sent.text).not.toMatch(/pay too much|Call them/);
    expect((await reply({ number, answers: hers.id })).quotedText).toContain("pay too much");
    await expect(reply({ number, answers: note.id })).rejects.toMatchObject({ code: "not-found" });
    const foreign = await createMessage();
    await expect(reply({ number, answers: foreign.id })).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("the agent's signature, or the account's where the agent has none", async () => {
    const { number } = await annsTicket();
    await db().prisma.emailAccount.updateMany({ data: { signature: "Lamp Support\n+49 30 1" } });
    const plain = { number, isQuoting: false };
    expect((await reply(plain)).text).toBe("Change the bulb.\n\n-- \nLamp Support\n+49 30 1");
    await db().prisma.user.updateMany({ data: { signature: "Ben" } });
    const sent = await reply(plain);
    expect(sent.text).toBe("Change the bulb.\n\n-- \nBen");
    expect(sent.newText).toBe("Change the bulb.");
  });
});

describe("a mail that an agent chose to answer", () => {
  it("is the one the headers name", async () => {
    const { id, number, first } = await annsTicket();
    const second = await createMessage({ ticketId: id });
    expect((await reply({ number })).inReplyTo).toEqual([second.messageId]);
    const chosen = await reply({ number, answers: first.id });
    expect(chosen.inReplyTo).toEqual([first.messageId]);
    expect(chosen.references.at(-1)).toBe(first.messageId);
  });
});

describe("sent with a status", () => {
  it.each(["PENDING", "SOLVED"] as const)(
    "it is %s until the reply is taken back",
    async (status) => {
      const { id, number } = await annsTicket();
      const sent = await reply({ number, status, undoSeconds: 10 });
      expect(await reread(id)).toMatchObject({ status, awaitingUs: false, assigneeId: agent.id });
      await undoReply(agent, { number, deliveryId: sent.outbound[0]?.id ?? "" });
      expect(await reread(id)).toMatchObject({
        status: "OPEN",
        awaitingUs: true,
        assigneeId: null,
      });
    },
  );
});

it("of two agents who send at once one is stopped, and nothing of theirs is left", async () => {
  const { id, number, first } = await annsTicket();
  const other: Actor = { id: (await createUser()).id, role: "AGENT" };
  const seen = { number, lastMessageRowId: first.id, status: "SOLVED" as const };
  const ends = await Promise.allSettled([
    replyToTicket(agent, { ...seen, text: "Ben's words", cc: ["kim@a.example"] }),
    replyToTicket(other, { ...seen, text: "Other words", cc: ["max@a.example"] }),
    forwardMail(agent, { ...seen, text: "", messageRowId: first.id, withFiles: true, to: [SUE] }),
  ]);
  const stopped = ends.filter((end) => end.status === "rejected").map(({ reason }) => reason);
  expect(stopped).toMatchObject([
    { code: "conflict", field: "lastMessageRowId" },
    { code: "conflict", field: "lastMessageRowId" },
  ]);
  expect(await db().prisma.outboundEmail.count()).toBe(1);
  expect((await reread(id)).messageCount).toBe(2);
});
