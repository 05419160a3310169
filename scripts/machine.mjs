/** Node built-ins only: what the scripts share that run before anything is installed. */
import { spawn } from "node:child_process";
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

/** True when there is no build, or a source is newer than it. The worker's bundle is built last. */
export function needsBuild() {
  const built = [path.join(process.env.NEXT_DIST_DIR || ".next", "BUILD_ID"), "dist/worker.mjs"];
  if (!built.every((file) => existsSync(path.join(root, file)))) return true;
  const builtAt = Math.min(...built.map((file) => statSync(path.join(root, file)).mtimeMs));
  return [...SOURCES, ...SOURCE_FILES].some((place) => newest(path.join(root, place)) > builtAt);
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

/**
 * Runs a node program and shows its output only when it fails; the heading gets the time it took.
 * The program ends by itself when this process is killed (exit-with-parent.mjs).
 */
export function runQuietly(heading, args) {
  const startedAt = Date.now();
  const isTerminal = process.stdout.isTTY;
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`;
  process.stdout.write(isTerminal ? `${heading} …` : `${heading}\n`);
  const ticker = setInterval(() => {
    if (isTerminal) process.stdout.write(`\r${heading} … ${seconds()}`);
  }, 1_000);
  return new Promise((resolve) => {
    const output = [];
    const preload = pathToFileURL(path.join(root, "scripts", "exit-with-parent.mjs")).href;
    const child = spawn(process.execPath, ["--import", preload, ...args], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        ...process.env,
        NEXT_TELEMETRY_DISABLED: "1",
        MAILROOM_LAUNCHER: String(process.pid),
        MAILROOM_ORPHAN: "kill",
      },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => output.push(chunk));
    child.on("close", (code, signal) => {
      clearInterval(ticker);
      if (isTerminal) process.stdout.write(`\r${heading} … ${seconds()}\n`);
      if (code === 0) return resolve();
      process.stderr.write(Buffer.concat(output));
      const how = signal ?? `exit code ${code}`;
      console.error(`ERROR: ${heading} failed (${how}); what it said stands above`);
      process.exit(1);
    });
  });
}

/** The JavaScript of the npm that belongs to this Node; null when it can't be told. */
export function npmScript() {
  const places = [
    process.env.npm_execpath,
    path.resolve(process.execPath, "../../lib/node_modules/npm/bin/npm-cli.js"),
    "/usr/share/nodejs/npm/bin/npm-cli.js",
    path.resolve(process.execPath, "../node_modules/npm/bin/npm-cli.js"),
  ];
  return places.find((place) => place && /npm-cli\.js$/.test(place) && existsSync(place)) ?? null;
}
