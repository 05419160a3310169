import type pg from "pg";
import { log } from "../log";
import { db } from "./client";

/**
 * Runs `work` in one transaction on a pg connection: for bytes, batches and claims, where Prisma is
 * too slow. Throws what `work` throws, after a rollback. A connection that breaks in the middle fails
 * this call and nothing else: the pool's own listener is off while a connection is lent out, and an
 * error nobody listens to would end the process. `settings` are SET LOCAL statements, sent with BEGIN.
 */
export async function inPgTransaction<T>(
  work: (client: pg.PoolClient) => Promise<T>,
  settings = "",
): Promise<T> {
  const client = await db().pool.connect();
  let lost: Error | undefined;
  const onError = (error: Error) => {
    lost = error;
    log.warn(`Database connection lost: ${error.message}`);
  };
  client.on("error", onError);
  try {
    await client.query(`BEGIN; ${settings}`);
    const result = await work(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK").catch(() => undefined);
    throw error;
  } finally {
    client.off("error", onError);
    // With an error the pool throws the connection away instead of lending it again.
    client.release(lost);
  }
}
