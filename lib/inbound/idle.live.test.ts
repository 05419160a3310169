import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { bed, folder, proxy, USER, useMailFolder } from "../testing/mail-folder";
import { saveMails } from "../testing/maildir";
import { connectAccount, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { IdleFolders } from "./idle";
import { claimAccounts, claimDueAccounts } from "./lease";
import { pollAccounts } from "./poll";

useMailFolder();

const PATIENTLY = { timeout: 30_000, interval: 50 };

let idle: IdleFolders;
let accountId = "";
/** How often an account was said to be due. */
let dues = 0;

beforeEach(async () => {
  accountId = (await connectAccount(bed, { folder, imapPort: proxy.port })).id;
  dues = 0;
  idle = new IdleFolders("test", () => {
    dues += 1;
  });
});
afterEach(() => idle.stop());

async function poll(keeper = idle, owner = "test") {
  const leases = await claimAccounts(owner, [accountId], 30);
  const pass = await pollAccounts(leases, testProcessor(), new AbortController().signal, {
    idle: keeper,
  });
  expect(pass.failed).toEqual([]);
  return pass.emailsProcessed;
}

const account = () => db().prisma.emailAccount.findUniqueOrThrow({ where: { id: accountId } });
const arrive = (...subjects: string[]) =>
  saveMails(
    bed,
    { user: USER, folder },
    subjects.map((subject) => rawMail({ subject })),
  );
const setDue = (secondsAgo: number) =>
  db().pool.query(`UPDATE "EmailAccount" SET "nextPollAt" = now() - make_interval(secs => $1)`, [
    secondsAgo,
  ]);
const isDue = async () => (await claimDueAccounts("test", 9, 30)).length === 1;
/** Whether a statement waits for a lock. */
const isHeldUp = async () => {
  const { rows } = await db().pool.query(
    "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
  );
  return rows.length > 0;
};
/** Seconds from the beginning of the last poll to the next. */
const pollsApart = async () => {
  const { nextPollAt, lastAttemptAt } = await account();
  return (nextPollAt.getTime() - (lastAttemptAt?.getTime() ?? 0)) / 1000;
};

describe("a connection that is kept in IDLE", () => {
  it("makes the account due when mail comes, an interval before its time", async () => {
    await poll();
    expect(idle.size).toBe(1);
    expect((await account()).nextPollAt.getTime()).toBeGreaterThan(Date.now() + 30_000);
    await arrive("new");
    await expect.poll(() => dues, PATIENTLY).toBe(1);
    expect(await pollsApart()).toBeLessThan(60);
    expect(await pollsApart()).toBeGreaterThanOrEqual(2);
    await expect.poll(isDue, PATIENTLY).toBe(true);
  });

  it.each([
    ["mail came one after the other", 1, 0.2],
    ["the poll before found nothing", 0, 2],
  ])("makes it due so soon where %s", async (_what, found, apart) => {
    if (found > 0) await arrive("before");
    expect(await poll()).toBe(found);
    // As if that poll began only in an hour: what follows is as long after it as it may be.
    await db().pool.query(
      `UPDATE "EmailAccount" SET "lastAttemptAt" = now() + interval '1 hour', "nextPollAt" = now() + interval '2 hours'`,
    );
    await arrive("new");
    await expect.poll(pollsApart, PATIENTLY).toBeCloseTo(apart, 2);
  });

  it("serves one poll after the other: nobody signs in again", async () => {
    const before = proxy.accepted();
    for (const subject of ["one", "two", "three"]) {
      await arrive(subject);
      expect(await poll()).toBe(1);
    }
    expect(proxy.accepted() - before).toBe(1);
    expect(idle.size).toBe(1);
  });

  it("says once that 200 mails have come, and the polls lose and double none", async () => {
    await poll();
    await arrive(...Array.from({ length: 200 }, (_, n) => `storm ${n}`));
    await expect.poll(() => dues, PATIENTLY).toBe(1);
    const tickets = async () => {
      await poll();
      return db().prisma.ticket.count();
    };
    await expect.poll(tickets, { ...PATIENTLY, timeout: 60_000 }).toBe(200);
    expect(await db().prisma.inboundEmail.count()).toBe(200);
  });

  it("that is lost is not opened again before the next poll, which reads on", async () => {
    await poll();
    const before = proxy.accepted();
    proxy.reset();
    await expect.poll(() => idle.size, PATIENTLY).toBe(0);
    await arrive("after");
    expect(dues).toBe(0);
    expect(proxy.accepted()).toBe(before);
    expect(await poll()).toBe(1);
    expect(idle.size).toBe(1);
  });

  it("that the network has swallowed is noticed at the next poll, which opens another", async () => {
    await poll();
    proxy.set({ blackHole: true });
    await arrive("unheard");
    const polled = poll();
    await new Promise((resolve) => setTimeout(resolve, 500));
    proxy.reset();
    proxy.set({});
    expect(await polled).toBe(1);
  });

  it("shows a folder that was made again, with its new UIDVALIDITY", async () => {
    await arrive("old");
    await poll();
    await bed.doveadm("mailbox", "delete", "-u", USER, folder);
    await bed.doveadm("mailbox", "create", "-u", USER, folder);
    await arrive("old", "new");
    // Dovecot ends the connection of a folder that is gone; either way the next poll is right.
    await expect.poll(poll, PATIENTLY).toBe(0);
    const subjects = (await db().prisma.ticket.findMany()).map(({ subject }) => subject).sort();
    expect(subjects).toEqual(["new", "old", "old"]);
  });

  it("is closed when polling stops for its account", async () => {
    await poll();
    await db().prisma.emailAccount.update({ where: { id: accountId }, data: { isActive: false } });
    await idle.renew();
    expect(idle.size).toBe(0);
    expect((await account()).idleOwner).toBeNull();
  });

  it("is not used again when the account has other settings", async () => {
    await poll();
    const before = proxy.accepted();
    await db().prisma.emailAccount.update({
      where: { id: accountId },
      data: { folder: "Archive" },
    });
    await poll();
    expect(proxy.accepted() - before).toBe(1);
  });
});

describe("a worker that keeps a connection", () => {
  const claimed = async (owner: string) => (await claimDueAccounts(owner, 9, 30)).length;

  it("polls its account itself; another takes over when it lets the account wait", async () => {
    await poll();
    await setDue(1);
    expect(await claimed("other")).toBe(0);
    await setDue(15);
    expect(await claimed("other")).toBe(1);
  });

  it("loses its account to another when it says no more that it lives", async () => {
    await poll();
    await setDue(1);
    await db().pool.query(`UPDATE "EmailAccount" SET "idleUntil" = now() - interval '1 second'`);
    expect(await claimed("other")).toBe(1);
  });

  it("keeps what another keeps already only once that one has stopped", async () => {
    await poll();
    const other = new IdleFolders("other", () => undefined);
    await poll(other, "other");
    expect([idle.size, other.size]).toEqual([1, 0]);
    await idle.stop();
    await poll(other, "other");
    expect(other.size).toBe(1);
    await other.stop();
  });

  it("keeps what it began to keep while it was saying that it lives", async () => {
    await poll();
    const email = "second@example.test";
    const second = { folder, imapPort: proxy.port, email, imapUsername: USER };
    const { id } = await connectAccount(bed, second);
    const client = await db().pool.connect();
    await client.query("BEGIN");
    await client.query(`SELECT 1 FROM "EmailAccount" WHERE "id" = $1 FOR UPDATE`, [accountId]);
    const renewed = idle.renew();
    await expect.poll(isHeldUp, PATIENTLY).toBe(true);
    const leases = await claimAccounts("test", [id], 30);
    await pollAccounts(leases, testProcessor(), new AbortController().signal, { idle });
    await client.query("COMMIT");
    client.release();
    await renewed;
    expect(idle.size).toBe(2);
    expect(await db().prisma.emailAccount.count({ where: { idleOwner: "test" } })).toBe(2);
  });

  it("keeps no more than its share among the workers that live", async () => {
    for (const other of ["A", "B", "C"])
      await connectAccount(bed, {
        folder,
        imapPort: proxy.port,
        email: `${other}@example.test`,
        imapUsername: USER,
      });
    const leases = await claimAccounts("test", null, 30);
    const { signal } = new AbortController();
    await pollAccounts(leases, testProcessor(), signal, { idle });
    expect(idle.size).toBe(4);
    for (const worker of ["test", "other"])
      await db().pool.query(
        `INSERT INTO "Worker" ("id", "hostname", "pid", "version", "pollingEnabled", "pollingInterval", "heartbeatAt") VALUES ($1, 'h', 1, 'v', true, 60, now())`,
        [worker],
      );
    await idle.renew();
    expect(idle.size).toBe(2);
    expect(await db().prisma.emailAccount.count({ where: { idleOwner: "test" } })).toBe(2);
  });
});
