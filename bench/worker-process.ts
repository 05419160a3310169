import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { SPARING_MALLOC } from "@/lib/malloc";

/** The one worker of a bench. */
export type BenchWorker = {
  pid: number;
  /** @throws Error with what it said last, when it has ended by itself. */
  requireAlive(): void;
  /** Its last words, 20,000 characters at most. */
  output(): string;
  stop(): Promise<void>;
};

/** Flags of Node for the worker, from BENCH_WORKER_FLAGS: `--cpu-prof` writes a profile. */
const FLAGS = (process.env.BENCH_WORKER_FLAGS ?? "").split(" ").filter(Boolean);

/**
 * Starts a worker's bundle, with the settings it has by default and in production, and waits until it
 * says that it is ready. `caFile` are the certificates it trusts.
 */
export async function startBenchWorker(
  caFile: string,
  { bundle = "dist", env = {} }: { bundle?: string; env?: Record<string, string> } = {},
): Promise<BenchWorker> {
  const child = spawn(process.execPath, [...FLAGS, `${bundle}/worker.mjs`], {
    env: {
      ...process.env,
      ...SPARING_MALLOC,
      NODE_ENV: "production",
      NODE_EXTRA_CA_CERTS: caFile,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const hear = (chunk: Buffer) => {
    output = (output + chunk.toString("utf8")).slice(-20_000);
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const requireAlive = () => {
    if (child.exitCode !== null) throw new Error(`The worker ended: ${output}`);
  };
  while (!/ is ready$/m.test(output)) {
    requireAlive();
    await sleep(20);
  }
  return {
    pid: child.pid ?? 0,
    requireAlive,
    output: () => output,
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGTERM");
      await exited;
    },
  };
}
