import { expect, it } from "vitest";
import { useTestDatabase } from "../testing/database";
import { db } from "./client";
import { keptFor } from "./kept-for";

useTestDatabase();

it("asks once in a while, anew when told to, and again what failed", async () => {
  let asked = 0;
  let sql = "SELECT 1 / 0 AS n";
  const ask = keptFor(60_000, async () => {
    asked++;
    return (await db().pool.query<{ n: number }>(sql)).rows[0]?.n;
  });
  await expect(ask()).rejects.toThrow("division by zero");
  sql = "SELECT 7 AS n";
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([7, 7, 7]);
  expect(asked).toBe(2);
  sql = "SELECT 8 AS n";
  expect(await ask()).toBe(7);
  expect(await ask({ again: true })).toBe(8);
  expect(await ask()).toBe(8);
  expect(asked).toBe(3);
});

it("asks again what is too old", async () => {
  let asked = 0;
  const ask = keptFor(0, async () => ++asked);
  expect(await ask()).toBe(1);
  expect(await ask()).toBe(2);
});
