import { createHash, timingSafeEqual } from "node:crypto";
import { accountHealth, HEALTH_COLUMNS, type HealthState, liveWorkers } from "../accounts/health";
import { databaseNow } from "../accounts/lock";
import { db } from "../db/client";
import { InboundStatus, OutboundStatus, TicketStatus } from "../db/generated/enums";
import { env } from "../env";
import { outgoingQueue, outgoingSum } from "./outgoing";
import { latePolls, listWorkers } from "./workers";

/** Accounts that have a line of their own, those that are late the longest first. */
const ACCOUNTS_MAX = 1_000;

/** Whether `header` is `Bearer` and METRICS_TOKEN. False when the token is not set. */
export function isMetricsToken(header: string | null): boolean {
  const expected = env().METRICS_TOKEN;
  if (!expected || !header?.startsWith("Bearer ")) return false;
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(header.slice("Bearer ".length)), digest(expected));
}

type Sample = [labels: Record<string, string>, value: number];

/**
 * The figures of /api/metrics in Prometheus's text format 0.0.4, by its conventions: counters end in
 * `_total` and only grow, times are in seconds, and no label has more values than there are states,
 * workers or, up to a thousand, accounts.
 */
export async function metricsText(): Promise<string> {
  const parts = await Promise.all([
    ticketMetrics(),
    mailMetrics(),
    pollMetrics(),
    accountMetrics(),
    outgoingMetrics(),
    workerMetrics(),
    alertMetrics(),
  ]);
  return `${parts.flat().join("\n")}\n`;
}

async function ticketMetrics(): Promise<string[]> {
  const counts = await countBy(
    `SELECT CASE WHEN "deletedAt" IS NULL THEN "status"::text ELSE '' END AS label, count(*)::int AS n FROM "Ticket" GROUP BY 1`,
  );
  const all = [...counts.values()].reduce((sum, n) => sum + n, 0);
  return [
    ...counter("mailroom_tickets_total", "Tickets ever opened.", [[{}, all]]),
    ...gauge(
      "mailroom_tickets",
      "Tickets by status, without deleted ones.",
      byStatus(counts, Object.values(TicketStatus)),
    ),
  ];
}

async function mailMetrics(): Promise<string[]> {
  const [inbound, outbound, waiting] = await Promise.all([
    countBy(`SELECT "status"::text AS label, count(*)::int AS n FROM "InboundEmail" GROUP BY 1`),
    countBy(`SELECT "status"::text AS label, count(*)::int AS n FROM "OutboundEmail" GROUP BY 1`),
    numbers(`SELECT coalesce(extract(epoch FROM now() - min("receivedAt")), 0)::float8 AS seconds
      FROM "InboundEmail" WHERE "status" = 'PENDING'`),
  ]);
  return [
    ...gauge(
      "mailroom_inbound_mails",
      "Received mails by what became of them.",
      byStatus(inbound, Object.values(InboundStatus)),
    ),
    ...gauge(
      "mailroom_inbound_oldest_pending_age_seconds",
      "How long the oldest mail waits to be processed; 0 when none does.",
      [[{}, waiting.seconds ?? 0]],
    ),
    ...gauge(
      "mailroom_outbound_mails",
      "Deliveries by status.",
      byStatus(outbound, Object.values(OutboundStatus)),
    ),
  ];
}

/** From sums that are kept for good, also those of accounts that are gone: they never go back. */
async function pollMetrics(): Promise<string[]> {
  const total = await numbers(`SELECT coalesce(sum("quiet"), 0)::float8 AS quiet,
      coalesce(sum("withMail"), 0)::float8 AS mail, coalesce(sum("failed"), 0)::float8 AS failed,
      coalesce(sum("mails"), 0)::float8 AS mails, coalesce(sum("tickets"), 0)::float8 AS tickets,
      coalesce(sum("durationMs"), 0)::float8 / 1000 AS seconds FROM "PollTotal"`);
  const { quiet = 0, mail = 0, failed = 0, mails = 0, tickets = 0, seconds = 0 } = total;
  return [
    ...counter("mailroom_polls_total", "Polls that ended, by what came of them.", [
      [{ result: "quiet" }, quiet],
      [{ result: "mail" }, mail],
      [{ result: "failed" }, failed],
    ]),
    "# HELP mailroom_poll_duration_seconds How long polls took.",
    "# TYPE mailroom_poll_duration_seconds summary",
    `mailroom_poll_duration_seconds_sum ${seconds}`,
    `mailroom_poll_duration_seconds_count ${quiet + mail + failed}`,
    ...counter("mailroom_polled_mails_total", "Mails that polls stored.", [[{}, mails]]),
    ...counter("mailroom_polled_tickets_total", "Tickets that polled mails opened.", [
      [{}, tickets],
    ]),
  ];
}

async function accountMetrics(): Promise<string[]> {
  const [accounts, workers, now, late] = await Promise.all([
    db().prisma.emailAccount.findMany({ select: { email: true, ...HEALTH_COLUMNS } }),
    liveWorkers(),
    databaseNow(),
    latePolls(),
  ]);
  const states = new Map<string, number>(STATES.map((state) => [state, 0]));
  for (const account of accounts) {
    const { state } = accountHealth(account, now, workers);
    states.set(state, (states.get(state) ?? 0) + 1);
  }
  const lags = accounts
    .filter(({ isActive, pollingEnabled }) => isActive && pollingEnabled)
    .map(({ email, lastPolledAt, pollingSince }): Sample => {
      const since = Math.max(lastPolledAt?.getTime() ?? 0, pollingSince.getTime());
      return [{ account: email }, Math.max(0, (now.getTime() - since) / 1000)];
    })
    .sort(([, one], [, other]) => other - one)
    .slice(0, ACCOUNTS_MAX);
  return [
    ...gauge(
      "mailroom_accounts",
      "Email accounts by how their polling is doing.",
      [...states].map(([state, n]) => [{ state }, n]),
    ),
    ...gauge(
      "mailroom_account_lag_seconds",
      "Seconds since an account's last poll that ended well, or since polling was enabled.",
      lags,
    ),
    ...gauge("mailroom_late_polls", "Polls that are due and that nobody has begun.", [
      [{}, late.count],
    ]),
  ];
}

const STATES: HealthState[] = [
  ...(["healthy", "delayed", "failing", "needs-password", "reconnect"] as const),
  ...(["paused", "polling-off-globally", "never", "starting"] as const),
];

async function outgoingMetrics(): Promise<string[]> {
  const { queued, retrying, sending, oldestAt } = outgoingSum(await outgoingQueue());
  const age = oldestAt ? Math.max(0, (Date.now() - oldestAt.getTime()) / 1000) : 0;
  return [
    ...gauge("mailroom_outbound_queue_mails", "Mails on their way out.", [
      [{ state: "queued" }, queued],
      [{ state: "retrying" }, retrying],
      [{ state: "sending" }, sending],
    ]),
    ...gauge(
      "mailroom_outbound_queue_oldest_age_seconds",
      "Age of the oldest mail on its way out; 0 when there is none.",
      [[{}, age]],
    ),
  ];
}

async function workerMetrics(): Promise<string[]> {
  const workers = await listWorkers();
  const alive = workers.filter(({ isAlive }) => isAlive);
  const versions = new Map<string, number>();
  for (const { version } of alive) versions.set(version, (versions.get(version) ?? 0) + 1);
  return [
    ...gauge("mailroom_workers", "Workers that are alive, by version.", [
      ...[...versions].map(([version, n]): Sample => [{ version }, n]),
    ]),
    ...(workers.length === 0
      ? []
      : gauge(
          "mailroom_worker_heartbeat_age_seconds",
          "Seconds since a worker's last sign of life.",
          [[{}, Math.min(...workers.map(({ silentSeconds }) => silentSeconds))]],
        )),
  ];
}

async function alertMetrics(): Promise<string[]> {
  const [open, webhook] = await Promise.all([
    numbers(`SELECT count(*)::int AS n FROM "AccountAlert" WHERE "closedAt" IS NULL`),
    countBy(`SELECT "status" AS label, count(*)::int AS n FROM "WebhookDelivery" GROUP BY 1`),
  ]);
  return [
    ...gauge("mailroom_account_alerts", "Accounts that have brought no mail for too long.", [
      [{}, open.n ?? 0],
    ]),
    ...gauge(
      "mailroom_webhook_deliveries",
      "Requests to the webhook of the last 30 days by status.",
      byStatus(webhook, ["QUEUED", "SENT", "FAILED"]),
    ),
  ];
}

async function countBy(sql: string): Promise<Map<string, number>> {
  const { rows } = await db().pool.query<{ label: string; n: number }>(sql);
  return new Map(rows.map((row) => [row.label, row.n]));
}

/** The one row of a query, all of whose columns are numbers. */
async function numbers(sql: string): Promise<Record<string, number>> {
  const { rows } = await db().pool.query<Record<string, number>>(sql);
  return rows[0] ?? {};
}

function byStatus(counts: Map<string, number>, statuses: string[]): Sample[] {
  return statuses.map((status) => [{ status: status.toLowerCase() }, counts.get(status) ?? 0]);
}

const gauge = (name: string, help: string, samples: Sample[]) =>
  family("gauge", { name, help, samples });
const counter = (name: string, help: string, samples: Sample[]) =>
  family("counter", { name, help, samples });

function family(
  type: "gauge" | "counter",
  { name, help, samples }: { name: string; help: string; samples: Sample[] },
): string[] {
  const lines = samples.map(([labels, value]) => `${name}${labelsText(labels)} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines];
}

function labelsText(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(
    ([label, value]) => `${label}="${value.replace(/[\\"]/g, "\\$&").replaceAll("\n", "\\n")}"`,
  );
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}
