-- Accounts that bring no mail for too long, and who was told (docs/decisions/0046-account-health.md).

ALTER TABLE "EmailAccount" ADD COLUMN "pollingSince" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

CREATE TABLE "AccountAlert" (
  "id" UUID NOT NULL,
  "accountId" UUID,
  "email" CITEXT NOT NULL,
  "lateSince" TIMESTAMPTZ(3) NOT NULL,
  "cause" TEXT,
  "fix" TEXT,
  "openedAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "closedAt" TIMESTAMPTZ(3),
  "ending" TEXT,
  "mailed" INTEGER NOT NULL DEFAULT 0,
  CONSTRAINT "AccountAlert_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "AccountAlert_openedAt_idx" ON "AccountAlert" ("openedAt");
-- One at a time for an account, whoever looks. Also all that the banner of every page reads.
CREATE UNIQUE INDEX "AccountAlert_open" ON "AccountAlert" ("accountId") WHERE "closedAt" IS NULL;
ALTER TABLE "AccountAlert" ADD CONSTRAINT "AccountAlert_accountId_fkey"
  FOREIGN KEY ("accountId") REFERENCES "EmailAccount" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TABLE "WebhookDelivery" (
  "id" UUID NOT NULL,
  "event" TEXT NOT NULL,
  "body" TEXT NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'QUEUED',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "nextAttemptAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "lastResult" TEXT,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "endedAt" TIMESTAMPTZ(3),
  CONSTRAINT "WebhookDelivery_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "WebhookDelivery_createdAt_idx" ON "WebhookDelivery" ("createdAt");
CREATE INDEX "WebhookDelivery_queued" ON "WebhookDelivery" ("id") WHERE "status" = 'QUEUED';
