import { beforeEach, describe, expect, it } from "vitest";
import { createAccount } from "../accounts/create";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { OWNER, receive, receiveOnTicket, store, testProcessor } from "../testing/pipeline";
import { type RawMail, rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";

useTestDatabase();

const ANN = "Ann Baker <ann@customer.test>";
const VOUCHED = "Authentication-Results: mx.example.test; spf=pass; dkim=pass; dmarc=pass";
const HOUR_MS = 3600_000;

let accountId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  accountId = await connect({});
});

async function connect(fields: { email?: string; isActive?: boolean; text?: string }) {
  const email = fields.email ?? "support@example.test";
  const { id } = await createAccount(OWNER, {
    email,
    smtpHost: "smtp.example.test",
    smtpUsername: email,
    smtpPassword: "pw",
    imapHost: "imap.example.test",
    isActive: fields.isActive ?? true,
    autoAckEnabled: true,
    autoAckText: fields.text ?? "",
  });
  return id;
}

const vouched = (fields: RawMail = {}) =>
  rawMail({ from: ANN, ...fields, headers: [VOUCHED, ...(fields.headers ?? [])] });

const acknowledgements = () =>
  db().prisma.message.findMany({
    where: { automaticKind: "acknowledgement" },
    include: { outbound: true, ticket: true },
    orderBy: { createdAt: "asc" },
  });

describe("an acknowledgement", () => {
  it("is queued with the new ticket, names its number and quotes nothing", async () => {
    const raw = vouched({
      ...{ subject: "Broken lamp", messageId: "lamp.1@customer.test" },
      text: "It flickers: secret words",
    });
    const { ticket } = await receiveOnTicket(raw, { accountId });
    const [ack, ...more] = await acknowledgements();
    expect(more).toEqual([]);
    expect(ack).toMatchObject({
      ticketId: ticket.id,
      kind: "OUTBOUND",
      subject: `Re: Broken lamp [#${ticket.number}]`,
      inReplyTo: ["lamp.1@customer.test"],
      references: ["lamp.1@customer.test"],
      fromAddress: "support@example.test",
      toAddresses: [{ name: "Ann Baker", address: "ann@customer.test" }],
      authorId: null,
    });
    expect(ack?.text).toContain(`#${ticket.number}`);
    expect(ack?.text).not.toContain("secret words");
    expect(ack?.outbound).toMatchObject([{ status: "QUEUED", accountId }]);
  });

  it("leaves the next move and the list's line as the customer's mail made them", async () => {
    const { ticket } = await receiveOnTicket(vouched({ text: "It flickers" }), { accountId });
    const after = await db().prisma.ticket.findUniqueOrThrow({ where: { id: ticket.id } });
    expect(after).toMatchObject({
      ...{ awaitingUs: true, snippet: "It flickers", status: "OPEN" },
      ...{ assigneeId: null, messageCount: 2 },
    });
  });

  it("is in the account's own words, with the number in them", async () => {
    await db().prisma.emailAccount.update({
      where: { id: accountId },
      data: { autoAckText: "Danke! Ihre Nummer: {{ number }}." },
    });
    const { ticket } = await receiveOnTicket(vouched(), { accountId });
    expect((await acknowledgements())[0]?.text).toBe(`Danke! Ihre Nummer: ${ticket.number}.`);
  });

  it("is answered like any mail of ours: the answer joins its ticket, and gets no second one", async () => {
    const { ticket } = await receiveOnTicket(vouched(), { accountId });
    const [ack] = await acknowledgements();
    const answer = vouched({ subject: "Re: something", inReplyTo: ack?.messageId ?? "" });
    expect((await receiveOnTicket(answer, { accountId })).ticket.id).toBe(ticket.id);
    expect(await acknowledgements()).toHaveLength(1);
  });

  it("does not stand between an agent's answer and the customer's mail", async () => {
    const { ticket } = await receiveOnTicket(vouched({ messageId: "lamp.2@customer.test" }), {
      accountId,
    });
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    const { messageRowId } = await replyToTicket(agent, { number: ticket.number, text: "Which?" });
    const sent = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    expect(sent.inReplyTo).toEqual(["lamp.2@customer.test"]);
  });
});

describe("an acknowledgement is sent once a day to one person", () => {
  it("however many tickets they open", async () => {
    for (const subject of ["One", "Two", "Three"])
      await receiveOnTicket(vouched({ subject }), { accountId });
    const [first, ...more] = await acknowledgements();
    expect(more).toEqual([]);
    await db().prisma.message.update({
      where: { id: first?.id ?? "" },
      data: { createdAt: new Date(Date.now() - 24.1 * HOUR_MS) },
    });
    await receiveOnTicket(vouched({ subject: "Four" }), { accountId });
    expect((await acknowledgements()).map(({ ticket }) => ticket.subject)).toEqual(["One", "Four"]);
  });

  it("also when two workers handle two of their mails at the same moment", async () => {
    for (let i = 0; i < 8; i++) await store(vouched({ subject: `Mail ${i}` }), { accountId });
    await Promise.all(["one", "two", "three"].map((owner) => testProcessor(owner).run({})));
    expect(await db().prisma.ticket.count()).toBe(8);
    expect(await acknowledgements()).toHaveLength(1);
  });

  it("whichever of our addresses they write to", async () => {
    await receiveOnTicket(vouched(), { accountId });
    const other = await connect({ email: "sales@example.test" });
    await receiveOnTicket(vouched({ to: "sales@example.test" }), { accountId: other });
    expect(await acknowledgements()).toHaveLength(1);
  });
});

describe("no acknowledgement goes", () => {
  const SILENT: Record<string, RawMail> = {
    "to a mail no server vouches for": { headers: [] },
    "to a mail that failed DMARC": {
      headers: ["Authentication-Results: mx.example.test; spf=pass; dmarc=fail"],
    },
    "to SPF for another domain": {
      headers: [
        "Return-Path: <list@elsewhere.test>",
        "Authentication-Results: mx.example.test; spf=pass; dmarc=none",
      ],
    },
    "to an automatic reply": { headers: [VOUCHED, "Auto-Submitted: auto-replied"] },
    "to what a program wrote": { headers: [VOUCHED, "Auto-Submitted: auto-generated"] },
    "to an out-of-office by its subject": { subject: "Out of office", headers: [VOUCHED] },
    "to a list": { headers: [VOUCHED, "List-Id: <lamps.lists.test>"] },
    "to bulk mail": { headers: [VOUCHED, "Precedence: bulk"] },
    "to the null return path": { headers: ["Return-Path: <>", VOUCHED] },
    "to who asks for none": { headers: [VOUCHED, "X-Auto-Response-Suppress: All"] },
    "to a no-reply address": { from: "no-reply@shop.test", headers: [VOUCHED] },
    "to a mailer-daemon": { from: "MAILER-DAEMON@shop.test", headers: [VOUCHED] },
    "where the answers are read by nobody": {
      headers: [VOUCHED, "Reply-To: noreply@customer.test"],
    },
    "where the answers would come back to us": {
      headers: [VOUCHED, "Reply-To: Support@example.test"],
    },
    "by a check that the sender forged": {
      headers: [
        "Received: from mail.evil.test by mx.example.test; Fri, 27 Nov 2026 10:00:00 +0000",
        "Authentication-Results: mail.evil.test; spf=pass; dmarc=pass",
      ],
    },
    "to two senders": { from: `${ANN}, Sam <sam@elsewhere.test>`, headers: [VOUCHED] },
    "to an unknown sender": { from: null, headers: [VOUCHED] },
    "to our own address": { from: "support@example.test", headers: [VOUCHED] },
  };

  it.each(Object.entries(SILENT))("%s", async (_what, fields) => {
    const { status } = await receive(rawMail({ from: ANN, ...fields }), { accountId });
    expect(status).toBe("PROCESSED");
    expect(await acknowledgements()).toEqual([]);
  });

  it("to a robot of another account of ours", async () => {
    await connect({ email: "sales@example.test" });
    await receive(vouched({ from: "sales@example.test" }), { accountId });
    expect(await acknowledgements()).toEqual([]);
  });

  it("to mail that lay in the inbox for a day, or that a reset lists again", async () => {
    const old = new Date(Date.now() - 25 * HOUR_MS);
    await receiveOnTicket(vouched(), { accountId, internalDate: old });
    await receiveOnTicket(vouched(), { accountId, isRelisted: true });
    expect(await acknowledgements()).toEqual([]);
  });

  it("for an account that doesn't want it, or isn't active", async () => {
    await db().prisma.emailAccount.updateMany({ data: { autoAckEnabled: false } });
    await receiveOnTicket(vouched(), { accountId });
    await db().prisma.emailAccount.updateMany({ data: { autoAckEnabled: true, isActive: false } });
    await receiveOnTicket(vouched(), { accountId });
    expect(await acknowledgements()).toEqual([]);
  });

  it("to an answer on a ticket that has none", async () => {
    await db().prisma.emailAccount.updateMany({ data: { autoAckEnabled: false } });
    const { ticket } = await receiveOnTicket(vouched({ messageId: "a@customer.test" }), {
      accountId,
    });
    await db().prisma.emailAccount.updateMany({ data: { autoAckEnabled: true } });
    const answer = vouched({ inReplyTo: "a@customer.test" });
    expect((await receiveOnTicket(answer, { accountId })).ticket.id).toBe(ticket.id);
    expect(await acknowledgements()).toEqual([]);
  });
});

describe("in an hour", () => {
  /** Acknowledgements of this account that went out just now, to as many people. */
  async function sent(count: number, account: string): Promise<void> {
    const { ticketId, messageId } = await firstOne();
    await db().pool.query(
      `WITH m AS (
         INSERT INTO "Message" ("id", "ticketId", "kind", "automaticKind", "warnings", "inReplyTo", "references", "referenceKeys")
         SELECT gen_random_uuid(), $1, 'OUTBOUND', 'acknowledgement', '{}', '{}', '{}', '{}' FROM generate_series(1, $2::int)
         RETURNING "id")
       INSERT INTO "OutboundEmail" ("id", "messageRowId", "accountId", "messageId", "recipients", "giveUpAt")
       SELECT gen_random_uuid(), "id", $3, $4 || "id"::text, '[]', now() FROM m`,
      [ticketId, count, account, messageId],
    );
  }

  async function firstOne() {
    const { ticket, message } = await receiveOnTicket(rawMail({ from: "x@elsewhere.test" }));
    return { ticketId: ticket.id, messageId: message.messageId };
  }

  it("one account sends two hundred at most", async () => {
    await sent(199, accountId);
    await receiveOnTicket(vouched(), { accountId });
    expect(await acknowledgements()).toHaveLength(200);
    await receiveOnTicket(vouched({ from: "bob@customer.test" }), { accountId });
    expect(await acknowledgements()).toHaveLength(200);
  });

  it("all accounts together send five hundred at most, whoever is written to", async () => {
    for (const n of [1, 2, 3]) await sent(166, await connect({ email: `other${n}@example.test` }));
    for (const name of ["ann", "bob", "carl"])
      await receiveOnTicket(vouched({ from: `${name}@customer.test` }), { accountId });
    expect(await acknowledgements()).toHaveLength(500);
  });
});

it("SPF alone vouches for an envelope sender of the same organisation", async () => {
  const headers = [
    "Return-Path: <bounce@mail.customer.test>",
    "Authentication-Results: mx.example.test; spf=pass; dmarc=none",
  ];
  await receiveOnTicket(rawMail({ from: ANN, headers }), { accountId });
  expect(await acknowledgements()).toHaveLength(1);
});
