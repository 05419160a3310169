import { randomBytes } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { closeDb, openDatabase, useDatabase } from "../db/client";
import { reloadEnv } from "../env";
import { TEMPLATE } from "./postgres-setup";

async function asAdmin<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: `${url}/postgres` });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** A fresh copy of the migrated template. @returns its address and how to drop it. */
export async function cloneDatabase(
  serverUrl: string,
): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `t_${randomBytes(6).toString("hex")}`;
  await asAdmin(serverUrl, (client) =>
    client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`),
  );
  return {
    url: `${serverUrl}/${name}`,
    drop: () =>
      asAdmin(serverUrl, (client) =>
        client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
      ).then(() => undefined),
  };
}

/** Gives the test file a database of its own for db(), and an environment that points at it. */
export function useTestDatabase(): void {
  let drop = async () => {};
  beforeAll(async () => {
    const clone = await cloneDatabase(inject("postgresUrl"));
    drop = clone.drop;
    process.env.DATABASE_URL = clone.url;
    process.env.APP_SECRET = "a secret only for tests and long enough for the rule";
    process.env.EMAIL_ALLOWED_PRIVATE_HOSTS = "127.0.0.0/8,localhost";
    reloadEnv();
    useDatabase(openDatabase(clone.url, 8));
  });
  afterAll(async () => {
    await closeDb();
    await drop();
  });
}

/**
 * Empties every table between tests of one file. Deletes: TRUNCATE makes new files for every table
 * and index, which takes three times as long for a handful of rows.
 */
export async function emptyDatabase(pool: pg.Pool): Promise<void> {
  await pool.query(`DO $$ DECLARE name text; BEGIN
    SET LOCAL session_replication_role = replica; -- foreign keys don't matter when all goes
    FOR name IN SELECT tablename FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' LOOP
      EXECUTE format('DELETE FROM %I', name);
    END LOOP;
    FOR name IN SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' LOOP
      EXECUTE format('ALTER SEQUENCE %I RESTART', name);
    END LOOP;
  END $$`);
}
