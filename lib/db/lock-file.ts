import { closeSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../errors";
import { isAlive } from "./processes";

/**
 * Runs `work` while this process holds the lock file; waits up to a minute for another holder.
 * The lock of a process that is gone is taken over, so a `kill -9` never blocks the next start.
 * @throws AppError "unavailable" when somebody else holds it for longer.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (let waitedMs = 0; !take(file); waitedMs += 100) {
    if (waitedMs > 60_000) throw new AppError("unavailable", `Another process holds ${file}.`);
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file: string): boolean {
  try {
    const fd = openSync(file, "wx");
    writeSync(fd, String(process.pid));
    closeSync(fd);
    return true;
  } catch {
    try {
      const holder = Number(readFileSync(file, "utf8"));
      if (holder > 0 && !isAlive(holder)) rmSync(file, { force: true });
    } catch {
      // It was released between the two looks: the next try gets it.
    }
    return false;
  }
}
