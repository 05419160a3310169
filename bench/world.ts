import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createAccount } from "@/lib/accounts/create";
import { type Database, db, openDatabase, useDatabase } from "@/lib/db/client";
import { openEmbedded } from "@/lib/db/embedded";
import { migrate } from "@/lib/db/migrate";
import { reloadEnv } from "@/lib/env";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { type CpuSeconds, cpuSeconds } from "./processes";
import { type BenchWorker, startBenchWorker } from "./worker-process";

/** The desk's address, whose mail is read. */
export const DESK = "support@example.test";
/** A worker is at rest when it takes no more of half a second than this. */
const REST_LOOK_MS = 500;
const AT_REST_SECONDS = 0.03;
const REST_WITHIN_MS = 10_000;
const SECRET = "a secret only for the bench and long enough for the rule";

export type BenchPostgres = {
  url: string;
  /** The server's first process; all others are below it. */
  pid: number;
  stop(): Promise<void>;
};

/** A cluster of the bench's own, started as `npm run quickstart` starts it: nothing is made hasty. */
export async function startBenchPostgres(): Promise<BenchPostgres> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "mr-bench-"));
  chmodSync(dir, 0o755);
  const embedded = await openEmbedded(dir);
  const pidFile = readFileSync(path.join(dir, "postgres", "postmaster.pid"), "utf8");
  return {
    url: embedded.url,
    pid: Number(pidFile.split("\n")[0]),
    async stop() {
      await embedded.release();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const SETTINGS = [
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "shared_buffers",
  "max_connections",
];

/** How durable and how large this Postgres is, in one line. */
async function postgresSettings(): Promise<string> {
  const { rows } = await db().pool.query<{ line: string }>(
    "SELECT name || ' ' || current_setting(name) AS line FROM pg_settings WHERE name = ANY($1)",
    [SETTINGS],
  );
  return `Postgres as Mailroom starts its own: ${rows.map(({ line }) => line).join(", ")}`;
}

type BenchServers = { postgres: BenchPostgres; bed: MailBed };

/**
 * Postgres, migrated and behind db(), and a mail bed; the environment names both.
 * @throws what Dovecot, Postfix or Postgres say when they cannot start; nothing is left then.
 */
export async function startBenchServers(
  connections: number,
  options: Parameters<typeof startMailBed>[0] = {},
): Promise<BenchServers> {
  const postgres = await startBenchPostgres();
  const started: { stop(): Promise<void> }[] = [postgres];
  try {
    const bed = await startMailBed(options);
    started.push(bed);
    Object.assign(process.env, {
      ...{ DATABASE_URL: postgres.url, APP_SECRET: SECRET },
      EMAIL_ALLOWED_PRIVATE_HOSTS: "127.0.0.0/8",
    });
    reloadEnv();
    await migrate(postgres.url);
    useDatabase(openDatabase(postgres.url, connections));
    return { postgres, bed };
  } catch (error) {
    await Promise.all(started.map((server) => server.stop()));
    throw error;
  }
}

/** Where a CPU second was spent. */
export type Spent = { worker: number; parser: number; postgres: number; dovecot: number };

/**
 * A desk that waits for mail: Postgres, Dovecot, and the worker's bundle as users run it. The one that
 * was started last is behind db(), until another is to be used.
 */
export class BenchWorld {
  private static readonly running = new Set<BenchWorld>();
  private worker: BenchWorker | null = null;

  private constructor(
    readonly postgres: BenchPostgres,
    readonly bed: MailBed,
    private readonly database: Database,
  ) {}

  /** @throws what Dovecot, Postfix or Postgres say when they cannot start; nothing is left then. */
  static async start(): Promise<BenchWorld> {
    execFileSync(process.execPath, ["scripts/build-worker.mjs"]);
    const { postgres, bed } = await startBenchServers(2);
    const world = new BenchWorld(postgres, bed, db());
    BenchWorld.running.add(world);
    // Postgres and Dovecot would go on without us.
    if (BenchWorld.running.size === 1)
      for (const signal of ["SIGINT", "SIGTERM"] as const)
        process.once(signal, () => BenchWorld.stopAll().finally(() => process.exit(1)));
    try {
      console.log(await postgresSettings());
      // Opened once, so that Dovecot itself has made the folders.
      await bed.mailsOf(DESK);
      return world;
    } catch (error) {
      await world.stop();
      throw error;
    }
  }

  /** Makes this world's database the one behind db(), where there are several worlds. */
  use(): void {
    process.env.DATABASE_URL = this.database.url;
    reloadEnv();
    useDatabase(this.database);
  }

  /**
   * Starts the worker and waits until it is at rest: each of its loops has had its first look at the
   * desk, which is no work of the mails that come later.
   */
  async startWorker(): Promise<void> {
    this.use();
    this.worker = await startBenchWorker(this.bed.caFile);
    const deadline = performance.now() + REST_WITHIN_MS;
    for (let before = Number.NEGATIVE_INFINITY; performance.now() < deadline; ) {
      const { own } = cpuSeconds(this.worker.pid);
      if (own - before <= AT_REST_SECONDS) return;
      before = own;
      await sleep(REST_LOOK_MS);
    }
  }

  get workerPid(): number {
    return this.worker?.pid ?? 0;
  }

  async stopWorker(): Promise<void> {
    await this.worker?.stop();
  }

  /** Connects the account, which is polled at once. @returns its id. */
  async connect({ tls }: { tls: boolean }): Promise<string> {
    const server = { smtpHost: "127.0.0.1", imapHost: "127.0.0.1", smtpPassword: "pw" };
    const plain = { smtpSecurity: "none", imapSecurity: "none" } as const;
    const ports = { smtpPort: this.bed.smtpPort, imapPort: this.bed.imapPort };
    const { id } = await createAccount(
      { id: null, role: "ADMIN" },
      {
        ...{ email: DESK, smtpUsername: DESK, ...server, ...ports, ...plain },
        ...(tls ? { imapPort: this.bed.imapsPort, imapSecurity: "tls" } : {}),
        ...{ pollingEnabled: true, startMode: "all" },
      },
    );
    return id;
  }

  /**
   * Waits until the cursor has passed this many mails and every receipt has an end, looking every
   * 50 ms by two index entries. @returns the database's clock when that was seen.
   * @throws Error after `limitMs`, or when the worker ends.
   */
  async untilTaken(mails: number, limitMs = 900_000): Promise<Date> {
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      this.worker?.requireAlive();
      const { rows } = await db().pool.query<{ isDone: boolean; at: Date }>({
        name: "until-taken",
        text: `SELECT clock_timestamp() AS at,
          coalesce((SELECT max("lastUid") FROM "FolderCursor"), 0) >= $1
          AND NOT EXISTS (SELECT 1 FROM "InboundEmail" WHERE "status" = 'PENDING') AS "isDone"`,
        values: [mails],
      });
      const [row] = rows;
      if (row?.isDone) return row.at;
      await sleep(50);
    }
    throw new Error(`Not done after ${limitMs / 1000} s: ${this.worker?.output()}`);
  }

  /** CPU seconds so far of everything that takes part. */
  spent(): Spent {
    const worker: CpuSeconds = cpuSeconds(this.workerPid);
    const postgres = cpuSeconds(this.postgres.pid);
    const dovecot = cpuSeconds(
      Number(readFileSync(path.join(this.bed.dir, "pids"), "utf8").split("\n")[0]),
    );
    return {
      ...{ worker: worker.own, parser: worker.below },
      postgres: postgres.own + postgres.below,
      dovecot: dovecot.own + dovecot.below,
    };
  }

  async stop(): Promise<void> {
    BenchWorld.running.delete(this);
    await this.stopWorker();
    await this.database.close();
    await Promise.all([this.bed.stop(), this.postgres.stop()]);
  }

  /** Ends every world that was started and not ended. */
  static async stopAll(): Promise<void> {
    await Promise.all([...BenchWorld.running].map((world) => world.stop()));
  }
}

export function difference(after: Spent, before: Spent): Spent {
  return {
    worker: after.worker - before.worker,
    parser: after.parser - before.parser,
    postgres: after.postgres - before.postgres,
    dovecot: after.dovecot - before.dovecot,
  };
}
