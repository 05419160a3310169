import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { postgresUser } from "../db/postgres-binaries";
import { findFreePorts, waitForPort } from "./free-ports";

const PROGRAM = "/usr/sbin/pgbouncer";
const START_MS_MAX = 20_000;

export type Pooler = {
  /** The database's address through it. */
  url: string;
  stop(): Promise<void>;
};

/**
 * Debian's PgBouncer before one database, as it comes but in transaction mode: what follows a commit may
 * be answered by another connection, of which there are five.
 */
export async function startPooler(databaseUrl: string): Promise<Pooler> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const name = pathname.slice(1);
  const [ownPort = 0] = await findFreePorts(1);
  const dir = mkdtempSync(path.join(os.tmpdir(), "mr-pooler-"));
  const config = path.join(dir, "pgbouncer.ini");
  writeFileSync(
    config,
    `[databases]
${name} = host=${hostname} port=${port} user=${username} password=${password}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${ownPort}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
`,
    { mode: 0o600 },
  );
  // It does not run as root.
  const user = postgresUser();
  if (user) for (const file of [dir, config]) chownSync(file, user.uid, user.gid);
  const child = spawn(PROGRAM, ["-q", config], { stdio: "ignore", cwd: dir, ...user });
  const ended = once(child, "exit");
  await Promise.race([
    waitForPort(ownPort, START_MS_MAX),
    ended.then(([code]) => Promise.reject(new Error(`PgBouncer ended with ${code}`))),
  ]);
  return {
    url: `postgresql://${username}@127.0.0.1:${ownPort}/${name}`,
    async stop() {
      child.kill("SIGKILL");
      await ended;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
