import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CRASHPOINTS, type Crashpoint } from "@/lib/crashpoint";
import { db } from "@/lib/db/client";
import { checkWorld, isSound, type Verdict } from "@/lib/testing/crash-checker";
import { CrashWorld, type Victim } from "@/lib/testing/crash-world";

// The short form of `npm run torture`: the points beside each commit, and what two workers do when one
// of them or Postgres dies at some moment. `CRASH_ALL=1` takes every point.

const BESIDE_COMMITS: Crashpoint[] = [
  "store.raw-inserted",
  "store.committed",
  "process.message-written",
  "process.committed",
  "deliver.claimed",
  "deliver.handed-over",
];
const POINTS = process.env.CRASH_ALL ? CRASHPOINTS : BESIDE_COMMITS;

const PATIENCE_MS = 120_000;
/** After this long a worker has passed every point it will pass; then it was not killed. */
const UNTIL_KILLED_MS = 60_000;

let world: CrashWorld;
const alive: Victim[] = [];

beforeAll(async () => {
  world = await CrashWorld.start();
}, PATIENCE_MS);

afterAll(async () => {
  await Promise.all(alive.map((worker) => worker.kill()));
  await world?.stop();
});

function start(options: Parameters<CrashWorld["startWorker"]>[0] = {}): Victim {
  const worker = world.startWorker(options);
  alive.push(worker);
  return worker;
}

const verdict = () => checkWorld(db().pool, world.expected, world.deliveredToCustomers());

/** Lets a healthy worker finish what the dead one left, and compares everything with what was put in. */
async function expectNothingLost(): Promise<Verdict> {
  const healthy = start();
  await world.untilQuiet();
  await healthy.stop();
  const found = await verdict();
  expect(found).toSatisfy(isSound);
  return found;
}

it("the database it is proved on writes to the disk before it says so", async () => {
  for (const name of ["fsync", "full_page_writes", "synchronous_commit"]) {
    const { rows } = await db().pool.query(`SHOW ${name}`);
    expect(rows[0]?.[name], name).toBe("on");
  }
});

describe("nothing is lost and nothing doubled when the worker is killed at", () => {
  it.each(POINTS)(
    "%s",
    async (point: Crashpoint) => {
      if (point === "fetch.cursor-reset") await world.resetFolder();
      await world.fill();
      const victim = start({ crashAt: `${point}:1` });
      await Promise.race([victim.exited, sleep(UNTIL_KILLED_MS)]);
      expect(victim.wasKilled, `it was not killed: ${victim.log()}`).toBe(true);
      await expectNothingLost();
    },
    PATIENCE_MS,
  );
});

describe("nothing is lost and nothing doubled by two workers", () => {
  it.each([1, 2])(
    "of which one is killed at some moment, round %i",
    async () => {
      const ms = Math.round(Math.random() * 2500);
      console.log(`killed ${ms} ms after both were ready`);
      const [one, two] = [start(), start()];
      await Promise.all([one.untilReady(), two.untilReady()]);
      for (let n = 0; n < 3; n++) await world.fill();
      await sleep(ms);
      await one.kill();
      await world.untilQuiet();
      await two.stop();
      expect(await verdict()).toSatisfy(isSound);
    },
    PATIENCE_MS,
  );

  it(
    "when Postgres stops at once in the middle, and they heal by themselves",
    async () => {
      const [one, two] = [start(), start()];
      await Promise.all([one.untilReady(), two.untilReady()]);
      for (let n = 0; n < 3; n++) await world.fill();
      await world.postgres.crash();
      await world.untilQuiet().catch((error: Error) => {
        throw new Error(`${error.message}\n${one.log()}\n${two.log()}`);
      });
      expect([one.isAlive, two.isAlive]).toEqual([true, true]);
      await Promise.all([one.stop(), two.stop()]);
      expect(await verdict()).toSatisfy(isSound);
    },
    PATIENCE_MS,
  );
});
