import { db } from "../db/client";

/** Mail of one account that is on its way out; `accountId` is null where its account was deleted. */
export type OutgoingRow = {
  accountId: string | null;
  email: string | null;
  /** Not tried yet. */
  queued: number;
  /** Tried, and to be tried again. */
  retrying: number;
  sending: number;
  /** Given up in the last 7 days. */
  failed: number;
  /** When the oldest of those that wait was written. */
  oldestAt: Date | null;
};

const ROWS_MAX = 200;

/** What waits, is tried again, leaves and was given up, by account; accounts without any of it are left out. */
export function outgoingQueue(): Promise<OutgoingRow[]> {
  return db().prisma.$queryRaw<OutgoingRow[]>`
    SELECT o."accountId", a."email"::text AS "email", o."queued", o."retrying", o."sending", o."failed", o."oldestAt"
    FROM (SELECT "accountId",
        count(*) FILTER (WHERE "status" = 'QUEUED' AND "attempts" = 0)::int AS "queued",
        count(*) FILTER (WHERE "status" = 'QUEUED' AND "attempts" > 0 OR "status" = 'UNKNOWN')::int AS "retrying",
        count(*) FILTER (WHERE "status" = 'SENDING')::int AS "sending",
        count(*) FILTER (WHERE "status" = 'FAILED')::int AS "failed",
        min("createdAt") FILTER (WHERE "status" <> 'FAILED') AS "oldestAt"
      FROM "OutboundEmail"
      WHERE "status" IN ('QUEUED', 'SENDING') OR ("status" = 'UNKNOWN' AND "unknowns" = 1)
        OR ("status" = 'FAILED' AND "nextAttemptAt" > now() - interval '7 days')
      GROUP BY "accountId") AS o
    LEFT JOIN "EmailAccount" a ON a."id" = o."accountId"
    ORDER BY (o."queued" + o."retrying" + o."sending") DESC, o."failed" DESC, a."email" LIMIT ${ROWS_MAX}`;
}

export type Outgoing = Omit<OutgoingRow, "accountId" | "email">;

/** All rows together. */
export function outgoingSum(rows: readonly OutgoingRow[]): Outgoing {
  const sum = (of: "queued" | "retrying" | "sending" | "failed") =>
    rows.reduce((total, row) => total + row[of], 0);
  const oldest = rows.flatMap(({ oldestAt }) => (oldestAt ? [oldestAt.getTime()] : []));
  return {
    ...{ queued: sum("queued"), retrying: sum("retrying"), sending: sum("sending") },
    ...{
      failed: sum("failed"),
      oldestAt: oldest.length > 0 ? new Date(Math.min(...oldest)) : null,
    },
  };
}
