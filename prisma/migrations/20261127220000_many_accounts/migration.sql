-- Further addresses of accounts, and what is done on the server after import (docs/decisions/0047-many-accounts.md).

CREATE TABLE "AccountAlias" (
  "email" CITEXT NOT NULL,
  "accountId" UUID NOT NULL,
  CONSTRAINT "AccountAlias_pkey" PRIMARY KEY ("email")
);
ALTER TABLE "AccountAlias" ADD CONSTRAINT "AccountAlias_accountId_fkey"
  FOREIGN KEY ("accountId") REFERENCES "EmailAccount" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX "AccountAlias_accountId_idx" ON "AccountAlias" ("accountId");

ALTER TABLE "EmailAccount" ADD COLUMN "afterImport" TEXT NOT NULL DEFAULT 'nothing',
  ADD COLUMN "afterImportFolder" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "afterImportError" TEXT;

ALTER TABLE "InboundEmail" ADD COLUMN "serverDueAt" TIMESTAMPTZ(3),
  ADD COLUMN "serverTries" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "serverOutcome" TEXT;

-- Only mails that something is still to be done with on the server.
CREATE INDEX "InboundEmail_server_due" ON "InboundEmail" ("accountId", "serverDueAt") WHERE "serverDueAt" IS NOT NULL;
