import { beforeEach, describe, expect, it } from "vitest";
import { requestPoll } from "../accounts/polling";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount } from "../testing/factories";
import {
  AUTH_FAILURES_MAX,
  claimAccounts,
  claimDueAccounts,
  endPoll,
  releaseLease,
  renewLease,
} from "./lease";

useTestDatabase();

beforeEach(() => emptyDatabase(db().pool));

const polled = (fields: Parameters<typeof createAccount>[0] = {}) =>
  createAccount({ pollingEnabled: true, nextPollAt: new Date(0), ...fields });

const row = (id: string) => db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });

/** As if time had passed: the lease is over, the next poll is due. */
const expire = (id: string) =>
  db().prisma.emailAccount.update({
    where: { id },
    data: { leaseUntil: new Date(0), nextPollAt: new Date(0) },
  });

async function claimOne(owner: string) {
  const [lease] = await claimDueAccounts(owner, 1, 30);
  if (!lease) throw new Error("nothing was claimed");
  return lease;
}

describe("claiming accounts", () => {
  it("takes due ones only, the longest waiting first, at most as many as asked", async () => {
    const late = await polled({ nextPollAt: new Date(2000) });
    const later = await polled({ nextPollAt: new Date(1000) });
    await polled({ nextPollAt: new Date(Date.now() + 60_000) });
    await polled({ isActive: false });
    await polled({ pollingEnabled: false });
    expect((await claimDueAccounts("a", 1, 30)).map((lease) => lease.accountId)).toEqual([
      later.id,
    ]);
    expect((await claimDueAccounts("a", 10, 30)).map((lease) => lease.accountId)).toEqual([
      late.id,
    ]);
    expect(await claimDueAccounts("a", 10, 30)).toEqual([]);
  });

  it("gives many claimers at once every account exactly once", async () => {
    for (let n = 0; n < 20; n++) await polled();
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_, n) => claimDueAccounts(`w${n}`, 3, 30)),
    );
    const ids = claims.flat().map(({ accountId }) => accountId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(claims.every((claim) => claim.length <= 3)).toBe(true);
    expect(ids).toHaveLength(20);
  });

  it("passes an account on when its lease is over, and fences off whoever had it", async () => {
    const { id } = await polled();
    const first = await claimOne("first");
    await expire(id);
    const second = await claimOne("second");
    expect(second.token).toBeGreaterThan(first.token);
    expect(await renewLease(first, 30)).toBe(false);
    expect(await renewLease(second, 30)).toBe(true);
    await endPoll(first, { ok: true, intervalSeconds: 60 });
    await releaseLease(first);
    expect(await row(id)).toMatchObject({ leaseOwner: "second", lastPolledAt: null });
  });

  it("does not renew the lease of an account that was deactivated or stopped", async () => {
    for (const data of [{ isActive: false }, { pollingEnabled: false }]) {
      const { id } = await polled();
      const lease = await claimOne("w");
      expect(await renewLease(lease, 30)).toBe(true);
      await db().prisma.emailAccount.update({ where: { id }, data });
      expect(await renewLease(lease, 30)).toBe(false);
    }
  });

  it("takes named accounts whether due or not, but not those being polled", async () => {
    const one = await polled({ nextPollAt: new Date(Date.now() + 60_000) });
    const two = await polled({ nextPollAt: new Date(Date.now() + 60_000) });
    expect(await claimAccounts("a", [one.id], 30)).toHaveLength(1);
    const rest = await claimAccounts("b", null, 30);
    expect(rest.map(({ accountId }) => accountId)).toEqual([two.id]);
  });
});

describe("the end of a poll", () => {
  it("that went well forgets earlier trouble and sets the next one an interval on", async () => {
    const failed = { consecutiveFailures: 3, lastError: "x", lastErrorKind: "transient" };
    const { id } = await polled({ ...failed, failingSince: new Date(0) });
    await endPoll(await claimOne("w"), { ok: true, intervalSeconds: 60 });
    const after = await row(id);
    expect(after).toMatchObject({
      consecutiveFailures: 0,
      lastError: null,
      lastErrorKind: null,
      failingSince: null,
      leaseOwner: null,
      leaseUntil: null,
    });
    expect(after.lastPolledAt).not.toBeNull();
    const gap = after.nextPollAt.getTime() - (after.lastAttemptAt?.getTime() ?? 0);
    expect(gap).toBe(60_000);
  });

  it("that failed counts, keeps the last success, and says since when", async () => {
    const { id } = await polled({ lastPolledAt: new Date(5000) });
    const why = { cause: "It is down.", fix: "Wait.", said: "BYE" };
    const end = { ok: false, kind: "transient", ...why } as const;
    await endPoll(await claimOne("w"), end);
    const first = await row(id);
    await expire(id);
    await endPoll(await claimOne("w"), end);
    const second = await row(id);
    expect(second).toMatchObject({
      consecutiveFailures: 2,
      lastError: "It is down.",
      lastErrorFix: "Wait.",
      lastErrorSaid: "BYE",
      lastPolledAt: new Date(5000),
      failingSince: first.failingSince,
    });
    expect(second.nextPollAt.getTime()).toBeGreaterThan(Date.now() - 1000);
  });

  it("is followed at once by a poll that was asked for meanwhile, also after a failure", async () => {
    const ends = [
      { ok: true, intervalSeconds: 3600 },
      { ok: false, kind: "auth", cause: "Wrong password.", fix: "", said: null },
    ] as const;
    for (const end of ends) {
      const { id } = await polled();
      const lease = await claimOne("w");
      await requestPoll(id);
      expect(await claimDueAccounts("other", 10, 30)).toEqual([]);
      await endPoll(lease, end);
      expect(await claimDueAccounts("other", 10, 30)).toHaveLength(1);
    }
  });
});

describe("a wrong password", () => {
  it("is tried five times, then the account waits for somebody to ask", async () => {
    const { id } = await polled();
    for (let tries = 1; tries <= AUTH_FAILURES_MAX; tries++) {
      await expire(id);
      const end = {
        ok: false,
        kind: "auth",
        cause: "Wrong password.",
        fix: "",
        said: null,
      } as const;
      await endPoll(await claimOne("w"), end);
    }
    await expire(id);
    expect(await claimDueAccounts("w", 10, 30)).toEqual([]);
    await requestPoll(id);
    expect(await claimDueAccounts("w", 10, 30)).toHaveLength(1);
  });

  it("is not what five other failures count as", async () => {
    const { id } = await polled({ consecutiveFailures: 50, lastErrorKind: "transient" });
    expect((await claimOne("w")).accountId).toBe(id);
  });
});

describe("accounts whose polls never ended, twice in a row", () => {
  /** As a worker leaves them that dies while it polls. */
  async function abandon(id: string) {
    for (const startedAt of [new Date(1000), new Date(2000)])
      await db().prisma.pollRun.create({ data: { accountId: id, workerId: "dead", startedAt } });
    const data = { leaseOwner: "dead", leaseUntil: new Date(0) };
    await db().prisma.emailAccount.update({ where: { id }, data });
  }

  it("are claimed by a worker one at a time, in turn, beside those that are well", async () => {
    const [one, two, well] = [await polled(), await polled(), await polled()];
    await abandon(one.id);
    await abandon(two.id);
    const data = { leaseUntil: new Date(1) };
    await db().prisma.emailAccount.update({ where: { id: two.id }, data });
    const claim = async (owner: string) =>
      (await claimDueAccounts(owner, 10, 30)).map(({ accountId }) => accountId).sort();
    expect(await claim("w")).toEqual([one.id, well.id].sort());
    expect(await claim("w")).toEqual([]);
    expect(await claim("another")).toEqual([two.id]);
  });

  it("are not those whose lease was given back, though their records never ended", async () => {
    const { id } = await polled();
    await abandon(id);
    await db().prisma.emailAccount.update({ where: { id }, data: { leaseUntil: null } });
    expect(await claimDueAccounts("w", 10, 30)).toHaveLength(1);
  });

  it("are not those whose poll ended since", async () => {
    const [one, two] = [await polled(), await polled()];
    await abandon(one.id);
    await abandon(two.id);
    const ended = { accountId: one.id, workerId: "w", startedAt: new Date(3000) };
    await db().prisma.pollRun.create({ data: { ...ended, finishedAt: new Date(3001) } });
    expect(await claimDueAccounts("w", 10, 30)).toHaveLength(2);
  });
});
