import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { type SmtpStep, startFailingSmtp } from "../testing/failing-smtp";
import { startFaultProxy } from "../testing/fault-proxy";
import type { LineServer } from "../testing/line-server";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, makeEverythingDue, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { getConversation } from "../tickets/conversation";
import { replyToTicket } from "../tickets/reply";
import { retryDelivery } from "./control";
import { deliverDue } from "./deliver";

// Faults of a sending server, and what an agent sees of them on the ticket.

useTestDatabase();

const CUSTOMER = "customer@customer.test";
const NOTHING = { sent: 0, retried: 0, failed: 0, unknown: 0 };

let agent: { id: string; role: "AGENT" };
const open: { close: () => Promise<void> }[] = [];

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
});
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function failing(step: SmtpStep, fault: string | null): Promise<LineServer> {
  const server = await startFailingSmtp(step, fault);
  open.push(server);
  return server;
}

/** A customer's ticket that an agent has answered, to be sent through this port. */
async function answered(smtpPort: number, cc: string[] = []) {
  const account = await connectAccount({ smtpPort, imapPort: 1 });
  const raw = rawMail({ from: CUSTOMER });
  const { ticket } = await receiveOnTicket(raw, { accountId: account.id });
  await replyToTicket(agent, { number: ticket.number, text: "Another bulb?", cc });
  /** As the agent sees it on the ticket. */
  const delivery = async () => {
    const { items } = await getConversation(agent, ticket.number);
    const shown = items.flatMap((item) => (item.type === "message" ? item.message.deliveries : []));
    const [only] = shown;
    if (!only || shown.length > 1) throw new Error(`${shown.length} deliveries`);
    return only;
  };
  return { account, number: ticket.number, delivery };
}

const row = () => db().prisma.outboundEmail.findFirstOrThrow();

async function deliverLater() {
  await makeEverythingDue();
  return deliverDue("test");
}

/** What the client said after its first line of this verb. */
const saidAfter = (server: LineServer, verb: string) =>
  server.lines.slice(server.lines.findIndex((line) => line.startsWith(verb)) + 1);

describe("a server that", () => {
  it.each([
    ["puts the sender off (4xx)", "MAIL", "452 4.3.1 no room\r\n"],
    ["puts the recipient off (4xx)", "RCPT", "450 4.2.0 greylisted\r\n"],
    ["puts the mail off before it is sent (4xx to DATA)", "DATA", "451 4.7.1 later\r\n"],
    ["puts the mail off when it has it (4xx after the dot)", "dot", "451 4.3.0 later\r\n"],
    ["closes in the middle of a session (421)", "RCPT", "421 4.3.2 shutting down\r\n"],
  ] as const)(
    "%s is asked again later; the agent sees why it waits",
    async (_what, step, reply) => {
      const server = await failing(step, reply);
      const { delivery } = await answered(server.port);
      expect(await deliverDue("test")).toEqual({ ...NOTHING, retried: 1 });
      const waiting = await delivery();
      expect(waiting).toMatchObject({ status: "QUEUED", attempts: 1, lastResponse: reply.trim() });
      expect(waiting.lastError).toBeTruthy();
      const verb = step === "dot" ? "." : step;
      expect(saidAfter(server, verb).filter((line) => line !== "QUIT")).toEqual([]);
      expect(await deliverDue("test")).toEqual(NOTHING);
    },
  );

  it.each([
    ["refuses to take any mail (5xx to DATA)", "DATA", "554 5.7.1 no\r\n", "refused the mail"],
    ["finds it too large (552)", "dot", "552 5.3.4 too big\r\n", "The mail is larger than"],
  ] as const)(
    "%s gets it no second time; the agent sees why",
    async (_what, step, reply, cause) => {
      const server = await failing(step, reply);
      const { delivery } = await answered(server.port);
      expect(await deliverDue("test")).toEqual({ ...NOTHING, failed: 1 });
      expect(await delivery()).toMatchObject({
        status: "FAILED",
        lastError: expect.stringContaining(cause),
        lastErrorFix: expect.stringMatching(/./),
      });
      expect(await deliverLater()).toEqual(NOTHING);
    },
  );

  it("has said that a mail of this size is too large is not sent it, now or later", async () => {
    const server = await failing("EHLO", "250-failing.test\r\n250-SIZE 100\r\n250 AUTH PLAIN\r\n");
    const { delivery } = await answered(server.port);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, failed: 1 });
    expect(server.lines.filter((line) => line.startsWith("MAIL"))).toEqual([]);
    expect(await delivery()).toMatchObject({
      status: "FAILED",
      lastError: "The mail is larger than 127.0.0.1 takes.",
      lastErrorFix: expect.stringContaining("smaller attachments"),
    });
  });

  it("takes no passwords any more (550 5.7.30) is named as such; the mail waits for its admin", async () => {
    const reply = "550 5.7.30 Basic authentication is not supported for Client Submission\r\n";
    const server = await failing("AUTH", reply);
    const { delivery } = await answered(server.port);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, retried: 1 });
    expect(await delivery()).toMatchObject({
      status: "QUEUED",
      lastError: "Microsoft no longer accepts passwords for sending from this mailbox.",
      lastErrorFix: expect.stringContaining("OAuth"),
    });
    expect(server.lines.filter((line) => line.startsWith("MAIL"))).toEqual([]);
  });

  it("puts a mail off for 48 hours is given up; the agent sees that, and may try again", async () => {
    const server = await failing("RCPT", "450 4.2.0 greylisted\r\n");
    const { account, number, delivery } = await answered(server.port);
    await deliverDue("test");
    await db().pool.query(
      `UPDATE "OutboundEmail" SET "giveUpAt" = "giveUpAt" - interval '48 hours' WHERE "status" = 'QUEUED'`,
    );
    expect(await deliverLater()).toEqual({ ...NOTHING, failed: 1 });
    const failed = await delivery();
    expect(failed).toMatchObject({ status: "FAILED", lastResponse: "450 4.2.0 greylisted" });
    expect(failed.lastError).toBeTruthy();
    const well = await failing("EHLO", "250-well.test\r\n250 AUTH PLAIN\r\n");
    const data = { smtpPort: well.port };
    await db().prisma.emailAccount.update({ where: { id: account.id }, data });
    await retryDelivery(agent, { number, deliveryId: failed.id });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 1 });
    expect(await delivery()).toMatchObject({ status: "SENT", lastError: null });
    const ours = `Message-ID: <${(await row()).messageId}>`;
    expect(well.lines.filter((line) => line === ours)).toHaveLength(1);
  });
});

describe("Postfix", () => {
  let bed: MailBed;
  beforeAll(async () => {
    bed = await startMailBed();
    return () => bed.stop();
  });

  /** Postfix takes a password in TLS only, and there no proxy could see the dot. */
  const signInNowhere = () => db().prisma.emailAccount.updateMany({ data: { smtpUsername: "" } });

  const received = async () =>
    (await bed.mailsOf(CUSTOMER)).map(({ raw }) => /^Message-ID: <(.*)>\r$/im.exec(raw)?.[1]);

  it("whose answer to the dot is lost has the mail: it is sent once more, with the same Message-ID", async () => {
    const proxy = await startFaultProxy(bed.smtpPort, { loseAnswerTo: /(^|\r\n)\.\r\n$/ });
    open.push(proxy);
    const { delivery } = await answered(proxy.port);
    await signInNowhere();
    expect(await deliverDue("test")).toEqual({ ...NOTHING, unknown: 1 });
    expect((await delivery()).status).toBe("UNKNOWN");
    await bed.waitForMail(CUSTOMER, 1);
    proxy.set({});
    expect(await deliverLater()).toEqual({ ...NOTHING, sent: 1 });
    await bed.waitForMail(CUSTOMER, 2);
    expect(await deliverLater()).toEqual(NOTHING);
    const { messageId } = await row();
    expect(await received()).toEqual([messageId, messageId]);
  });

  it("refuses one of two: the agent sees who has it, and who not and why", async () => {
    const { delivery } = await answered(bed.smtpPort, ["hardfail@customer.test"]);
    await signInNowhere();
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 1 });
    expect(await delivery()).toMatchObject({
      status: "SENT",
      recipients: [
        { address: CUSTOMER, status: "accepted" },
        {
          ...{ address: "hardfail@customer.test", status: "refused" },
          response: expect.stringMatching(/^550 /),
        },
      ],
    });
    expect(await deliverLater()).toEqual(NOTHING);
  });
});
