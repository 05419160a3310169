import { db } from "../db/client";

/** Mails an account may send in a minute: Microsoft 365 refuses what is over 30 (MAIL.md). */
export const MAILS_PER_MINUTE = 30;

/** SQL: whether an account has sent all it may within the last minute, by the database's clock. */
export function hasReachedLimit(accountId: string): string {
  return `(SELECT count(*) >= ${MAILS_PER_MINUTE} FROM "OutboundEmail" recent
    WHERE recent."accountId" = ${accountId} AND recent."sentAt" > now() - interval '1 minute')`;
}

/** Which of these deliveries are due and wait because their account has sent all it may. */
export async function findHeldUp(deliveryIds: string[]): Promise<Set<string>> {
  if (deliveryIds.length === 0) return new Set();
  const held = await db().pool.query<{ id: string }>(
    `SELECT o."id" FROM "OutboundEmail" o WHERE o."id" = ANY($1::uuid[]) AND o."status" = 'QUEUED'
       AND o."nextAttemptAt" <= now() AND ${hasReachedLimit('o."accountId"')}`,
    [deliveryIds],
  );
  return new Set(held.rows.map(({ id }) => id));
}
