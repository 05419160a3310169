import { inTransaction, isStatementCanceled, type Tx } from "./client";

/**
 * Runs questions to the database in a transaction in which each may take `ms` milliseconds.
 * @returns null when one took longer: nothing of the transaction is kept then.
 */
export async function withinTime<T>(ms: number, work: (tx: Tx) => Promise<T>): Promise<T | null> {
  try {
    return await inTransaction(async (tx) => {
      await tx.$executeRaw`SELECT set_config('statement_timeout', ${String(ms)}, true)`;
      return work(tx);
    });
  } catch (error) {
    if (isStatementCanceled(error)) return null;
    throw error;
  }
}
