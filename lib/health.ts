import { db } from "./db/client";
import { pendingMigrations } from "./db/pending-migrations";
import { env } from "./env";
import { messageOf } from "./errors";

export type Check = { ok: boolean; detail: string };
export type Readiness = {
  status: "ready" | "not-ready";
  checks: { database: Check; migrations: Check; worker: Check };
};

const ANSWER_MS = 3_000;

/** Whether this installation can do its work now: a database, up to date, and a worker alive. */
export async function readiness(): Promise<Readiness> {
  const database = await check(async () => {
    await db().pool.query("SELECT 1");
    return { ok: true, detail: "answers" };
  });
  const unknown = { ok: false, detail: "not checked: the database does not answer" };
  const [migrations, worker] = database.ok
    ? await Promise.all([check(checkMigrations), check(checkWorker)])
    : [unknown, unknown];
  const isReady = database.ok && migrations.ok && worker.ok;
  return { status: isReady ? "ready" : "not-ready", checks: { database, migrations, worker } };
}

async function check(run: () => Promise<Check>): Promise<Check> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Check>((resolve) => {
    timer = setTimeout(
      () => resolve({ ok: false, detail: `no answer within ${ANSWER_MS / 1000} s` }),
      ANSWER_MS,
    );
  });
  try {
    return await Promise.race([run(), late]);
  } catch (error) {
    return { ok: false, detail: causeOf(error) };
  } finally {
    clearTimeout(timer);
  }
}

/** The kind of trouble without hosts, users or passwords: this answer needs no sign-in. */
function causeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string")
    return `failed (${error.code})`;
  return `failed (${messageOf(error)
    .replace(/\S*@\S*|\d+\.\d+\.\d+\.\d+/g, "…")
    .slice(0, 100)})`;
}

async function checkMigrations(): Promise<Check> {
  const pending = await pendingMigrations(db().pool);
  if (pending.length === 0) return { ok: true, detail: "up to date" };
  return { ok: false, detail: `${pending.length} pending: run npm run -s desk -- migrate` };
}

async function checkWorker(): Promise<Check> {
  const age = await heartbeatAgeSeconds();
  if (age === null) return { ok: false, detail: "no worker has started" };
  const isAlive = age <= 2 * env().WORKER_LEASE_SECONDS;
  return { ok: isAlive, detail: `last heartbeat ${Math.round(age)} s ago` };
}

/** Seconds since any worker's last sign of life, on the database's clock; null when there is none. */
export async function heartbeatAgeSeconds(): Promise<number | null> {
  const result = await db().pool.query<{ age: string | null }>(
    `SELECT extract(epoch FROM clock_timestamp() - max("heartbeatAt"))::text AS age FROM "Worker"`,
  );
  const age = result.rows[0]?.age;
  return age === null || age === undefined ? null : Math.max(0, Number(age));
}

/**
 * Whether mail waits for nobody: an account should be polled, and no worker gave a sign of life
 * within a minute (or two leases, when those are longer).
 */
export async function isWorkerMissing(): Promise<boolean> {
  const result = await db().pool.query<{ missing: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM "EmailAccount" WHERE "isActive" AND "pollingEnabled")
        AND NOT EXISTS (SELECT 1 FROM "Worker"
          WHERE "heartbeatAt" > now() - make_interval(secs => $1::double precision)) AS missing`,
    [Math.max(60, 2 * env().WORKER_LEASE_SECONDS)],
  );
  return result.rows[0]?.missing ?? false;
}
