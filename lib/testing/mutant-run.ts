import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { db, openDatabase, useDatabase } from "../db/client";
import { reloadEnv } from "../env";
import { createParsePool, type ParsePool } from "../inbound/parse-pool";
import { Processor } from "../inbound/process";
import { sanitiseHtml } from "../mail/sanitize";
import { type Mutant, mutateMail } from "./mutate-mail";
import { makeEverythingDue, store } from "./pipeline";
import { TEMPLATE } from "./postgres-setup";
import { randomFrom } from "./random";

const CPU_MS_MAX = 5_000;
const TRIES_MAX = 12;
const FIXTURES = "lib/mail/fixtures";
/** A kernel tick, as `getconf CLK_TCK` gives it on Linux. */
const TICK_MS = 10;

export type Memory = { parserMb: number | null; processMb: number };

export type MutantRun = {
  seed: number;
  mails: number;
  /** How many receipts ended in each state. */
  ends: Record<string, number>;
  pending: number;
  /** Receipts that did not end as they must: no reason, or processed into no message. */
  unsound: string[];
  slowest: { cpuMs: number; mail: number; changes: string[] };
  over: number;
  cpuMsAverage: number;
  parserKills: number;
  /** After a quarter, half, three quarters and all of the mails. */
  memory: Memory[];
};

/** Makes a database of its own on a test server, and db() lead there. */
export async function openMutantDatabase(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: `${url}/postgres` });
  await admin.connect();
  await admin.query(`CREATE DATABASE mutants TEMPLATE ${TEMPLATE}`);
  await admin.end();
  process.env.DATABASE_URL = `${url}/mutants`;
  process.env.APP_SECRET = "a secret only for the mutants and long enough for it";
  reloadEnv();
  useDatabase(openDatabase(process.env.DATABASE_URL, 4));
}

/** The mails mutants are made of: our fixtures, and other projects' where they are at hand. */
export function seedMails(corpora: string | null): Buffer[] {
  const below = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.(eml|msg)$/.test(file))
      .sort()
      .map((file) => readFileSync(join(folder, file)));
  return [...below(FIXTURES), ...(corpora && existsSync(corpora) ? below(corpora) : [])];
}

/**
 * Sends `count` mutated mails the way of a mail: stored, parsed by the real parser in its process,
 * written to the database, their HTML cleaned as for showing. The database is db()'s. CPU and memory
 * of the parser are read from /proc, so on Linux only; elsewhere they count as nothing.
 */
export async function runMutants(
  seeds: readonly Buffer[],
  { count, seed }: { count: number; seed: number },
  onQuarter: (done: number) => void = () => undefined,
): Promise<MutantRun> {
  const random = randomFrom(seed);
  const pool = createParsePool();
  const processor = new Processor("mutants", showing(pool));
  const run: MutantRun = {
    ...{ seed, mails: 0, ends: {}, pending: 0, unsound: [], over: 0, cpuMsAverage: 0 },
    ...{ slowest: { cpuMs: 0, mail: 0, changes: [] }, parserKills: 0, memory: [] },
  };
  let cpuMs = 0;
  try {
    for (let mail = 1; mail <= count; mail++) {
      const mutant = mutateMail(seeds, random);
      const spent = await oneMail(processor, mutant, mail - count);
      cpuMs += spent;
      run.mails++;
      if (spent > CPU_MS_MAX) run.over++;
      if (spent > run.slowest.cpuMs) run.slowest = { cpuMs: spent, mail, changes: mutant.changes };
      if (mail % Math.max(1, Math.floor(count / 4)) === 0 && run.memory.length < 4) {
        run.memory.push(memoryNow());
        onQuarter(mail);
      }
    }
    await endAll(processor);
  } finally {
    await pool.close();
  }
  return { ...run, cpuMsAverage: cpuMs / Math.max(1, count), ...(await judge()) };
}

/** Cleans what would be shown as well: that is work a mail makes, too. */
function showing(pool: ParsePool): ParsePool {
  return {
    ...pool,
    async parse(raw) {
      const mail = await pool.parse(raw);
      if (mail.html !== null)
        sanitiseHtml(mail.html, { cidUrl: () => null, loadRemoteImages: false });
      return mail;
    },
  };
}

/** Minutes apart, as one sender's mails at once would be held. @returns the CPU it took, in ms. */
async function oneMail(processor: Processor, { raw }: Mutant, minute: number): Promise<number> {
  const internalDate = new Date(Date.now() + minute * 60_000);
  const receiptId = await store(raw, { internalDate });
  const before = { process: process.cpuUsage(), parser: parserCpuMs() };
  await processor.run({ receiptId });
  const { user, system } = process.cpuUsage(before.process);
  const parser = parserCpuMs();
  // Another parser than before began at nothing.
  const inParser = parser >= before.parser ? parser - before.parser : parser;
  return (user + system) / 1000 + inParser;
}

/** Tries again what waits for another try, without the pauses between. */
async function endAll(processor: Processor): Promise<void> {
  for (let turn = 0; turn < TRIES_MAX; turn++) {
    await makeEverythingDue();
    await processor.run({});
  }
}

async function judge() {
  const groups = await db().prisma.inboundEmail.groupBy({ by: ["status"], _count: true });
  const ends = Object.fromEntries(groups.map(({ status, _count }) => [status, _count]));
  const { PENDING: pending = 0, ...ended } = ends;
  const { rows } = await db().pool.query<{ what: string }>(
    `SELECT i."status" || ': ' || coalesce(i."reason", 'no reason') AS what FROM "InboundEmail" i
     WHERE i."status" <> 'PENDING' AND (i."reason" IS NULL OR i."processedAt" IS NULL
       OR (i."status" IN ('PROCESSED', 'DUPLICATE')) <> (i."messageRowId" IS NOT NULL))
       AND NOT (i."status" = 'IGNORED')
     LIMIT 20`,
  );
  const kills = await db().prisma.inboundEmail.aggregate({ _sum: { parserKills: true } });
  const parserKills = kills._sum.parserKills ?? 0;
  return { ends: ended, pending, unsound: rows.map(({ what }) => what), parserKills };
}

function memoryNow(): Memory {
  const parser = parserPid();
  const status = parser === null ? "" : readIfThere(`/proc/${parser}/status`);
  const kb = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  return {
    parserMb: kb === undefined ? null : Number(kb) / 1024,
    processMb: process.memoryUsage().rss / 1024 / 1024,
  };
}

function parserCpuMs(): number {
  const pid = parserPid();
  if (pid === null) return 0;
  // The command, in brackets, may hold spaces; user and system time are the 12th and 13th behind it.
  const fields = readIfThere(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
}

/** Our one child that is the parser. */
function parserPid(): number | null {
  const children = readIfThere(`/proc/self/task/${process.pid}/children`).trim().split(" ");
  const parser = children.find(
    (pid) => pid !== "" && readIfThere(`/proc/${pid}/cmdline`).includes("parse-thread"),
  );
  return parser === undefined ? null : Number(parser);
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
