import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createReceipt } from "../testing/factories";
import { closeRun, openRun, pruneRuns } from "./poll-record";

useTestDatabase();

let accountId: string;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  accountId = (await createAccount({ pollingEnabled: true })).id;
});

const open = () => openRun({ accountId, owner: "w", token: 1n });
const nothingNew = {
  ...{ fetched: { seen: 3, stored: 0, folderMails: 3, skipped: 0 }, error: null },
  durationMs: 400,
};

async function addRun(hoursAgo: number, fields: Record<string, unknown> = {}): Promise<string> {
  const startedAt = new Date(Date.now() - hoursAgo * 3_600_000);
  const run = await db().prisma.pollRun.create({
    data: { accountId, startedAt, finishedAt: startedAt, ...fields },
  });
  return run.id;
}

const kept = async () =>
  (await db().prisma.pollRun.findMany({ orderBy: { startedAt: "asc" } })).map(({ id }) => id);

describe("the record of a poll", () => {
  it("adds up in its half hour and in the account's sums", async () => {
    await closeRun(await open(), nothingNew);
    await closeRun(await open(), { fetched: null, error: "Nothing answers.", durationMs: 1_100 });
    const withMail = await open();
    const mail = { accountId, pollRunId: withMail, status: "PROCESSED" as const };
    await createReceipt({ ...mail, outcome: "ticket" });
    await createReceipt({ ...mail, outcome: "message" });
    const fetched = { seen: 2, stored: 2, folderMails: 5, skipped: 0 };
    const figures = await closeRun(withMail, { fetched, error: null, durationMs: 500 });
    expect(figures).toMatchObject({ emailsProcessed: 2, ticketsCreated: 1, messagesAppended: 1 });
    // They may lie on both sides of a half hour.
    const spans = await db().prisma.pollSpan.aggregate({
      _sum: { polls: true, failed: true, withMail: true, mails: true, tickets: true },
      _max: { durationMsMax: true },
    });
    expect(spans).toEqual({
      _sum: { polls: 3, failed: 1, withMail: 1, mails: 2, tickets: 1 },
      _max: { durationMsMax: 1_100 },
    });
    expect(await db().prisma.pollTotal.findMany()).toEqual([
      {
        ...{ accountId, quiet: 1n, withMail: 1n, failed: 1n },
        ...{ mails: 2n, tickets: 1n, durationMs: 2_000n },
      },
    ]);
  });

  it("counts a poll once, however often it is closed", async () => {
    const id = await open();
    await Promise.all([closeRun(id, nothingNew), closeRun(id, nothingNew)]);
    await closeRun(id, nothingNew);
    expect(await db().prisma.pollTotal.findFirst()).toMatchObject({ quiet: 1n });
    expect(await db().prisma.pollSpan.findFirst()).toMatchObject({ polls: 1 });
  });

  it("loses no count of polls that end at the same time", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, open));
    await Promise.all(ids.map((id) => closeRun(id, nothingNew)));
    expect(await db().prisma.pollTotal.findFirst()).toMatchObject({ quiet: 20n });
  });

  it("of a failure says what had been stored before it", async () => {
    const id = await open();
    await createReceipt({ accountId, pollRunId: id, status: "PROCESSED", outcome: "ticket" });
    await closeRun(id, { fetched: null, error: "The connection was cut.", durationMs: 9 });
    expect(await db().prisma.pollRun.findUnique({ where: { id } })).toMatchObject({
      ...{ stored: 1, error: "The connection was cut." },
    });
    expect(await db().prisma.pollTotal.findFirst()).toMatchObject({ failed: 1n, mails: 1n });
  });
});

describe("records that nobody misses", () => {
  it("go: quiet polls after a day, failed ones and those that never ended after seven", async () => {
    const failed = { error: "Nothing answers." };
    const oldMail = await addRun(24 * 60, { stored: 1 });
    await addRun(170, failed);
    await addRun(169, { finishedAt: null });
    const recentFailure = await addRun(167, failed);
    const unfinished = await addRun(100, { finishedAt: null });
    const leftOut = await addRun(50, { skipped: 4 });
    await addRun(25);
    const quiet = await addRun(23);
    expect(await pruneRuns(60)).toBe(3);
    expect(await kept()).toEqual([oldMail, recentFailure, unfinished, leftOut, quiet]);
  });

  it("stay for three intervals where that is longer than a day", async () => {
    const last = await addRun(40);
    await addRun(80);
    expect(await pruneRuns(86_400 * 0.75)).toBe(1);
    expect(await kept()).toEqual([last]);
  });

  it("go in many batches, past what stays, by several workers at once", async () => {
    await db().pool.query(
      `INSERT INTO "PollRun" ("id", "accountId", "startedAt", "finishedAt", "error")
       SELECT gen_random_uuid(), $1, now() - interval '30 hours' - n * interval '1 second', now(),
         CASE WHEN n % 10 = 0 THEN 'failed' END
       FROM generate_series(1, 12000) AS n`,
      [accountId],
    );
    const removed = await Promise.all([pruneRuns(60), pruneRuns(60), pruneRuns(60)]);
    await pruneRuns(60);
    expect(removed.reduce((sum, n) => sum + n, 0)).toBeGreaterThan(5_000);
    expect(await db().prisma.pollRun.count()).toBe(1_200);
  });

  it("take no receipt with them, and half hours go after thirty days", async () => {
    const id = await addRun(200, { error: "x" });
    const receipt = await createReceipt({ accountId, pollRunId: id });
    const at = (days: number) => new Date(Date.now() - days * 86_400_000);
    await db().prisma.pollSpan.createMany({
      data: [29, 31].map((days) => ({ accountId, startedAt: at(days) })),
    });
    await pruneRuns(60);
    expect(await db().prisma.inboundEmail.findUnique({ where: { id: receipt.id } })).toMatchObject({
      pollRunId: null,
    });
    expect(await db().prisma.pollSpan.count()).toBe(1);
  });
});
