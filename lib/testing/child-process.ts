import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { bundleOf } from "../../scripts/machine.mjs";

export type Finished = { code: number | null; stdout: string; stderr: string };

/** What a process of ours needs in its environment; the rest comes from the test's own. */
export type ChildEnv = Record<string, string>;

/** Runs a command of the CLI to its end, as `npm run -s desk -- <args>` does. */
export async function runDesk(args: string[], env: ChildEnv, stdin = ""): Promise<Finished> {
  const child = spawn(process.execPath, ["scripts/desk.mjs", ...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.end(stdin);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const [code] = await once(child, "close");
  return { code, stdout: stdout(), stderr: stderr() };
}

export type WorkerProcess = {
  pid: number;
  /** Its exit code, once it has ended. */
  exited: Promise<number | null>;
  /** What it has printed so far. */
  output: () => string;
  /** Ends it as an operator does. @returns its exit code. */
  stop: () => Promise<number | null>;
  /** Ends it as a crash does. */
  kill: () => Promise<void>;
};

/** Starts a worker and waits until it says that it is ready. */
export async function startWorkerProcess(env: ChildEnv): Promise<WorkerProcess> {
  const bundle = bundleOf("worker");
  const program = bundle ? [bundle] : ["--import", "tsx", "worker/main.ts"];
  const child = spawn(process.execPath, program, {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const output = () => stdout() + stderr();
  // With its streams: what it said last must have arrived.
  const exited = once(child, "close").then(([code]: (number | null)[]) => code ?? null);
  await untilReady(child, exited, output);
  return {
    pid: child.pid ?? 0,
    exited,
    output,
    stop() {
      child.kill("SIGTERM");
      return exited;
    },
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function untilReady(
  child: ChildProcess,
  exited: Promise<unknown>,
  output: () => string,
): Promise<void> {
  let hasEnded = false;
  exited.then(() => {
    hasEnded = true;
  });
  while (!/ is ready(?:"\})?$/m.test(output())) {
    if (hasEnded) throw new Error(`The worker ended with exit code ${child.exitCode}: ${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}
