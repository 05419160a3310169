import { db } from "../db/client";

/** none: no poll; quiet: nothing new; mail: something arrived; failed: at least one poll failed. */
export type PollBar = "none" | "quiet" | "mail" | "failed";

/** A day has a bar for each half hour, a week one for every two hours. */
export type PollPeriod = "day" | "week";

/** The polls of one account in a period, the oldest bar first; the last one is still going on. */
export type PollStrip = {
  bars: PollBar[];
  polls: number;
  failed: number;
  mails: number;
  tickets: number;
  /** Of one poll; null without any. */
  secondsMean: number | null;
  secondsMax: number;
};

/** What came in during one hour. */
export type PollHour = {
  startedAt: Date;
  polls: number;
  failed: number;
  mails: number;
  tickets: number;
};

export const BARS: Record<PollPeriod, { count: number; seconds: number }> = {
  day: { count: 48, seconds: 1800 },
  week: { count: 84, seconds: 7200 },
};

export const NO_POLLS: PollStrip = {
  ...{ bars: [], polls: 0, failed: 0, mails: 0, tickets: 0 },
  ...{ secondsMean: null, secondsMax: 0 },
};

const SPAN_SECONDS = 1800;
const HOURS: Record<PollPeriod, number> = { day: 24, week: 168 };

type BarRow = {
  id: string;
  ago: number;
  polls: number;
  failed: number;
  mails: number;
  tickets: number;
  ms: number;
  msMax: number;
};

/** The strips of these accounts, or of all, that were polled in the period; read from half hours. */
export async function pollStrips(
  accountIds: string[] | null,
  period: PollPeriod,
  now: Date,
): Promise<Map<string, PollStrip>> {
  const { count, seconds } = BARS[period];
  // Half hours are whole: the newest bar ends where the half hour that is going on does.
  const end = new Date((Math.floor(now.getTime() / 1000 / SPAN_SECONDS) + 1) * SPAN_SECONDS * 1000);
  const rows = await db().prisma.$queryRaw<BarRow[]>`
    SELECT "accountId" AS "id",
      floor((extract(epoch FROM ${end}::timestamptz - "startedAt") - ${SPAN_SECONDS}) / ${seconds})::int AS "ago",
      sum("polls")::int AS "polls", sum("failed")::int AS "failed", sum("mails")::int AS "mails",
      sum("tickets")::int AS "tickets", sum("durationMs")::float8 AS "ms", max("durationMsMax") AS "msMax"
    FROM "PollSpan"
    WHERE "startedAt" >= ${end}::timestamptz - make_interval(secs => ${count * seconds}::int)
      AND (${accountIds}::uuid[] IS NULL OR "accountId" = ANY(${accountIds}::uuid[]))
    GROUP BY 1, 2`;
  const found = new Map<string, BarRow[]>();
  for (const row of rows) found.set(row.id, [...(found.get(row.id) ?? []), row]);
  return new Map([...found].map(([id, ofAccount]) => [id, stripOf(ofAccount, count)]));
}

function stripOf(rows: BarRow[], count: number): PollStrip {
  const bars = Array<PollBar>(count).fill("none");
  // By another clock a poll may lie a little ahead: it belongs to the newest bar.
  for (const row of rows) bars[count - 1 - Math.min(Math.max(row.ago, 0), count - 1)] = barOf(row);
  const sum = (of: (row: BarRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const polls = sum((row) => row.polls);
  return {
    ...{ bars, polls, failed: sum((row) => row.failed) },
    ...{ mails: sum((row) => row.mails), tickets: sum((row) => row.tickets) },
    secondsMean: polls === 0 ? null : sum((row) => row.ms) / polls / 1000,
    secondsMax: Math.max(0, ...rows.map((row) => row.msMax)) / 1000,
  };
}

function barOf(row: BarRow): PollBar {
  if (row.failed > 0) return "failed";
  return row.mails > 0 ? "mail" : "quiet";
}

/** Each hour of the period, the oldest first, of one account or of all together; UTC. */
export async function pollHours(
  accountId: string | null,
  period: PollPeriod,
  now: Date,
): Promise<PollHour[]> {
  const hours = HOURS[period];
  return db().prisma.$queryRaw<PollHour[]>`
    SELECT h AS "startedAt", coalesce(sum(s."polls"), 0)::int AS "polls", coalesce(sum(s."failed"), 0)::int AS "failed",
      coalesce(sum(s."mails"), 0)::int AS "mails", coalesce(sum(s."tickets"), 0)::int AS "tickets"
    FROM generate_series(date_bin('1 hour', ${now}::timestamptz, TIMESTAMPTZ '2000-01-01 00:00:00+00') - make_interval(hours => ${hours - 1}::int),
      date_bin('1 hour', ${now}::timestamptz, TIMESTAMPTZ '2000-01-01 00:00:00+00'), '1 hour') AS h
    LEFT JOIN (SELECT date_bin('1 hour', "startedAt", TIMESTAMPTZ '2000-01-01 00:00:00+00') AS "hour", "polls", "failed", "mails", "tickets"
      FROM "PollSpan" WHERE "startedAt" > ${now}::timestamptz - make_interval(hours => ${hours}::int)
        AND (${accountId}::uuid IS NULL OR "accountId" = ${accountId}::uuid)) AS s ON s."hour" = h
    GROUP BY h ORDER BY h`;
}
