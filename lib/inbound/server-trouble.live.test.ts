import { describe, expect, it } from "vitest";
import type { AccountInput } from "../accounts/schema";
import { db } from "../db/client";
import { arrive, bed, folder, proxy, USER, useMailFolder } from "../testing/mail-folder";
import { connectAccount, pollOnce, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { parseAllowedHosts } from "../transport/egress";
import { ImapFolder } from "../transport/imap";
import { IdleFolders } from "./idle";
import { AUTH_FAILURES_MAX, claimDueAccounts } from "./lease";
import { pollAccounts } from "./poll";

// What a real server and a real line do to a poll.

useMailFolder();

const PATIENTLY = { timeout: 20_000, interval: 20 };
/** Dovecot's mail_max_userip_connections in the bed. */
const CONNECTIONS_MAX = 10;

const connect = (fields: Partial<AccountInput> = {}) =>
  connectAccount(bed, { folder, imapPort: proxy.port, ...fields });

const openFolder = (stallMs?: number) =>
  ImapFolder.open(
    { host: "127.0.0.1", port: proxy.port, security: "none", username: USER, password: "pw" },
    folder,
    { allowedHosts: parseAllowedHosts("127.0.0.0/8"), ...(stallMs ? { stallMs } : {}) },
  );

const account = () => db().prisma.emailAccount.findFirstOrThrow();
const subjects = async () => {
  const tickets = await db().prisma.ticket.findMany({ orderBy: { number: "asc" } });
  return tickets.map(({ subject }) => subject);
};

/** What a worker does when the account's time has come, if it may. @returns how many accounts it polled. */
async function pollDue(): Promise<number> {
  await db().pool.query(`UPDATE "EmailAccount" SET "nextPollAt" = now() - interval '1 second'`);
  const leases = await claimDueAccounts("test", 9, 30);
  await pollAccounts(leases, testProcessor(), new AbortController().signal);
  return leases.length;
}

describe("a line that breaks in the middle of a mail", () => {
  it.each([
    ["closed", { cutAfter: 30_000 }],
    ["reset", { resetAfter: 30_000 }],
  ])("%s: half a mail is not kept, and the next poll brings it whole", async (_how, fault) => {
    const large = rawMail({ subject: "large", text: `${"x".repeat(70)}\n`.repeat(1000) });
    await arrive(rawMail({ subject: "small" }), large);
    await connect();
    proxy.set(fault);
    expect((await pollOnce()).failed).toHaveLength(1);
    expect(await account()).toMatchObject({ lastErrorKind: "transient", consecutiveFailures: 1 });
    expect(await db().prisma.inboundEmail.count()).toBe(0);
    proxy.set({});
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 2 });
    const { rows } = await db().pool.query<{ bytes: Buffer }>(
      `SELECT "bytes" FROM "RawMail" ORDER BY length("bytes") DESC LIMIT 1`,
    );
    expect(rows[0]?.bytes.toString()).toBe(large);
  });

  it("dripping on for ever without getting anywhere: it is given up", async () => {
    await arrive(rawMail());
    const opened = await openFolder(500);
    proxy.set({ bytesPerSecond: 100 });
    await expect(opened.fetch([1], 1_000_000)).rejects.toMatchObject({
      code: "EDEADLINE",
      kind: "transient",
    });
    await opened.close();
  });
});

describe("a mailbox whose connections are used up", () => {
  it("is no wrong password, and is read once another program has let go of one", async () => {
    await arrive(rawMail({ subject: "waiting" }));
    await connect();
    const others: ImapFolder[] = [];
    try {
      for (let n = 0; n < CONNECTIONS_MAX; n++) others.push(await openFolder());
      expect((await pollOnce()).failed).toHaveLength(1);
      expect(await account()).toMatchObject({
        lastErrorKind: "transient",
        lastError: "127.0.0.1 allows no further connection to this mailbox at the moment.",
        lastErrorSaid: expect.stringContaining("Maximum number of connections"),
      });
      await others.pop()?.close();
      const healed = async () => (await pollOnce()).failed.length;
      await expect.poll(healed, PATIENTLY).toBe(0);
      expect(await subjects()).toEqual(["waiting"]);
    } finally {
      await Promise.all(others.map((other) => other.close()));
    }
  });
});

describe("a wrong password", () => {
  it("is heard by the server once a poll and five times in all, so that nobody is locked out", async () => {
    const refusals = () => bed.imapLog().split(/auth failed/).length - 1;
    const [before, connections] = [refusals(), proxy.accepted()];
    await connect({ smtpPassword: "wrong" });
    for (let tries = 0; tries < AUTH_FAILURES_MAX; tries++) expect(await pollDue()).toBe(1);
    expect(await pollDue()).toBe(0);
    expect(proxy.accepted() - connections).toBe(AUTH_FAILURES_MAX);
    await expect.poll(() => refusals() - before, PATIENTLY).toBe(AUTH_FAILURES_MAX);
    expect(await account()).toMatchObject({ lastErrorKind: "auth" });
  });
});

describe("a folder that somebody renames", () => {
  it("is missed in plain words; named back it is read on, nothing lost or doubled", async () => {
    await arrive(rawMail({ subject: "before" }));
    await connect();
    await pollOnce();
    await bed.doveadm("mailbox", "rename", "-u", USER, folder, `${folder}-old`);
    for (let tries = 1; tries <= 2; tries++) {
      expect((await pollOnce()).failed).toHaveLength(1);
      expect(await account()).toMatchObject({
        lastError: `${USER} signed in, but there is no inbox to read: there is no folder “${folder}”.`,
        consecutiveFailures: tries,
      });
    }
    await bed.doveadm("mailbox", "rename", "-u", USER, `${folder}-old`, folder);
    await arrive(rawMail({ subject: "after" }));
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 1 });
    expect(await subjects()).toEqual(["before", "after"]);
  });
});

describe("a connection kept between polls", () => {
  it("tells of each mail once: read, its account waits for the next poll or the next mail", async () => {
    await connect();
    let dues = 0;
    const idle = new IdleFolders("test", () => {
      dues += 1;
    });
    const poll = async () => {
      await db().pool.query(`UPDATE "EmailAccount" SET "nextPollAt" = now() - interval '1 second'`);
      const leases = await claimDueAccounts("test", 9, 30);
      return pollAccounts(leases, testProcessor(), new AbortController().signal, { idle });
    };
    try {
      await poll();
      for (const [n, subject] of ["one", "two"].entries()) {
        await arrive(rawMail({ subject }));
        await expect.poll(() => dues, PATIENTLY).toBe(n + 1);
        expect(await poll()).toMatchObject({ failed: [], ticketsCreated: 1 });
        // Nothing came: a worker that looks for what is due finds nothing.
        await new Promise((resolve) => setTimeout(resolve, 500));
        expect(dues).toBe(n + 1);
      }
    } finally {
      await idle.stop();
    }
  });
});
