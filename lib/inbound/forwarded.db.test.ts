import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createCustomer, createUser } from "../testing/factories";
import { outcomeOf, receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { type RawMail, rawMail } from "../testing/raw-mail";
import { getConversation } from "../tickets/conversation";
import { getCustomerConversation } from "../tickets/customer-conversation";
import { replyToTicket } from "../tickets/reply";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const JO = "jo@customer.test";
const NORA = "nora@desk.example";
const FAILED = "Authentication-Results: mx.example.test; spf=fail; dmarc=fail";
const PASSED = "Authentication-Results: mx.example.test; spf=pass; dmarc=pass";

function forward(fields: RawMail & { original?: string; words?: string } = {}): string {
  const { original = `Jo Doe <${JO}>`, words = "Please take this.", ...mail } = fields;
  const head = `From: ${original}\nDate: Sun, 3 May 2026 at 07:40\nSubject: The kettle whistles\nTo: <${NORA}>`;
  return rawMail({
    ...{ from: `Nora Brandt <${NORA}>`, subject: "Fwd: The kettle whistles" },
    text: `${words}\n\n---------- Forwarded message ---------\n${head}\n\nIt does not stop.`,
    ...mail,
  });
}

const people = (ticketId: string) =>
  db().prisma.ticketParticipant.findMany({
    where: { ticketId },
    select: { role: true, isNew: true, contact: { select: { email: true } } },
    orderBy: { role: "asc" },
  });

describe("a customer's mail that an agent forwards", () => {
  it("opens a ticket of that customer at once, with the agent on it", async () => {
    await createUser({ email: NORA });
    const { ticket, message, reason } = await receiveOnTicket(forward());
    expect(ticket).toMatchObject({
      subject: "The kettle whistles",
      requester: { email: JO, name: "Jo Doe" },
    });
    expect(reason).toBe(`New ticket #${ticket.number} of ${JO}, forwarded by ${NORA}`);
    expect(message).toMatchObject({ fromAddress: NORA, subject: "Fwd: The kettle whistles" });
    const onIt = await people(ticket.id);
    expect(onIt).toHaveLength(2);
    expect(onIt).toContainEqual({ role: "REQUESTER", isNew: false, contact: { email: JO } });
    expect(onIt).toContainEqual({ role: "CC", isNew: false, contact: { email: NORA } });
  });

  it("is answered to the customer, whose answer joins", async () => {
    const agent = await createUser({ email: NORA });
    const { ticket } = await receiveOnTicket(forward());
    const { messageRowId } = await replyToTicket(agent, {
      number: ticket.number,
      text: "Hello Jo",
    });
    const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    expect(sent).toMatchObject({
      toAddresses: [{ name: "Jo Doe", address: JO }],
      subject: `Re: The kettle whistles [#${ticket.number}]`,
    });
    const answer = rawMail({ from: JO, inReplyTo: sent.messageId ?? "" });
    expect((await receiveOnTicket(answer)).ticket.id).toBe(ticket.id);
  });

  it("is not acknowledged, neither to the customer nor to the agent", async () => {
    await createUser({ email: NORA });
    const id = await store(forward({ headers: [PASSED] }));
    await db().prisma.emailAccount.updateMany({ data: { autoAckEnabled: true, isActive: true } });
    await testProcessor().run({});
    expect((await outcomeOf(id)).ticket?.requester?.email).toBe(JO);
    expect(await db().prisma.outboundEmail.count()).toBe(0);
  });

  it("keeps the agent's words from the customer's own page", async () => {
    const agent = await createUser({ email: NORA });
    const { user: customer } = await createCustomer({ email: JO });
    const { ticket } = await receiveOnTicket(forward({ words: "He is never content." }));
    const own = await getCustomerConversation(customer, ticket.number);
    expect(own.messages).toEqual([]);
    await replyToTicket(agent, { number: ticket.number, text: "Hello Jo" });
    const then = await getCustomerConversation(customer, ticket.number);
    expect(then.messages.map(({ newText }) => newText)).toEqual(["Hello Jo"]);
  });

  it("stays on its customer's page when they forwarded it themselves", async () => {
    const { user: customer } = await createCustomer({ email: JO });
    const { ticket } = await receiveOnTicket(forward({ from: JO, original: "Max <max@b.test>" }));
    expect((await getCustomerConversation(customer, ticket.number)).messages).toHaveLength(1);
  });
});

describe("a forwarded mail is its sender's, with the other one offered,", () => {
  const offered = async (raw: string) => {
    const { ticket } = await receiveOnTicket(raw);
    const { items } = await getConversation(await createUser({ role: "ADMIN" }), ticket.number);
    const [message] = items.flatMap((item) => (item.type === "message" ? [item.message] : []));
    return { requester: ticket.requester?.email, forwarded: message?.forwarded ?? null, ticket };
  };
  const jo = { name: "Jo Doe", address: JO };

  it("when nobody of the desk forwarded it", async () => {
    const { requester, forwarded, ticket } = await offered(forward());
    expect(requester).toBe(NORA);
    expect(forwarded).toEqual({ from: jo, offer: jo });
    expect(ticket.subject).toBe("Fwd: The kettle whistles");
  });

  it("when the receiving server doubts that an agent sent it", async () => {
    await createUser({ email: NORA });
    const { requester, forwarded } = await offered(forward({ headers: [FAILED] }));
    expect(requester).toBe(NORA);
    expect(forwarded).toEqual({ from: jo, offer: jo });
  });

  it("when it names two senders, one of them an agent", async () => {
    await createUser({ email: NORA });
    const { requester } = await offered(forward({ from: `${NORA}, eve@evil.test` }));
    expect(requester).not.toBe(JO);
  });

  it.each([
    ["a customer's user", { role: "CUSTOMER" as const }],
    ["an agent who left", { isActive: false }],
  ])("when %s forwarded it", async (_who, fields) => {
    await createUser({ email: NORA, ...fields });
    expect((await offered(forward())).requester).toBe(NORA);
  });

  it("when a machine sent it in an agent's name", async () => {
    await createUser({ email: NORA });
    const { requester } = await offered(forward({ headers: ["Auto-Submitted: auto-generated"] }));
    expect(requester).toBe(NORA);
  });

  it("and our own address never is", async () => {
    await createUser({ email: NORA });
    const original = "Support <support@example.test>";
    const { requester, forwarded } = await offered(forward({ original }));
    expect(requester).toBe(NORA);
    expect(forwarded?.offer).toBeNull();
  });

  it("nor is an address that can't be written to", async () => {
    await createUser({ email: NORA });
    const { requester, forwarded } = await offered(forward({ original: "Jo <jo@localhost>" }));
    expect(requester).toBe(NORA);
    expect(forwarded?.offer ?? null).toBeNull();
  });

  it("nor the agent who forwards a mail of their own", async () => {
    await createUser({ email: NORA });
    const { requester, forwarded } = await offered(forward({ original: `Nora <${NORA}>` }));
    expect(requester).toBe(NORA);
    expect(forwarded?.offer).toBeNull();
  });
});
