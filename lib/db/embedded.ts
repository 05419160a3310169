import { createHash, randomBytes } from "node:crypto";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import pg from "pg";
import { AppError, messageOf } from "../errors";
import { log } from "../log";
import { withLock } from "./lock-file";
import {
  binariesFor,
  isReachableByAll,
  type PostgresUser,
  postgresUser,
  runBinary,
} from "./postgres-binaries";
import { freePort, isAlive, isFree, startTimeOf } from "./processes";

/** What `.data/postgres.json` keeps between starts. */
type Cluster = { home: string; port: number; password: string };

export type Embedded = {
  /** postgresql:// address of the database `mailroom`. */
  url: string;
  /** Lets go of the cluster; the last launcher to let go stops it. */
  release(): Promise<void>;
};

const USER = "mailroom";
const SOCKET_PATH_BYTES_MAX = 107;

/**
 * Owns a real PostgreSQL under `dataDir`: makes it at first use, starts it detached from this
 * process's group (so Ctrl-C ends the launcher and not the database), adopts one that still runs
 * after a `kill -9`, and stops it with the last launcher.
 * @throws AppError "unavailable" with one line that says what stands in the way.
 */
export async function openEmbedded(dataDir: string): Promise<Embedded> {
  mkdirSync(path.join(dataDir, "launchers"), { recursive: true, mode: 0o755 });
  const ticket = path.join(dataDir, "launchers", String(process.pid));
  try {
    return await withLock(path.join(dataDir, "postgres.lock"), async () => {
      const user = postgresUser();
      const cluster = readCluster(dataDir) ?? (await createCluster(dataDir, user));
      const url = await startCluster(dataDir, cluster, user);
      writeFileSync(ticket, startTimeOf(process.pid) ?? "");
      return { url, release: () => releaseCluster(dataDir, ticket, cluster, user) };
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      "unavailable",
      `The embedded Postgres could not be started: ${messageOf(error)}`,
    );
  }
}

function readCluster(dataDir: string): Cluster | null {
  const file = path.join(dataDir, "postgres.json");
  if (!existsSync(file)) return null;
  const cluster = JSON.parse(readFileSync(file, "utf8")) as Cluster;
  return existsSync(path.join(cluster.home, "postgres", "PG_VERSION")) ? cluster : null;
}

/** Beside the project; elsewhere only when root's postgres user could not reach it there. */
function homeFor(dataDir: string, user: PostgresUser): string {
  if (!user || isReachableByAll(dataDir)) return dataDir;
  const name = createHash("sha256").update(path.resolve(dataDir)).digest("hex").slice(0, 12);
  const home = path.join("/var/lib/mailroom", name);
  log.info(`${dataDir} is closed to the postgres user, so the database is kept in ${home}`);
  return home;
}

async function createCluster(dataDir: string, user: PostgresUser): Promise<Cluster> {
  const home = homeFor(dataDir, user);
  const data = path.join(home, "postgres");
  const password = randomBytes(24).toString("base64url");
  const passwordFile = path.join(home, "initdb-password");
  // A whole cluster whose postgres.json is gone can't be opened, but is never thrown away. A folder
  // without PG_VERSION is what an interrupted initdb left behind.
  if (existsSync(path.join(data, "PG_VERSION"))) setAside(data);
  rmSync(data, { recursive: true, force: true });
  mkdirSync(home, { recursive: true, mode: 0o755 });
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const file of [data, passwordFile]) chownSync(file, user.uid, user.gid);
  try {
    await runBinary(
      path.join(binariesFor(user, home), "initdb"),
      [
        "-D",
        data,
        "-U",
        USER,
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--auth=scram-sha-256",
        `--pwfile=${passwordFile}`,
      ],
      { user, cwd: data },
    );
  } finally {
    rmSync(passwordFile, { force: true });
  }
  const cluster = { home, port: await freePort(), password };
  saveCluster(dataDir, cluster);
  return cluster;
}

function setAside(data: string): void {
  const aside = `${data}-${new Date().toISOString().replace(/\D/g, "").slice(0, 14)}`;
  renameSync(data, aside);
  log.warn(`${data} held a database whose postgres.json is missing; it is kept in ${aside}`);
}

function saveCluster(dataDir: string, cluster: Cluster): void {
  writeFileSync(path.join(dataDir, "postgres.json"), `${JSON.stringify(cluster, null, 2)}\n`, {
    mode: 0o600,
  });
}

async function startCluster(
  dataDir: string,
  cluster: Cluster,
  user: PostgresUser,
): Promise<string> {
  const data = path.join(cluster.home, "postgres");
  const owner = statSync(data).uid;
  const expected = user?.uid ?? process.getuid?.();
  if (expected !== undefined && owner !== expected)
    throw new AppError(
      "unavailable",
      `${data} belongs to user id ${owner}, but Postgres would run as ${expected}: change its owner, or remove it to start afresh.`,
    );
  if (!(await isRunning(cluster, data))) {
    removeStalePidFile(data, cluster.port);
    if (!(await isFree(cluster.port))) {
      cluster.port = await freePort();
      saveCluster(dataDir, cluster);
    }
    const options = [
      `-p ${cluster.port}`,
      "-c listen_addresses=127.0.0.1",
      // In its data folder, which only its own user and root may open.
      `-c unix_socket_directories=${process.platform === "win32" ? "''" : "."}`,
      "-c max_connections=200",
    ].join(" ");
    await runBinary(
      path.join(binariesFor(user, cluster.home), "pg_ctl"),
      ["start", "-w", "-D", data, "-l", path.join(data, "server.log"), "-o", options],
      { user, cwd: data },
    );
  }
  await ensureDatabase(cluster);
  return urlOf(cluster, "mailroom");
}

/**
 * A Postgres that was killed leaves its pid file, and one beside its socket; if that pid is another
 * program now, they are a lie.
 */
function removeStalePidFile(data: string, port: number): void {
  const file = path.join(data, "postmaster.pid");
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, "utf8").split("\n")[0]);
  const commandLine = `/proc/${pid}/cmdline`;
  if (
    process.platform === "linux" &&
    (!existsSync(commandLine) || !readFileSync(commandLine, "utf8").includes(data))
  )
    for (const stale of [file, path.join(data, `.s.PGSQL.${port}.lock`)])
      rmSync(stale, { force: true });
}

/** True when a server answers on our port and says that it serves our data folder. */
async function isRunning(cluster: Cluster, data: string): Promise<boolean> {
  const client = new pg.Client({
    connectionString: urlOf(cluster, "postgres"),
    connectionTimeoutMillis: 3_000,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    const answer = await client.query<{ data_directory: string }>("SHOW data_directory");
    return answer.rows[0]?.data_directory === data;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(cluster: Cluster): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf(cluster, "postgres") });
  await client.connect();
  try {
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = 'mailroom'");
    if (found.rowCount === 0) await client.query("CREATE DATABASE mailroom");
  } finally {
    await client.end();
  }
}

async function releaseCluster(
  dataDir: string,
  ticket: string,
  cluster: Cluster,
  user: PostgresUser,
): Promise<void> {
  await withLock(path.join(dataDir, "postgres.lock"), async () => {
    rmSync(ticket, { force: true });
    if (livingLaunchers(dataDir).length > 0) return;
    const data = path.join(cluster.home, "postgres");
    await runBinary(
      path.join(binariesFor(user, cluster.home), "pg_ctl"),
      ["stop", "-m", "fast", "-w", "-D", data],
      { user, cwd: data },
    ).catch((error) => log.warn(`The embedded Postgres did not stop: ${messageOf(error)}`));
  });
}

/** Launchers that still run; the tickets of dead ones (kill -9) are removed. */
function livingLaunchers(dataDir: string): string[] {
  const folder = path.join(dataDir, "launchers");
  return readdirSync(folder).filter((name) => {
    const recorded = readFileSync(path.join(folder, name), "utf8");
    if (isAlive(Number(name)) && (startTimeOf(Number(name)) ?? "") === recorded) return true;
    rmSync(path.join(folder, name), { force: true });
    return false;
  });
}

/**
 * By its socket where we can reach that: bytes cross it for half of what TCP costs, even on one machine.
 * The address of a socket has 107 bytes at most (unix(7)).
 */
function urlOf({ home, port, password }: Cluster, database: string): string {
  const data = path.join(home, "postgres");
  const socket = path.join(data, `.s.PGSQL.${port}`);
  const isReachable = Buffer.byteLength(socket) <= SOCKET_PATH_BYTES_MAX && existsSync(socket);
  const host = isReachable ? encodeURIComponent(data) : "127.0.0.1";
  return `postgresql://${USER}:${password}@${host}:${port}/${database}`;
}
