import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { closeDb, db, openDatabase, useDatabase } from "@/lib/db/client";
import { postgresUser } from "@/lib/db/postgres-binaries";
import { reloadEnv } from "@/lib/env";
import { readiness } from "@/lib/health";
import { startWorkerProcess, type WorkerProcess } from "@/lib/testing/child-process";
import { emptyDatabase } from "@/lib/testing/database";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import {
  connectAccount,
  makeEverythingDue,
  outcomeOf,
  store,
  testProcessor,
} from "@/lib/testing/pipeline";
import { startTestServer, TEMPLATE, type TestServer } from "@/lib/testing/postgres-setup";
import { rawMail } from "@/lib/testing/raw-mail";

// The machine under a running worker: a database that goes away, is busy, or has no room left.

const USER = "support@example.test";
const PATIENTLY = { timeout: 60_000, interval: 50 };
const MB = 1024 * 1024;

let server: TestServer;
let bed: MailBed;
let worker: WorkerProcess;
let folders = 0;
let folder = "";
let accountId = "";

beforeAll(async () => {
  [server, bed] = await Promise.all([startTestServer(), startMailBed()]);
});
afterAll(async () => {
  await Promise.all([bed?.stop(), server?.stop()]);
});

/** Makes a database, in this tablespace, the one of this process and of the workers it starts. */
async function useDatabaseIn(name: string, tablespace: string): Promise<void> {
  await asAdmin(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} TABLESPACE ${tablespace}`);
  process.env.DATABASE_URL = `${server.url}/${name}`;
  process.env.APP_SECRET = "a secret only for tests and long enough for the rule";
  process.env.EMAIL_ALLOWED_PRIVATE_HOSTS = "127.0.0.0/8,localhost";
  reloadEnv();
  useDatabase(openDatabase(process.env.DATABASE_URL, 4));
}

async function asAdmin(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${server.url}/postgres` });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

/** A worker that has made a ticket of the first mail in a folder of its own. */
async function startWorking(): Promise<void> {
  await emptyDatabase(db().pool);
  folder = `H${++folders}`;
  await arrive(rawMail());
  const ports = { imapPort: bed.imapPort, smtpPort: 1 };
  ({ id: accountId } = await connectAccount(ports, { folder }));
  worker = await startWorkerProcess({ EMAIL_POLLING_INTERVAL: "1", WORKER_LEASE_SECONDS: "2" });
  await expect.poll(messages, PATIENTLY).toBe(1);
}

const arrive = (raw: string) => bed.append(USER, raw, { folder });
const messages = () => db().prisma.message.count();
const account = () => db().prisma.emailAccount.findUniqueOrThrow({ where: { id: accountId } });

/** All of them are still there, and nobody has touched them. */
async function expectUntouched(count: number): Promise<void> {
  const mails = await bed.mailsOf(USER, folder);
  // The server's own flag, for whoever opens the folder next.
  const flags = mails.map((mail) => mail.flags.filter((flag) => flag !== "\\Recent"));
  expect(flags).toEqual(Array(count).fill([]));
}

/** Each mail became one message, nothing is owed, and the worker lives. */
async function expectHealed(count: number): Promise<void> {
  await expect.poll(messages, PATIENTLY).toBe(count);
  await expect.poll(account, PATIENTLY).toMatchObject({ lastError: null, consecutiveFailures: 0 });
  expect(await db().prisma.ticket.count()).toBe(count);
  expect(await db().prisma.inboundEmail.count()).toBe(count);
  await expectUntouched(count);
  expect(await worker.stop()).toBe(0);
}

describe("a worker and its database", () => {
  beforeAll(() => useDatabaseIn("away", "pg_default"));
  afterAll(closeDb);
  beforeEach(startWorking);
  afterEach(() => worker?.kill());

  it("that is away for a while: it touches no mail, and goes on when that is back", async () => {
    await server.halt();
    for (let n = 0; n < 3; n++) await arrive(rawMail());
    const failed = () => worker.output().match(/loop failed and goes on/g)?.length ?? 0;
    await expect.poll(failed, PATIENTLY).toBeGreaterThan(2);
    await expectUntouched(4).finally(server.start);
    await expectHealed(4);
  });

  it("that gives the web process no connection any more: mail comes in all the same", async () => {
    const lent = await Promise.all(Array.from({ length: 4 }, () => db().pool.connect()));
    const watch = new pg.Client({ connectionString: db().url });
    try {
      await watch.connect();
      await arrive(rawMail());
      const { checks } = await readiness();
      expect(checks.database).toEqual({ ok: false, detail: "no answer within 3 s" });
      const count = async () =>
        (await watch.query(`SELECT count(*)::int AS n FROM "Message"`)).rows[0].n;
      await expect.poll(count, PATIENTLY).toBe(2);
    } finally {
      for (const client of lent) client.release();
      await watch.end();
    }
    await expectHealed(2);
  });
});

/** Nothing but a file that can't be made smaller. */
function mailOfOneMegabyte(): string {
  const headers = [
    "MIME-Version: 1.0",
    'Content-Type: application/octet-stream; name="a.bin"',
    "Content-Transfer-Encoding: base64",
  ];
  const text = randomBytes(MB).toString("base64").replace(/.{76}/g, "$&\n");
  return rawMail({ headers, text });
}

/** Whether this machine lets us have a small file system of our own. */
function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), "mr-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", dir], { stdio: "ignore" });
    execFileSync("umount", [dir], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const hasDisk = canMount();
if (!hasDisk) console.log("The test of a full disk is skipped: no tmpfs can be mounted here");

describe.runIf(hasDisk)("a worker and a disk", () => {
  let disk = "";

  beforeAll(async () => {
    disk = mkdtempSync(join(tmpdir(), "mr-disk-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", disk]);
    const user = postgresUser();
    if (user) chownSync(disk, user.uid, user.gid);
    await asAdmin(`CREATE TABLESPACE small LOCATION '${disk}'`);
    await useDatabaseIn("crowded", "small");
  });
  afterAll(async () => {
    await worker?.kill();
    await closeDb();
    await asAdmin("DROP DATABASE IF EXISTS crowded WITH (FORCE)").catch(() => undefined);
    await asAdmin("DROP TABLESPACE small").catch(() => undefined);
    execFileSync("umount", ["-l", disk]);
    rmSync(disk, { recursive: true, force: true });
  });

  /** Leaves so many bytes free. @returns what frees them again. */
  function fill(bytesLeft: number): () => void {
    const { bavail, bsize } = statfsSync(disk);
    const filler = join(disk, "filler");
    writeFileSync(filler, Buffer.alloc(bavail * bsize - bytesLeft));
    return () => rmSync(filler);
  }

  it("that is full: the account says so, no mail is touched, and all is there once there is room", async () => {
    await startWorking();
    const empty = fill(2 * MB);
    for (let n = 0; n < 5; n++) await arrive(mailOfOneMegabyte());
    await expect
      .poll(account, PATIENTLY)
      .toMatchObject({ lastError: expect.stringContaining("No space left on device") });
    await sleep(1_000);
    await expectUntouched(6);
    empty();
    await expectHealed(6);
  });

  it("that is full while mails are processed: none is given up, and it is a ticket once there is room", async () => {
    await emptyDatabase(db().pool);
    const id = await store(rawMail({ text: randomBytes(MB / 8).toString("base64") }));
    const empty = fill(0);
    for (let tries = 0; tries < 7; tries++) {
      await makeEverythingDue();
      await testProcessor().run({});
    }
    const full = { error: expect.stringContaining("No space left on device") };
    expect(await outcomeOf(id)).toMatchObject({ ...full, status: "PENDING", attempts: 0 });
    empty();
    await makeEverythingDue();
    await testProcessor().run({});
    expect(await outcomeOf(id)).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
  });
});
