import { db } from "../db/client";

/**
 * Sorts the words of new messages into their index. Postgres collects them aside, which makes taking
 * mail in cost half, and reads all of these at every look into the index: once for each ticket that a
 * search for a common word walks past. Nearly free where there is nothing to sort in.
 */
export async function sortInWords(): Promise<void> {
  await db().pool.query(`SELECT gin_clean_pending_list('"Message_words"')`);
}
