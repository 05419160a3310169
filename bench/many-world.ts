import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createAccount } from "@/lib/accounts/create";
import type { AccountInput } from "@/lib/accounts/schema";
import { closeDb, db } from "@/lib/db/client";
import { log } from "@/lib/log";
import type { MailBed } from "@/lib/testing/mail-bed";
import { cpuSeconds, residentMb } from "./processes";
import { type BenchWorker, startBenchWorker } from "./worker-process";
import { type BenchPostgres, startBenchServers } from "./world";

/** The worker of this tree as it is, beside the one a user may have running. */
const BUNDLE = "dist/bench";

/** CPU seconds so far. */
export type Spent = { worker: number; postgres: number; dovecot: number };

/** A desk with as many accounts as a bench wants: Postgres, Dovecot, Postfix and the worker's bundle. */
export class ManyWorld {
  private worker: BenchWorker | null = null;

  private constructor(
    readonly postgres: BenchPostgres,
    readonly bed: MailBed,
  ) {}

  /** @throws what Dovecot, Postfix or Postgres say when they cannot start; nothing is left then. */
  static async start(): Promise<ManyWorld> {
    log.level = "warn";
    execFileSync(process.execPath, ["scripts/build-worker.mjs", BUNDLE]);
    const { postgres, bed } = await startBenchServers(4, { anyUser: true });
    return new ManyWorld(postgres, bed);
  }

  /** Starts the worker, and waits until it is ready. */
  async startWorker(env: Record<string, string> = {}): Promise<void> {
    this.worker = await startBenchWorker(this.bed.caFile, { bundle: BUNDLE, env });
  }

  async stopWorker(): Promise<void> {
    await this.worker?.stop();
    this.worker = null;
  }

  /** An account of `email`, who is a mail user with the password "pw". @returns its id. */
  async connect(
    email: string,
    { tls, ...fields }: Partial<AccountInput> & { tls: boolean },
  ): Promise<string> {
    const plain = { smtpSecurity: "none", imapSecurity: "none" } as const;
    const { id } = await createAccount(
      { id: null, role: "ADMIN" },
      {
        ...{ email, smtpUsername: email, smtpPassword: "pw", ...plain },
        ...{ smtpHost: "127.0.0.1", smtpPort: this.bed.smtpPort },
        ...{ imapHost: "127.0.0.1", imapPort: this.bed.imapPort },
        ...(tls ? { imapPort: this.bed.imapsPort, imapSecurity: "tls" } : {}),
        ...{ pollingEnabled: true, startMode: "all" },
        ...fields,
      },
    );
    return id;
  }

  /** Looks every `everyMs` until the query gives `at least` this number. @returns the database's clock then. */
  async until(query: string, atLeast: number, { everyMs = 50, limitMs = 300_000 } = {}) {
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      this.worker?.requireAlive();
      const { rows } = await db().pool.query<{ count: number; at: Date }>(
        `SELECT (${query})::float AS count, clock_timestamp() AS at`,
      );
      const [row] = rows;
      if (row && row.count >= atLeast) return row.at;
      await sleep(everyMs);
    }
    throw new Error(`Not ${atLeast} after ${limitMs / 1000} s: ${query}\n${this.worker?.output()}`);
  }

  spent(): Spent {
    const below = (pid: number) => {
      const { own, below } = cpuSeconds(pid);
      return own + below;
    };
    const dovecot = Number(readFileSync(path.join(this.bed.dir, "pids"), "utf8").split("\n")[0]);
    return {
      worker: below(this.worker?.pid ?? 0),
      postgres: below(this.postgres.pid),
      dovecot: below(dovecot),
    };
  }

  workerMb(): number {
    return residentMb(this.worker?.pid ?? 0);
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    await closeDb();
    await Promise.all([this.bed.stop(), this.postgres.stop()]);
  }
}

/** What was spent from `before` until now. */
export function spentSince(world: ManyWorld, before: Spent): Spent {
  const now = world.spent();
  return {
    worker: now.worker - before.worker,
    postgres: now.postgres - before.postgres,
    dovecot: now.dovecot - before.dovecot,
  };
}
