import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import pg from "pg";
import { closeDb, openDatabase, useDatabase } from "@/lib/db/client";
import { freePort } from "@/lib/db/processes";
import { reloadEnv } from "@/lib/env";
import { TEMPLATE } from "@/lib/testing/postgres-setup";
import type { Servers } from "./servers";

const ROOT = path.resolve(import.meta.dirname, "../..");

/** Where web and worker write what they say, a file for each start. */
export const LOG_DIR = path.join(ROOT, "test-results", "logs");

export type DeskOptions = {
  /** For the names of the log files. */
  name: string;
  /** Whether a worker reads and sends mail; without one, mail stays where it is. */
  worker?: boolean;
  env?: Record<string, string>;
};

/** A whole Mailroom of its own: database, web process and worker, built for production. */
export type Desk = {
  url: string;
  databaseUrl: string;
  /** What the web process and the worker have printed so far. */
  webLog(): string;
  workerLog(): string;
  stop(): Promise<void>;
};

const SECRET = "a secret only for the journeys and long enough";

/**
 * Starts a desk on a fresh copy of the migrated template. Until it stops, db() of lib means this
 * desk's database in the test process as well, so specs make rows with the product's own functions.
 */
export async function startDesk(servers: Servers, options: DeskOptions): Promise<Desk> {
  const database = await cloneTemplate(servers.postgresUrl);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const settings: Record<string, string> = {
    DATABASE_URL: database.url,
    APP_SECRET: SECRET,
    PORT: String(port),
    APP_URL: url,
    EMAIL_POLLING_INTERVAL: "2",
    EMAIL_ALLOWED_PRIVATE_HOSTS: "127.0.0.0/8,localhost",
    WORKER_LEASE_SECONDS: "10",
    ...options.env,
  };
  Object.assign(process.env, settings);
  reloadEnv();
  // biome-ignore lint/correctness/useHookAtTopLevel: no hook of React's
  useDatabase(openDatabase(database.url, 4));

  const env = { ...settings, NODE_ENV: "production", NODE_EXTRA_CA_CERTS: servers.bed.caFile };
  const web = start(`${options.name}-web`, ["scripts/web.mjs", String(port), "127.0.0.1"], env);
  const worker = options.worker
    ? start(`${options.name}-worker`, ["--enable-source-maps", "dist/worker.mjs"], env)
    : null;
  const desk: Desk = {
    url,
    databaseUrl: database.url,
    webLog: web.log,
    workerLog: worker ? worker.log : () => "",
    async stop() {
      await Promise.all([web.stop(), worker?.stop()]);
      await closeDb();
      await database.drop();
    },
  };
  try {
    await web.untilLog(() => web.isReady());
    if (worker) await worker.untilLog((log) => /Worker \S+ is ready/.test(log));
  } catch (error) {
    await desk.stop();
    throw error;
  }
  return desk;
}

/** A copy of the template; Playwright's process has no vitest to ask for one. */
async function cloneTemplate(serverUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `e2e_${randomBytes(6).toString("hex")}`;
  const run = async (sql: string) => {
    const client = new pg.Client({ connectionString: `${serverUrl}/postgres` });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
  return {
    url: `${serverUrl}/${name}`,
    drop: () => run(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** A process that ends with this one: exit-with-parent.mjs watches the channel between them. */
function start(name: string, args: string[], env: Record<string, string>) {
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
  let isReady = false;
  child.on("message", (message) => {
    if (message === "ready") isReady = true;
  });
  const log = () => readFileSync(logFile, "utf8");
  return {
    log,
    isReady: () => isReady,
    stop: () => stop(child),
    async untilLog(isThere: (log: string) => boolean) {
      const deadline = performance.now() + 30_000;
      while (!isThere(log())) {
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
