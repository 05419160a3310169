import { beforeEach, describe, expect, it } from "vitest";
import { db, inTransaction } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  createAccount,
  createContact,
  createMessage,
  createOutbound,
  createTicket,
  createUser,
} from "../testing/factories";
import { untilBlocked } from "../testing/until-blocked";
import type { Actor } from "../tickets/access";
import { getConversation } from "../tickets/conversation";
import { replyToTicket } from "../tickets/reply";
import { changeStatus } from "../tickets/status";
import { cancelDelivery, retryDelivery, undoReply } from "./control";
import { claimDelivery, finishDelivery } from "./delivery-claims";
import { UNDO_SECONDS } from "./queue";

useTestDatabase();

let author: Actor;
let other: Actor;
let number = 0;
let ticketId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  await createAccount({ isDefault: true });
  author = { id: (await createUser({ name: "Nora" })).id, role: "AGENT" };
  other = { id: (await createUser({ name: "Ben" })).id, role: "AGENT" };
  const requesterId = (await createContact({ email: "ann@customer.test" })).id;
  ({ number, id: ticketId } = await createTicket({ requesterId }));
});

/** The author's reply, to Ann and Bob. @returns its delivery. */
async function replied(undoSeconds?: number, status?: "PENDING") {
  const { messageRowId } = await replyToTicket(author, {
    ...{ number, text: "Try another bulb.", cc: ["bob@customer.test"], undoSeconds, status },
  });
  const { id } = await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } });
  return { number, deliveryId: id };
}

const row = (id: string) => db().prisma.outboundEmail.findUniqueOrThrow({ where: { id } });
const set = (id: string, data: Parameters<typeof createOutbound>[0]) =>
  db().prisma.outboundEmail.update({ where: { id }, data: data ?? {} });
const claim = () => claimDelivery({ owner: "test", leaseSeconds: 60 });
const events = async () =>
  (await db().prisma.ticketEvent.findMany({ orderBy: { id: "asc" } }))
    .filter(({ kind }) => kind.startsWith("delivery-"))
    .map(({ kind, actorId }) => [kind, actorId]);

describe("Cancel", () => {
  it("stops a mail that waits, for every agent, and says on the ticket who did it", async () => {
    const mail = await replied();
    await cancelDelivery(other, mail);
    expect(await claim()).toBeNull();
    expect(await events()).toEqual([["delivery-cancelled", other.id]]);
    const { items } = await getConversation(author, number);
    const message = items.flatMap((item) => (item.type === "message" ? [item.message] : [])).at(-1);
    expect(message?.deliveries).toMatchObject([{ status: "CANCELLED", cancelledBy: "Ben" }]);
  });

  it("is refused once a worker has claimed it", async () => {
    const mail = await replied();
    expect(await claim()).toMatchObject({ id: mail.deliveryId });
    await expect(cancelDelivery(author, mail)).rejects.toThrow("It is being sent already.");
    expect(await row(mail.deliveryId)).toMatchObject({ status: "SENDING" });
    expect(await events()).toEqual([]);
  });

  it("pressed in the moment of the claim waits for it, and is refused", async () => {
    const mail = await replied();
    const { pressed } = await inTransaction(async (tx) => {
      await tx.$executeRaw`UPDATE "OutboundEmail" SET "status" = 'SENDING' WHERE "id" = ${mail.deliveryId}::uuid`;
      const pressed = cancelDelivery(author, mail);
      await untilBlocked(pressed);
      return { pressed: pressed.catch((error: Error) => error.message) };
    });
    expect(await pressed).toBe("It is being sent already.");
  });

  it("first leaves nothing to a claim in the same moment", async () => {
    const mail = await replied();
    const [cancelled, claimed] = await Promise.allSettled([cancelDelivery(author, mail), claim()]);
    const { status } = await row(mail.deliveryId);
    if (cancelled.status === "fulfilled") {
      expect(claimed).toMatchObject({ status: "fulfilled", value: null });
      expect(status).toBe("CANCELLED");
    } else {
      expect(claimed).toMatchObject({ value: { id: mail.deliveryId } });
      expect(status).toBe("SENDING");
    }
  });

  it("stays, also when the worker of an earlier try comes back late", async () => {
    const mail = await replied();
    const late = await claim();
    await set(mail.deliveryId, { status: "UNKNOWN", unknowns: 1, leaseUntil: null });
    await retryDelivery(author, mail);
    await cancelDelivery(author, mail);
    if (!late) throw new Error("Nothing was claimed.");
    const recipients = [
      { address: "ann@customer.test", status: "queued" as const, response: null },
    ];
    const end = { recipients, response: null, error: "busy", fix: null };
    await finishDelivery(late, { status: "QUEUED", ...end });
    expect((await row(mail.deliveryId)).status).toBe("CANCELLED");
  });
});

describe("Try again", () => {
  it.each(["FAILED", "UNKNOWN", "CANCELLED"] as const)(
    "puts a %s mail into the queue with the same Message-ID, for 48 hours",
    async (status) => {
      const mail = await replied();
      const before = await row(mail.deliveryId);
      const long = new Date(Date.now() - 3600_000);
      const error = { lastError: "No.", lastErrorFix: "Ask.", attempts: 9, giveUpAt: long };
      const recipients = [
        { address: "ann@customer.test", status: "accepted", response: "250 ok" },
        { address: "bob@customer.test", status: "refused", response: "550 no" },
      ];
      await set(mail.deliveryId, { status, ...error, recipients });
      await retryDelivery(other, mail);
      const after = await row(mail.deliveryId);
      expect(after).toMatchObject({
        ...{ status: "QUEUED", messageId: before.messageId, attempts: 0, lastError: null },
        recipients: [
          { address: "ann@customer.test", status: "accepted", response: "250 ok" },
          { address: "bob@customer.test", status: "queued", response: null },
        ],
      });
      expect(after.giveUpAt.getTime() - after.nextAttemptAt.getTime()).toBe(48 * 3600_000);
      expect(await events()).toEqual([["delivery-retried", other.id]]);
      expect(await claim()).toMatchObject({ id: mail.deliveryId });
    },
  );

  it.each(["QUEUED", "SENDING", "SENT"] as const)("is refused for a %s mail", async (status) => {
    const mail = await replied();
    await set(mail.deliveryId, { status });
    await expect(retryDelivery(author, mail)).rejects.toThrow("on its way already");
    expect((await row(mail.deliveryId)).status).toBe(status);
  });

  it("pressed by two at once queues it once", async () => {
    const mail = await replied();
    await set(mail.deliveryId, { status: "FAILED" });
    const both = [retryDelivery(author, mail), retryDelivery(other, mail)];
    const ends = (await Promise.allSettled(both)).map(({ status }) => status).sort();
    expect(ends).toEqual(["fulfilled", "rejected"]);
    expect(await events()).toHaveLength(1);
  });

  it("knows no mail of another ticket", async () => {
    const ticket = await createTicket();
    const message = await createMessage({ kind: "OUTBOUND", ticketId: ticket.id });
    const { id } = await createOutbound({ messageRowId: message.id, status: "FAILED" });
    await expect(retryDelivery(author, { number, deliveryId: id })).rejects.toThrow("no such mail");
  });
});

describe("Undo", () => {
  it("keeps a reply back until its time is over, and gives its words back", async () => {
    const mail = await replied(UNDO_SECONDS);
    expect(await claim()).toBeNull();
    expect(await undoReply(author, mail)).toMatchObject({
      ...{ text: "Try another bulb.", cc: "bob@customer.test", bcc: "", forwardOfId: null },
      accountId: (await row(mail.deliveryId)).accountId,
    });
    await set(mail.deliveryId, { nextAttemptAt: new Date(0) });
    expect(await claim()).toBeNull();
    expect(await events()).toEqual([["delivery-cancelled", author.id]]);
  });

  it("takes back what the reply did to the ticket, and makes it wait for us again", async () => {
    const asked = await createMessage({ ticketId, text: "It flickers.", newText: "It flickers." });
    const ticket = () => db().prisma.ticket.findUniqueOrThrow({ where: { number } });
    const mail = await replied(UNDO_SECONDS, "PENDING");
    expect(await ticket()).toMatchObject({
      ...{ status: "PENDING", assigneeId: author.id, awaitingUs: false },
      snippet: "Try another bulb.",
    });
    await undoReply(author, mail);
    expect(await ticket()).toMatchObject({
      ...{ status: "OPEN", assigneeId: null, awaitingUs: true, snippet: "It flickers." },
      awaitingSince: asked.createdAt,
    });
  });

  it("leaves a status alone that somebody has set since", async () => {
    const mail = await replied(UNDO_SECONDS, "PENDING");
    await changeStatus(other, number, "SOLVED");
    await undoReply(author, mail);
    expect((await db().prisma.ticket.findUniqueOrThrow({ where: { number } })).status).toBe(
      "SOLVED",
    );
  });

  it("is no mail that the next one answers", async () => {
    const mail = await replied(UNDO_SECONDS);
    const { messageId } = await row(mail.deliveryId);
    await undoReply(author, mail);
    const next = await replied();
    const { messageRowId } = await row(next.deliveryId);
    const message = await db().prisma.message.findUniqueOrThrow({
      where: { id: messageRowId ?? "" },
    });
    expect([...message.references, ...message.inReplyTo]).not.toContain(messageId);
  });

  it("is for the author and admins alone", async () => {
    const mail = await replied(UNDO_SECONDS);
    await expect(undoReply(other, mail)).rejects.toThrow("Only its author or an admin");
    const admin = { id: (await createUser({ role: "ADMIN" })).id, role: "ADMIN" as const };
    expect(await undoReply(admin, mail)).toMatchObject({ text: "Try another bulb." });
  });

  it("is refused after its time, when Cancel may still stop it", async () => {
    const mail = await replied(UNDO_SECONDS);
    await set(mail.deliveryId, { nextAttemptAt: new Date(0) });
    await expect(undoReply(author, mail)).rejects.toThrow("The time to undo is over.");
    await cancelDelivery(author, mail);
    expect((await row(mail.deliveryId)).status).toBe("CANCELLED");
  });
});
