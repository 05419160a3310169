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

type Row = Omit<PollStrip, "bars"> & { id: string; agos: number[]; kinds: string[] };

/** The strips of these accounts, or of all, that were polled in the period; read from half hours. */
export async function pollStrips(
  accountIds: string[] | null,
  period: PollPeriod,
  now: Date,
): Promise<Map<string, PollStrip>> {
  const { count, seconds } = BARS[period];
  // Half hours are whole: the newest bar ends where the half hour that is going on does.
  const end = new Date((Math.floor(now.getTime() / 1000 / SPAN_SECONDS) + 1) * SPAN_SECONDS * 1000);
  // By pg, and a row for each account: by Prisma, and a row for each bar, a thousand accounts take seconds.
  const { rows } = await db().pool.query<Row>(
    `WITH bars AS (
       SELECT "accountId", floor((extract(epoch FROM $1::timestamptz - "startedAt") - ${SPAN_SECONDS}) / $2)::int AS ago,
         sum("polls") AS polls, sum("failed") AS failed, sum("mails") AS mails, sum("tickets") AS tickets,
         sum("durationMs") AS ms, max("durationMsMax") AS ms_max
       FROM "PollSpan"
       WHERE "startedAt" >= $1::timestamptz - make_interval(secs => $2 * $3)
         AND ($4::uuid[] IS NULL OR "accountId" = ANY($4::uuid[]))
       GROUP BY 1, 2)
     SELECT "accountId"::text AS id, array_agg(ago) AS agos,
       array_agg(CASE WHEN failed > 0 THEN 'failed' WHEN mails > 0 THEN 'mail' ELSE 'quiet' END) AS kinds,
       sum(polls)::int AS polls, sum(failed)::int AS failed, sum(mails)::int AS mails, sum(tickets)::int AS tickets,
       (sum(ms) / nullif(sum(polls), 0))::float8 / 1000 AS "secondsMean", max(ms_max)::float8 / 1000 AS "secondsMax"
     FROM bars GROUP BY 1`,
    [end, seconds, count, accountIds],
  );
  return new Map(
    rows.map(({ id, agos, kinds, ...sums }) => [id, { ...sums, bars: barsOf(agos, kinds, count) }]),
  );
}

function barsOf(agos: number[], kinds: string[], count: number): PollBar[] {
  const bars = Array<PollBar>(count).fill("none");
  for (const [index, ago] of agos.entries()) {
    // By another clock a poll may lie a little ahead: it belongs to the newest bar.
    const place = count - 1 - Math.min(Math.max(ago, 0), count - 1);
    const kind = kinds[index];
    if (kind === "quiet" || kind === "mail" || kind === "failed") bars[place] = kind;
  }
  return bars;
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
