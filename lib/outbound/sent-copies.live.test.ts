import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { startFaultProxy } from "../testing/fault-proxy";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, makeEverythingDue, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { type ScriptedSmtp, startScriptedSmtp } from "../testing/scripted-smtp";
import { replyToTicket } from "../tickets/reply";
import { deliverDue } from "./deliver";
import { copySent } from "./sent-copies";

useTestDatabase();

const USER = "support@example.test";
const ANN = "Ann <ann@customer.test>";
const NOTHING = { sent: 0, retried: 0, failed: 0, unknown: 0 };

let bed: MailBed;
let smtp: ScriptedSmtp;
let agent: { id: string; role: "AGENT" };

beforeAll(async () => {
  bed = await startMailBed();
  smtp = await startScriptedSmtp();
});
afterAll(async () => {
  await smtp?.close();
  await bed?.stop();
});

beforeEach(async () => {
  await emptyDatabase(db().pool);
  smtp.play({});
  smtp.mails.length = 0;
  agent = { id: (await createUser()).id, role: "AGENT" };
  await bed.doveadm("expunge", "-u", USER, "mailbox", "Sent", "all");
});

/** A ticket of Ann's that an agent has answered. @returns the answer's Message-ID. */
async function answered(copyToSent = true): Promise<string> {
  const ports = { smtpPort: smtp.port, imapPort: bed.imapPort };
  const { id: accountId } = await connectAccount(ports, { copyToSent });
  const { ticket } = await receiveOnTicket(rawMail({ from: ANN }), { accountId });
  await replyToTicket(agent, { number: ticket.number, text: "Have you tried another bulb?" });
  return (await db().prisma.outboundEmail.findFirstOrThrow()).messageId;
}

const signal = new AbortController().signal;
const inSent = () => bed.mailsOf(USER, "Sent");

/** The column holds milliseconds: now() rounded up would not be due for a moment. */
async function copyNow(): Promise<number> {
  await db().pool.query(
    `UPDATE "OutboundEmail" SET "sentCopyDueAt" = now() - interval '1 second' WHERE "sentCopyDueAt" IS NOT NULL`,
  );
  return copySent(signal);
}

describe("a copy in Sent", () => {
  it("is the mail that left, read, and made once", async () => {
    const messageId = await answered();
    await deliverDue("test");
    expect(await copySent(signal)).toBe(0);
    expect(await copyNow()).toBe(1);
    expect(await copyNow()).toBe(0);
    const copies = await inSent();
    expect(copies).toHaveLength(1);
    expect(copies[0]?.flags).toContain("\\Seen");
    expect(copies[0]?.raw).toContain(`Message-ID: <${messageId}>`);
    expect(copies[0]?.raw).toBe(smtp.mails[0]?.raw);
  });

  it("is not made where the provider has made one itself", async () => {
    await answered();
    await deliverDue("test");
    await bed.append(USER, smtp.mails[0]?.raw ?? "", { folder: "Sent" });
    expect(await copyNow()).toBe(0);
    expect(await inSent()).toHaveLength(1);
  });

  it("is not doubled when the worker died before it was written down", async () => {
    await answered();
    await deliverDue("test");
    expect(await copyNow()).toBe(1);
    await db().pool.query(
      `UPDATE "OutboundEmail" SET "sentCopyDueAt" = now() - interval '1 second'`,
    );
    expect(await copySent(signal)).toBe(0);
    expect(await inSent()).toHaveLength(1);
  });

  it("is made only where the admin wants it", async () => {
    await answered(false);
    await deliverDue("test");
    expect(await copyNow()).toBe(0);
    expect(await inSent()).toEqual([]);
  });

  it("is made of no mail that failed", async () => {
    await answered();
    smtp.play({ afterDot: { code: 554, text: "5.7.1 no" } });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, failed: 1 });
    expect(await copyNow()).toBe(0);
  });

  it("is tried five times while the mailbox can't be reached; the mail stays sent", async () => {
    await answered();
    await deliverDue("test");
    await db().prisma.emailAccount.updateMany({ data: { imapPort: 1 } });
    for (let n = 0; n < 6; n++) expect(await copyNow()).toBe(0);
    expect(await db().prisma.outboundEmail.findFirstOrThrow()).toMatchObject({
      ...{ status: "SENT", sentCopyDueAt: null, sentCopyTries: 5, lastError: null },
    });
  });

  it("that fails makes the account's others wait: the mailbox hears one sign-in", async () => {
    const proxy = await startFaultProxy(bed.imapPort, { reset: true });
    try {
      await answered();
      const ticket = await db().prisma.ticket.findFirstOrThrow();
      await replyToTicket(agent, { number: ticket.number, text: "And the fuse?" });
      expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 2 });
      await db().prisma.emailAccount.updateMany({ data: { imapPort: proxy.port } });
      expect(await copyNow()).toBe(0);
      expect(proxy.accepted()).toBe(1);
      expect(await db().prisma.outboundEmail.count({ where: { sentCopyTries: 0 } })).toBe(1);
    } finally {
      await proxy.close();
    }
  });
});

describe("a try without an answer", () => {
  it("was accepted when Sent holds the mail, and is not repeated", async () => {
    const messageId = await answered();
    smtp.play({ afterDot: "drop" });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, unknown: 1 });
    await bed.append(USER, smtp.mails[0]?.raw ?? "", { folder: "Sent" });
    smtp.play({});
    await makeEverythingDue();
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 1 });
    expect(smtp.mails).toHaveLength(1);
    expect(await db().prisma.outboundEmail.findFirstOrThrow()).toMatchObject({
      ...{ status: "SENT", messageId, lastResponse: "A copy is in the Sent folder." },
      recipients: [{ address: "ann@customer.test", status: "accepted" }],
    });
  });

  it("is repeated when Sent does not hold it", async () => {
    await answered();
    smtp.play({ afterDot: "drop" });
    await deliverDue("test");
    smtp.play({});
    await makeEverythingDue();
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 1 });
    expect(smtp.mails).toHaveLength(2);
  });
});
