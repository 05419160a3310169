import { afterEach, beforeEach, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { reloadEnv } from "@/lib/env";
import { emptyDatabase, useTestDatabase } from "@/lib/testing/database";
import { findFreePorts } from "@/lib/testing/free-ports";
import { type LineServer, startLineServer } from "@/lib/testing/line-server";
import { connectAccount } from "@/lib/testing/pipeline";
import { type RunningWorker, startWorker } from "./worker";

useTestDatabase();

let silent: LineServer;
let worker: RunningWorker;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  silent = await startLineServer(null, () => null);
  process.env.EMAIL_POLL_CONCURRENCY = "2";
  reloadEnv();
});

afterEach(async () => {
  await worker?.stop();
  await silent?.close();
  delete process.env.EMAIL_POLL_CONCURRENCY;
  reloadEnv();
});

it("an account whose server says nothing takes one place of EMAIL_POLL_CONCURRENCY, not the others'", async () => {
  const [nobody = 1] = await findFreePorts(1);
  await connectAccount({ imapPort: silent.port, smtpPort: 1 }, { email: "slow@example.test" });
  const other = { imapPort: nobody, smtpPort: 1 };
  const { id } = await connectAccount(other, { email: "other@example.test" });
  worker = await startWorker();
  // Both are polled at once; while the first one waits, the other is polled again and again.
  const runs = () => db().prisma.pollRun.count({ where: { accountId: id } });
  await expect.poll(runs, { timeout: 15_000 }).toBeGreaterThan(2);
  expect(await db().prisma.pollRun.count({ where: { NOT: { accountId: id } } })).toBe(1);
});
