import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { isOwnAddress } from "../outbound/queue";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createUser } from "../testing/factories";
import { receive, receiveOnTicket } from "../testing/pipeline";
import { nextMessageId, type RawMail, rawMail } from "../testing/raw-mail";
import { ticketAddress } from "../ticket-address";
import { mergeTicket } from "../tickets/merge";
import { openTicketAsAgent } from "../tickets/open";
import { replyToTicket } from "../tickets/reply";
import { changeStatus } from "../tickets/status";

useTestDatabase();

const ACCOUNT = "support@example.test";
const ANN = "Ann <ann@customer.test>";
const STRANGER = "Sam <sam@elsewhere.test>";
const BY_ADDRESS = "it was sent to the ticket's own address";

let agent: { id: string; role: "AGENT" };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  // It gives out no such addresses, or no longer: they are known all the same.
  await createAccount({ email: ACCOUNT, isDefault: true });
  agent = { id: (await createUser()).id, role: "AGENT" };
});

const addressOf = (number: number, email = ACCOUNT) => ticketAddress(email, number) ?? "";

/** The same with its last letter changed. */
function forged(number: number): string {
  const [local = "", domain] = addressOf(number).split("@");
  return `${local.slice(0, -1)}${local.endsWith("0") ? "1" : "0"}@${domain}`;
}

/** Ann writes, an agent answers. */
async function conversation() {
  const known = nextMessageId();
  const { ticket } = await receiveOnTicket(rawMail({ from: ANN, subject: "Broken lamp" }));
  const { messageRowId } = await replyToTicket(agent, { number: ticket.number, text: "Which?" });
  const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
  return { id: ticket.id, number: ticket.number, known, ours: sent.messageId ?? "" };
}

const contacts = async () =>
  (await db().prisma.contact.findMany({ orderBy: { email: "asc" } })).map(({ email }) => email);

describe("an answer to a ticket's own address", () => {
  it("joins its ticket without References, whatever its subject", async () => {
    const { number } = await conversation();
    const answer = await receiveOnTicket(rawMail({ from: ANN, to: addressOf(number) }));
    expect(answer).toMatchObject({
      ...{ status: "PROCESSED", outcome: "message" },
      ...{ ticket: { number }, message: { isNewParticipant: false } },
      reason: `Linked to #${number}: ${BY_ADDRESS}`,
    });
  });

  const WHERE: Record<string, (address: string) => RawMail> = {
    "in Cc": (address) => ({ cc: `Bob <bob@partner.test>, Support <${address}>` }),
    "in capitals": (address) => ({ to: address.toUpperCase() }),
    "in Delivered-To only": (address) => ({ headers: [`Delivered-To: ${address}`] }),
    "in X-Original-To only": (address) => ({ headers: [`X-Original-To: <${address}>`] }),
    "in Envelope-To only": (address) => ({ headers: [`Envelope-to: ${address}`] }),
    "in X-Envelope-To only": (address) => ({ headers: [`X-Envelope-To: ${address}`] }),
    "in Apparently-To only": (address) => ({ headers: [`Apparently-To: ${address}`] }),
  };

  it.each(Object.entries(WHERE))("is known %s", async (_where, headers) => {
    const { number } = await conversation();
    const answer = await receiveOnTicket(rawMail({ from: ANN, ...headers(addressOf(number)) }));
    expect(answer).toMatchObject({ outcome: "message", ticket: { number } });
  });

  it("is looked for in the first twenty delivery headers only", async () => {
    const { number } = await conversation();
    const others = Array.from({ length: 20 }, (_, n) => `Delivered-To: hop${n}@elsewhere.test`);
    const headers = [...others, `Delivered-To: ${addressOf(number)}`];
    const mail = await receiveOnTicket(rawMail({ from: ANN, headers }));
    expect(mail.outcome).toBe("ticket");
  });

  it("lets a stranger in as a new participant, without a say for those they name", async () => {
    const { number } = await conversation();
    const raw = rawMail({ from: STRANGER, to: addressOf(number), cc: "eve@elsewhere.test" });
    const answer = await receiveOnTicket(raw);
    expect(answer).toMatchObject({ ticket: { number }, message: { isNewParticipant: true } });
    expect(answer.reason).toMatch(/sam@elsewhere\.test is new on this ticket$/);
    expect(await contacts()).toEqual(["ann@customer.test", "sam@elsewhere.test"]);
  });

  it("counts after our own Message-ID, and before any other and the subject", async () => {
    const one = await conversation();
    const two = await conversation();
    const to = addressOf(two.number);
    const byOurs = await receiveOnTicket(rawMail({ from: ANN, to, references: [one.ours] }));
    expect(byOurs.ticket.number).toBe(one.number);
    const subject = `Re: lamp [#${one.number}]`;
    const byAddress = await receiveOnTicket(
      rawMail({ from: ANN, to, subject, inReplyTo: one.known, references: [one.known] }),
    );
    expect(byAddress.ticket.number).toBe(two.number);
  });

  it("leads on from a merged ticket", async () => {
    const one = await conversation();
    const two = await conversation();
    await mergeTicket(agent, { from: one.number, into: two.number });
    const answer = await receiveOnTicket(rawMail({ from: ANN, to: addressOf(one.number) }));
    expect(answer.ticket.number).toBe(two.number);
  });

  it("opens a new ticket that links back when that one is closed or deleted", async () => {
    const closed = await conversation();
    await changeStatus(agent, closed.number, "CLOSED");
    const deleted = await conversation();
    await db().prisma.ticket.update({ where: { id: deleted.id }, data: { deletedAt: new Date() } });
    for (const [{ number }, state] of [
      [closed, "closed"],
      [deleted, "deleted"],
    ] as const) {
      const answer = await receiveOnTicket(rawMail({ from: ANN, to: addressOf(number) }));
      expect(answer.ticket.possibleReplyTo?.number).toBe(number);
      expect(answer.reason).toContain(`answers #${number}, which is ${state} (${BY_ADDRESS})`);
    }
  });

  it("is kept quietly when a robot wrote it", async () => {
    const { number } = await conversation();
    await changeStatus(agent, number, "SOLVED");
    const headers = ["Auto-Submitted: auto-replied"];
    const answer = await receiveOnTicket(rawMail({ from: ANN, to: addressOf(number), headers }));
    expect(answer.ticket).toMatchObject({ number, status: "SOLVED" });
  });
});

describe("a signature", () => {
  let secret = "";
  beforeEach(() => {
    secret = process.env.APP_SECRET ?? "";
  });
  afterEach(() => {
    process.env.APP_SECRET = secret;
    reloadEnv();
  });

  const setSecret = (value: string) => {
    process.env.APP_SECRET = value;
    reloadEnv();
  };

  it("of somebody else opens a new ticket and makes nobody a contact", async () => {
    const { number } = await conversation();
    const other = addressOf(number + 1).replace(`+t${number + 1}.`, `+t${number}.`);
    for (const to of [forged(number), other, addressOf(number, "gone@example.test")]) {
      const mail = await receiveOnTicket(rawMail({ from: ANN, to: `${to}, ${ACCOUNT}` }));
      expect(mail).toMatchObject({ outcome: "ticket", ticket: { possibleReplyTo: null } });
    }
    // The last one is at no account of ours: that may be a person.
    const strange = addressOf(number, "gone@example.test");
    expect(await contacts()).toEqual(["ann@customer.test", strange]);
  });

  it("lasts as long as its secret is in APP_SECRET", async () => {
    const { number } = await conversation();
    const address = addressOf(number);
    const newer = "another secret for tests that is long enough for the rule";
    setSecret(`${newer},${secret}`);
    expect(addressOf(number)).not.toBe(address);
    expect((await receiveOnTicket(rawMail({ from: ANN, to: address }))).ticket.number).toBe(number);
    setSecret(newer);
    expect((await receiveOnTicket(rawMail({ from: ANN, to: address }))).outcome).toBe("ticket");
  });
});

describe("nobody is behind a ticket's own address", () => {
  it("it makes no contact and no participant", async () => {
    const { id, number } = await conversation();
    const to = `${addressOf(number)}, bob@partner.test`;
    await receiveOnTicket(rawMail({ from: ANN, to, cc: forged(number) }));
    expect(await contacts()).toEqual(["ann@customer.test", "bob@partner.test"]);
    expect(await db().prisma.ticketParticipant.count({ where: { ticketId: id } })).toBe(2);
  });

  it("as a sender it is unknown, and can't be answered", async () => {
    const { number } = await conversation();
    const { ticket } = await receiveOnTicket(rawMail({ from: addressOf(number) }));
    expect(ticket).toMatchObject({ requester: null });
    await expect(replyToTicket(agent, { number: ticket.number, text: "Hi" })).rejects.toThrow(
      "The sender of this mail is unknown",
    );
    expect(await contacts()).toEqual(["ann@customer.test"]);
  });

  it("no agent can write to it, nor is a notice sent there", async () => {
    const { number } = await conversation();
    const address = addressOf(number);
    await expect(replyToTicket(agent, { number, text: "Hi", cc: [address] })).rejects.toMatchObject(
      { code: "invalid", field: "cc", message: expect.stringContaining("a ticket's own address") },
    );
    const ticket = { subject: "Hi", text: "Hi", requesterEmail: address, sendByMail: true };
    await expect(openTicketAsAgent(agent, ticket)).rejects.toThrow("a ticket's own address");
    expect(await db().prisma.outboundEmail.count()).toBe(1);
    const isOwn = (email: string) => db().prisma.$transaction((tx) => isOwnAddress(tx, email));
    expect(await isOwn(address.toUpperCase())).toBe(true);
    expect(await isOwn(ACCOUNT)).toBe(true);
    expect(await isOwn("ann@customer.test")).toBe(false);
  });

  it("our own mail that comes back by it is known as ours", async () => {
    const { number, ours } = await conversation();
    const raw = rawMail({ from: ACCOUNT, to: addressOf(number), messageId: ours });
    expect(await receive(raw)).toMatchObject({
      ...{ status: "IGNORED", reason: `Our own mail, sent from #${number}.` },
    });
  });
});
