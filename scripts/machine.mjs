/** Node built-ins only: what the scripts share that run before anything is installed. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

// import.meta.dirname is not there in the Nodes that requireNode() turns away.
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");

/** Ends with one line unless this is Node 20.19 or newer. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`ERROR: Mailroom needs Node 20.19 or newer; this is ${process.version}`);
  process.exit(1);
}

/** True when node_modules is not what package-lock.json says. */
export function needsInstall() {
  const installed = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return true;
  const packagesOf = (file) => JSON.parse(readFileSync(file, "utf8")).packages;
  const have = packagesOf(installed);
  return Object.entries(packagesOf(path.join(root, "package-lock.json"))).some(
    ([place, wanted]) =>
      place !== "" && !wanted.optional && have[place]?.version !== wanted.version,
  );
}

const SOURCES = ["app", "lib", "prisma", "public", "worker", "scripts/build-worker.mjs"];
const SOURCE_FILES = ["next.config.ts", "package-lock.json", "postcss.config.mjs", "proxy.ts"];
/** What the bundles are made of. */
const BUNDLE_SOURCES = ["lib", "worker", "scripts/desk", "scripts/desk.ts", "package-lock.json"];

/** True when there is no build, or a source is newer than it. The worker's bundle is built last. */
export function needsBuild() {
  const built = [path.join(process.env.NEXT_DIST_DIR || ".next", "BUILD_ID"), "dist/worker.mjs"];
  return isOlder(built, [...SOURCES, ...SOURCE_FILES]);
}

/**
 * A bundle ("desk" or "worker"), which starts in half the time its sources do; null when there is
 * none of this tree as it is.
 */
export function bundleOf(name) {
  const bundle = path.join("dist", `${name}.mjs`);
  return isOlder([bundle], BUNDLE_SOURCES) ? null : path.join(root, bundle);
}

/** True when one of the built files is missing or older than the newest source. */
function isOlder(built, sources) {
  if (!built.every((file) => existsSync(path.join(root, file)))) return true;
  const builtAt = Math.min(...built.map((file) => statSync(path.join(root, file)).mtimeMs));
  return sources.some((place) => newest(path.join(root, place)) > builtAt);
}

function newest(place) {
  if (!existsSync(place)) return 0;
  const stat = statSync(place);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(
    0,
    ...readdirSync(place)
      // Written by the build itself, or no part of it.
      .filter((name) => name !== "generated" && !/\.test\.tsx?$/.test(name))
      .map((name) => newest(path.join(place, name))),
  );
}

const PRELOAD = pathToFileURL(path.join(root, "scripts", "exit-with-parent.mjs")).href;

/**
 * Runs a node program to its end, in a process group of its own: signals and the end of our npm are
 * passed on to all of it, and it ends with us (exit-with-parent.mjs), so that nothing of an
 * interrupted run is in the way of the next.
 * @param output "inherit" shows what it prints, "pipe" collects it.
 */
export function runNode(args, output, env = {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ["--import", PRELOAD, ...args], {
      cwd: root,
      detached: true,
      stdio: ["ignore", output, output, "ipc"],
      env: {
        ...process.env,
        NEXT_TELEMETRY_DISABLED: "1",
        ...env,
        MAILROOM_LAUNCHER: String(process.pid),
        MAILROOM_ORPHAN: "kill",
      },
    });
    const printed = [];
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => printed.push(chunk));
    let interruption;
    const interrupt = (signal) => {
      interruption = signal;
      endGroup(child.pid, signal);
    };
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
    for (const signal of signals) process.on(signal, interrupt);
    // Nobody is left to wait for a tidy end, and the next start may come at once.
    const unwatch = watchNpm(() => interrupt("SIGKILL"));
    child.on("close", (code, signal) => {
      for (const each of signals) process.off(each, interrupt);
      unwatch();
      resolve({
        ok: code === 0 && !interruption,
        isInterrupted: interruption !== undefined,
        how: interruption ?? signal ?? `exit code ${code}`,
        printed: Buffer.concat(printed),
      });
    });
  });
}

function endGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has just ended.
  }
}

/** runNode() under a heading, with its output only when it fails; then this process ends, too. */
export async function runQuietly(heading, args) {
  const startedAt = Date.now();
  const isTerminal = process.stdout.isTTY;
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  process.stdout.write(isTerminal ? `${heading} …` : `${heading}\n`);
  const ticker = setInterval(() => {
    if (isTerminal) process.stdout.write(`\r${heading} … ${seconds()}`);
  }, 1_000);
  const result = await runNode(args, "pipe");
  clearInterval(ticker);
  if (isTerminal) process.stdout.write(`\r${heading} … ${seconds()}\n`);
  if (result.ok) return;
  if (result.isInterrupted) process.exit(1);
  process.stderr.write(result.printed);
  console.error(`ERROR: ${heading} failed (${result.how}); what it said stands above`);
  process.exit(1);
}

/**
 * `npm start` is npm, a shell and this process; npm killed hard leaves us running with nobody to
 * stop us. Only what npm started is watched: started directly, a closed shell must not end a server.
 * @returns a function that stops watching.
 */
export function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event) return () => undefined;
  const parent = process.ppid;
  const grandparent = parentOfShell(parent);
  const timer = setInterval(() => {
    if (process.ppid === parent && (grandparent <= 1 || isThere(grandparent))) return;
    clearInterval(timer);
    onGone();
  }, 500);
  timer.unref();
  return () => clearInterval(timer);
}

/** The parent of npm's shell; 0 when `pid` is no shell but npm, whose own parent is none of ours. */
function parentOfShell(pid) {
  try {
    const [, command = "", ppid] =
      process.platform === "linux"
        ? (/\((.*)\) \S (\d+) /s.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [])
        : (/^\s*(\S+)\s+(\d+)/.exec(
            execFileSync("ps", ["-o", "comm=,ppid=", "-p", String(pid)], { encoding: "utf8" }),
          ) ?? []);
    return /(^|\/)(ba|da|z|k)?sh$/.test(command) ? Number(ppid) : 0;
  } catch {
    return 0;
  }
}

function isThere(pid) {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Ended, but not yet collected by its parent: containers often have no init that would. Linux only. */
export function isZombie(pid) {
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

/** The JavaScript of the npm that belongs to this Node; without one, this process ends with a line. */
export function npmScript() {
  const places = [
    process.env.npm_execpath,
    path.resolve(process.execPath, "../../lib/node_modules/npm/bin/npm-cli.js"),
    "/usr/share/nodejs/npm/bin/npm-cli.js",
    path.resolve(process.execPath, "../node_modules/npm/bin/npm-cli.js"),
  ];
  const found = places.find((place) => place && /npm-cli\.js$/.test(place) && existsSync(place));
  if (found) return found;
  console.error("ERROR: npm was not found beside this Node: start this with `npm run`");
  process.exit(1);
}
