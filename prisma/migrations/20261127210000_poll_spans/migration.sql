-- Polls added up by half hour and for good (docs/decisions/0046-account-health.md).

CREATE TABLE "PollSpan" (
  "accountId" UUID NOT NULL,
  "startedAt" TIMESTAMPTZ(3) NOT NULL,
  "polls" INTEGER NOT NULL DEFAULT 0,
  "failed" INTEGER NOT NULL DEFAULT 0,
  "withMail" INTEGER NOT NULL DEFAULT 0,
  "mails" INTEGER NOT NULL DEFAULT 0,
  "tickets" INTEGER NOT NULL DEFAULT 0,
  "durationMs" BIGINT NOT NULL DEFAULT 0,
  "durationMsMax" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "PollSpan_pkey" PRIMARY KEY ("accountId", "startedAt")
) WITH (fillfactor = 80);
CREATE INDEX "PollSpan_startedAt_idx" ON "PollSpan" ("startedAt");
ALTER TABLE "PollSpan" ADD CONSTRAINT "PollSpan_accountId_fkey"
  FOREIGN KEY ("accountId") REFERENCES "EmailAccount" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

CREATE TABLE "PollTotal" (
  "accountId" UUID NOT NULL,
  "quiet" BIGINT NOT NULL DEFAULT 0,
  "withMail" BIGINT NOT NULL DEFAULT 0,
  "failed" BIGINT NOT NULL DEFAULT 0,
  "mails" BIGINT NOT NULL DEFAULT 0,
  "tickets" BIGINT NOT NULL DEFAULT 0,
  "durationMs" BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT "PollTotal_pkey" PRIMARY KEY ("accountId")
) WITH (fillfactor = 50);

INSERT INTO "PollSpan" ("accountId", "startedAt", "polls", "failed", "withMail", "mails", "tickets", "durationMs", "durationMsMax")
SELECT "accountId", date_bin('30 minutes', "startedAt", TIMESTAMPTZ '2000-01-01 00:00:00+00'), count(*),
  count(*) FILTER (WHERE "error" IS NOT NULL),
  count(*) FILTER (WHERE "error" IS NULL AND "stored" > 0),
  sum("stored"), sum("created"), sum(coalesce("durationMs", 0)), max(coalesce("durationMs", 0))
FROM "PollRun" WHERE "finishedAt" IS NOT NULL AND "startedAt" > now() - interval '30 days'
GROUP BY 1, 2;

INSERT INTO "PollTotal" ("accountId", "quiet", "withMail", "failed", "mails", "tickets", "durationMs")
SELECT "accountId", count(*) FILTER (WHERE "error" IS NULL AND "stored" = 0),
  count(*) FILTER (WHERE "error" IS NULL AND "stored" > 0),
  count(*) FILTER (WHERE "error" IS NOT NULL),
  sum("stored"), sum("created"), sum(coalesce("durationMs", 0))
FROM "PollRun" WHERE "finishedAt" IS NOT NULL GROUP BY 1;

-- Rows that are not kept for good, in the order they go. Not changed when such a poll ends.
CREATE INDEX "PollRun_without_mail" ON "PollRun" ("startedAt") WHERE "stored" = 0;
