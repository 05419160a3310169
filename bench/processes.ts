import { readdirSync, readFileSync } from "node:fs";

/** Kernel clock ticks per second of user and system time in /proc (proc(5)); 100 on every Linux. */
const TICKS = 100;

type Stat = { pid: number; parent: number; ownTicks: number; reapedTicks: number };

/** /proc/PID/stat of every process. The name, in parentheses, may hold anything, so it is cut off. */
function allProcesses(): Stat[] {
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
      return [
        { pid, parent: fields[1] ?? 0, ownTicks: utime + stime, reapedTicks: cutime + cstime },
      ];
    } catch {
      return [];
    }
  });
}

/** A process and all below it that live. */
export function familyOf(root: number): number[] {
  const all = allProcesses();
  const family = [root];
  for (const pid of family)
    family.push(...all.filter(({ parent }) => parent === pid).map((child) => child.pid));
  return family;
}

export type CpuSeconds = {
  /** The process itself, with all its threads. */
  own: number;
  /** All it started, also what has ended meanwhile. */
  below: number;
};

/** User and system time so far of a process and of all below it, to a hundredth of a second. */
export function cpuSeconds(root: number): CpuSeconds {
  const all = new Map(allProcesses().map((stat) => [stat.pid, stat]));
  const family = familyOf(root).flatMap((pid) => all.get(pid) ?? []);
  const total = family.reduce((sum, stat) => sum + stat.ownTicks + stat.reapedTicks, 0);
  const own = all.get(root)?.ownTicks ?? 0;
  return { own: own / TICKS, below: (total - own) / TICKS };
}

/**
 * Resident memory of a process and all below it, in MB. Pages of files, which is Node itself, count
 * once, for the process: they are the same pages in those below.
 */
export function residentMb(root: number): number {
  const [, ...below] = familyOf(root);
  return below.reduce((sum, pid) => sum + statusMb(pid, "RssAnon"), statusMb(root, "VmRSS"));
}

function statusMb(pid: number, field: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/** Looks every 50 ms. @returns a function that ends it and tells the most there was. */
export function peakResidentMb(root: number): { stop(): number } {
  let peakMb = 0;
  const look = () => {
    peakMb = Math.max(peakMb, residentMb(root));
  };
  const timer = setInterval(look, 50);
  return {
    stop() {
      look();
      clearInterval(timer);
      return peakMb;
    },
  };
}
