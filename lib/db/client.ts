import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { env } from "../env";
import { log } from "../log";
import { type Prisma, PrismaClient } from "./generated/client";

/** A Prisma transaction: what functions that belong in somebody's transaction take first. */
export type Tx = Prisma.TransactionClient;

/** One database, reached two ways: Prisma for rows, pg for bytes, batches and leases. */
export type Database = { prisma: PrismaClient; pool: pg.Pool; url: string; close(): Promise<void> };

/**
 * How long a connection is kept that nobody uses. pg's own ten seconds are less than an agent reads:
 * each page would begin with new connections, whose first questions take several times as long.
 */
const IDLE_MS = 240_000;

/**
 * What each connection begins with. Times in UTC and ISO, whatever the server's own settings: Prisma's
 * adapter takes those of any time zone for UTC, so that a server of Berlin's would answer with times an
 * hour late; poolers keep these two for each client. And no JIT: Debian's Postgres would compile what is
 * asked by index only, which it takes for dear, and be longer at that than at the question.
 */
const SETTINGS = "SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET jit = off";

/** What every pool does with a new connection before it is used. */
export async function onConnect(client: pg.ClientBase): Promise<void> {
  await client.query(SETTINGS);
}

/** Opens a database. `connections` bounds each of the two pools. */
export function openDatabase(url: string, connections = 10): Database {
  const options = {
    connectionString: url,
    max: connections,
    idleTimeoutMillis: IDLE_MS,
    // PgBouncer refuses connections that ask for it; it has a limit of its own, idle_transaction_timeout.
    ...(!isBehindPooler() && { idle_in_transaction_session_timeout: 60_000 }),
    onConnect,
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

/**
 * True where DATABASE_DIRECT_URL says that a pooler stands before the database: what follows a commit
 * may be answered by another connection.
 */
export function isBehindPooler(): boolean {
  const { DATABASE_URL, DATABASE_DIRECT_URL } = env();
  return DATABASE_DIRECT_URL !== "" && DATABASE_DIRECT_URL !== DATABASE_URL;
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
 * Runs `work` in one short transaction, which triesAgain(): `work` must touch nothing but the
 * database.
 */
export function inTransaction<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
  return triesAgain(() => db().prisma.$transaction(work));
}

/** Runs a transaction up to five times, while it ends in a deadlock or a serialization failure. */
export async function triesAgain<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      if (attempt >= 5 || !isRetryable(error)) throw error;
    }
  }
}

/** SQLSTATE: serialization_failure and deadlock_detected. */
const RETRYABLE = /^(40001|40P01)$/;

/**
 * True for deadlocks and serialization failures: the same transaction may succeed when tried again.
 * Prisma calls both P2034, but in raw queries everything is P2010, with Postgres's own code further
 * inside. Its words don't count: a database may speak another language.
 */
function isRetryable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return field(error, "code") === "P2034" || RETRYABLE.test(sqlStateOf(error));
}

/** SQLSTATE classes: no connection, no room or memory, stopped by its operator, trouble of its disk. */
const UNABLE = /^(08|53|57P|58)/;

/** True when the database can't work now, whatever it was asked: its disk is full, it shuts down. */
export function isDatabaseUnable(error: unknown): boolean {
  return error instanceof Error && UNABLE.test(sqlStateOf(error));
}

/** True when a statement took longer than its statement_timeout, or somebody canceled it. */
export function isStatementCanceled(error: unknown): boolean {
  return error instanceof Error && sqlStateOf(error) === "57014";
}

/** Postgres's own code of an error that pg or Prisma threw; Prisma's when it hides that one. */
function sqlStateOf(error: Error): string {
  const inPrisma = field(error, "meta", "driverAdapterError", "cause", "originalCode");
  return String(inPrisma ?? field(error, "code"));
}

/** A property that may not be there, however deep. */
function field(value: unknown, ...path: string[]): unknown {
  let at = value;
  for (const name of path)
    at = typeof at === "object" && at !== null && name in at ? Reflect.get(at, name) : undefined;
  return at;
}

/** True when `error` is the violation of a unique constraint, in Prisma's words or in Postgres's. */
export function isUniqueViolation(error: unknown): boolean {
  return (
    error instanceof Error && "code" in error && (error.code === "P2002" || error.code === "23505")
  );
}
