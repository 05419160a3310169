import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createMessage, createOutbound, createTicket } from "../testing/factories";
import { isMetricsToken, metricsText } from "./metrics";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

async function workerSeen(id: string, secondsAgo: number, version = "1.0, Node 20"): Promise<void> {
  await db().pool.query(
    `INSERT INTO "Worker" ("id", "hostname", "pid", "version", "heartbeatAt")
     VALUES ($1, 'host', 1, $2, now() - make_interval(secs => $3))`,
    [id, version, secondsAgo],
  );
}

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

/** The value of one line; undefined where there is none. */
const valueIn = (text: string, line: string) => {
  const found = text.split("\n").find((each) => each.startsWith(`${line} `));
  return found === undefined ? undefined : Number(found.slice(line.length + 1));
};

describe("metrics", () => {
  it("are off without METRICS_TOKEN, and only for its bearer with it", () => {
    process.env.METRICS_TOKEN = "";
    reloadEnv();
    expect(isMetricsToken("Bearer ")).toBe(false);
    process.env.METRICS_TOKEN = "a token";
    reloadEnv();
    expect(isMetricsToken("Bearer a token")).toBe(true);
    for (const wrong of [null, "", "a token", "Bearer a tokem", "bearer", "Basic a token"])
      expect(isMetricsToken(wrong)).toBe(false);
  });

  it("count tickets, mails, polls, the queue and workers", async () => {
    await createTicket({ status: "OPEN" });
    await createTicket({ status: "CLOSED", deletedAt: new Date() });
    const ticketId = (await createTicket({ status: "OPEN" })).id;
    const messageRowId = (await createMessage({ kind: "OUTBOUND", ticketId })).id;
    const account = await createAccount({
      ...{ pollingEnabled: true, pollingSince: ago(9_999), lastPolledAt: ago(700) },
    });
    await createAccount({ isActive: false });
    await createOutbound({ messageRowId, accountId: account.id, createdAt: ago(90) });
    await createOutbound({ messageRowId, accountId: account.id, attempts: 2 });
    await createOutbound({ messageRowId, accountId: account.id, status: "FAILED" });
    await db().prisma.pollTotal.createMany({
      data: [
        {
          accountId: account.id,
          quiet: 10n,
          withMail: 2n,
          failed: 1n,
          mails: 5n,
          durationMs: 400n,
        },
        // One that is gone counts for ever: a counter that goes back looks like a restart.
        { accountId: "01900000-0000-7000-8000-000000000000", quiet: 90n, tickets: 3n },
      ],
    });
    await workerSeen("a", 5);
    await workerSeen("b", 9);
    await workerSeen("dead", 4_000);
    const text = await metricsText();
    const values = {
      mailroom_tickets_total: 3,
      'mailroom_tickets{status="open"}': 2,
      'mailroom_tickets{status="closed"}': 0,
      'mailroom_inbound_mails{status="quarantined"}': 0,
      'mailroom_outbound_mails{status="failed"}': 1,
      'mailroom_polls_total{result="quiet"}': 100,
      'mailroom_polls_total{result="mail"}': 2,
      'mailroom_polls_total{result="failed"}': 1,
      mailroom_poll_duration_seconds_sum: 0.4,
      mailroom_poll_duration_seconds_count: 103,
      mailroom_polled_mails_total: 5,
      mailroom_polled_tickets_total: 3,
      'mailroom_accounts{state="delayed"}': 1,
      'mailroom_accounts{state="paused"}': 1,
      'mailroom_outbound_queue_mails{state="queued"}': 1,
      'mailroom_outbound_queue_mails{state="retrying"}': 1,
      'mailroom_workers{version="1.0, Node 20"}': 2,
      mailroom_account_alerts: 0,
    };
    for (const [line, value] of Object.entries(values))
      expect(valueIn(text, line), line).toBe(value);
    const lag = valueIn(text, `mailroom_account_lag_seconds{account="${account.email}"}`);
    expect(lag).toBeGreaterThanOrEqual(700);
    expect(lag).toBeLessThan(760);
    expect(valueIn(text, "mailroom_outbound_queue_oldest_age_seconds")).toBeGreaterThan(89);
    expect(valueIn(text, "mailroom_worker_heartbeat_age_seconds")).toBeLessThan(60);
  });

  it("keep to Prometheus's format and its rules for names", async () => {
    await createAccount({ email: 'we"ird\\@desk.example', pollingEnabled: true });
    await workerSeen("a", 5);
    const lines = (await metricsText()).trimEnd().split("\n");
    const sample = /^[a-z_]+(\{[a-z_]+="(?:[^"\\\n]|\\[\\"n])*"\})? -?[\d.e+-]+$/;
    expect(
      lines.filter((line) => !/^# (HELP|TYPE) [a-z_]+ .+$/.test(line) && !sample.test(line)),
    ).toEqual([]);
    const types = lines.flatMap((line) => {
      const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? [];
      return name && type ? [{ name, type }] : [];
    });
    expect(new Set(types.map(({ name }) => name)).size).toBe(types.length);
    for (const { name, type } of types) {
      expect(name).toMatch(/^mailroom_/);
      expect(name.endsWith("_total"), name).toBe(type === "counter");
    }
  });

  it("name a thousand accounts at most, the latest ones", async () => {
    await db().pool.query(
      `INSERT INTO "EmailAccount" ("id", "email", "smtpHost", "smtpPort", "smtpSecurity", "smtpUsername", "pollingEnabled", "lastPolledAt", "pollingSince", "updatedAt")
       SELECT gen_random_uuid(), 'a' || n || '@desk.example', 'h', 25, 'NONE', 'u', true, now() - n * interval '1 second', now() - interval '1 day', now()
       FROM generate_series(1, 1200) AS n`,
    );
    const lines = (await metricsText())
      .split("\n")
      .filter((line) => line.startsWith("mailroom_account_lag_seconds{"));
    expect(lines).toHaveLength(1_000);
    expect(lines[0]).toContain("a1200@");
  });
});
