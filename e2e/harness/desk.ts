import { randomBytes } from "node:crypto";
import pg from "pg";
import { closeDb, openDatabase, useDatabase } from "@/lib/db/client";
import { freePort } from "@/lib/db/processes";
import { reloadEnv } from "@/lib/env";
import { type NameServer, startNameServer } from "@/lib/testing/name-server";
import { TEMPLATE } from "@/lib/testing/postgres-setup";
import { startPractice } from "./practice";
import { startNode } from "./process";
import type { Servers } from "./servers";

export type DeskOptions = {
  /** For the names of the log files. */
  name: string;
  /** Whether a worker reads and sends mail; without one, mail stays where it is. */
  worker?: boolean;
  /** Whether the practice mail server is there and its address connected, as in the quickstart. */
  practice?: boolean;
  /** What DNS says: the web process asks a name server of the desk's own. Without it, the machine's. */
  zone?: NameServer["zone"];
  /** On top of the harness's own settings. */
  env?: Record<string, string>;
  /** As env, where it depends on the desk's own address: of servers that have to know it first. */
  envFor?: (url: string) => Promise<Record<string, string>>;
};

/** A whole Mailroom of its own: database, web process and worker, built for production. */
export type Desk = {
  url: string;
  /** Null unless the desk has a zone. */
  nameServer: NameServer | null;
  /** What the web process and the worker have printed so far. */
  webLog(): string;
  workerLog(): string;
  /** Kills the web process as `kill -9` does; nobody answers until startWeb(). */
  killWeb(): Promise<void>;
  startWeb(): Promise<void>;
  stop(): Promise<void>;
};

const SECRET = "a secret only for the journeys and long enough";

/**
 * Starts a desk on a fresh copy of the migrated template. Until it stops, db() of lib means this
 * desk's database in the test process as well, so specs make rows with the product's own functions.
 */
export async function startDesk(servers: Servers, options: DeskOptions): Promise<Desk> {
  const { name } = options;
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
    ...(await options.envFor?.(url)),
  };
  Object.assign(process.env, settings);
  reloadEnv();
  // biome-ignore lint/correctness/useHookAtTopLevel: no hook of React's
  useDatabase(openDatabase(database.url, 4));

  const practice = options.practice ? await startPractice(name) : null;
  await practice?.connect();
  const env = {
    NODE_EXTRA_CA_CERTS: servers.bed.caFile,
    ...settings,
    ...practice?.env,
    NODE_ENV: "production",
  };
  const nameServer = options.zone ? await startNameServer(options.zone) : null;
  const webArgs = [...asking(nameServer), "scripts/web.mjs", String(port), "127.0.0.1"];
  const startWeb = () => startNode(`${name}-web`, webArgs, env);
  let web = startWeb();
  const worker = options.worker
    ? startNode(`${name}-worker`, ["--enable-source-maps", "dist/worker.mjs"], env)
    : null;
  const desk: Desk = {
    ...{ url, nameServer },
    webLog: () => web.log(),
    workerLog: () => worker?.log() ?? "",
    killWeb: () => web.kill(),
    async startWeb() {
      web = startWeb();
      await web.untilReady();
    },
    async stop() {
      await Promise.all([web.stop(), worker?.stop(), practice?.stop(), nameServer?.close()]);
      await closeDb();
      await database.drop();
    },
  };
  try {
    await web.untilReady();
    await worker?.untilReady(/Worker \S+ is ready/);
  } catch (error) {
    await desk.stop();
    throw error;
  }
  return desk;
}

/**
 * Points a process at a name server before anything in it asks one: lib/transport/names.ts asks
 * whom the process asks, so nothing in the product needs to know of tests.
 */
function asking(nameServer: NameServer | null): string[] {
  if (!nameServer) return [];
  const code = `import dns from "node:dns"; dns.setServers(["${nameServer.address}"]);`;
  return ["--import", `data:text/javascript,${encodeURIComponent(code)}`];
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
