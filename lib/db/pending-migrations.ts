import { readdir } from "node:fs/promises";
import path from "node:path";
import type pg from "pg";

/** Where the repository's prisma folder is: the working directory of every process we start. */
export const PRISMA_FOLDER = path.resolve(process.cwd(), "prisma");

/** The migrations in the folder, oldest first. */
export async function migrationNames(): Promise<string[]> {
  const entries = await readdir(path.join(PRISMA_FOLDER, "migrations"), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * The names of migrations that are in the folder but not in the database: empty when up to date.
 * Apart from migrate.ts, which loads the schema engine in a way that no bundler can follow.
 */
export async function pendingMigrations(pool: pg.Pool): Promise<string[]> {
  const names = await migrationNames();
  const table = await pool.query<{ found: string | null }>(
    "SELECT to_regclass('_prisma_migrations')::text AS found",
  );
  if (!table.rows[0]?.found) return names;
  const done = await pool.query<{ name: string }>(
    "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL",
  );
  const applied = new Set(done.rows.map((row) => row.name));
  return names.filter((name) => !applied.has(name));
}
