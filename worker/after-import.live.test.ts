import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AFTER_IMPORT_CRASHPOINTS, type Crashpoint } from "@/lib/crashpoint";
import { db } from "@/lib/db/client";
import { startWorkerProcess, type WorkerProcess } from "@/lib/testing/child-process";
import { emptyDatabase, useTestDatabase } from "@/lib/testing/database";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { saveMails } from "@/lib/testing/maildir";
import { connectAccount } from "@/lib/testing/pipeline";
import { rawMail } from "@/lib/testing/raw-mail";

// A worker that moves imported mails is killed at each moment that matters; another one goes on.

useTestDatabase();

const USER = "support@example.test";
const PATIENTLY = { timeout: 60_000, interval: 50 };
const PATIENCE_MS = 150_000;
const SUBJECTS = ["one", "three", "two"];

let bed: MailBed;
let folder = "";
let rounds = 0;
const workers: WorkerProcess[] = [];

const startWorker = async (env: Record<string, string> = {}) => {
  const pace = { EMAIL_POLLING_INTERVAL: "1", WORKER_LEASE_SECONDS: "3" };
  const worker = await startWorkerProcess({ ...pace, ...env });
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
beforeEach(async () => {
  await emptyDatabase(db().pool);
  rounds += 1;
  folder = `K${rounds}`;
  await bed.doveadm("mailbox", "create", "-u", USER, folder);
  const mails = SUBJECTS.map((subject) => rawMail({ subject }));
  await saveMails(bed, { user: USER, folder }, mails);
  await connectAccount(bed, { folder, afterImport: "move", afterImportFolder: `${folder}-done` });
});

const subjectsIn = async (name: string) => {
  const mails = await bed.mailsOf(USER, name).catch(() => []);
  return mails.map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1]).sort();
};
const waiting = () => db().prisma.inboundEmail.count({ where: { serverDueAt: { not: null } } });

/** Where the mails were when the worker was killed at this point, and how many were still to be moved. */
async function killedAt(point: Crashpoint) {
  const worker = await startWorker({ CRASH_AT: `${point}:1` });
  expect(await worker.exited).toBeNull();
  return {
    source: await subjectsIn(folder),
    moved: await subjectsIn(`${folder}-done`),
    waiting: await waiting(),
  };
}

/** A healthy worker moves what is left, without the pause between tries; nothing is there twice. */
async function expectAllMovedOnce(): Promise<void> {
  await db().pool.query(
    `UPDATE "InboundEmail" SET "serverDueAt" = now() WHERE "serverDueAt" IS NOT NULL`,
  );
  const healthy = await startWorker();
  const moved = () => db().prisma.inboundEmail.count({ where: { serverOutcome: "moved" } });
  await expect.poll(moved, PATIENTLY).toBe(3);
  expect(await subjectsIn(`${folder}-done`)).toEqual(SUBJECTS);
  expect(await subjectsIn(folder)).toEqual([]);
  expect(await db().prisma.ticket.count()).toBe(3);
  await healthy.stop();
}

describe("a worker that is killed", () => {
  it(
    "before the mails are committed has touched none of them",
    async () => {
      const found = await killedAt("store.cursor-moved");
      expect(found).toEqual({ source: SUBJECTS, moved: [], waiting: 0 });
      await expectAllMovedOnce();
    },
    PATIENCE_MS,
  );

  it(
    "between the commit and the move is replaced by one that moves them",
    async () => {
      const found = await killedAt(AFTER_IMPORT_CRASHPOINTS[0]);
      expect(found).toEqual({ source: SUBJECTS, moved: [], waiting: 3 });
      await expectAllMovedOnce();
    },
    PATIENCE_MS,
  );

  it(
    "between the move and its note is replaced by one that finds them moved",
    async () => {
      const found = await killedAt(AFTER_IMPORT_CRASHPOINTS[1]);
      expect(found).toEqual({ source: [], moved: SUBJECTS, waiting: 3 });
      await expectAllMovedOnce();
    },
    PATIENCE_MS,
  );
});
