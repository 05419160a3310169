import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { disablePolling, setActive } from "../accounts/polling";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, OWNER } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { claimAccounts } from "./lease";
import { createParsePool } from "./parse-pool";
import { pollAccounts } from "./poll";
import { pollNow } from "./poll-now";
import { Processor } from "./process";

useTestDatabase();

let bed: MailBed;
beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

beforeEach(() => emptyDatabase(db().pool));
afterEach(() => setEnv({}));

function setEnv(given: Record<string, string>): void {
  for (const name of ["EMAIL_POLLING_ENABLED", "WORKER_LEASE_SECONDS"]) delete process.env[name];
  Object.assign(process.env, given);
  reloadEnv();
}

/** A worker that is alive by its heartbeat, as far as others can see. */
const addWorker = (fields: { pollingEnabled?: boolean } = {}) =>
  db().pool.query(
    `INSERT INTO "Worker" ("id", "hostname", "pid", "version", "pollingEnabled", "heartbeatAt")
     VALUES ('w', 'h', 1, 'v', $1, now())`,
    [fields.pollingEnabled ?? true],
  );

const requested = async () =>
  (await db().prisma.emailAccount.findFirstOrThrow()).pollRequestedAt !== null;

describe("a poll now", () => {
  it("is done here when no worker lives", async () => {
    await connectAccount(bed);
    await bed.append("support@example.test", rawMail());
    expect(await pollNow(null)).toMatchObject({
      accounts: 1,
      emailsProcessed: 1,
      ticketsCreated: 1,
      failed: [],
    });
  });

  it("is asked of a living worker, and reports that worker's figures", async () => {
    const { id } = await connectAccount(bed, { email: "billing@example.test" });
    await bed.append("billing@example.test", rawMail());
    await addWorker();
    const asking = pollNow(id);
    await expect.poll(requested).toBe(true);
    const pool = createParsePool();
    const leases = await claimAccounts("w", [id], 30);
    await pollAccounts(leases, new Processor("w", pool), new AbortController().signal);
    await pool.close();
    expect(await asking).toMatchObject({ accounts: 1, emailsProcessed: 1, ticketsCreated: 1 });
    expect(await db().prisma.pollRun.count()).toBe(1);
  });

  it("is done here after all when the worker dies before it answers", async () => {
    setEnv({ WORKER_LEASE_SECONDS: "2" });
    await connectAccount(bed, { email: "agent@example.test" });
    await bed.append("agent@example.test", rawMail());
    await addWorker();
    const asking = pollNow(null);
    await expect.poll(requested).toBe(true);
    await db().pool.query(`UPDATE "Worker" SET "heartbeatAt" = now() - interval '1 minute'`);
    expect(await asking).toMatchObject({ emailsProcessed: 1, ticketsCreated: 1 });
  });

  it("is done here when the only worker has polling turned off", async () => {
    await connectAccount(bed, { email: "stranger@customer.test" });
    await addWorker({ pollingEnabled: false });
    expect(await pollNow(null)).toMatchObject({ accounts: 1, failed: [] });
  });

  it("is refused where there is nothing to poll, and says why", async () => {
    const { id } = await connectAccount(bed);
    await disablePolling(OWNER, id);
    await expect(pollNow(id)).rejects.toThrow("Polling is not enabled for support@example.test.");
    await setActive(OWNER, id, false);
    await expect(pollNow(id)).rejects.toThrow("support@example.test is not active.");
    const nobody = "00000000-0000-7000-8000-000000000000";
    await expect(pollNow(nobody)).rejects.toMatchObject({ code: "not-found" });
    expect(await pollNow(null)).toMatchObject({ accounts: 0, emailsProcessed: 0 });
    setEnv({ EMAIL_POLLING_ENABLED: "false" });
    await expect(pollNow(null)).rejects.toThrow("EMAIL_POLLING_ENABLED is false");
  });
});
