import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount } from "../testing/factories";
import { pollHours, pollStrips } from "./poll-history";
import { listRuns, parseRunQuery } from "./poll-runs";

useTestDatabase();

const now = new Date("2026-03-01T12:10:00Z");
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const halfHour = (back: number) =>
  new Date(new Date("2026-03-01T12:00:00Z").getTime() - (back * HOUR) / 2);

let accountId: string;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  accountId = (await createAccount()).id;
});

const addSpan = (back: number, fields: Record<string, number | bigint> = {}, id = accountId) =>
  db().prisma.pollSpan.create({
    data: { accountId: id, startedAt: halfHour(back), polls: 30, durationMs: 15_000n, ...fields },
  });

describe("the strip of a day", () => {
  it("has a bar for each half hour, the last of which goes on", async () => {
    await addSpan(0, { mails: 2, tickets: 1, withMail: 1 });
    await addSpan(1, { failed: 1, mails: 9 });
    await addSpan(47);
    await addSpan(48);
    const strip = (await pollStrips(null, "day", now)).get(accountId);
    expect(strip?.bars).toHaveLength(48);
    expect(strip?.bars.at(-1)).toBe("mail");
    expect(strip?.bars.at(-2)).toBe("failed");
    expect(strip?.bars[0]).toBe("quiet");
    expect(strip?.bars.filter((bar) => bar === "none")).toHaveLength(45);
    expect(strip).toMatchObject({ polls: 90, failed: 1, mails: 11, tickets: 1, secondsMean: 0.5 });
  });

  it("is read for these accounts only, each by itself", async () => {
    const other = (await createAccount()).id;
    await addSpan(0);
    await addSpan(0, { failed: 2 }, other);
    const strips = await pollStrips([other], "day", now);
    expect([...strips.keys()]).toEqual([other]);
    expect(strips.get(other)).toMatchObject({ polls: 30, failed: 2 });
  });
});

describe("the strip of a week", () => {
  it("has a bar for two hours", async () => {
    for (const back of [0, 3, 4, 335]) await addSpan(back);
    await addSpan(336);
    const bars = (await pollStrips([accountId], "week", now)).get(accountId)?.bars ?? [];
    expect(bars).toHaveLength(84);
    expect(bars.map((bar, index) => (bar === "none" ? -1 : index)).filter((n) => n >= 0)).toEqual([
      ...[0, 82, 83],
    ]);
  });
});

describe("hours", () => {
  it("are all there, with what came in of one account or of all", async () => {
    const other = (await createAccount()).id;
    await addSpan(0, { mails: 2, tickets: 1 });
    await addSpan(1, { mails: 3 });
    await addSpan(2, { mails: 4 });
    await addSpan(0, { mails: 10 }, other);
    const own = await pollHours(accountId, "day", now);
    expect(own).toHaveLength(24);
    expect(own.at(-1)).toEqual({
      ...{ startedAt: new Date("2026-03-01T12:00:00Z") },
      ...{ polls: 30, failed: 0, mails: 2, tickets: 1 },
    });
    expect(own.at(-2)).toMatchObject({ polls: 60, mails: 7 });
    expect(own[0]).toMatchObject({ startedAt: new Date("2026-02-28T13:00:00Z"), mails: 0 });
    expect((await pollHours(null, "day", now)).at(-1)).toMatchObject({ mails: 12 });
    expect(await pollHours(null, "week", now)).toHaveLength(168);
  });
});

describe("each poll", () => {
  const addRun = (minutesAgo: number, fields: Record<string, unknown> = {}) =>
    db().prisma.pollRun.create({
      data: { accountId, startedAt: new Date(now.getTime() - minutesAgo * MINUTE), ...fields },
    });
  const list = (params: Record<string, string | undefined> = {}) =>
    listRuns(accountId, parseRunQuery(params), now);

  it("is listed once, newest first, from page to page and back", async () => {
    for (let minute = 0; minute < 120; minute++) await addRun(minute);
    const first = await list();
    expect(first.rows).toHaveLength(50);
    expect(first.newer).toBeNull();
    const second = await list({ before: first.older ?? "" });
    const third = await list({ before: second.older ?? "" });
    expect(third.rows).toHaveLength(20);
    expect(third.older).toBeNull();
    const all = [...first.rows, ...second.rows, ...third.rows];
    expect(new Set(all.map(({ id }) => id)).size).toBe(120);
    expect(all).toEqual(all.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime()));
    const back = await list({ after: second.newer ?? "" });
    expect(back.rows).toEqual(first.rows);
    expect(back.newer).toBeNull();
  });

  it("is found among those with mail, or those that failed", async () => {
    await addRun(1);
    const mail = await addRun(2, { stored: 3 });
    const failed = await addRun(3, { error: "Nothing answers." });
    expect((await list({ polls: "mail" })).rows.map(({ id }) => id)).toEqual([mail.id]);
    expect((await list({ polls: "failed" })).rows.map(({ id }) => id)).toEqual([failed.id]);
  });

  it("needs no sensible address", async () => {
    await addRun(1);
    for (const params of [{ polls: "x" }, { before: "yesterday" }, { after: "'" }])
      expect((await list(params)).rows).toHaveLength(1);
  });
});
