import { db } from "../db/client";

/** Tickets of one statement. */
const BATCH = 200;

/**
 * Owes those who have tickets a mail about targets that will be missed soon, once for each target. A
 * ticket that nobody has waits until somebody has it. Any number of workers may do it at once.
 * @returns how many tickets were looked at.
 */
export async function warnOfTargets(): Promise<number> {
  const { rowCount } = await db().pool.query(
    `WITH soon AS (
       SELECT "id" FROM "Ticket" WHERE least("firstResponseTellAt", "resolutionTellAt") <= now() AND "assigneeId" IS NOT NULL
         AND ("firstResponseTellAt" IS NOT NULL OR "resolutionTellAt" IS NOT NULL)
       ORDER BY "number" LIMIT ${BATCH} FOR UPDATE SKIP LOCKED),
     told AS (
       UPDATE "Ticket" t SET
         "firstResponseTellAt" = CASE WHEN t."firstResponseTellAt" > now() THEN t."firstResponseTellAt" END,
         "resolutionTellAt" = CASE WHEN t."resolutionTellAt" > now() THEN t."resolutionTellAt" END
       FROM soon WHERE t."id" = soon."id" RETURNING t."id", t."assigneeId"),
     owed AS (
       INSERT INTO "AgentNotice" ("userId", "ticketId", "isDueSoon", "dueAt")
       SELECT u."id", told."id", true, now() FROM told JOIN "User" u ON u."id" = told."assigneeId"
       WHERE u."notifyTargets" AND u."isActive" ORDER BY told."id"
       ON CONFLICT ("userId", "ticketId") DO UPDATE SET "isDueSoon" = true)
     SELECT "id" FROM told`,
  );
  return rowCount ?? 0;
}
