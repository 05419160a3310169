import { type Ask, askOn } from "./ask";
import { isStatementCanceled } from "./client";
import { inPgTransaction } from "./pg-transaction";

/**
 * Runs questions to the database in a transaction in which each may take `ms` milliseconds. They get
 * no parallel workers of Postgres, which take longer to start than such a question should, and memory for
 * what indexes find among millions of rows.
 * @returns null when one took longer: nothing of the transaction is kept then.
 */
export async function withinTime<T>(ms: number, work: (ask: Ask) => Promise<T>): Promise<T | null> {
  const settings = `SET LOCAL statement_timeout = ${Math.ceil(ms)};
    SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL work_mem = '32MB'`;
  try {
    return await inPgTransaction((client) => work(askOn(client)), settings);
  } catch (error) {
    if (isStatementCanceled(error)) return null;
    throw error;
  }
}
