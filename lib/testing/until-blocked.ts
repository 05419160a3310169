import { expect } from "vitest";
import { db } from "../db/client";

/** Waits until a connection to the test's database waits for a lock, or `work` ends without one. */
export async function untilBlocked(work: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  work.then(over, over);
  const isBlocked = async () => {
    const { rowCount } = await db().pool.query(
      `SELECT 1 FROM pg_stat_activity
       WHERE datname = current_database() AND wait_event_type = 'Lock'`,
    );
    return isOver || rowCount !== 0;
  };
  await expect.poll(isBlocked, { timeout: 10_000, interval: 10 }).toBe(true);
}
