import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openEmbedded } from "./embedded";
import { isAlive } from "./processes";

let dataDir = "";

beforeEach(() => {
  dataDir = mkdtempSync(path.join(os.tmpdir(), "mr-emb-"));
  chmodSync(dataDir, 0o755);
});

afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = () =>
  Number(readFileSync(path.join(dataDir, "postgres", "postmaster.pid"), "utf8").split("\n")[0]);

/** A launcher of its own that opens the cluster, says so, and waits to be killed. */
async function startLauncher() {
  const script = `import { openEmbedded } from "./lib/db/embedded"; openEmbedded(${JSON.stringify(dataDir)}).then((e) => { console.log(e.url); setInterval(() => {}, 1000); });`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(child.stdout, "data");
  return { child, url: String(line).trim() };
}

describe("the embedded Postgres", () => {
  it("sorts and folds letters beyond ASCII, and keeps data between starts", async () => {
    const first = await openEmbedded(dataDir);
    await ask(first.url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('Müller')");
    await first.release();
    expect(existsSync(path.join(dataDir, "postgres", "postmaster.pid"))).toBe(false);

    const second = await openEmbedded(dataDir);
    expect(
      await ask(second.url, "SELECT upper(word) AS word, lower('ИВАНОВ') AS other FROM kept"),
    ).toEqual([{ word: "MÜLLER", other: "иванов" }]);
    await second.release();
  });

  it("keeps its secrets from other users of the machine", async () => {
    const cluster = await openEmbedded(dataDir);
    expect(statSync(path.join(dataDir, "postgres.json")).mode & 0o077).toBe(0);
    await expect(ask(cluster.url.replace(/:[^:@/]+@/, ":password@"), "SELECT 1")).rejects.toThrow(
      /password authentication failed/,
    );
    await cluster.release();
  });

  it("survives kill -9 of its launcher, and is adopted by the next", async () => {
    const launcher = await startLauncher();
    const pid = serverPid();
    launcher.child.kill("SIGKILL");
    await once(launcher.child, "exit");
    expect(isAlive(pid)).toBe(true);

    const next = await openEmbedded(dataDir);
    expect(next.url).toBe(launcher.url);
    expect(serverPid()).toBe(pid);
    await next.release();
    expect(isAlive(pid)).toBe(false);
    expect(readdirSync(path.join(dataDir, "launchers"))).toEqual([]);
  });

  it("starts again after Postgres itself was killed", async () => {
    const cluster = await openEmbedded(dataDir);
    await ask(cluster.url, "CREATE TABLE kept AS SELECT 7 AS n");
    process.kill(serverPid(), "SIGKILL");
    await expect
      .poll(() =>
        ask(cluster.url, "SELECT 1").then(
          () => "up",
          () => "down",
        ),
      )
      .toBe("down");
    const again = await openEmbedded(dataDir);
    expect(await ask(again.url, "SELECT n FROM kept")).toEqual([{ n: 7 }]);
    await again.release();
  });

  it("never throws away a database whose postgres.json is gone", async () => {
    const first = await openEmbedded(dataDir);
    await first.release();
    rmSync(path.join(dataDir, "postgres.json"));
    const second = await openEmbedded(dataDir);
    await second.release();
    const kept = readdirSync(dataDir).filter((name) => /^postgres-\d{14}$/.test(name));
    expect(kept).toHaveLength(1);
    expect(existsSync(path.join(dataDir, kept[0] ?? "", "PG_VERSION"))).toBe(true);
  });

  it("stops with the last of two launchers", async () => {
    const launcher = await startLauncher();
    const mine = await openEmbedded(dataDir);
    const pid = serverPid();
    await mine.release();
    expect(isAlive(pid)).toBe(true);
    launcher.child.kill("SIGKILL");
    await once(launcher.child, "exit");
    const last = await openEmbedded(dataDir);
    await last.release();
    expect(isAlive(pid)).toBe(false);
  });
});
