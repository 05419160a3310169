import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { log } from "@/lib/log";

/** One long-lived process of the launcher. */
export type Part = {
  name: "web" | "worker" | "practice mail server";
  /** Arguments for node. */
  args: string[];
  env?: Record<string, string>;
  /** How long it may take to stop when asked to, before it is ended. */
  stopMs: number;
};

type Running = { part: Part; child: ChildProcess; exited: Promise<void> };

export type Supervisor = {
  /** Starts a part; resolves when it says "ready" over its channel, or at once if it never does. */
  start(part: Part): void;
  whenReady(name: Part["name"]): Promise<void>;
  children(): { name: Part["name"]; pid: number }[];
  /** Stops all parts, the last started first, one after the other. */
  stop(): Promise<void>;
  /** Resolves with a line for people when a part can't be kept running. */
  gaveUp: Promise<string>;
};

/** More crashes than this within a minute: it won't get better by itself. */
const CRASHES_MAX = 5;
const RESTART_MS_MAX = 5_000;

const PRELOAD = pathToFileURL(path.join(import.meta.dirname, "exit-with-parent.mjs")).href;

/**
 * Keeps parts running. Each has a process group of its own, so that Ctrl-C reaches the launcher
 * alone, which stops them in order; and a channel by which it notices the launcher's death.
 * @param onChange is told each time the children change.
 */
export function supervise(onChange: () => void): Supervisor {
  const running = new Map<Part["name"], Running>();
  const crashes = new Map<Part["name"], number[]>();
  const ready = new Map<Part["name"], PromiseWithResolvers>();
  const timers = new Set<NodeJS.Timeout>();
  const gaveUp = promiseWithResolvers<string>();
  let isStopping = false;

  const readiness = (name: Part["name"]) => {
    const known = ready.get(name) ?? promiseWithResolvers<void>();
    ready.set(name, known);
    return known;
  };

  const start = (part: Part) => {
    if (isStopping) return;
    const child = spawn(process.execPath, ["--import", PRELOAD, ...part.args], {
      detached: true,
      stdio: ["ignore", "inherit", "inherit", "ipc"],
      env: {
        ...process.env,
        NEXT_TELEMETRY_DISABLED: "1",
        ...part.env,
        MAILROOM_LAUNCHER: String(process.pid),
        MAILROOM_ORPHAN: "drain",
      },
    });
    child.on("message", (message) => {
      if (message === "ready") readiness(part.name).resolve();
    });
    const exited = new Promise<void>((resolve) => {
      child.once("exit", (code, signal) => {
        running.delete(part.name);
        onChange();
        resolve();
        if (!isStopping) onCrash(part, signal ?? `exit code ${code}`);
      });
      child.once("error", (error) => {
        resolve();
        gaveUp.resolve(`The ${nameOf(part)} can't be started: ${error.message}`);
      });
    });
    running.set(part.name, { part, child, exited });
    onChange();
  };

  const onCrash = (part: Part, how: string) => {
    const minuteAgo = Date.now() - 60_000;
    const recent = (crashes.get(part.name) ?? []).filter((at) => at > minuteAgo);
    recent.push(Date.now());
    crashes.set(part.name, recent);
    if (recent.length > CRASHES_MAX) {
      gaveUp.resolve(
        `The ${nameOf(part)} ended ${recent.length} times within a minute (last: ${how}): stopping.`,
      );
      return;
    }
    log.error(`The ${nameOf(part)} ended (${how}): starting it again.`);
    const waitMs = Math.min(RESTART_MS_MAX, 250 * 2 ** (recent.length - 1));
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(part);
    }, waitMs);
    timers.add(timer);
  };

  return {
    start,
    whenReady: (name) => readiness(name).promise,
    children: () =>
      [...running.values()].flatMap(({ part, child }) =>
        child.pid === undefined ? [] : [{ name: part.name, pid: child.pid }],
      ),
    async stop() {
      isStopping = true;
      for (const timer of timers) clearTimeout(timer);
      for (const one of [...running.values()].reverse()) await stopOne(one);
    },
    gaveUp: gaveUp.promise,
  };
}

const nameOf = ({ name }: Part) => (name === "web" ? "web process" : name);

async function stopOne({ part, child, exited }: Running): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => {
    log.warn(`The ${nameOf(part)} did not stop within ${part.stopMs / 1000} s: ending it.`);
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, part.stopMs);
  await exited;
  clearTimeout(timer);
}

type PromiseWithResolvers<T = void> = { promise: Promise<T>; resolve(value: T): void };

/** Promise.withResolvers, which Node 20 does not have. */
function promiseWithResolvers<T>(): PromiseWithResolvers<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
