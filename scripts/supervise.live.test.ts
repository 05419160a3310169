import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startTimeOf } from "@/lib/db/processes";
import { type Part, supervise } from "./supervise";

const TEN_SECONDS = { timeout: 10_000, interval: 20 };

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(os.tmpdir(), "mr-supervise-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** A part made of a few lines of JavaScript, which find `note(text)` to write to a common file. */
function part(name: Part["name"], code: string, stopMs = 5_000): Part {
  const file = path.join(dir, `${name.replaceAll(" ", "-")}.mjs`);
  const notes = JSON.stringify(path.join(dir, "notes"));
  writeFileSync(
    file,
    `import { appendFileSync } from "node:fs";
const note = (text) => appendFileSync(${notes}, text + "\\n");
${code}`,
  );
  return { name, args: [file], stopMs };
}

const notes = () => {
  const file = path.join(dir, "notes");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
};

const untilStopped = (name: string) =>
  `setInterval(() => {}, 1000); note("${name} up");
   process.on("SIGTERM", () => { note("${name} down"); process.exit(0); }); process.send("ready");`;

test("parts stop one after the other, the last started first", async () => {
  const supervisor = supervise(() => undefined);
  for (const name of ["web", "worker"] as const) {
    supervisor.start(part(name, untilStopped(name)));
    await supervisor.whenReady(name);
  }
  await supervisor.stop();
  expect(notes()).toEqual(["web up", "worker up", "worker down", "web down"]);
  expect(supervisor.children()).toEqual([]);
});

test("a part that does not stop in its time is ended", async () => {
  const supervisor = supervise(() => undefined);
  const deaf = `process.on("SIGTERM", () => {}); setInterval(() => {}, 1000); process.send("ready");`;
  supervisor.start(part("worker", deaf, 200));
  await supervisor.whenReady("worker");
  await supervisor.stop();
  expect(supervisor.children()).toEqual([]);
});

test("a part that crashed is started again", async () => {
  const supervisor = supervise(() => undefined);
  supervisor.start(part("web", untilStopped("web")));
  await supervisor.whenReady("web");
  const first = supervisor.children()[0]?.pid ?? 0;
  process.kill(first, "SIGKILL");
  await vi.waitFor(() => expect(notes()).toEqual(["web up", "web up"]), TEN_SECONDS);
  expect(supervisor.children()[0]?.pid).not.toBe(first);
  await supervisor.stop();
});

test("a part that keeps crashing is given up with a line that says so", async () => {
  const supervisor = supervise(() => undefined);
  supervisor.start(part("worker", "process.exit(3);"));
  await expect(supervisor.gaveUp).resolves.toBe(
    "The worker ended 6 times within a minute (last: exit code 3): stopping.",
  );
  await supervisor.stop();
});

test("a part ends by itself when its launcher is killed", async () => {
  const worker = part("worker", untilStopped("worker"));
  const launcher = path.join(import.meta.dirname, "supervise.ts");
  const code = `import { supervise } from ${JSON.stringify(launcher)};
    const supervisor = supervise(() => {});
    supervisor.start(${JSON.stringify(worker)});
    await supervisor.whenReady("worker");
    process.stdout.write(String(supervisor.children()[0].pid));`;
  const file = path.join(dir, "launcher.mts");
  writeFileSync(file, code);
  const child: ChildProcess = spawn(process.execPath, ["--import", "tsx", file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [pid] = await once(child.stdout ?? child, "data");
  const startTime = startTimeOf(Number(pid));
  child.kill("SIGKILL");
  await vi.waitFor(() => expect(notes()).toContain("worker down"), TEN_SECONDS);
  await vi.waitFor(() => expect(isRunning(Number(pid), startTime)).toBe(false), TEN_SECONDS);
});

function isRunning(pid: number, startTime: string | null): boolean {
  const file = `/proc/${pid}/stat`;
  return (
    existsSync(file) && startTimeOf(pid) === startTime && !/\) Z /.test(readFileSync(file, "utf8"))
  );
}
