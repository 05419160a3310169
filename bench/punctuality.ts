import { db } from "@/lib/db/client";

/** A poll is late when it is claimed more than this after it was due. */
const LATE_SECONDS = 5;

export type Punctuality = {
  polls: number;
  failed: number;
  /** Accounts whose connection is kept in IDLE. */
  kept: number;
  /** Seconds after they were due, of each poll. */
  lateness: number[];
  late: number;
};

/**
 * How the polls that were due between two moments kept to their times: each is due an interval after
 * the one before was claimed.
 * @param accountIds those looked at; all without it
 */
export async function punctuality(
  begin: Date,
  end: Date,
  intervalSeconds: number,
  accountIds: string[] | null = null,
): Promise<Punctuality> {
  const { rows } = await db().pool.query<{ after: number }>(
    `SELECT extract(epoch FROM coalesce("next", $2) - "startedAt")::float - $3 AS after FROM (
       SELECT "startedAt", lead("startedAt") OVER (PARTITION BY "accountId" ORDER BY "startedAt") AS "next"
       FROM "PollRun" WHERE $4::uuid[] IS NULL OR "accountId" = ANY($4)) AS runs
     WHERE "startedAt" + make_interval(secs => $3) BETWEEN $1 AND $2`,
    [begin, end, intervalSeconds, accountIds],
  );
  const lateness = rows.map(({ after }) => after);
  const counted = await db().pool.query<{ polls: number; failed: number; kept: number }>(
    `SELECT count(*)::int AS polls, count("error")::int AS failed,
       (SELECT count(*)::int FROM "EmailAccount" WHERE "idleUntil" > now() AND ($3::uuid[] IS NULL OR "id" = ANY($3))) AS kept
     FROM "PollRun" WHERE "startedAt" BETWEEN $1 AND $2 AND ($3::uuid[] IS NULL OR "accountId" = ANY($3))`,
    [begin, end, accountIds],
  );
  const { polls = 0, failed = 0, kept = 0 } = counted.rows[0] ?? {};
  return {
    ...{ polls, failed, kept, lateness },
    late: lateness.filter((seconds) => seconds > LATE_SECONDS).length,
  };
}

/** The time by the database's clock. */
export async function databaseNow(): Promise<Date> {
  const { rows } = await db().pool.query<{ at: Date }>("SELECT clock_timestamp() AS at");
  return rows[0]?.at ?? new Date();
}
