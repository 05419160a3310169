import { beforeEach, describe, expect, it, vi } from "vitest";
import { deleteAccount } from "../accounts/delete";
import { setActive } from "../accounts/polling";
import type { AccountInput } from "../accounts/schema";
import { db } from "../db/client";
import { log } from "../log";
import { startForgetfulServer } from "../testing/forgetful-server";
import { bed, folder, proxy, USER, useMailFolder } from "../testing/mail-folder";
import { saveMails } from "../testing/maildir";
import { connectAccount, OWNER, pollOnce, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { claimAccounts } from "./lease";
import { pollAccounts } from "./poll";

useMailFolder();

/** One batch of small mails, and large ones that take a slow line a while. */
const MANY = 104;
const SLOWLY = { bytesPerSecond: 30_000 };

beforeEach(async () => {
  vi.restoreAllMocks();
});

const connect = (fields: Partial<AccountInput> = {}) =>
  connectAccount(bed, { folder, email: `${folder}@example.test`, smtpUsername: USER, ...fields });

/** Over the proxy, which can be made slow or broken. */
const connectThroughProxy = () => connect({ imapPort: proxy.port });

const account = (id: string) => db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
const receipts = () => db().prisma.inboundEmail.count();
const tickets = () => db().prisma.ticket.count();

async function fillFolder(): Promise<void> {
  const text = `${"x".repeat(70)}\n`.repeat(200);
  const mails = Array.from({ length: MANY }, (_, n) => rawMail(n < 100 ? {} : { text }));
  await saveMails(bed, { user: USER, folder }, mails);
}

/** Starts a poll of a full folder over a slow line. @returns once its first batch is stored. */
async function pollSlowly(id: string) {
  await fillFolder();
  proxy.set(SLOWLY);
  const polling = pollOnce([id]);
  await expect.poll(receipts, { timeout: 20_000, interval: 10 }).toBeGreaterThan(0);
  return { polling };
}

describe("a poll that loses its account on the way", () => {
  it("to another worker stores nothing more; the other one reads the rest, nothing twice", async () => {
    const { id } = await connectThroughProxy();
    const { polling } = await pollSlowly(id);
    await db().prisma.emailAccount.update({ where: { id }, data: { leaseUntil: new Date(0) } });
    const [lease] = await claimAccounts("other", [id], 30);
    const atTakeover = await receipts();
    expect(atTakeover).toBeLessThan(MANY);
    const pass = await polling;
    expect(pass).toMatchObject({ failed: [] });
    expect(await receipts()).toBe(atTakeover);
    expect(await account(id)).toMatchObject({ leaseOwner: "other", lastError: null });
    proxy.set({});
    if (lease) await pollAccounts([lease], testProcessor("other"), new AbortController().signal);
    expect([await receipts(), await tickets()]).toEqual([MANY, MANY]);
  });

  it("to an admin who deactivates it stops without an error, and goes on later", async () => {
    const { id } = await connectThroughProxy();
    const { polling } = await pollSlowly(id);
    await setActive(OWNER, id, false);
    const stored = await receipts();
    expect(stored).toBeLessThan(MANY);
    expect(await polling).toMatchObject({ failed: [] });
    expect(await receipts()).toBe(stored);
    expect(await account(id)).toMatchObject({ lastError: null, consecutiveFailures: 0 });
    proxy.set({});
    await setActive(OWNER, id, true);
    await pollOnce([id]);
    expect([await receipts(), await tickets()]).toEqual([MANY, MANY]);
  });

  it("to an admin who deletes it keeps what was stored, and harms no other account", async () => {
    const { id } = await connectThroughProxy();
    await connect({ folder: "Other", email: "other@example.test" });
    await bed.append(USER, rawMail(), { folder: "Other" });
    await fillFolder();
    proxy.set(SLOWLY);
    const polling = pollOnce();
    await expect.poll(receipts, { timeout: 20_000, interval: 10 }).toBeGreaterThan(10);
    await deleteAccount(OWNER, id);
    expect(await polling).toMatchObject({ failed: [] });
    const stored = await receipts();
    expect(stored).toBeLessThan(MANY);
    // Its receipts belong to no poll any more: the worker's next look takes them.
    await testProcessor().run({});
    expect(await tickets()).toBe(stored);
    const other = await db().prisma.emailAccount.findFirstOrThrow();
    expect(other).toMatchObject({ email: "other@example.test", lastError: null });
  });

  it("before it began makes an empty pass, not an error", async () => {
    const { id } = await connect();
    const leases = await claimAccounts("test", [id], 30);
    await deleteAccount(OWNER, id);
    const { signal } = new AbortController();
    const pass = await pollAccounts(leases, testProcessor(), signal);
    expect(pass).toMatchObject({ emailsProcessed: 0, failed: [] });
  });
});

describe("a poll that breaks on the way", () => {
  it("keeps what it has stored, processes it, says why, and reads on next time", async () => {
    const { id } = await connectThroughProxy();
    const { polling } = await pollSlowly(id);
    proxy.reset();
    const pass = await polling;
    expect(pass.failed).toMatchObject([{ account: `${folder}@example.test` }]);
    const stored = await receipts();
    expect(stored).toBeLessThan(MANY);
    expect(await tickets()).toBe(stored);
    expect(await account(id)).toMatchObject({
      consecutiveFailures: 1,
      lastErrorKind: "transient",
      lastPolledAt: null,
    });
    proxy.set({});
    await pollOnce([id]);
    expect([await receipts(), await tickets()]).toEqual([MANY, MANY]);
    expect(await account(id)).toMatchObject({ consecutiveFailures: 0, lastError: null });
  });

  it("of one account keeps no other waiting", async () => {
    proxy.set({ stall: true });
    await connectThroughProxy();
    await connect({ folder: "INBOX", email: "well@example.test" });
    await bed.append(USER, rawMail({ subject: "from the healthy one" }));
    const polling = pollOnce();
    await expect.poll(tickets, { timeout: 10_000 }).toBe(1);
    const well = { where: { email: "well@example.test" } };
    await expect
      .poll(async () => (await db().prisma.emailAccount.findFirst(well))?.lastPolledAt)
      .not.toBeNull();
    proxy.set({ reset: true });
    proxy.reset();
    expect((await polling).failed).toHaveLength(1);
  });

  it("because of a wrong password says so, and heals when that is right again", async () => {
    const { id } = await connect({ smtpPassword: "wrong" });
    const pass = await pollOnce([id]);
    expect(pass.failed).toHaveLength(1);
    const failed = await account(id);
    expect(failed).toMatchObject({ lastErrorKind: "auth", consecutiveFailures: 1 });
    expect(failed.lastErrorFix).toBeTruthy();
    expect(failed.lastErrorSaid).toMatch(/authentication failed/i);
    expect(
      JSON.stringify([pass, failed.lastError, failed.lastErrorFix, failed.lastErrorSaid]),
    ).not.toContain('wrong"');
  });

  it("because its folder is gone says so", async () => {
    const { id } = await connect({ folder: "Nowhere" });
    await pollOnce([id]);
    expect((await account(id)).lastError).toMatch(/there is no inbox to read.*Nowhere/);
  });
});

describe("a mail the server can't deliver", () => {
  /** A server with three mails that hangs up whenever the second one is asked for. */
  async function serverThatChokes() {
    const mails = [1, 2, 3].map((uid) => ({ uid, raw: rawMail({ subject: `mail ${uid}` }) }));
    const server = await startForgetfulServer(mails);
    server.odd = (line, usual) =>
      line.includes("BODY") && usual.includes("FETCH (UID 2 ") ? "drop" : usual;
    return server;
  }

  it("gets a receipt after three tries, and the mails behind it arrive", async () => {
    const server = await serverThatChokes();
    try {
      const { id } = await connect({ folder: "INBOX", imapPort: server.port });
      for (let tries = 1; tries <= 3; tries++)
        expect((await pollOnce([id])).failed).toHaveLength(1);
      // The first of them is stored by now: a batch that fails is read mail by mail.
      expect(await tickets()).toBe(1);
      for (let tries = 0; tries < 3 && (await tickets()) < 2; tries++) await pollOnce([id]);
      const rows = await db().prisma.inboundEmail.findMany({ orderBy: { uid: "asc" } });
      expect(rows.map(({ uid, status }) => [Number(uid), status])).toEqual([
        [1, "PROCESSED"],
        [2, "QUARANTINED"],
        [3, "PROCESSED"],
      ]);
      expect(rows[1]?.reason).toContain("could not deliver this mail in 3 tries (UID 2)");
    } finally {
      await server.close();
    }
  });
});

describe("what a pass prints", () => {
  const printed = (level: "info" | "error") => {
    const spy = vi.spyOn(log, level);
    return () => spy.mock.calls.map(([line]) => line);
  };

  it("is one line for each account with mail and one for the pass", async () => {
    const info = printed("info");
    await connect();
    await connect({ folder: "Quiet", email: "quiet@example.test" });
    await bed.doveadm("mailbox", "create", "-u", USER, "Quiet");
    const raw = rawMail();
    await bed.append(USER, raw, { folder });
    await bed.append(USER, raw, { folder });
    await pollOnce();
    expect(info()).toEqual([
      `Polled account ${folder}@example.test: 2 emails processed, 1 tickets created`,
      "Email polling: 2 emails processed, 1 tickets created",
    ]);
  });

  it("names the account that failed and the cause in plain words", async () => {
    const error = printed("error");
    proxy.set({ reset: true });
    await connectThroughProxy();
    const pass = await pollOnce();
    const [failure] = pass.failed;
    expect(error()).toEqual([`Polling account ${folder}@example.test failed: ${failure?.error}`]);
    expect(failure?.error).not.toMatch(/ECONN|undefined|Error:/);
  });
});
