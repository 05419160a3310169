import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "@/lib/db/client";
import { startWorkerProcess, type WorkerProcess } from "@/lib/testing/child-process";
import { emptyDatabase, useTestDatabase } from "@/lib/testing/database";
import { createUser } from "@/lib/testing/factories";
import { startFailingSmtp } from "@/lib/testing/failing-smtp";
import { startFaultProxy } from "@/lib/testing/fault-proxy";
import { startLineServer } from "@/lib/testing/line-server";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { saveMails } from "@/lib/testing/maildir";
import { connectAccount, receiveOnTicket } from "@/lib/testing/pipeline";
import { rawMail } from "@/lib/testing/raw-mail";
import { replyToTicket } from "@/lib/tickets/reply";

// How workers start, stop, hang and die, and what the next one finds.

useTestDatabase();

const USER = "support@example.test";
const PATIENTLY = { timeout: 60_000, interval: 50 };

let bed: MailBed;
let folders = 0;
const workers: WorkerProcess[] = [];
const open: { close: () => Promise<void> }[] = [];

beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());
beforeEach(() => emptyDatabase(db().pool));
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
  for (const server of open.splice(0)) await server.close();
});

async function start(env: Record<string, string> = {}): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({
    ...{ EMAIL_POLLING_INTERVAL: "1", EMAIL_IDLE_ENABLED: "false", ...env },
  });
  workers.push(worker);
  return worker;
}

/** An account on its own folder with these mails, behind this port. */
async function connectTo(imapPort: number, subjects: string[], email = USER) {
  const folder = `E${++folders}`;
  await bed.doveadm("mailbox", "create", "-u", USER, folder);
  const mails = subjects.map((subject) => rawMail({ subject }));
  await saveMails(bed, { user: USER, folder }, mails);
  const ports = { imapPort, smtpPort: 1 };
  return connectAccount(ports, { email, folder, imapUsername: USER, imapPassword: "pw" });
}

const account = (id: string) => db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
const subjects = async () =>
  (await db().prisma.ticket.findMany()).map(({ subject }) => subject).sort();

/** For NODE_OPTIONS: runs this in the worker's main thread before the worker itself. */
function preload(code: string): Record<string, string> {
  const guarded = `import { isMainThread } from "node:worker_threads"; if (isMainThread) { ${code} }`;
  const option = `--import data:text/javascript,${encodeURIComponent(guarded)}`;
  return { NODE_OPTIONS: [process.env.NODE_OPTIONS ?? "", option].join(" ").trim() };
}

describe("a worker that is told to stop", () => {
  it("while its servers say nothing ends within ten seconds, and leaves no lease", async () => {
    const imap = await startLineServer(null, () => null);
    const smtp = await startFailingSmtp("DATA", null);
    open.push(imap, smtp);
    const ports = { imapPort: imap.port, smtpPort: smtp.port };
    const { id } = await connectAccount(ports);
    const { ticket } = await receiveOnTicket(rawMail(), { accountId: id });
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    await replyToTicket(agent, { number: ticket.number, text: "Another bulb?" });
    const worker = await start();
    await expect.poll(() => smtp.lines, PATIENTLY).toContain("DATA");
    await expect
      .poll(() => account(id), PATIENTLY)
      .toMatchObject({ leaseOwner: expect.any(String) });
    const startedAt = performance.now();
    expect(await worker.stop()).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(9_000);
    expect(await account(id)).toMatchObject({ leaseOwner: null, leaseUntil: null });
    expect(await db().prisma.outboundEmail.findFirstOrThrow()).toMatchObject({
      ...{ status: "QUEUED", unknowns: 0, leaseOwner: null, leaseUntil: null },
    });
    expect(await db().prisma.worker.count()).toBe(0);
  });
});

describe("a worker that is not itself any more", () => {
  it("stores nothing when it wakes up after another has taken its account over", async () => {
    const proxy = await startFaultProxy(bed.imapPort, { holdAt: /UID FETCH/ });
    open.push(proxy);
    const { id } = await connectTo(proxy.port, ["one", "two", "three"]);
    const lease = { WORKER_LEASE_SECONDS: "2" };
    const old = await start(lease);
    await expect.poll(proxy.held, PATIENTLY).toBeGreaterThan(0);
    process.kill(old.pid, "SIGSTOP");
    proxy.set({});
    await start(lease);
    await expect.poll(subjects, PATIENTLY).toEqual(["one", "three", "two"]);
    const runs = () => db().prisma.pollRun.count({ where: { stored: { gt: 0 } } });
    await expect.poll(runs, PATIENTLY).toBe(1);
    process.kill(old.pid, "SIGCONT");
    const closed = () => db().prisma.pollRun.count({ where: { accountId: id, finishedAt: null } });
    await expect.poll(closed, PATIENTLY).toBe(0);
    expect(await runs()).toBe(1);
    expect(await subjects()).toEqual(["one", "three", "two"]);
    expect(await db().prisma.inboundEmail.count()).toBe(3);
    expect(await account(id)).toMatchObject({ lastError: null });
    // It has lost a lease, not its mind: it works on.
    expect(await old.stop()).toBe(0);
  });
});

describe("an error that nobody caught", () => {
  it("is written down, and ends the worker with exit code 1", async () => {
    const forgets = `process.on("SIGUSR2", () => Promise.reject(new Error("a library forgot")));`;
    const worker = await start(preload(forgets));
    process.kill(worker.pid, "SIGUSR2");
    expect(await worker.exited).toBe(1);
    expect(worker.output()).toMatch(/^FATAL: Unhandled: Error: a library forgot/m);
  });

  it("each time one account is polled keeps the others from nothing", async () => {
    const poison = await startFaultProxy(bed.imapPort, { stall: true });
    const silent = await startFaultProxy(bed.imapPort, { stall: true });
    open.push(poison, silent);
    const forgets = preload(`
      const { subscribe } = await import("node:diagnostics_channel");
      subscribe("net.client.socket", ({ socket }) => socket.once("connectionAttempt", (_ip, port) => {
        if (port !== ${poison.port}) return;
        socket.once("error", () => Promise.reject(new Error("a library forgot")));
      }));`);
    const bad = await connectTo(poison.port, [], "bad@example.test");
    const good = await connectTo(silent.port, ["one", "two"]);
    const runs = async () =>
      Promise.all(
        [bad, good].map(({ id: accountId }) => db().prisma.pollRun.count({ where: { accountId } })),
      );
    const connections = () => [poison.accepted(), silent.accepted()];
    /** A worker that dies of the bad account once the accounts are polled this often in all. */
    const dieAfter = async (polls: [bad: number, good: number]) => {
      const worker = await start(forgets);
      await expect.poll(connections, PATIENTLY).toEqual(polls);
      poison.reset();
      expect(await worker.exited).toBe(1);
      expect(await runs()).toEqual(polls);
    };
    /** The leases of the dead worker are over, the bad account's first. */
    const passLeases = () =>
      db().pool.query(
        `UPDATE "EmailAccount" SET "leaseUntil" = now() - CASE WHEN "id" = $1 THEN interval '2 s' ELSE interval '1 s' END
         WHERE "leaseUntil" IS NOT NULL`,
        [bad.id],
      );
    for (let together = 1; together <= 2; together++) {
      await dieAfter([together, together]);
      await passLeases();
    }
    await dieAfter([3, 2]);
    silent.set({});
    await start(forgets);
    await expect.poll(subjects, PATIENTLY).toEqual(["one", "two"]);
    // Four workers are started, one after the other.
  }, 90_000);
});

describe("a worker with another APP_SECRET", () => {
  const sealed = async (id: string) => {
    const { smtpPasswordSealed, imapPasswordSealed } = await account(id);
    return { smtpPasswordSealed, imapPasswordSealed };
  };

  it.each([
    [
      "a wrong one",
      "quite another secret and long enough for the rule",
      "opens none of the stored",
    ],
    ["none at all", "", "APP_SECRET is empty"],
  ])(
    "%s, does not start, says why, and leaves every password as it is",
    async (_what, secret, why) => {
      const { id } = await connectTo(bed.imapPort, ["one"]);
      const before = await sealed(id);
      await expect(start({ APP_SECRET: secret })).rejects.toThrow(
        new RegExp(`exit code 1: FATAL: .*${why}`),
      );
      expect(await sealed(id)).toEqual(before);
      expect(await db().prisma.pollRun.count()).toBe(0);
      await start();
      await expect.poll(subjects, PATIENTLY).toEqual(["one"]);
    },
  );

  it("that opens some of the passwords starts; the accounts of the others say so themselves", async () => {
    const well = await connectTo(bed.imapPort, ["one"]);
    const other = await connectTo(bed.imapPort, ["two"], "other@example.test");
    // Out of another installation: what stands in this row was sealed for another one.
    const foreign = await sealed(well.id);
    await db().prisma.emailAccount.update({ where: { id: other.id }, data: foreign });
    await start();
    await expect.poll(subjects, PATIENTLY).toEqual(["one"]);
    await expect
      .poll(() => account(other.id), PATIENTLY)
      .toMatchObject({
        lastError: expect.stringContaining(
          "A stored password is damaged or stands in the wrong row",
        ),
      });
    expect(await sealed(other.id)).toEqual(foreign);
  });
});
