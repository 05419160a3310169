import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { migrate } from "../db/migrate";
import { binariesFor, postgresUser, runBinary } from "../db/postgres-binaries";
import { freePort } from "../db/processes";

declare module "vitest" {
  export interface ProvidedContext {
    /** Address of the server of this test run, without the database's name. */
    postgresUrl: string;
  }
}

/** The migrated database each test file gets a copy of. */
export const TEMPLATE = "mailroom_template";

export type TestServer = {
  url: string;
  dir: string;
  stop(): Promise<void>;
  /** Ends it as a crash does: `pg_ctl stop -m immediate`. */
  halt(): Promise<unknown>;
  /** Starts it again. */
  start(): Promise<unknown>;
  crash(): Promise<void>;
};

const HASTY = "-c fsync=off -c full_page_writes=off";

/**
 * A Postgres of the test run's own, in a temporary folder, with one migrated template database. It
 * writes without waiting for the disk, unless it is `durable` as in production.
 */
export async function startTestServer({ durable = false } = {}): Promise<TestServer> {
  const dir = mkdtempSync(path.join(os.tmpdir(), "mr-pg-"));
  chmodSync(dir, 0o755);
  const user = postgresUser();
  const data = path.join(dir, "data");
  const password = randomBytes(12).toString("hex");
  const passwordFile = path.join(dir, "password");
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, password);
  if (user) for (const file of [data, passwordFile]) chownSync(file, user.uid, user.gid);
  const bin = binariesFor(user, dir);
  const run = (program: string, args: string[]) =>
    runBinary(path.join(bin, program), args, { user, cwd: data });
  await run("initdb", [
    "-D",
    data,
    "-U",
    "test",
    "--encoding=UTF8",
    "--locale=C.UTF-8",
    "--auth=scram-sha-256",
    `--pwfile=${passwordFile}`,
  ]);
  const port = await freePort();
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=300 ${durable ? "" : HASTY}`;
  const log = path.join(data, "server.log");
  const start = () => run("pg_ctl", ["start", "-w", "-D", data, "-l", log, "-o", options]);
  const halt = () => run("pg_ctl", ["stop", "-m", "immediate", "-w", "-D", data]);
  await start();
  const url = `postgresql://test:${password}@127.0.0.1:${port}`;
  await makeTemplate(url);
  return {
    url,
    dir,
    halt,
    start,
    async crash() {
      await halt();
      await start();
    },
    async stop() {
      await halt();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function makeTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: `${url}/postgres` });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${TEMPLATE}`);
    await migrate(`${url}/${TEMPLATE}`);
    // A template with a connection open cannot be cloned.
    await admin.query(`ALTER DATABASE ${TEMPLATE} ALLOW_CONNECTIONS false`);
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", [
      TEMPLATE,
    ]);
  } finally {
    await admin.end();
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  project.provide("postgresUrl", server.url);
  return () => server.stop();
}
