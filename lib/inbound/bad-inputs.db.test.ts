import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createCustomer, createUser } from "../testing/factories";
import { outcomeOf, receive, receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { getCustomerConversation } from "../tickets/customer-conversation";
import { listCustomerTickets } from "../tickets/customer-list";
import { listTickets } from "../tickets/list";
import { parseTicketQuery } from "../tickets/query";
import { replyToTicket } from "../tickets/reply";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";
const MINUTE_MS = 60_000;

beforeEach(() => emptyDatabase(db().pool));

const fixture = (name: string) =>
  readFileSync(new URL(`../mail/fixtures/${name}.eml`, import.meta.url));

async function anAgent() {
  const { id } = await createUser();
  return { id, role: "AGENT" as const };
}

describe("characters that a database, a log or a page trips over", () => {
  it("are in no string that is stored, columns of JSON included", async () => {
    const word = `=?utf-8?B?${Buffer.from("x\0\u001b[31m\u202ey").toString("base64")}?=`;
    const lone = `=?utf-16le?B?${Buffer.from("\ud83d", "utf16le").toString("base64")}?=`;
    const people = `${word} ${lone} <bob@customer.test>`;
    const raw = rawMail({
      from: `${word} <ann@customer.test>`,
      ...{ to: people, cc: people, subject: `${word}${lone}`, references: ["a\0b@customer.test"] },
      headers: [
        `Reply-To: ${people}`,
        `List-Id: ${word}${lone}`,
        "Authentication-Results: mx\0.test; dmarc=pass",
        "MIME-Version: 1.0",
        `Content-Type: application/octet-stream; name="${word}.txt"`,
        `X-Failed-Recipients: gone\0@customer.test`,
      ],
    });
    const { ticket } = await receiveOnTicket(Buffer.from(raw, "latin1"));
    const { prisma } = db();
    const rows = [
      await prisma.ticket.findMany(),
      await prisma.message.findMany({ include: { attachments: { omit: { blobSha256: true } } } }),
      await prisma.contact.findMany(),
      await prisma.inboundEmail.findMany({
        omit: { sha256: true, leaseToken: true, uid: true, uidValidity: true },
      }),
      await prisma.ticketEvent.findMany({ where: { ticketId: ticket.id } }),
    ];
    const stored = JSON.stringify(rows);
    expect(stored).toContain("bob@customer.test");
    expect(stored).not.toMatch(/\\u00(0[0-8]|1[0-9a-f])|\\ud[89a-f]|\u202e/i);
  });
});

describe("headers that would command us", () => {
  it("change nothing: priority, status, number and assignee are ours", async () => {
    const { ticket } = await receiveOnTicket(fixture("control-headers"));
    expect(ticket).toMatchObject({
      ...{ priority: "NORMAL", status: "OPEN", assigneeId: null, isSpam: false },
      ...{ isAutomatic: false, possibleReplyToId: null, source: "EMAIL" },
    });
  });

  it("forged results of checks below the receiving server's own line count as none", async () => {
    const headers = [
      "Received: from mail.evil.test by mx.example.test; Fri, 27 Nov 2026 10:00:00 +0000",
      "Authentication-Results: mail.evil.test; spf=pass; dkim=pass; dmarc=pass",
    ];
    const { message } = await receiveOnTicket(rawMail({ from: ANN, headers }));
    expect(message.authentication).toBeNull();
  });

  it("more than a hundred Received lines are a loop: kept, shown with the reason, no ticket", async () => {
    const hop = "Received: from a.test by b.test; Fri, 27 Nov 2026 10:00:00 +0000";
    const through = (hops: number) =>
      receive(rawMail({ from: ANN, headers: Array.from({ length: hops }, () => hop) }));
    expect((await through(100)).status).toBe("PROCESSED");
    expect(await through(101)).toMatchObject({
      status: "IGNORED",
      reason: "A mail loop: It went through 101 servers, more than 100",
      message: null,
    });
    expect(await db().pool.query('SELECT 1 FROM "RawMail"')).toMatchObject({ rowCount: 2 });
  });
});

describe("dates", () => {
  const ago = (minutes: number) => new Date(Date.now() - minutes * MINUTE_MS).toUTCString();

  it.each<[string, () => string, number]>([
    ["no date at all", () => "the day after", 0],
    ["the year 9999", () => "Fri, 31 Dec 9999 23:59:59 +0000", 0],
    ["the year 275760", () => "Sat, 13 Sep 275760 00:00:00 +0000", 0],
    ["the year 1", () => "Mon, 01 Jan 0001 00:00:00 +0000", 0],
    ["two days ago", () => ago(48 * 60), 0],
    ["in an hour", () => ago(-60), 0],
    ["an hour ago", () => ago(60), 60],
  ])(
    "%s: a mail is sorted by when it came, or by a date that is believable",
    async (_, date, minutes) => {
      const internalDate = new Date();
      const raw = rawMail({ from: ANN, date: null, headers: [`Date: ${date()}`] });
      const { message } = await receiveOnTicket(raw, { internalDate });
      const age = internalDate.getTime() - (message.sentAt?.getTime() ?? 0);
      expect(Math.abs(age - minutes * MINUTE_MS)).toBeLessThan(10_000);
    },
  );
});

describe("senders and where answers go", () => {
  it("the requester is who wrote, not who the Reply-To names; an answer goes to who wrote", async () => {
    const headers = ["Reply-To: Mal <mal@elsewhere.test>"];
    const { ticket, message } = await receiveOnTicket(rawMail({ from: ANN, headers }));
    expect(ticket.requester?.email).toBe("ann@customer.test");
    expect(message.warnings.join()).toContain("It asks for answers to mal@elsewhere.test");
    await replyToTicket(await anAgent(), { number: ticket.number, text: "Hello" });
    const sent = await db().prisma.outboundEmail.findFirstOrThrow();
    expect(sent.recipients).toMatchObject([{ address: "ann@customer.test" }]);
  });

  it("a Reply-To that leads back to us is named, and so is one that nobody reads", async () => {
    const back = rawMail({ from: ANN, headers: ["Reply-To: Support@example.test"] });
    const { message } = await receiveOnTicket(back);
    expect(message.warnings).toContain(
      "Its Reply-To is an address of our own: what is sent there comes back here",
    );
    const unread = rawMail({ from: ANN, headers: ["Reply-To: mailer-daemon@shop.test"] });
    expect((await receiveOnTicket(unread)).message.warnings.join()).toContain(
      "mailer-daemon@shop.test (Reply-To), which nobody seems to read",
    );
  });

  it("a sender we cannot write to is a ticket, and an answer is refused with the reason", async () => {
    const { ticket } = await receiveOnTicket(fixture("unicode-local-part"));
    expect(ticket.requester?.email).toBe("jörg@customer.example");
    const reply = replyToTicket(await anAgent(), { number: ticket.number, text: "Hello" });
    await expect(reply).rejects.toMatchObject({
      message: "Mail can't be sent to “jörg@customer.example”.",
    });
  });

  it("of ten thousand people in To and Cc a hundred take part, and an answer goes to one", async () => {
    const people = (name: string) =>
      Array.from({ length: 5_000 }, (_, n) => `${name}${n}@customer.test`).join(",\r\n ");
    const raw = rawMail({ from: ANN, to: people("to"), cc: people("cc") });
    const { ticket } = await receiveOnTicket(raw);
    const where = { ticketId: ticket.id };
    expect(await db().prisma.ticketParticipant.count({ where })).toBe(101);
    await replyToTicket(await anAgent(), { number: ticket.number, text: "Hello" });
    const sent = await db().prisma.outboundEmail.findFirstOrThrow();
    expect(sent.recipients).toMatchObject([{ address: "ann@customer.test" }]);
  });

  it("two From headers let nobody join a ticket by what anyone could guess", async () => {
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN }));
    const two = rawMail({ from: ANN, subject: `Re: [#${ticket.number}]` });
    const answer = await receiveOnTicket(`From: mal@elsewhere.test\r\n${two}`);
    expect(answer.ticket.number).not.toBe(ticket.number);
    expect(answer.message.warnings.join()).toContain("Two From headers");
  });

  it("a mail that names us nowhere, as a blind copy does, is a ticket like any other", async () => {
    const { outcome } = await receiveOnTicket(rawMail({ from: ANN, to: "bob@customer.test" }));
    expect(outcome).toBe("ticket");
  });

  it("of two Message-IDs the first names the mail, and nothing is threaded by it", async () => {
    const first = await receiveOnTicket(fixture("two-message-ids"));
    expect(first.message).toMatchObject({
      messageId: "question-1@customer.example",
      messageIdKey: null,
    });
    const other = fixture("two-message-ids").toString().replace("it burns", "it is out");
    expect((await receiveOnTicket(other)).ticket.number).not.toBe(first.ticket.number);
    const answer = rawMail({
      from: "Jo Doe <jo@customer.example>",
      inReplyTo: "question-1@customer.example",
    });
    expect((await receiveOnTicket(answer)).outcome).toBe("ticket");
  });

  it.each(["a_", "<!--", "a@1", "/~"])(
    "a text of nothing but %j, which stalled the search's index for a minute, is stored at once",
    async (piece) => {
      const started = performance.now();
      const text = `needle ${piece.repeat(100_000 / piece.length)}`;
      const { ticket } = await receiveOnTicket(rawMail({ from: ANN, text }));
      expect(performance.now() - started).toBeLessThan(8_000);
      const { query } = parseTicketQuery({ q: "needle" });
      const found = (await listTickets(await anAgent(), query)).rows;
      expect(found.map(({ number }) => number)).toEqual([ticket.number]);
    },
  );

  it("an address, a path and a name with underscores in a text are found as they are written", async () => {
    const text = "See jo.doe@shop.example, https://shop.example/a_b/c~d?x=1 and file_name_9.txt";
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN, text }));
    const agent = await anAgent();
    for (const q of ["jo.doe@shop.example", "shop.example/a_b/c~d", "file_name_9.txt"]) {
      const { query } = parseTicketQuery({ q });
      expect((await listTickets(agent, query)).rows.map(({ number }) => number)).toEqual([
        ticket.number,
      ]);
    }
  });

  it("what only the HTML says is found by a search, as is what only the plain text says", async () => {
    await receiveOnTicket(fixture("alternatives-that-differ"));
    const agent = await anAgent();
    for (const q of ["invoice paid", "nine thousand euros"]) {
      const { query } = parseTicketQuery({ q });
      expect((await listTickets(agent, query)).rows).toHaveLength(1);
    }
  });
});

describe("a flood of one sender", () => {
  /** So many tickets as one sender may open in ten minutes, the newest just now. */
  async function afterThousand(arrived = new Date()): Promise<string> {
    const { ticket, id } = await receiveOnTicket(rawMail({ from: ANN }), { internalDate: arrived });
    const receipt = await db().prisma.inboundEmail.findUniqueOrThrow({ where: { id } });
    await db().pool.query(
      `WITH t AS (
         INSERT INTO "Ticket" ("id", "subject", "source", "requesterId", "lastMessageAt", "updatedAt")
         SELECT gen_random_uuid(), 'Bomb', 'EMAIL', $1, $3, now() FROM generate_series(2, 1000) RETURNING "id"),
       m AS (
         INSERT INTO "Message" ("id", "ticketId", "kind", "warnings", "inReplyTo", "references", "referenceKeys")
         SELECT gen_random_uuid(), "id", 'INBOUND', '{}', '{}', '{}', '{}' FROM t RETURNING "id")
       INSERT INTO "InboundEmail" ("id", "accountId", "folder", "epoch", "uidValidity", "uid", "size", "status", "reason",
         "outcome", "internalDate", "receivedAt", "processedAt", "messageRowId")
       SELECT gen_random_uuid(), $2, 'INBOX', 9, 9, row_number() OVER (), 1, 'PROCESSED', 'x', 'ticket', $3, $3, $3, "id" FROM m`,
      [ticket.requesterId, receipt.accountId, arrived],
    );
    return receipt.accountId ?? "";
  }

  it("beyond a thousand new tickets in ten minutes waits for an admin's yes; others are not touched", async () => {
    const accountId = await afterThousand();
    const held = await receive(rawMail({ from: "ANN@customer.test" }), { accountId });
    expect(held).toMatchObject({
      status: "HELD",
      reason:
        "ANN@customer.test opened 1000 tickets within 10 minutes. More of their mail waits for an admin's yes.",
      message: null,
    });
    const other = await receive(rawMail({ from: "bob@customer.test" }), { accountId });
    expect(other).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
  });

  it("is no way round for a guessed number, and keeps no answer from its ticket", async () => {
    const accountId = await afterThousand();
    const guess = rawMail({ from: ANN, subject: "Re: [#4711]" });
    expect((await receive(guess, { accountId })).status).toBe("HELD");
    const answer = rawMail({ from: ANN, subject: "Re: Bomb [#1]" });
    expect(await receive(answer, { accountId })).toMatchObject({ outcome: "message" });
  });

  it("is over ten minutes later, and an old inbox that is read at once is none", async () => {
    const accountId = await afterThousand(new Date(Date.now() - 11 * MINUTE_MS));
    const now = await receive(rawMail({ from: ANN }), { accountId });
    expect(now.status).toBe("PROCESSED");
    const internalDate = new Date(Date.now() - 40 * MINUTE_MS);
    const before = await receive(rawMail({ from: ANN }), { accountId, internalDate });
    expect(before.status).toBe("PROCESSED");
  });
});

describe("somebody named in a mail", () => {
  it("in Cc reads nothing: no ticket in the portal, none by its number, no copy and no history", async () => {
    const { user, contact } = await createCustomer({ email: "carl@partner.test" });
    const { ticket } = await receiveOnTicket(
      rawMail({ from: ANN, cc: "Carl <carl@partner.test>", text: "secret words" }),
    );
    const carl = { id: user.id, role: "CUSTOMER" as const };
    const answer = rawMail({ from: "carl@partner.test", subject: `Re: [#${ticket.number}]` });
    expect((await receiveOnTicket(answer)).ticket.number).toBe(ticket.number);
    expect((await listCustomerTickets(carl, null)).rows).toEqual([]);
    await expect(getCustomerConversation(carl, ticket.number)).rejects.toMatchObject({
      code: "not-found",
    });
    await replyToTicket(await anAgent(), { number: ticket.number, text: "Hello" });
    const [sent, ...more] = await db().prisma.outboundEmail.findMany();
    expect(more).toEqual([]);
    expect(sent?.recipients).toMatchObject([{ address: "ann@customer.test" }]);
    const participant = { where: { contactId: contact.id }, select: { getsCopies: true } };
    expect(await db().prisma.ticketParticipant.findMany(participant)).toEqual([
      { getsCopies: false },
    ]);
  });

  it("a code sent to our address is the sender's ticket: whoever asked for it finds it nowhere", async () => {
    const { user } = await createCustomer({ email: "mal@elsewhere.test" });
    const mal = { id: user.id, role: "CUSTOMER" as const };
    const own = await receiveOnTicket(rawMail({ from: "mal@elsewhere.test", subject: "Hello" }));
    const code = rawMail({
      from: "Chat <no-reply@chat.test>",
      to: `support@example.test, mal@elsewhere.test`,
      cc: "mal@elsewhere.test",
      subject: `Confirm your address [#${own.ticket.number}]`,
      text: "Your code is 123 456",
    });
    const { ticket } = await receiveOnTicket(code);
    expect(ticket.number).not.toBe(own.ticket.number);
    expect((await listCustomerTickets(mal, null)).rows).toMatchObject([
      { number: own.ticket.number },
    ]);
    await expect(getCustomerConversation(mal, ticket.number)).rejects.toMatchObject({
      code: "not-found",
    });
    const { messages } = await getCustomerConversation(mal, own.ticket.number);
    expect(JSON.stringify(messages)).not.toContain("123 456");
  });
});

it("a mail in quarantine keeps no good one from becoming a ticket", async () => {
  const bad = await store("\r\n\r\n");
  const good = await store(rawMail({ from: ANN }));
  await testProcessor().run({});
  expect((await outcomeOf(bad)).status).toBe("QUARANTINED");
  expect((await outcomeOf(good)).status).toBe("PROCESSED");
});
