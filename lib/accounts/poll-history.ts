import { db } from "../db/client";

/** none: no poll; quiet: nothing new; mail: something arrived; failed: at least one poll failed. */
export type PollBar = "none" | "quiet" | "mail" | "failed";

/** The last 24 hours of one account: 48 half hours, oldest first, the last one ends now. */
export type PollDay = { bars: PollBar[]; total: number; failed: number };

const BARS = 48;
const SECONDS_PER_BAR = 1800;

type Row = { id: string; ago: number; total: bigint; failed: bigint; stored: bigint };

/** The poll history of every account that was polled in the last 24 hours. */
export async function pollDays(now: Date): Promise<Map<string, PollDay>> {
  const rows = await db().prisma.$queryRaw<Row[]>`
    SELECT "accountId" AS "id",
      floor(extract(epoch FROM ${now}::timestamptz - "startedAt") / ${SECONDS_PER_BAR})::int AS "ago",
      count(*) AS "total",
      count(*) FILTER (WHERE "error" IS NOT NULL) AS "failed",
      coalesce(sum("stored"), 0)::bigint AS "stored"
    FROM "PollRun"
    WHERE "startedAt" > ${now}::timestamptz - interval '24 hours' AND "finishedAt" IS NOT NULL
    GROUP BY 1, 2`;
  const days = new Map<string, PollDay>();
  for (const row of rows) {
    const day = days.get(row.id) ?? {
      bars: Array<PollBar>(BARS).fill("none"),
      total: 0,
      failed: 0,
    };
    day.total += Number(row.total);
    day.failed += Number(row.failed);
    // A poll that began after `now` was read belongs to the newest bar.
    day.bars[BARS - 1 - Math.min(Math.max(row.ago, 0), BARS - 1)] = barOf(row);
    days.set(row.id, day);
  }
  return days;
}

function barOf(row: Row): PollBar {
  if (row.failed > 0n) return "failed";
  return row.stored > 0n ? "mail" : "quiet";
}
