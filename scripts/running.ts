import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isAlive, startTimeOf } from "@/lib/db/processes";
import { log } from "@/lib/log";
import { isZombie } from "./machine.mjs";

/** A process by its number and, since numbers are given again, by when it began. */
type Process = { pid: number; startTime: string | null };

/** What a launcher writes down about itself, so that the next one can deal with a `kill -9`. */
type Run = { launcher: Process; command: string; isStopping: boolean; children: Child[] };
type Child = Process & { name: string };

/** The file of this launcher under `dataDir`/running. */
export class RunRecord {
  private readonly file: string;
  private readonly run: Run;

  constructor(dataDir: string, command: string) {
    mkdirSync(path.join(dataDir, "running"), { recursive: true });
    this.file = path.join(dataDir, "running", `${process.pid}.json`);
    this.run = { launcher: processOf(process.pid), command, isStopping: false, children: [] };
    this.save();
  }

  setChildren(children: { name: string; pid: number }[]): void {
    this.run.children = children.map(({ name, pid }) => ({ name, ...processOf(pid) }));
    this.save();
  }

  setStopping(): void {
    this.run.isStopping = true;
    this.save();
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }

  private save(): void {
    // Renamed into place: another launcher may be reading.
    writeFileSync(`${this.file}.new`, JSON.stringify(this.run));
    renameSync(`${this.file}.new`, this.file);
  }
}

const processOf = (pid: number): Process => ({ pid, startTime: startTimeOf(pid) });

const isSame = (one: Process) =>
  isAlive(one.pid) && !isZombie(one.pid) && startTimeOf(one.pid) === one.startTime;

/** Longer than any child of ours takes to stop. */
const LEAVE_MS = 12_000;

/**
 * Waits for what an earlier launcher of the same data folder left behind: a launcher that is
 * stopping, and the children of one that was killed. They stop by themselves
 * (exit-with-parent.mjs); one that does not is ended. A worker that drains may go on: any number
 * of workers can share a database.
 */
export async function awaitLeftovers(dataDir: string): Promise<void> {
  for (const { file, run } of recordedRuns(dataDir)) {
    if (run.launcher.pid === process.pid) continue;
    if (isSame(run.launcher)) {
      if (run.isStopping) await gone([run.launcher]);
      continue;
    }
    const left = run.children.filter((child) => child.name !== "worker");
    for (const child of await gone(left)) {
      // Without a start time (not Linux) the number might be somebody else's by now.
      if (child.startTime === null) continue;
      log.warn(`Ending process ${child.pid}, left behind by an earlier ${run.command}`);
      endGroup(child.pid);
    }
    rmSync(file, { force: true });
  }
}

/** A launcher of the same data folder that runs now, with this child among its own. */
export function findRunning(dataDir: string, childName: string): Process | null {
  const run = recordedRuns(dataDir)
    .map((recorded) => recorded.run)
    .find(
      ({ launcher, children }) =>
        launcher.pid !== process.pid &&
        isSame(launcher) &&
        children.some((child) => child.name === childName),
    );
  return run?.launcher ?? null;
}

/** Those of `processes` that are still there after LEAVE_MS. */
async function gone<T extends Process>(processes: T[]): Promise<T[]> {
  for (let waitedMs = 0; waitedMs < LEAVE_MS && processes.some(isSame); waitedMs += 50)
    await sleep(50);
  return processes.filter(isSame);
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It ended meanwhile.
  }
}

function recordedRuns(dataDir: string): { file: string; run: Run }[] {
  const folder = path.join(dataDir, "running");
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder)
    .filter((name) => name.endsWith(".json"))
    .flatMap((name) => {
      const file = path.join(folder, name);
      try {
        return [{ file, run: JSON.parse(readFileSync(file, "utf8")) as Run }];
      } catch {
        // Its launcher has just removed it.
        return [];
      }
    });
}
