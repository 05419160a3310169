import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { cpuSeconds, peakResidentMb } from "./processes";

const BURN = "while (process.cpuUsage().user < 300_000);";
const node = (program: string) => spawn(process.execPath, ["-e", program], { stdio: "ignore" });

it("CPU of a child counts for its parent while it lives and when it has ended", async () => {
  const before = cpuSeconds(process.pid);
  const child = node(`${BURN} setTimeout(() => {}, 60_000)`);
  const below = () => cpuSeconds(process.pid).below - before.below;
  await expect.poll(below, { timeout: 15_000 }).toBeGreaterThanOrEqual(0.29);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(below()).toBeGreaterThanOrEqual(0.29);
  expect(cpuSeconds(process.pid).own).toBeGreaterThan(0);
});

it("the most memory is remembered after it was given back", async () => {
  const program =
    "globalThis.kept = Buffer.alloc(200e6, 1); console.log(); setInterval(() => {}, 1e6)";
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  const peak = peakResidentMb(child.pid ?? 0);
  await sleep(200);
  child.kill("SIGKILL");
  await once(child, "exit");
  expect(peak.stop()).toBeGreaterThan(200);
});
