import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Where every process of a desk writes what it says. */
export const LOG_DIR = path.join(ROOT, "test-results", "logs");

export type NodeProcess = {
  log(): string;
  /** Resolves once it says "ready" over its channel, or its log holds `line`. */
  untilReady(line?: RegExp): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL: it has no time for anything. */
  kill(): Promise<void>;
};

/** Starts node with `args`; it ends with this process, as exit-with-parent.mjs sees to. */
export function startNode(name: string, args: string[], env: Record<string, string>): NodeProcess {
  mkdirSync(LOG_DIR, { recursive: true });
  const logFile = path.join(LOG_DIR, `${name}.log`);
  const output = openSync(logFile, "w");
  const preload = pathToFileURL(path.join(ROOT, "scripts", "exit-with-parent.mjs")).href;
  const child = spawn(process.execPath, ["--import", preload, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", output, output, "ipc"],
  });
  closeSync(output);
  let saidReady = false;
  child.on("message", (message) => {
    if (message === "ready") saidReady = true;
  });
  const log = () => readFileSync(logFile, "utf8");
  return {
    log,
    stop: () => stop(child),
    async kill() {
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
    async untilReady(line) {
      const deadline = performance.now() + 60_000;
      while (line ? !line.test(log()) : !saidReady) {
        if (child.exitCode !== null || performance.now() > deadline)
          throw new Error(`${name} did not start:\n${log().slice(-2000)}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), 12_000);
  await exited;
  clearTimeout(timer);
}
