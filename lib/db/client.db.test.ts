import { beforeEach, describe, expect, it } from "vitest";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { db, inTransaction, openDatabase, type Tx } from "./client";

useTestDatabase();

const PEOPLE = ["ann@customer.test", "bob@customer.test"] as const;

beforeEach(() => emptyDatabase(db().pool));

/** A promise and what resolves it. */
function signal() {
  let resolve = () => {};
  const reached = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { reached, resolve };
}

/** Two transactions that take the same two rows in opposite order. @returns how often each ran. */
async function deadlock(take: (tx: Tx, email: string) => Promise<unknown>): Promise<number[]> {
  const held = [signal(), signal()] as const;
  const runs = [0, 0];
  const run = (own: 0 | 1) =>
    inTransaction(async (tx) => {
      runs[own] = (runs[own] ?? 0) + 1;
      await take(tx, PEOPLE[own]);
      held[own].resolve();
      await held[own === 0 ? 1 : 0].reached;
      await take(tx, PEOPLE[own === 0 ? 1 : 0]);
    });
  await Promise.all([run(0), run(1)]);
  return runs;
}

describe("a deadlock", () => {
  it.each([
    [
      "new rows with a unique address",
      (tx: Tx, email: string) => tx.contact.createMany({ data: [{ email }], skipDuplicates: true }),
    ],
    [
      "rows locked by raw SQL",
      (tx: Tx, email: string) =>
        tx.$queryRaw`SELECT "id" FROM "Contact" WHERE "email" = ${email}::citext FOR UPDATE`,
    ],
    [
      "rows changed by raw SQL",
      (tx: Tx, email: string) =>
        tx.$executeRaw`UPDATE "Contact" SET "name" = 'x' WHERE "email" = ${email}::citext`,
    ],
  ])("over %s ends with both done, one of them at its first try", async (what, take) => {
    if (!what.startsWith("new"))
      await db().prisma.contact.createMany({ data: PEOPLE.map((email) => ({ email })) });
    const [first, second] = (await deadlock(take)).sort();
    expect(first).toBe(1);
    // On a busy machine the second try may meet the first one once more.
    expect(second).toBeGreaterThan(1);
    expect(await db().prisma.contact.count()).toBe(2);
  });

  it("is recognised in a database that speaks another language", async () => {
    let tries = 0;
    await inTransaction(async (tx) => {
      tries++;
      if (tries === 1)
        await tx.$executeRaw`DO $$ BEGIN
          RAISE EXCEPTION 'Verklemmung entdeckt' USING ERRCODE = '40P01'; END $$`;
    });
    expect(tries).toBe(2);
  });
});

describe("a transaction", () => {
  it("that fails for another reason is not tried again", async () => {
    let tries = 0;
    const work = inTransaction(async (tx) => {
      tries++;
      await tx.$executeRaw`SELECT 1 / 0`;
    });
    await expect(work).rejects.toThrow();
    expect(tries).toBe(1);
  });

  it("that fails the same way every time ends after five tries", async () => {
    let tries = 0;
    const work = inTransaction(async (tx) => {
      tries++;
      await tx.$executeRaw`DO $$ BEGIN RAISE EXCEPTION 'busy' USING ERRCODE = '40001'; END $$`;
    });
    await expect(work).rejects.toThrow();
    expect(tries).toBe(5);
  });
});

describe("a server with settings of its own", () => {
  it("answers Prisma and pg with the right times, and compiles nothing", async () => {
    const name = new URL(db().url).pathname.slice(1);
    await db().pool.query(`ALTER DATABASE "${name}" SET TimeZone = 'Asia/Kolkata'`);
    await db().pool.query(`ALTER DATABASE "${name}" SET DateStyle = 'German'`);
    await db().pool.query(`ALTER DATABASE "${name}" SET jit = on`);
    const other = openDatabase(db().url, 1);
    try {
      const at = new Date("2026-07-01T12:00:00.123Z");
      const { id } = await other.prisma.contact.create({
        data: { email: "ann@customer.test", createdAt: at },
      });
      const mine = await other.prisma.contact.findUniqueOrThrow({ where: { id } });
      const [raw] = await other.prisma.$queryRaw<{ createdAt: Date }[]>`
        SELECT "createdAt" FROM "Contact" WHERE "createdAt" = ${at}`;
      const { rows } = await other.pool.query<{ createdAt: Date }>(
        `SELECT "createdAt" FROM "Contact" WHERE "createdAt" = $1`,
        [at],
      );
      expect([mine, raw, rows[0]].map((row) => row?.createdAt)).toEqual([at, at, at]);
      const [jit] = await other.prisma.$queryRaw<{ jit: string }[]>`SHOW jit`;
      expect([jit, ...(await other.pool.query("SHOW jit")).rows]).toEqual([
        { jit: "off" },
        { jit: "off" },
      ]);
    } finally {
      await other.close();
      await db().pool.query(`ALTER DATABASE "${name}" RESET ALL`);
    }
  });
});
