import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requestPoll } from "@/lib/accounts/polling";
import type { AccountInput } from "@/lib/accounts/schema";
import { db } from "@/lib/db/client";
import { startWorkerProcess, type WorkerProcess } from "@/lib/testing/child-process";
import { useTestDatabase } from "@/lib/testing/database";
import { createUser } from "@/lib/testing/factories";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { saveMails } from "@/lib/testing/maildir";
import { connectAccount } from "@/lib/testing/pipeline";
import { nextMessageId, rawMail } from "@/lib/testing/raw-mail";
import { replyToTicket } from "@/lib/tickets/reply";

useTestDatabase();

const USER = "support@example.test";
const FIGURES = { stored: true, processed: true, created: true, duplicates: true } as const;
const PATIENTLY = { timeout: 60_000, interval: 50 };

let bed: MailBed;
let workers: WorkerProcess[] = [];

const startWorker = async (env: Record<string, string> = {}) => {
  const worker = await startWorkerProcess({
    NODE_EXTRA_CA_CERTS: bed.caFile,
    EMAIL_POLLING_INTERVAL: "1",
    WORKER_LEASE_SECONDS: "3",
    ...env,
  });
  workers.push(worker);
  return worker;
};

beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  await bed?.stop();
});

/** Over TLS both ways, as accounts outside of tests are. */
const connect = (fields: Partial<AccountInput> = {}) =>
  connectAccount(bed, {
    smtpPort: bed.smtpsPort,
    smtpSecurity: "tls",
    smtpUsername: USER,
    imapPort: bed.imapsPort,
    imapSecurity: "tls",
    ...fields,
  });

/** Accounts with a folder each, all filled before any worker sees them. */
async function fillAccounts(names: string[], mails: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const [n, folder] of names.entries()) {
    await bed.doveadm("mailbox", "create", "-u", USER, folder);
    const share = mails.filter((_, index) => index % names.length === n);
    await saveMails(bed, { user: USER, folder }, share);
    ids.push((await connect({ folder, email: `${folder}@example.test`.toLowerCase() })).id);
  }
  return ids;
}

const ended = (ids: string[]) =>
  db().prisma.inboundEmail.count({
    where: { accountId: { in: ids }, status: { not: "PENDING" } },
  });

/** How many receipts, messages and tickets the mails of these accounts became. */
async function harvest(ids: string[]) {
  const where = { accountId: { in: ids } };
  const receipts = await db().prisma.inboundEmail.findMany({ where });
  const messages = await db().prisma.message.count({ where: { receipts: { some: where } } });
  const count = (status: string) => receipts.filter((row) => row.status === status).length;
  return { processed: count("PROCESSED"), duplicates: count("DUPLICATE"), messages };
}

describe("two workers on one database", () => {
  it("double nothing and lose nothing of 200 mails in four accounts", async () => {
    const originals = Array.from({ length: 160 }, () => rawMail());
    // Every fourth mail is in two accounts.
    const mails = originals.flatMap((raw, n) => (n % 4 === 0 ? [raw, raw] : [raw]));
    expect(mails).toHaveLength(200);
    const ids = await fillAccounts(["A1", "A2", "A3", "A4"], mails);
    await Promise.all([startWorker(), startWorker()]);
    await expect.poll(() => ended(ids), PATIENTLY).toBe(200);
    expect(await harvest(ids)).toEqual({ processed: 160, duplicates: 40, messages: 160 });
    expect(await db().prisma.ticket.count()).toBe(160);
    const runs = async () => {
      const where = { accountId: { in: ids } };
      const { _sum } = await db().prisma.pollRun.aggregate({ where, _sum: FIGURES });
      return {
        ..._sum,
        errors: await db().prisma.pollRun.count({ where: { ...where, error: { not: null } } }),
      };
    };
    const figures = { stored: 200, processed: 200, created: 160, duplicates: 40, errors: 0 };
    await expect.poll(runs, PATIENTLY).toEqual(figures);
  });

  it("print the guide's lines, one for each account with mail and one for each pass", async () => {
    const [id = ""] = await fillAccounts(["Lines"], [rawMail(), rawMail()]);
    await expect.poll(() => ended([id]), PATIENTLY).toBe(2);
    const output = () => workers.map((worker) => worker.output()).join("");
    const line = "INFO: Polled account lines@example.test: 2 emails processed, 2 tickets created\n";
    await expect.poll(output, PATIENTLY).toContain(line);
    const printed = output().split("\n");
    expect(printed.filter((text) => text.includes("lines@example.test"))).toHaveLength(1);
    const pass = /^INFO: Email polling: \d+ emails processed, \d+ tickets created$/;
    expect(printed.some((text) => pass.test(text))).toBe(true);
    expect(printed.filter((text) => /Polled account .*: 0 emails/.test(text))).toEqual([]);
  });

  it("answer a request for a poll at once", async () => {
    const { id } = await connect({ email: "asked@example.test", folder: "Archive" });
    await db().prisma.emailAccount.update({
      where: { id },
      data: { nextPollAt: new Date(Date.now() + 3_600_000) },
    });
    const runs = () => db().prisma.pollRun.count({ where: { accountId: id } });
    const before = await runs();
    await requestPoll(id);
    await expect.poll(runs, PATIENTLY).toBeGreaterThan(before);
  });

  it("carry a conversation there and back over TLS", async () => {
    const account = await connect({ name: "Lamp Support" });
    const customer = "customer@customer.test";
    const question = nextMessageId();
    await bed.deliver(customer, USER, rawMail({ subject: "Broken lamp" }));
    const find = () =>
      db().prisma.ticket.findFirst({
        where: { accountId: account.id, subject: "Broken lamp" },
        include: { messages: { orderBy: { id: "asc" } } },
      });
    await expect.poll(find, PATIENTLY).not.toBeNull();
    const number = (await find())?.number ?? 0;
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    await replyToTicket(agent, { number, text: "Have you tried another bulb?" });
    const [received] = await bed.waitForMail(customer, 1, 30_000);
    const header = received?.raw.split("\r\n\r\n")[0]?.replace(/\r\n\s+/g, " ") ?? "";
    expect(header).toContain("From: Lamp Support <support@example.test>");
    expect(header).toContain(`Subject: Re: Broken lamp [#${number}]`);
    expect(header).toContain(`In-Reply-To: <${question}>`);
    const ours = /^Message-ID: <(.*)>$/im.exec(header)?.[1] ?? "";
    await bed.deliver(customer, USER, rawMail({ subject: "Re: Broken lamp", inReplyTo: ours }));
    await expect.poll(async () => (await find())?.messages.length, PATIENTLY).toBe(3);
    expect((await find())?.messages.map(({ kind }) => kind)).toEqual([
      "INBOUND",
      "OUTBOUND",
      "INBOUND",
    ]);
  });

  it("learn from Postfix's own report that a reply came back", async () => {
    await bed.deliver("x@customer.test", USER, rawMail({ from: "gone@bounce.test" }));
    const find = () =>
      db().prisma.ticket.findFirst({
        where: { requester: { email: "gone@bounce.test" } },
        include: { messages: { orderBy: { id: "asc" } } },
      });
    await expect.poll(find, PATIENTLY).not.toBeNull();
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    const number = (await find())?.number ?? 0;
    const { messageRowId } = await replyToTicket(agent, { number, text: "Hello" });
    const delivery = () => db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } });
    await expect
      .poll(async () => (await delivery()).recipients, PATIENTLY)
      .toMatchObject([{ address: "gone@bounce.test", status: "bounced" }]);
    const ticket = await find();
    expect(ticket?.messages.at(-1)).toMatchObject({ automaticKind: "bounce" });
    expect(ticket).toMatchObject({ awaitingUs: false });
  });

  it("stop in good order: no lease is left, and they are off the list", async () => {
    expect(await db().prisma.worker.count()).toBe(2);
    const codes = await Promise.all(workers.map((worker) => worker.stop()));
    workers = [];
    expect(codes).toEqual([0, 0]);
    expect(await db().prisma.worker.count()).toBe(0);
    const leased = { leaseOwner: { not: null } };
    expect(await db().prisma.emailAccount.count({ where: leased })).toBe(0);
  });
});

describe("a worker", () => {
  it("that is killed in the middle of an import is replaced, and nothing is doubled or lost", async () => {
    // Several batches: what is in one is committed together.
    const count = 600;
    const mails = Array.from({ length: count }, () => rawMail());
    const ids = await fillAccounts(["K1", "K2"], mails);
    const first = await startWorker();
    await expect.poll(() => ended(ids), { timeout: 60_000, interval: 5 }).toBeGreaterThan(0);
    await first.kill();
    workers = [];
    const survived = await ended(ids);
    expect(survived).toBeLessThan(count);
    await startWorker();
    await expect.poll(() => ended(ids), PATIENTLY).toBe(count);
    expect(await harvest(ids)).toEqual({ processed: count, duplicates: 0, messages: count });
    expect(await db().prisma.inboundEmail.count({ where: { status: "QUARANTINED" } })).toBe(0);
  });

  it("polls nothing while EMAIL_POLLING_ENABLED is false, says so, and still sends", async () => {
    await Promise.all(workers.map((worker) => worker.stop()));
    workers = [];
    const [id = ""] = await fillAccounts(["Off"], [rawMail()]);
    const worker = await startWorker({ EMAIL_POLLING_ENABLED: "false" });
    expect(worker.output()).toContain("INFO: Email polling is off: EMAIL_POLLING_ENABLED is false");
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    const { number } = await db().prisma.ticket.findFirstOrThrow({
      where: { subject: "Broken lamp" },
    });
    const { messageRowId } = await replyToTicket(agent, { number, text: "Still there?" });
    const status = async () =>
      (await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } })).status;
    await expect.poll(status, PATIENTLY).toBe("SENT");
    expect(await db().prisma.pollRun.count({ where: { accountId: id } })).toBe(0);
  });
});
