import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createAccount } from "@/lib/accounts/create";
import type { AccountInput } from "@/lib/accounts/schema";
import { closeDb, db } from "@/lib/db/client";
import { log } from "@/lib/log";
import { SPARING_MALLOC } from "@/lib/malloc";
import type { MailBed } from "@/lib/testing/mail-bed";
import { cpuSeconds, residentMb } from "./processes";
import { type BenchPostgres, startBenchServers, workerFlags } from "./world";

/** The worker of this tree as it is, beside the one a user may have running. */
const BUNDLE = "dist/bench";

/** CPU seconds so far. */
export type Spent = { worker: number; postgres: number; dovecot: number };

/** A desk with as many accounts as a bench wants: Postgres, Dovecot, Postfix and the worker's bundle. */
export class ManyWorld {
  private child: ChildProcess | null = null;
  private output = "";

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
    const child = spawn(process.execPath, [...workerFlags(), `${BUNDLE}/worker.mjs`], {
      env: {
        ...process.env,
        ...SPARING_MALLOC,
        NODE_ENV: "production",
        NODE_EXTRA_CA_CERTS: this.bed.caFile,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    this.output = "";
    const hear = (chunk: Buffer) => {
      this.output = (this.output + chunk.toString("utf8")).slice(-20_000);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    while (!/ is ready$/m.test(this.output)) {
      this.requireWorker();
      await sleep(20);
    }
  }

  async stopWorker(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null) return;
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    await exited;
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
      this.requireWorker();
      const { rows } = await db().pool.query<{ count: number; at: Date }>(
        `SELECT (${query})::float AS count, clock_timestamp() AS at`,
      );
      const [row] = rows;
      if (row && row.count >= atLeast) return row.at;
      await sleep(everyMs);
    }
    throw new Error(`Not ${atLeast} after ${limitMs / 1000} s: ${query}\n${this.output}`);
  }

  spent(): Spent {
    const below = (pid: number) => {
      const { own, below } = cpuSeconds(pid);
      return own + below;
    };
    const dovecot = Number(readFileSync(path.join(this.bed.dir, "pids"), "utf8").split("\n")[0]);
    return {
      worker: below(this.child?.pid ?? 0),
      postgres: below(this.postgres.pid),
      dovecot: below(dovecot),
    };
  }

  workerMb(): number {
    return residentMb(this.child?.pid ?? 0);
  }

  async stop(): Promise<void> {
    await this.stopWorker();
    await closeDb();
    await Promise.all([this.bed.stop(), this.postgres.stop()]);
  }

  private requireWorker(): void {
    if (this.child?.exitCode !== null) throw new Error(`The worker ended: ${this.output}`);
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
