import type pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { useTestDatabase } from "../testing/database";
import { randomFrom } from "../testing/random";
import { db } from "./client";
import { type Columns, copyRows, type RowOf } from "./copy-rows";

useTestDatabase();

const COLUMNS = {
  ...{ id: "uuid", kind: "text", words: "text", list: "text[]", data: "jsonb" },
  ...{ yes: "bool", count: "int", at: "timestamp", bytes: "bytea" },
} as const satisfies Columns;

type Row = Required<RowOf<typeof COLUMNS>>;

const idOf = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`;

let client: pg.PoolClient;
beforeEach(async () => {
  client = await db().pool.connect();
  await client.query(
    `CREATE TEMP TABLE things (id uuid PRIMARY KEY, kind "InboundStatus", words text, list text[], data jsonb,
       yes bool, count int, at timestamptz(3), bytes bytea, other text NOT NULL DEFAULT 'untouched')`,
  );
});
afterEach(async () => {
  await client.query("DROP TABLE things");
  client.release();
});

const stored = async () => {
  const { rows } = await client.query<Row & { other: string }>("SELECT * FROM things ORDER BY id");
  return rows;
};

function randomRow(n: number, random: () => number): Row {
  const pick = <T>(...all: T[]) => all[Math.floor(random() * all.length)] as T;
  const text = () =>
    pick("", "a", "\\N\t\n\r\"'{},", "Grüße, 日本語", "😀".repeat(40), "x".repeat(300_000));
  const data = { text: text(), n: [1, null, { deep: text() }] };
  return {
    id: idOf(n),
    kind: pick("PENDING", "PROCESSED", null),
    words: pick<string | null>(text(), null),
    list: pick<string[] | null>([], [text()], [text(), "", "NULL", text()], null),
    data: pick<unknown>(data, [], 0, "a word", null),
    yes: pick(true, false, null),
    count: pick(0, -1, 2_147_483_647, -2_147_483_648, null),
    at: pick(new Date(0), new Date("1969-07-20T20:17:40.001Z"), new Date("2026-11-27"), null),
    bytes: pick(Buffer.alloc(0), Buffer.from([0, 255, 92, 10]), null),
  };
}

describe("copyRows", () => {
  it.each([1, 2, 3])("stores every value as it is, seed %i", async (seed) => {
    const random = randomFrom(seed);
    const rows = Array.from({ length: 60 }, (_, n) => randomRow(n, random));
    await copyRows(client, "things", COLUMNS, rows);
    expect(await stored()).toEqual(rows.map((row) => ({ ...row, other: "untouched" })));
  });

  it("stores what is left out as NULL, and nothing for no rows", async () => {
    await copyRows(client, "things", COLUMNS, []);
    await copyRows(client, "things", COLUMNS, [{ id: idOf(1) }]);
    const nothing = Object.fromEntries(Object.keys(COLUMNS).map((name) => [name, null]));
    expect(await stored()).toEqual([{ ...nothing, id: idOf(1), other: "untouched" }]);
  });

  it("says which value has no column, instead of losing it", async () => {
    const row: RowOf<Columns> = { id: idOf(1), other: "mine" };
    await expect(copyRows(client, "things", COLUMNS, [row])).rejects.toThrow(
      '"things" is to be written without its column other.',
    );
    expect(await stored()).toEqual([]);
  });

  it("fails with Postgres's words where a row is refused, and the connection goes on", async () => {
    const twice = [{ id: idOf(1) }, { id: idOf(1) }];
    await expect(copyRows(client, "things", COLUMNS, twice)).rejects.toMatchObject({
      code: "23505",
    });
    await expect(
      copyRows(client, "things", COLUMNS, [{ id: idOf(2), words: "a\0b" }]),
    ).rejects.toMatchObject({ code: "22021" });
    expect(await stored()).toEqual([]);
  });
});
