import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { CRASHPOINTS, type Crashpoint } from "@/lib/crashpoint";
import { db } from "@/lib/db/client";
import { log } from "@/lib/log";
import { checkWorld, isSound, type Verdict } from "@/lib/testing/crash-checker";
import { CrashWorld, type Victim } from "@/lib/testing/crash-world";
import { randomFrom } from "@/lib/testing/random";

/**
 * `npm run torture`: kills workers until nothing is left to kill, and counts what became of the mail.
 * Every crash point at its first, second and last passage, then at random moments with two workers,
 * Postgres stopped at once now and then. `--kills N` sets how many in all, `--seed N` repeats a run.
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "300" },
    seed: { type: "string" },
    // Leaves the points out.
    random: { type: "boolean", default: false },
  },
});
const killsWanted = Number(values.kills);
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
/** So many kills follow each other before the work is left to be finished and is judged. */
const KILLS_A_ROUND = 5;
/** Of the random kills: every how manieth is of Postgres instead. */
const POSTGRES_EVERY = 10;
const UNTIL_KILLED_MS = 60_000;

log.level = "silent";
console.log(`seed ${seed}, ${killsWanted} kills`);

let kills = 0;
let verdict: Verdict | null = null;
const random = randomFrom(seed);
const world = await CrashWorld.start();
try {
  if (!values.random) await killAtPoints();
  await killAtRandom();
  print();
} finally {
  await world.stop();
}

async function killAtPoints(): Promise<void> {
  const passages = await trace();
  for (const nth of ["first", "second", "last"] as const)
    for (const point of CRASHPOINTS) {
      if (kills >= killsWanted) return;
      const last = passages.get(point) ?? 1;
      const n = { first: 1, second: Math.min(2, last), last }[nth];
      await killAt(point, n, nth);
    }
}

/** How often each point is passed while one round of work is done. */
async function trace(): Promise<Map<string, number>> {
  await world.resetFolder();
  await world.fill();
  const worker = world.startWorker({ trace: "trace" });
  await world.untilQuiet();
  await worker.stop();
  return world.passages("trace");
}

async function killAt(point: Crashpoint, n: number, nth: string): Promise<void> {
  if (point === "fetch.cursor-reset") await world.resetFolder();
  await world.fill();
  // Replies of agents are sent at once, acknowledgements with the mail: some points want both.
  const victim = world.startWorker({ crashAt: `${point}:${n}` });
  await Promise.race([victim.exited, sleep(UNTIL_KILLED_MS)]);
  const how = victim.wasKilled ? "killed" : "not reached";
  if (victim.wasKilled) kills++;
  await victim.kill();
  await recover(`${point}, ${nth} passage (${n}): ${how}`);
}

/** Rounds of kills at random moments: each worker that is killed is replaced while the other goes on. */
async function killAtRandom(): Promise<void> {
  while (kills < killsWanted) {
    const workers = [world.startWorker(), world.startWorker()];
    await Promise.all(workers.map((worker) => worker.untilReady()));
    await world.fill();
    await world.fill();
    const moments: string[] = [];
    for (let n = 0; n < KILLS_A_ROUND && kills < killsWanted; n++) {
      const ms = Math.round(random() * 2500);
      await sleep(ms);
      kills++;
      const isPostgres = kills % POSTGRES_EVERY === 0;
      moments.push(`${isPostgres ? "Postgres " : ""}${ms}`);
      if (isPostgres) await world.postgres.crash();
      else await workers.shift()?.kill();
      while (workers.length < 2) workers.push(world.startWorker());
    }
    await recover(`one of two workers, each after ms: ${moments.join(", ")}`, workers);
  }
}

/** Lets who is alive, or a new worker, finish the work, and judges the whole world. */
async function recover(what: string, workers: Victim[] = []): Promise<void> {
  const alive = workers.filter((worker) => worker.isAlive);
  const healthy = alive.length > 0 ? alive : [world.startWorker()];
  await world.untilQuiet().catch(async (error: unknown) => {
    for (const worker of healthy) console.log(worker.log());
    const { rows } = await db().pool.query(`SELECT *, now() FROM "EmailAccount"`);
    console.log(`After: ${what}. Seed ${seed}.`, rows);
    throw error;
  });
  await Promise.all(healthy.map((worker) => worker.stop()));
  verdict = await checkWorld(db().pool, world.expected, world.deliveredToCustomers());
  console.log(`${String(kills).padStart(4)}  ${what}`);
  if (isSound(verdict)) return;
  print();
  throw new Error(`Not sound after: ${what}. Seed ${seed}.`);
}

function print(): void {
  if (!verdict) return;
  const { lost, doubled, attachmentsDamaged, emptyTickets } = verdict;
  const rows: [string, number][] = [
    ["kills", kills],
    ["mails in", verdict.mailsIn],
    ["messages stored", verdict.messagesStored],
    ["lost", lost.length],
    ["doubled", doubled.length],
    ["attachments damaged", attachmentsDamaged.length],
    ["empty tickets", emptyTickets],
    ["surplus tickets", verdict.surplusTickets],
    ["stranded receipts", verdict.stranded.length],
    ["replies lost", verdict.repliesLost.length],
    ["replies doubled", verdict.repliesDoubled.length],
    ["acknowledgements doubled", verdict.acknowledgementsDoubled.length],
  ];
  console.log();
  for (const [name, count] of rows) console.log(`${name.padEnd(26)}${count}`);
  if (!isSound(verdict)) console.log(JSON.stringify(verdict, null, 2));
}
