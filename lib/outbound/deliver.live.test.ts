import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { deleteAccount } from "../accounts/delete";
import { setActive } from "../accounts/polling";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAttachment, createUser } from "../testing/factories";
import { startFaultProxy } from "../testing/fault-proxy";
import {
  connectAccount,
  makeEverythingDue,
  OWNER,
  receive,
  receiveOnTicket,
} from "../testing/pipeline";
import { nextMessageId, rawBounce, rawMail } from "../testing/raw-mail";
import { type ScriptedSmtp, startScriptedSmtp } from "../testing/scripted-smtp";
import { replyToTicket } from "../tickets/reply";
import { deliverDue } from "./deliver";
import { claimDelivery, finishDelivery } from "./delivery-claims";

useTestDatabase();

const ANN = "Ann <ann@customer.test>";
const NOTHING = { sent: 0, retried: 0, failed: 0, unknown: 0 };

let smtp: ScriptedSmtp;
let accountId = "";
let agent: { id: string; role: "AGENT" };

beforeAll(async () => {
  smtp = await startScriptedSmtp();
});
afterAll(() => smtp?.close());

beforeEach(async () => {
  await emptyDatabase(db().pool);
  smtp.play({});
  smtp.mails.length = 0;
  const ports = { smtpPort: smtp.port, imapPort: 1 };
  ({ id: accountId } = await connectAccount(ports, { name: "Lamp Support" }));
  agent = { id: (await createUser()).id, role: "AGENT" };
});

/** A ticket of Ann's that an agent has answered. @returns the delivery's id. */
async function answered(cc: string[] = []): Promise<string> {
  const { ticket } = await receiveOnTicket(rawMail({ from: ANN }), { accountId });
  const reply = { number: ticket.number, text: "Have you tried another bulb?", cc };
  const { messageRowId } = await replyToTicket(agent, reply);
  return (await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } })).id;
}

const row = (id: string) => db().prisma.outboundEmail.findUniqueOrThrow({ where: { id } });

async function deliverLater() {
  await makeEverythingDue();
  return deliverDue("test");
}

/** Seconds until the next try, by the database's clock. */
async function waitOf(id: string): Promise<number> {
  const found = await db().pool.query<{ wait: number }>(
    `SELECT extract(epoch FROM "nextAttemptAt" - now())::float AS wait FROM "OutboundEmail" WHERE "id" = $1`,
    [id],
  );
  return found.rows[0]?.wait ?? 0;
}

const sentIds = () => smtp.mails.map(({ raw }) => /^Message-ID: (.*)\r$/im.exec(raw)?.[1]);

describe("an agent's reply", () => {
  it("goes out with the headers that bring the answer back", async () => {
    const first = nextMessageId();
    const raw = rawMail({ from: ANN, subject: "Broken lamp" });
    const { ticket } = await receiveOnTicket(raw, { accountId });
    await replyToTicket(agent, { number: ticket.number, text: "Grüße from us" });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 1 });
    const sent = await db().prisma.outboundEmail.findFirstOrThrow();
    expect(sent).toMatchObject({
      status: "SENT",
      attempts: 1,
      lastError: null,
      leaseOwner: null,
      recipients: [{ address: "ann@customer.test", status: "accepted" }],
    });
    expect(sent.sentAt).not.toBeNull();
    expect(sent.messageId).toMatch(/^[0-9a-f]{32}\.mailroom@example\.test$/);
    const [mail] = smtp.mails;
    expect(mail).toMatchObject({ from: "support@example.test", to: ["ann@customer.test"] });
    const header = mail?.raw.split("\r\n\r\n")[0]?.replace(/\r\n\s+/g, " ") ?? "";
    for (const line of [
      "From: Lamp Support <support@example.test>",
      "To: Ann <ann@customer.test>",
      `Subject: Re: Broken lamp [#${ticket.number}]`,
      `Message-ID: <${sent.messageId}>`,
      `In-Reply-To: <${first}>`,
      `References: <${first}>`,
    ])
      expect(header.split("\r\n")).toContain(line);
    expect(header).toMatch(/^Date: /m);
    expect(header).not.toMatch(/^(Auto-Submitted|Precedence):/im);
  });

  it("brings the customer's answer back, and refers to all that came before", async () => {
    const first = nextMessageId();
    const { ticket } = await receiveOnTicket(rawMail({ from: ANN }), { accountId });
    await replyToTicket(agent, { number: ticket.number, text: "Which lamp?" });
    const [ours] = await db().prisma.outboundEmail.findMany();
    const inReplyTo = ours?.messageId ?? "";
    const second = nextMessageId();
    const answer = await receiveOnTicket(
      rawMail({ from: ANN, inReplyTo, references: [first, inReplyTo] }),
    );
    expect(answer.ticket.number).toBe(ticket.number);
    await replyToTicket(agent, { number: ticket.number, text: "That one." });
    const newest = await db().prisma.message.findFirstOrThrow({ orderBy: { id: "desc" } });
    expect(newest.inReplyTo).toEqual([second]);
    expect(newest.references).toEqual([first, inReplyTo, second]);
  });

  it("carries the exact bytes of its attachments", async () => {
    const id = await answered();
    const bytes = Buffer.from(Array.from({ length: 2000 }, (_, n) => (n * 37) % 256));
    const { id: messageRowId } = await db().prisma.message.findFirstOrThrow({
      where: { outbound: { some: { id } } },
    });
    await createAttachment({ messageRowId, bytes, filename: "plan.bin", mediaType: "x/y" });
    await deliverDue("test");
    const body = smtp.mails[0]?.raw.replaceAll("\r\n", "") ?? "";
    expect(body).toContain(bytes.toString("base64"));
  });
});

describe("what the server answers", () => {
  it.each([
    ["451 after the mail", { afterDot: { code: 451, text: "4.3.0 try again" } }],
    ["421 to the sender", { mailFrom: { code: 421, text: "4.7.0 too busy" } }],
    [
      "450 to the recipient",
      { rcptTo: { "ann@customer.test": { code: 450, text: "4.2.0 greylisted" } } },
    ],
  ])("%s is tried again a minute later, with the same Message-ID", async (_what, script) => {
    const id = await answered();
    smtp.play(script);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, retried: 1 });
    const waiting = await row(id);
    expect(waiting).toMatchObject({ status: "QUEUED", attempts: 1, unknowns: 0 });
    expect(waiting.lastError).not.toBeNull();
    expect(await waitOf(id)).toBeGreaterThan(50);
    expect(await waitOf(id)).toBeLessThanOrEqual(60);
    expect(await deliverDue("test")).toEqual(NOTHING);
    smtp.play({});
    expect(await deliverLater()).toEqual({ ...NOTHING, sent: 1 });
    expect(await row(id)).toMatchObject({ status: "SENT", attempts: 2, lastError: null });
    expect(sentIds().at(-1)).toBe(`<${waiting.messageId}>`);
  });

  it("waits longer with every try, two hours at most, and gives up after 48 hours", async () => {
    const id = await answered();
    smtp.play({ afterDot: { code: 451, text: "4.3.0 try again" } });
    const minutes: number[] = [];
    for (let tries = 0; tries < 7; tries++) {
      await deliverLater();
      minutes.push(Math.round((await waitOf(id)) / 60));
    }
    expect(minutes).toEqual([1, 5, 15, 60, 120, 120, 120]);
    const { giveUpAt, createdAt } = await row(id);
    const hours = (giveUpAt.getTime() - createdAt.getTime()) / 3_600_000;
    expect(hours).toBeCloseTo(48, 1);
    await db().prisma.outboundEmail.update({ where: { id }, data: { giveUpAt: new Date(0) } });
    expect(await deliverLater()).toEqual({ ...NOTHING, failed: 1 });
    expect(await row(id)).toMatchObject({ status: "FAILED" });
  });

  it.each([
    ["554 after the mail", { afterDot: { code: 554, text: "5.7.1 spam" } }],
    [
      "550 to the only recipient",
      { rcptTo: { "ann@customer.test": { code: 550, text: "5.1.1 no such user" } } },
    ],
  ])("%s is final, and says what to do", async (_what, script) => {
    const id = await answered();
    smtp.play(script);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, failed: 1 });
    const failed = await row(id);
    expect(failed.status).toBe("FAILED");
    expect(failed.lastError).toBeTruthy();
    expect(failed.lastErrorFix).toBeTruthy();
    expect(failed.lastResponse).toMatch(/^5\d\d /);
    expect(await deliverLater()).toEqual(NOTHING);
  });

  it("that refuses one of two is sent to the other, and names the refused one", async () => {
    const id = await answered(["bob@customer.test"]);
    smtp.play({ rcptTo: { "bob@customer.test": { code: 550, text: "5.1.1 no such user" } } });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 1 });
    expect(await row(id)).toMatchObject({
      status: "SENT",
      lastError: "Not accepted for bob@customer.test",
      recipients: [{ status: "accepted" }, { status: "refused" }],
    });
  });

  it("that puts one of two off gets a second mail for that one alone", async () => {
    const id = await answered(["bob@customer.test"]);
    smtp.play({ rcptTo: { "bob@customer.test": { code: 450, text: "4.2.0 later" } } });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, retried: 1 });
    smtp.play({ rcptTo: { "bob@customer.test": { code: 550, text: "5.1.1 no such user" } } });
    expect(await deliverLater()).toEqual({ ...NOTHING, sent: 1 });
    expect(await row(id)).toMatchObject({
      status: "SENT",
      recipients: [{ status: "accepted" }, { status: "refused" }],
    });
    expect(smtp.mails.map(({ to }) => to)).toEqual([["ann@customer.test"]]);
  });
});

describe("a try without an answer", () => {
  it("is unknown, and tried exactly once more with the same Message-ID", async () => {
    const id = await answered();
    smtp.play({ afterDot: "drop" });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, unknown: 1 });
    expect(await row(id)).toMatchObject({ status: "UNKNOWN", unknowns: 1 });
    expect(await deliverDue("test")).toEqual(NOTHING);
    expect(await deliverLater()).toEqual({ ...NOTHING, unknown: 1 });
    expect(await deliverLater()).toEqual(NOTHING);
    const after = await row(id);
    expect(after).toMatchObject({ status: "UNKNOWN", unknowns: 2 });
    expect(sentIds()).toEqual([`<${after.messageId}>`, `<${after.messageId}>`]);
  });

  it("that the repeat settles is sent", async () => {
    const id = await answered();
    smtp.play({ afterDot: "drop" });
    await deliverDue("test");
    smtp.play({});
    expect(await deliverLater()).toEqual({ ...NOTHING, sent: 1 });
    expect((await row(id)).status).toBe("SENT");
  });

  it("is not repeated when a report has come back about it", async () => {
    const id = await answered();
    smtp.play({ afterDot: "drop" });
    await deliverDue("test");
    const { messageId } = await row(id);
    await receive(
      rawBounce({ messageId, to: "support@example.test", address: "ann@customer.test" }),
    );
    smtp.play({});
    await deliverLater();
    expect(smtp.mails).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: "SENT", recipients: [{ status: "bounced" }] });
  });

  it("a connection that breaks before the mail was handed over is simply tried again", async () => {
    const id = await answered();
    smtp.play({ mailFrom: "drop" });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, retried: 1 });
    expect(await row(id)).toMatchObject({ status: "QUEUED", unknowns: 0 });
  });

  it("of a worker that was killed while sending is unknown once its lease ends", async () => {
    const id = await answered();
    const lost = await claimDelivery({ owner: "killed", leaseSeconds: 30 });
    expect(lost?.id).toBe(id);
    expect((await row(id)).status).toBe("SENDING");
    expect(await deliverDue("test")).toEqual(NOTHING);
    await db().prisma.outboundEmail.update({ where: { id }, data: { leaseUntil: new Date(0) } });
    expect(await deliverDue("test")).toEqual(NOTHING);
    expect(await row(id)).toMatchObject({ status: "UNKNOWN", unknowns: 1 });
    expect(await deliverLater()).toEqual({ ...NOTHING, sent: 1 });
    if (lost) {
      const end = { status: "FAILED" as const, recipients: [], response: null };
      await finishDelivery(lost, { ...end, error: "I am back", fix: null });
    }
    expect(await row(id)).toMatchObject({ status: "SENT", lastError: null });
    expect(smtp.mails).toHaveLength(1);
  });
});

describe("accounts and their outgoing mail", () => {
  it("an inactive one's mail waits, counts no try, and goes when it is active again", async () => {
    const id = await answered();
    await setActive(OWNER, accountId, false);
    await deliverDue("test");
    expect(await row(id)).toMatchObject({
      status: "QUEUED",
      attempts: 0,
      lastError: "support@example.test is not active, so nothing is sent from it.",
    });
    expect(await waitOf(id)).toBeLessThanOrEqual(60);
    await setActive(OWNER, accountId, true);
    expect(await deliverLater()).toEqual({ ...NOTHING, sent: 1 });
  });

  it("a deleted one's mail fails and says what to do", async () => {
    const id = await answered();
    await deleteAccount(OWNER, accountId);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, failed: 1 });
    const failed = await row(id);
    expect(failed).toMatchObject({ status: "FAILED", accountId: null });
    expect(failed.lastError).toContain("has been deleted");
    expect(failed.lastErrorFix).toContain("default account");
  });

  it("a dead server holds up its own account's mail only", async () => {
    const proxy = await startFaultProxy(smtp.port, { stall: true });
    try {
      const ports = { smtpPort: proxy.port, imapPort: 1 };
      const dead = await connectAccount(ports, { email: "billing@example.test" });
      for (let n = 0; n < 3; n++) {
        const { ticket } = await receiveOnTicket(rawMail(), { accountId: dead.id });
        await replyToTicket(agent, { number: ticket.number, text: "Hello" });
      }
      const hanging = deliverDue("first");
      await expect.poll(proxy.accepted).toBe(1);
      const id = await answered();
      expect(await deliverDue("second")).toEqual({ ...NOTHING, sent: 1 });
      expect((await row(id)).status).toBe("SENT");
      expect(proxy.accepted()).toBe(1);
      proxy.set({ reset: true });
      proxy.reset();
      // The other two rest with it: nobody signs in there again and again.
      expect(await hanging).toEqual({ ...NOTHING, retried: 1 });
      expect(proxy.accepted()).toBe(1);
      expect(await deliverDue("third")).toEqual({ ...NOTHING, retried: 1 });
    } finally {
      await proxy.close();
    }
  });

  it("many workers at once send every mail exactly once", async () => {
    for (let n = 0; n < 12; n++) await answered();
    const passes = await Promise.all(
      Array.from({ length: 4 }, (_, n) => deliverDue(`worker ${n}`)),
    );
    await deliverDue("last");
    expect(passes.reduce((sum, { sent }) => sum + sent, 0)).toBeGreaterThan(0);
    expect(new Set(sentIds()).size).toBe(12);
    expect(smtp.mails).toHaveLength(12);
  });
});
