import { inTransaction, isStatementCanceled, type Tx } from "./client";

/**
 * Runs questions to the database in a transaction in which each may take `ms` milliseconds. They get
 * no parallel workers of Postgres, which take longer to start than such a question should, and memory for
 * what indexes find among millions of rows.
 * @returns null when one took longer: nothing of the transaction is kept then.
 */
export async function withinTime<T>(ms: number, work: (tx: Tx) => Promise<T>): Promise<T | null> {
  try {
    return await inTransaction(async (tx) => {
      await tx.$executeRaw`SELECT set_config('statement_timeout', ${String(ms)}, true),
        set_config('max_parallel_workers_per_gather', '0', true), set_config('work_mem', '32MB', true)`;
      return work(tx);
    });
  } catch (error) {
    if (isStatementCanceled(error)) return null;
    throw error;
  }
}
