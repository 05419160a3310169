import { randomBytes } from "node:crypto";
import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { useTestDatabase } from "../testing/database";
import { db } from "./client";
import { copyBytes } from "./copy-bytes";

useTestDatabase();

const PILES = "piles (id, bytes)";
const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

let client: pg.PoolClient;
beforeEach(async () => {
  client = await db().pool.connect();
  await client.query("CREATE TEMP TABLE piles (id uuid PRIMARY KEY, bytes bytea)");
});
afterEach(async () => {
  await client.query("DROP TABLE piles");
  client.release();
});

test("bytes of any length are stored as they are", async () => {
  const sizes = [0, 1, 100, 300_000, 5_000_000, 7];
  const rows = sizes.map((size, n) => ({ id: idOf(n), bytes: randomBytes(size) }));
  await copyBytes(client, PILES, rows);
  const stored = await client.query<{ id: string; bytes: Buffer }>(
    "SELECT id, bytes FROM piles ORDER BY id",
  );
  expect(stored.rows.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  for (const [n, { bytes }] of stored.rows.entries())
    expect(rows[n]?.bytes.equals(bytes), `row ${n}`).toBe(true);
});

test("rows that Postgres refuses fail with its words, and the connection goes on", async () => {
  const row = { id: idOf(1), bytes: randomBytes(10) };
  await copyBytes(client, PILES, [row]);
  // What is still on its way when the first row is refused is left out by Postgres.
  const more = Array.from({ length: 50 }, (_, n) => ({
    id: idOf(n),
    bytes: randomBytes(100_000),
  }));
  await expect(copyBytes(client, PILES, [row, ...more])).rejects.toMatchObject({ code: "23505" });
  const { rows } = await client.query<{ count: number }>("SELECT count(*)::int FROM piles");
  expect(rows).toEqual([{ count: 1 }]);
});

test("a connection that is lost meanwhile fails it", async () => {
  const other = await db().pool.connect();
  other.on("error", () => undefined);
  await other.query("CREATE TEMP TABLE piles (id uuid PRIMARY KEY, bytes bytea)");
  const { rows } = await other.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  const many = Array.from({ length: 40 }, (_, n) => ({
    id: idOf(n),
    bytes: randomBytes(1_000_000),
  }));
  const copying = copyBytes(other, PILES, many);
  copying.catch(() => undefined);
  await client.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
  await expect(copying).rejects.toThrow();
  other.release(true);
});
