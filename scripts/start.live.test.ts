import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { freePort, startTimeOf } from "@/lib/db/processes";

const isBuilt = existsSync(".next/BUILD_ID") && existsSync("dist/worker.mjs");
if (!isBuilt) console.log("scripts/start.live.test.ts is skipped: run npm run build first");

/** What the test run itself may have set. */
const BLANK = { DATABASE_URL: "", APP_URL: "", APP_SECRET: "", npm_lifecycle_event: "" };

/** Everything a production start does, embedded Postgres included, in a data folder of its own. */
describe.runIf(isBuilt)("npm start", () => {
  let dir: string;
  let port: number;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(path.join(os.tmpdir(), "mr-start-"));
    // The embedded database may run as another user.
    chmodSync(dir, 0o755);
    port = await freePort();
  });

  afterEach(async () => {
    for (const child of started.splice(0)) {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  function start(): { child: ChildProcess; output: () => string } {
    const env = { PORT: String(port), MAILROOM_DATA_DIR: dir };
    const child = spawn(process.execPath, ["scripts/start.mjs"], {
      env: Object.assign({ ...process.env }, BLANK, env),
      stdio: ["ignore", "pipe", "pipe"],
    });
    started.push(child);
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        text += chunk;
      });
    return { child, output: () => text };
  }

  const untilUp = (output: () => string) =>
    vi.waitFor(() => expect(output()).toContain(`Mailroom runs at http://localhost:${port}`), {
      timeout: 80_000,
      interval: 50,
    });

  const isHealthy = async () => (await fetch(`http://127.0.0.1:${port}/api/health`)).ok;

  /** The web process and the worker of the launcher that runs now. */
  function childrenOf(launcher: ChildProcess): { pid: number; startTime: string | null }[] {
    const file = path.join(dir, "running", `${launcher.pid}.json`);
    return JSON.parse(readFileSync(file, "utf8")).children;
  }

  const untilGone = (processes: { pid: number; startTime: string | null }[]) =>
    vi.waitFor(() => expect(processes.filter(isRunning)).toEqual([]), {
      timeout: 20_000,
      interval: 50,
    });

  test("starts with no variable set, and SIGTERM stops everything it started", async () => {
    const { child, output } = start();
    await untilUp(output);
    expect(await isHealthy()).toBe(true);
    const children = childrenOf(child);
    expect(children).toHaveLength(2);
    child.kill("SIGTERM");
    const [exitCode] = await once(child, "exit");
    expect(exitCode).toBe(0);
    await untilGone(children);
    expect(await isPostgresUp()).toBe(false);
    expect(readdirSync(path.join(dir, "running"))).toEqual([]);
  });

  test("starts again right after a kill -9 of the launcher", async () => {
    const first = start();
    await untilUp(first.output);
    const orphans = childrenOf(first.child);
    first.child.kill("SIGKILL");
    const second = start();
    await untilUp(second.output);
    expect(await isHealthy()).toBe(true);
    await untilGone(orphans);
  });

  test("a taken port is one line and exit code 1, before anything is started", async () => {
    const other = net.createServer().listen(port, "127.0.0.1");
    await once(other, "listening");
    try {
      const { child, output } = start();
      const [exitCode] = await once(child, "exit");
      expect(exitCode).toBe(1);
      const line = new RegExp(
        `^ERROR: Port ${port} is taken by another program.*: set PORT to a free one, for example PORT=${port + 1} npm start$`,
        "m",
      );
      expect(output()).toMatch(line);
      expect(await isPostgresUp()).toBe(false);
    } finally {
      other.close();
    }
  });

  function isPostgresUp(): Promise<boolean> {
    const { port: postgres } = JSON.parse(readFileSync(path.join(dir, "postgres.json"), "utf8"));
    return new Promise((resolve) => {
      const socket = net.connect(postgres, "127.0.0.1");
      socket.on("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => resolve(false));
    });
  }
});

function isRunning({ pid, startTime }: { pid: number; startTime: string | null }): boolean {
  const file = `/proc/${pid}/stat`;
  const isThere = existsSync(file) && startTimeOf(pid) === startTime;
  return isThere && !/\) Z /.test(readFileSync(file, "utf8"));
}
