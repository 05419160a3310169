import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** What starts a daemon of the test bed; its output goes to `logFile`, never to a pipe. */
export type DaemonCommand = {
  file: string;
  args: string[];
  logFile: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
};

/** A running daemon, the leader of its own process group. */
export type Daemon = { pid: number; end: () => Promise<void> };

/**
 * Starts a daemon in a process group of its own, so that one signal reaches the master and every
 * session: Dovecot's sessions outlive a master that is asked to end alone. Output goes to a file
 * because a surviving daemon would keep a pipe open and hang whoever reads it.
 */
export async function startDaemon(command: DaemonCommand): Promise<Daemon> {
  const log = openSync(command.logFile, "a");
  try {
    const child = spawn(command.file, command.args, {
      detached: true,
      stdio: ["ignore", log, log],
      cwd: command.cwd,
      env: command.env,
    });
    await once(child, "spawn");
    const { pid } = child;
    if (pid === undefined) throw new Error(`${command.file} did not start`);
    const exited = once(child, "exit");
    child.unref();
    return {
      pid,
      async end() {
        if (child.exitCode === null && child.signalCode === null) {
          // Whoever waits for its end must not end first.
          child.ref();
          killGroup(pid);
          await exited;
        }
      },
    };
  } finally {
    closeSync(log);
  }
}

/**
 * Ends every process whose id is listed in the pid file of an earlier bed that crashed, but only
 * when its command line names that bed's folder: the number may belong to somebody else by now.
 */
export async function endLeftovers(pidFile: string, dir: string): Promise<void> {
  const listed = await readFile(pidFile, "utf8").catch(() => "");
  for (const line of listed.split("\n")) {
    const pid = Number(line);
    if (Number.isInteger(pid) && pid > 1 && commandLine(pid).includes(dir)) killGroup(pid);
  }
}

/** Whether a process with this id runs; a zombie does not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** The ids of all running processes whose command line contains the text. */
export function findProcesses(text: string): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && isRunning(pid) && commandLine(pid).includes(text));
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is gone already, which is what was wanted.
  }
}
