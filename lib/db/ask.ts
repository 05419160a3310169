import type pg from "pg";
import { db, isBehindPooler } from "./client";
import type { Prisma } from "./generated/client";

/**
 * Asks Postgres for rows, past Prisma's engine: what agents wait for is asked so often that its share of
 * the time, up to two milliseconds a page of a list, counts. Times come as Date, int8 as text.
 * A statement that is the same but for its values may have a `name`: each connection plans it once,
 * where no pooler stands before the database.
 * Throws what Postgres says.
 */
export type Ask = <Row extends object>(sql: Prisma.Sql, name?: string) => Promise<Row[]>;

/** Asks on a connection of the process's pool. */
export const ask: Ask = (sql, name) => askOn(db().pool)(sql, name);

/** Asks on this connection, as in a transaction of one's own. */
export function askOn(client: Pick<pg.Pool, "query">): Ask {
  return async <Row extends object>({ text, values }: Prisma.Sql, name?: string) => {
    const isNamed = name !== undefined && !isBehindPooler();
    const { rows } = await client.query<Row>({ text, values, ...(isNamed && { name }) });
    return rows;
  };
}
