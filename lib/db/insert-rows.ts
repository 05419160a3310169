import type pg from "pg";

/** A value of a row: dates and bytes travel as text, objects as JSON. */
type Value =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | null
  | undefined
  | readonly unknown[]
  | object;

/**
 * Inserts rows into one table in one statement, in their order. The columns are those that any row
 * has; a row without one gets NULL there, never the default. `conflict` is what follows the rows
 * ("ON CONFLICT DO NOTHING"). Table and columns are ours; values may be anything that is valid in
 * JSON and in Postgres (no NUL, no lone surrogate). @throws what Postgres says of the statement.
 */
export async function insertRows<T extends Record<string, Value>>(
  client: Pick<pg.PoolClient, "query">,
  table: string,
  rows: readonly T[],
  conflict = "",
): Promise<void> {
  if (rows.length === 0) return;
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const names = columns.map((name) => `"${name}"`).join(", ");
  await client.query(
    `INSERT INTO "${table}" (${names}) SELECT ${names} FROM json_populate_recordset(NULL::"${table}", $1) ${conflict}`,
    [rowsAsJson(rows)],
  );
}

/** Rows as json_populate_recordset() reads them: bytes in hexadecimal, as bytea is written. */
export function rowsAsJson(rows: readonly Record<string, Value>[]): string {
  return JSON.stringify(rows.map(jsonRow));
}

/** Most rows are taken as they are. */
function jsonRow(row: Record<string, Value>): Record<string, unknown> {
  if (!Object.values(row).some(isNoJson)) return row;
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, jsonValue(value)]));
}

function isNoJson(value: Value): value is bigint | Uint8Array {
  return typeof value === "bigint" || value instanceof Uint8Array;
}

function jsonValue(value: Value): unknown {
  if (!isNoJson(value)) return value;
  if (typeof value === "bigint") return value.toString();
  return `\\x${Buffer.from(value.buffer, value.byteOffset, value.length).toString("hex")}`;
}
