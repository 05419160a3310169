import type pg from "pg";
import { beforeEach, describe, expect, it } from "vitest";
import { db, inTransaction } from "../db/client";
import { contentIdOf } from "../mail/content-id";
import { fileAway } from "../mail/file-away";
import { parseMail } from "../mail/parse";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createTicket, createUser } from "../testing/factories";
import { outcomeOf, receive, receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { nextMessageId, rawMail } from "../testing/raw-mail";
import { untilBlocked } from "../testing/until-blocked";
import { replyToTicket } from "../tickets/reply";
import { claimReceipts } from "./receipt-claims";
import { routeMail } from "./route";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";

beforeEach(() => emptyDatabase(db().pool));

/** Does `change` in a transaction that is committed only when `work` waits for it. */
async function meanwhile<T>(
  change: (client: pg.PoolClient) => Promise<unknown>,
  work: () => Promise<T>,
): Promise<T> {
  const client = await db().pool.connect();
  try {
    await client.query("BEGIN");
    await change(client);
    const working = work();
    await untilBlocked(working);
    await client.query("COMMIT");
    return await working;
  } finally {
    client.release();
  }
}

describe("two workers at once", () => {
  it("put two copies of one mail with different footers on one ticket", async () => {
    const messageId = nextMessageId();
    const raw = rawMail({ from: ANN, subject: "Lamp", messageId });
    await store(raw);
    const [receipt] = await claimReceipts("first", {}, { receipts: 1, bytes: 1_000_000 }, 60);
    if (!receipt) throw new Error("The first copy is not there.");
    const mail = fileAway(await parseMail(Buffer.from(raw)));
    const second = await inTransaction(async (tx) => {
      const contentId = contentIdOf(mail);
      await routeMail(tx, { receipt, mail, contentId, at: new Date() });
      const copy = rawMail({ from: ANN, subject: "Lamp", messageId, text: "with a footer" });
      const working = receive(copy);
      await untilBlocked(working);
      return { working };
    });
    expect((await second.working).reason).toMatch(/^Added to #1/);
    expect(await db().prisma.ticket.count()).toBe(1);
  });

  it("know twelve new people in twelve mails that name them in any order", async () => {
    const people = Array.from({ length: 12 }, (_, n) => `p${n}@partner.test`);
    for (let n = 0; n < 12; n++) {
      const turned = [...people.slice(n), ...people.slice(0, n)];
      await store(rawMail({ from: ANN, cc: (n % 2 ? turned : turned.reverse()).join(", ") }));
    }
    await Promise.all(["a", "b", "c"].map((owner) => testProcessor(owner).run({})));
    expect(await db().prisma.inboundEmail.count({ where: { status: "PROCESSED" } })).toBe(12);
    expect(await db().prisma.contact.count()).toBe(13);
    expect(await db().prisma.ticketParticipant.count()).toBe(12 * 13);
  });
});

describe("an answer to a ticket that an agent changes at the same moment", () => {
  async function answered() {
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN, subject: "Lamp" }));
    await db().prisma.emailAccount.updateMany({ data: { isActive: true } });
    const { messageRowId } = await replyToTicket(agent, { number: ticket.number, text: "Which?" });
    const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    const id = await store(rawMail({ from: ANN, inReplyTo: sent.messageId ?? "" }));
    const answer = async () => {
      await testProcessor().run({});
      return outcomeOf(id);
    };
    return { ticket, answer };
  }

  it("into another one by merging is where the conversation went", async () => {
    const { ticket, answer } = await answered();
    const into = await createTicket();
    const outcome = await meanwhile(async (client) => {
      await client.query(
        `UPDATE "Ticket" SET "mergedIntoId" = $2, "status" = 'CLOSED' WHERE "id" = $1`,
        [ticket.id, into.id],
      );
      await client.query(`UPDATE "Message" SET "ticketId" = $2 WHERE "ticketId" = $1`, [
        ticket.id,
        into.id,
      ]);
    }, answer);
    expect(outcome.ticket?.number).toBe(into.number);
  });

  it("by closing it opens a new one that links back", async () => {
    const { ticket, answer } = await answered();
    const close = (client: pg.PoolClient) =>
      client.query(`UPDATE "Ticket" SET "status" = 'CLOSED' WHERE "id" = $1`, [ticket.id]);
    const outcome = await meanwhile(close, answer);
    expect(outcome.ticket?.number).not.toBe(ticket.number);
    expect(outcome.ticket?.possibleReplyTo?.number).toBe(ticket.number);
  });
});
