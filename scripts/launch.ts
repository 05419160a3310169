import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Booted, boot, DATA_DIR } from "@/lib/boot";
import { migrate } from "@/lib/db/migrate";
import { env } from "@/lib/env";
import { AppError, messageOf } from "@/lib/errors";
import { log } from "@/lib/log";
import { SPARING_MALLOC } from "@/lib/malloc";
import { watchNpm } from "./machine.mjs";
import { requirePort } from "./port";
import { awaitLeftovers, findRunning, RunRecord } from "./running";
import { type Part, type Supervisor, supervise } from "./supervise";

export type LaunchOptions = {
  /** What the person typed, for the lines that tell what to type instead. */
  command: string;
  /** Where the web process will listen; null when there is none. */
  host: string | null;
  /** Production parts come out of `npm run build`. */
  needsBuild: boolean;
};

export type Launcher = {
  booted: Booted;
  supervisor: Supervisor;
  /** Stops everything in order and ends this process. Called a second time: at once, the hard way. */
  stop(exitCode: number): Promise<never>;
};

/**
 * What every launcher does, in this order: wait for what a killed one left, check the port, start
 * or adopt the embedded Postgres, migrate, run `work`, and keep what it started running until
 * Ctrl-C, SIGTERM, a closed terminal or the end of the npm process that called us.
 * Trouble is one line and exit code 1.
 */
export async function launch(
  options: LaunchOptions,
  work: (launcher: Launcher) => Promise<void>,
): Promise<void> {
  let booting: Promise<Booted> | undefined;
  let record: RunRecord | undefined;
  const supervisor = supervise(() => record?.setChildren(supervisor.children()));
  const stop = stopper(async () => {
    log.info("Stopping");
    record?.setStopping();
    await supervisor.stop();
    const booted = await booting?.catch(() => null);
    await booted?.release();
    record?.remove();
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, () => void stop(0));
  watchNpm(() => void stop(0));

  try {
    const { PORT } = env();
    await awaitLeftovers(DATA_DIR);
    if (options.host) await awaitPort(PORT, options.host, options.command);
    if (options.needsBuild) requireBuild();
    record = new RunRecord(DATA_DIR, options.command);
    booting = boot();
    const booted = await booting;
    await migrate(booted.env.DATABASE_DIRECT_URL || booted.env.DATABASE_URL);
    supervisor.gaveUp.then((line) => {
      log.error(line);
      void stop(1);
    });
    await work({ booted, supervisor, stop });
  } catch (error) {
    if (stop.isStopping()) return;
    log.error(error instanceof AppError ? error.message : `Start failed: ${messageOf(error)}`);
    await stop(1);
  }
}

/** How long a launcher may take to notice that its npm is gone (watchNpm), and a little more. */
const NOTICE_MS = 1_500;

/** As requirePort(); when an earlier launcher of ours has the port, it may be about to stop. */
async function awaitPort(port: number, host: string, command: string): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += 250) {
    try {
      return await requirePort({ port, host, command });
    } catch (error) {
      const other = findRunning(DATA_DIR, "web");
      if (!other) throw error;
      if (waitedMs >= NOTICE_MS)
        throw new AppError(
          "unavailable",
          `Port ${port} is taken by Mailroom itself, which runs here already (process ${other.pid}): stop it first, or set PORT, for example PORT=${port + 1} ${command}`,
        );
      await sleep(250);
      await awaitLeftovers(DATA_DIR);
    }
  }
}

/** A stop that runs once. A second signal within a second is the terminal's and npm's copy of one. */
function stopper(cleanUp: () => Promise<void>) {
  let stoppingSince: number | undefined;
  const stop = async (exitCode: number): Promise<never> => {
    if (stoppingSince !== undefined) {
      if (Date.now() - stoppingSince > 1_000) process.exit(exitCode || 1);
      return new Promise<never>(() => undefined);
    }
    stoppingSince = Date.now();
    await cleanUp().catch((error) => log.error(`Stopping failed: ${messageOf(error)}`));
    process.exit(exitCode);
  };
  return Object.assign(stop, { isStopping: () => stoppingSince !== undefined });
}

function requireBuild(): void {
  const next = path.join(process.env.NEXT_DIST_DIR || ".next", "BUILD_ID");
  if (!existsSync(next) || !existsSync("dist/worker.mjs"))
    throw new AppError("unavailable", "There is no build yet: run npm run build");
}

export function webPart(port: number, host: string): Part {
  return { name: "web", args: ["scripts/web.mjs", String(port), host], stopMs: 5_000 };
}

/** A worker drains for ten seconds at most. */
export function workerPart(): Part {
  const args = ["--enable-source-maps", "dist/worker.mjs"];
  return { name: "worker", args, env: SPARING_MALLOC, stopMs: 11_000 };
}
