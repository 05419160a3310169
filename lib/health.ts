import { createHash, timingSafeEqual } from "node:crypto";
import { db } from "./db/client";
import { InboundStatus, OutboundStatus } from "./db/generated/enums";
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

/** Whether `header` is `Bearer` and METRICS_TOKEN. False when the token is not set. */
export function isMetricsToken(header: string | null): boolean {
  const expected = env().METRICS_TOKEN;
  if (!expected || !header?.startsWith("Bearer ")) return false;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header.slice("Bearer ".length)), digest(expected));
}

/** The figures of /api/metrics in Prometheus's text format 0.0.4. */
export async function metricsText(): Promise<string> {
  const [tickets, inbound, outbound, age] = await Promise.all([
    countBy(`SELECT "status"::text AS label, count(*)::int AS n FROM "Ticket"
      WHERE "deletedAt" IS NULL GROUP BY 1`),
    countBy(`SELECT "status"::text AS label, count(*)::int AS n FROM "InboundEmail" GROUP BY 1`),
    countBy(`SELECT "status"::text AS label, count(*)::int AS n FROM "OutboundEmail" GROUP BY 1`),
    heartbeatAgeSeconds(),
  ]);
  const total = [...tickets.values()].reduce((sum, n) => sum + n, 0);
  const lines = [
    ...metric("mailroom_tickets_total", "Tickets that are not deleted.", [["", total]]),
    ...metric("mailroom_tickets", "Tickets by status.", labelled(tickets, [...tickets.keys()])),
    ...metric(
      "mailroom_inbound_mails",
      "Received mails by what became of them.",
      labelled(inbound, Object.values(InboundStatus)),
    ),
    ...metric(
      "mailroom_outbound_mails",
      "Deliveries by status.",
      labelled(outbound, Object.values(OutboundStatus)),
    ),
  ];
  if (age !== null)
    lines.push(
      ...metric(
        "mailroom_worker_heartbeat_age_seconds",
        "Seconds since a worker's last sign of life.",
        [["", age]],
      ),
    );
  return `${lines.join("\n")}\n`;
}

async function countBy(sql: string): Promise<Map<string, number>> {
  const { rows } = await db().pool.query<{ label: string; n: number }>(sql);
  return new Map(rows.map((row) => [row.label, row.n]));
}

function labelled(counts: Map<string, number>, labels: string[]): [string, number][] {
  return labels.map((label) => [`{status="${label.toLowerCase()}"}`, counts.get(label) ?? 0]);
}

function metric(name: string, help: string, samples: [string, number][]): string[] {
  const values = samples.map(([labels, value]) => `${name}${labels} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...values];
}
