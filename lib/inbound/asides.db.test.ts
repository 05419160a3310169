import { beforeEach, describe, expect, it } from "vitest";
import { openAttachment } from "../attachments";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAttachment, createUser } from "../testing/factories";
import { receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { nextMessageId, rawBounce, rawMail } from "../testing/raw-mail";
import type { Actor } from "../tickets/access";
import { getCustomerConversation } from "../tickets/customer-conversation";
import { forwardMail } from "../tickets/forward";
import { approveParticipant } from "../tickets/participants";
import { replyToTicket } from "../tickets/reply";

useTestDatabase();

const ANN = "ann@customer.test";
const SUE = "sue@supplier.test";

let agent: Actor;
let customer: Actor;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
  customer = { id: (await createUser({ email: ANN, role: "CUSTOMER" })).id, role: "CUSTOMER" };
});

/** Ann's mail, passed on to Sue. @returns the ticket, and the Message-ID of what Sue got. */
async function forwarded() {
  const asked = nextMessageId();
  const { ticket, message } = await receiveOnTicket(rawMail({ from: ANN, text: "It flickers." }));
  await db().prisma.emailAccount.updateMany({ data: { isDefault: true } });
  const how = { number: ticket.number, text: "What is it?", to: [SUE], withFiles: true };
  const sent = await forwardMail(agent, { ...how, messageRowId: message.id });
  const ours = await db().prisma.message.findUniqueOrThrow({ where: { id: sent.messageRowId } });
  return { ...ticket, asked, ours: ours.messageId ?? "", messageRowId: ours.id };
}

const seenBy = async (number: number) =>
  (await getCustomerConversation(customer, number)).messages.map(({ newText }) => newText.trim());

describe("what outsiders say about a ticket", () => {
  it("is seen by agents only, alone or among other mails, also once they take part", async () => {
    const on = await forwarded();
    const first = nextMessageId();
    const answer = await receiveOnTicket(
      rawMail({ from: SUE, inReplyTo: on.ours, text: "The bulb. They pay too much." }),
    );
    expect(answer).toMatchObject({
      ticket: { id: on.id },
      message: { isAside: true, isNewParticipant: true },
    });
    const contactId = answer.message.contactId ?? "";
    await approveParticipant(agent, { number: on.number, contactId });
    // Several at once are taken as a batch.
    await store(
      rawMail({ from: SUE, inReplyTo: first, references: [on.ours, first], text: "And:" }),
    );
    await store(rawMail({ from: "other@customer.test", text: "Something else" }));
    await testProcessor().run({});
    const hers = await db().prisma.message.findMany({ where: { fromAddress: SUE } });
    expect(hers.map(({ isAside, ticketId }) => [isAside, ticketId])).toEqual([
      [true, on.id],
      [true, on.id],
    ]);
    expect(await seenBy(on.number)).toEqual(["It flickers."]);
  });

  it("stays from the customer with its files", async () => {
    const on = await forwarded();
    const file = await createAttachment({ messageRowId: on.messageRowId });
    await expect(openAttachment(customer, file.id)).rejects.toMatchObject({ code: "not-found" });
    expect((await openAttachment(agent, file.id)).filename).toBe(file.filename);
  });

  it("includes the report that they could not be reached", async () => {
    const on = await forwarded();
    const report = { messageId: on.ours, to: "support@example.test", address: SUE };
    const { message } = await receiveOnTicket(rawBounce(report));
    expect(message).toMatchObject({ ticketId: on.id, isAside: true });
    expect(await seenBy(on.number)).toEqual(["It flickers."]);
  });
});

it("what the requester writes is theirs, whatever it names, and moves the next step to us", async () => {
  const on = await forwarded();
  await replyToTicket(agent, { number: on.number, text: "We ask somebody." });
  const mail = { from: ANN, inReplyTo: on.ours, references: [on.asked, on.ours], text: "Thanks" };
  const { message } = await receiveOnTicket(rawMail(mail));
  expect(message.isAside).toBe(false);
  expect(await seenBy(on.number)).toEqual(["It flickers.", "We ask somebody.", "Thanks"]);
});

it("an outsider's answer waits for ours, and no longer once it has one", async () => {
  const on = await forwarded();
  await replyToTicket(agent, { number: on.number, text: "We ask somebody." });
  const ticket = () => db().prisma.ticket.findUniqueOrThrow({ where: { id: on.id } });
  expect(await ticket()).toMatchObject({ awaitingUs: false });
  const answer = await receiveOnTicket(rawMail({ from: SUE, inReplyTo: on.ours, text: "20 €?" }));
  expect(await ticket()).toMatchObject({ awaitingUs: true, snippet: "20 €?" });
  const how = { number: on.number, answers: answer.message.id, to: [SUE] };
  await replyToTicket(agent, { ...how, text: "Yes." });
  expect(await ticket()).toMatchObject({ awaitingUs: false, snippet: "We ask somebody." });
});
