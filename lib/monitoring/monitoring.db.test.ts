import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createOutbound } from "../testing/factories";
import { ACCOUNTS_PER_PAGE, monitoredAccount, monitoredAccounts } from "./accounts";
import { outgoingQueue, outgoingSum } from "./outgoing";
import { latePolls, listWorkers } from "./workers";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

describe("outgoing mail", () => {
  it("is told by account: what waits, is tried again, leaves and was given up", async () => {
    const one = await createAccount();
    const other = await createAccount();
    await createOutbound({ accountId: one.id, createdAt: ago(500) });
    await createOutbound({ accountId: one.id, attempts: 3 });
    await createOutbound({ accountId: one.id, status: "SENDING" });
    await createOutbound({ accountId: one.id, status: "SENT", createdAt: ago(9_999) });
    await createOutbound({ accountId: other.id, status: "FAILED", nextAttemptAt: ago(60) });
    await createOutbound({ accountId: other.id, status: "FAILED", nextAttemptAt: ago(700_000) });
    const rows = await outgoingQueue();
    expect(rows).toMatchObject([
      { email: one.email, queued: 1, retrying: 1, sending: 1, failed: 0 },
      { email: other.email, queued: 0, retrying: 0, sending: 0, failed: 1, oldestAt: null },
    ]);
    const sum = outgoingSum(rows);
    expect(sum).toMatchObject({ queued: 1, retrying: 1, sending: 1, failed: 1 });
    expect(Math.round((Date.now() - (sum.oldestAt?.getTime() ?? 0)) / 100_000)).toBe(5);
  });

  it("of an account that is gone is told as well", async () => {
    const { id } = await createOutbound({ status: "FAILED", nextAttemptAt: ago(1) });
    await db().prisma.outboundEmail.update({ where: { id }, data: { accountId: null } });
    expect(await outgoingQueue()).toMatchObject([{ accountId: null, email: null, failed: 1 }]);
  });
});

describe("workers", () => {
  it("say what they do, and since when they are silent", async () => {
    const insert = `INSERT INTO "Worker" ("id", "hostname", "pid", "version", "heartbeatAt")
      VALUES ($1, 'host', 7, '0.1.0, Node 20', now() - make_interval(secs => $2))`;
    await db().pool.query(insert, ["silent", 4_000]);
    await db().pool.query(insert, ["busy", 3]);
    await createAccount({ leaseOwner: "busy", leaseUntil: ago(-60) });
    await createAccount({ leaseOwner: "busy", leaseUntil: ago(60) });
    await createAccount({ idleOwner: "busy", idleUntil: ago(-60) });
    expect(await listWorkers()).toMatchObject([
      { id: "busy", isAlive: true, polling: 1, idle: 1, version: "0.1.0, Node 20" },
      { id: "silent", isAlive: false, polling: 0, idle: 0 },
    ]);
  });

  it("are late with polls that are due and that nobody has begun", async () => {
    const due = { pollingEnabled: true, nextPollAt: ago(40) };
    await createAccount(due);
    await createAccount({ ...due, leaseOwner: "w", leaseUntil: ago(-60) });
    await createAccount({ ...due, pollingEnabled: false });
    await createAccount({ pollingEnabled: true, nextPollAt: ago(4) });
    // It waits for its admin.
    await createAccount({ ...due, lastErrorKind: "auth", consecutiveFailures: 5 });
    const { count, secondsMax } = await latePolls();
    expect(count).toBe(1);
    expect(Math.round(secondsMax / 10)).toBe(4);
  });
});

describe("the accounts", () => {
  it("come a page at a time, those in trouble first", async () => {
    for (let n = 0; n < ACCOUNTS_PER_PAGE; n++) await createAccount({ pollingEnabled: true });
    await createAccount({ email: "aa@desk.example" });
    const failing = await createAccount({
      ...{ email: "zz@desk.example", pollingEnabled: true, failingSince: ago(100) },
    });
    const first = await monitoredAccounts(1);
    expect(first).toMatchObject({ page: 1, pages: 2, total: ACCOUNTS_PER_PAGE + 2 });
    expect(first.accounts[0]?.id).toBe(failing.id);
    const second = await monitoredAccounts(99);
    expect(second.page).toBe(2);
    expect(second.accounts.map(({ email }) => email)).toContain("aa@desk.example");
    const ids = [...first.accounts, ...second.accounts].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ACCOUNTS_PER_PAGE + 2);
    expect((await monitoredAccounts(Number.NaN)).page).toBe(1);
  });

  it("have their polls and figures with them", async () => {
    const { id } = await createAccount({
      ...{ pollingEnabled: true, reconciledAt: ago(60), serverMails: 5, heldMails: 5 },
    });
    const startedAt = new Date(Math.floor(Date.now() / 1_800_000) * 1_800_000);
    await db().prisma.pollSpan.create({ data: { accountId: id, startedAt, polls: 3, mails: 2 } });
    expect((await monitoredAccount(id)).account).toMatchObject({
      ...{ day: { polls: 3, mails: 2 }, week: { polls: 3, mails: 2 } },
      comparison: { canCompare: true, comparison: { server: 5, held: 5 } },
    });
    for (const wrong of ["nonsense", "01900000-0000-7000-8000-000000000000"])
      await expect(monitoredAccount(wrong)).rejects.toMatchObject({ code: "not-found" });
  });
});
