import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { startWorkerProcess, type WorkerProcess } from "@/lib/testing/child-process";
import { emptyDatabase, useTestDatabase } from "@/lib/testing/database";
import { createUser } from "@/lib/testing/factories";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { connectAccount, receiveOnTicket } from "@/lib/testing/pipeline";
import { rawMail } from "@/lib/testing/raw-mail";
import { replyToTicket } from "@/lib/tickets/reply";

useTestDatabase();

const USER = "support@example.test";
const PATIENTLY = { timeout: 60_000, interval: 50 };

let bed: MailBed;
let workers: WorkerProcess[] = [];

const startWorker = async (env: Record<string, string>) => {
  const worker = await startWorkerProcess({ NODE_EXTRA_CA_CERTS: bed.caFile, ...env });
  workers.push(worker);
  return worker;
};

beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

beforeEach(() => emptyDatabase(db().pool));
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.kill()));
  workers = [];
});

const connect = () =>
  connectAccount(bed, {
    ...{ smtpPort: bed.smtpsPort, smtpSecurity: "tls" },
    ...{ imapPort: bed.imapsPort, imapSecurity: "tls" },
  });

const runs = () => db().prisma.pollRun.count({ where: { finishedAt: { not: null } } });

it("polls start EMAIL_POLLING_INTERVAL seconds apart or more and go on, with two workers as with one", async () => {
  await connect();
  const env = { EMAIL_POLLING_INTERVAL: "2" };
  await Promise.all([startWorker(env), startWorker(env)]);
  await expect.poll(runs, PATIENTLY).toBeGreaterThanOrEqual(4);
  const { rows } = await db().pool.query<{ gap: number }>(
    `SELECT extract(epoch FROM "startedAt" - lag("startedAt") OVER (ORDER BY "startedAt"))::float AS gap
     FROM "PollRun" ORDER BY "startedAt" OFFSET 1`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(3);
  for (const { gap } of rows) expect(gap).toBeGreaterThanOrEqual(2);
  const failed = { where: { error: { not: null } } };
  expect(await db().prisma.pollRun.count(failed)).toBe(0);
});

it("EMAIL_POLLING_ENABLED=false leaves mail where it is and sends on; set to true again, all of it is there", async () => {
  const { id } = await connect();
  const { ticket } = await receiveOnTicket(rawMail({ subject: "older" }), { accountId: id });
  const off = await startWorker({ EMAIL_POLLING_ENABLED: "false" });
  for (const subject of ["one", "two"]) await bed.deliver("a@b.test", USER, rawMail({ subject }));
  await bed.waitForMail(USER, 2);
  const agent = { id: (await createUser()).id, role: "AGENT" as const };
  await replyToTicket(agent, { number: ticket.number, text: "We are still here." });
  // It has looked for work and found this: it would have found the account as well.
  const sent = () => db().prisma.outboundEmail.count({ where: { status: "SENT" } });
  await expect.poll(sent, PATIENTLY).toBe(1);
  expect(await db().prisma.pollRun.count()).toBe(0);
  const account = () => db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
  expect(await account()).toMatchObject({ lastAttemptAt: null, lastPolledAt: null });
  expect(await off.stop()).toBe(0);

  await startWorker({ EMAIL_POLLING_ENABLED: "true" });
  const subjects = async () =>
    (await db().prisma.ticket.findMany()).map(({ subject }) => subject).sort();
  await expect.poll(subjects, PATIENTLY).toEqual(["older", "one", "two"]);
  expect(await account()).toMatchObject({ lastPolledAt: expect.any(Date), lastError: null });
});
