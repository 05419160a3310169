import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { env } from "../env";
import { log } from "../log";
import { type Prisma, PrismaClient } from "./generated/client";

/** A Prisma transaction: what functions that belong in somebody's transaction take first. */
export type Tx = Prisma.TransactionClient;

/** One database, reached two ways: Prisma for rows, pg for bytes, batches and leases. */
export type Database = { prisma: PrismaClient; pool: pg.Pool; url: string; close(): Promise<void> };

/** Opens a database. `connections` bounds each of the two pools. */
export function openDatabase(url: string, connections = 10): Database {
  const options = {
    connectionString: url,
    max: connections,
    idle_in_transaction_session_timeout: 60_000,
  };
  const pool = new pg.Pool(options);
  // Without a listener an idle connection that the server ends would end this process.
  pool.on("error", (error) => log.warn(`Database connection lost: ${error.message}`));
  const adapter = new PrismaPg(options, {
    onPoolError: (error) => log.warn(`Database connection lost: ${error.message}`),
  });
  const prisma = new PrismaClient({
    adapter,
    transactionOptions: { maxWait: 10_000, timeout: 30_000 },
  });
  return {
    prisma,
    pool,
    url,
    async close() {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

const shared = globalThis as { mailroomDatabase?: Database };

/** The process's database, opened at first use from DATABASE_URL. */
export function db(): Database {
  shared.mailroomDatabase ??= openDatabase(env().DATABASE_URL);
  return shared.mailroomDatabase;
}

/** Closes the process's database, if it was opened. */
export async function closeDb(): Promise<void> {
  const open = shared.mailroomDatabase;
  shared.mailroomDatabase = undefined;
  await open?.close();
}

/** Makes another database the process's own: tests and the CLI. */
export function useDatabase(database: Database): void {
  shared.mailroomDatabase = database;
}

/**
 * Runs `work` in one short transaction. Deadlocks and serialization failures are tried again, five
 * times at most, so `work` must touch nothing but the database.
 */
export async function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db().prisma.$transaction(work);
    } catch (error) {
      if (attempt >= 5 || !isRetryable(error)) throw error;
    }
  }
}

function isRetryable(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (code === "P2034" || code === "40001" || code === "40P01") return true;
  return error instanceof Error && /deadlock detected|could not serialize/.test(error.message);
}

/** True when `error` is the violation of a unique constraint, in Prisma's words or in Postgres's. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "P2002" || error.code === "23505")
  );
}
