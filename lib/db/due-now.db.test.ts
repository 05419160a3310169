import { expect, it } from "vitest";
import { useTestDatabase } from "../testing/database";
import { inTransaction } from "./client";
import { isDueNow } from "./due-now";

useTestDatabase();

/** In one transaction it is the same time all along; every other one is rounded up. */
const madeDueNow = () =>
  inTransaction(async (tx) => {
    await tx.$executeRaw`CREATE TEMPORARY TABLE rounded ON COMMIT DROP AS SELECT now()::timestamptz(3) AS "dueAt"`;
    const [row] = await tx.$queryRawUnsafe<{ isDue: boolean; isPast: boolean }[]>(
      `SELECT ${isDueNow('"dueAt"')} AS "isDue", "dueAt" <= now() AS "isPast" FROM rounded`,
    );
    return row;
  });

it("what was made due this very millisecond is due, though half of it is stored rounded up", async () => {
  const seen = [];
  for (let n = 0; n < 40; n++) seen.push(await madeDueNow());
  expect(seen.filter((row) => row?.isDue)).toHaveLength(40);
  expect(seen.filter((row) => row?.isPast).length).toBeLessThan(40);
});
