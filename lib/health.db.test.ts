import { beforeEach, describe, expect, it } from "vitest";
import { db, openDatabase, useDatabase } from "./db/client";
import { isWorkerMissing, readiness } from "./health";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createAccount } from "./testing/factories";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

async function workerSeen(secondsAgo: number): Promise<void> {
  await db().pool.query(
    `INSERT INTO "Worker" ("id", "hostname", "pid", "version", "heartbeatAt")
     VALUES ('w', 'host', 1, 'v', now() - make_interval(secs => $1))
     ON CONFLICT ("id") DO UPDATE SET "heartbeatAt" = EXCLUDED."heartbeatAt"`,
    [secondsAgo],
  );
}

describe("readiness", () => {
  it("is ready with a migrated database and a worker that lives", async () => {
    await workerSeen(100);
    expect(await readiness()).toMatchObject({
      status: "ready",
      checks: { database: { ok: true }, migrations: { ok: true }, worker: { ok: true } },
    });
  });

  it("is not ready without a worker, nor with one that is silent for two leases", async () => {
    expect((await readiness()).checks.worker).toEqual({
      ok: false,
      detail: "no worker has started",
    });
    await workerSeen(130);
    expect(await readiness()).toMatchObject({
      status: "not-ready",
      checks: { worker: { ok: false } },
    });
  });

  it("is not ready while a migration is pending", async () => {
    await workerSeen(0);
    const { rows } = await db().pool.query("SELECT * FROM _prisma_migrations LIMIT 1");
    await db().pool.query("UPDATE _prisma_migrations SET finished_at = NULL WHERE id = $1", [
      rows[0].id,
    ]);
    const state = await readiness();
    await db().pool.query("UPDATE _prisma_migrations SET finished_at = $2 WHERE id = $1", [
      rows[0].id,
      rows[0].finished_at,
    ]);
    expect(state.checks.migrations).toEqual({
      ok: false,
      detail: "1 pending: run npm run -s desk -- migrate",
    });
  });

  it("says that the database is away without saying where it is", async () => {
    const own = db();
    const away = openDatabase("postgresql://someone:hidden@127.0.0.1:1/nowhere", 1);
    useDatabase(away);
    const state = await readiness();
    useDatabase(own);
    await away.close();
    expect(state).toMatchObject({ status: "not-ready", checks: { database: { ok: false } } });
    expect(JSON.stringify(state)).not.toMatch(/hidden|someone|127\.0\.0\.1/);
  });
});

describe("isWorkerMissing", () => {
  it("matters only while an account should be polled", async () => {
    await createAccount({ pollingEnabled: false });
    expect(await isWorkerMissing()).toBe(false);
    await createAccount({ pollingEnabled: true });
    expect(await isWorkerMissing()).toBe(true);
    await workerSeen(10);
    expect(await isWorkerMissing()).toBe(false);
  });
});
