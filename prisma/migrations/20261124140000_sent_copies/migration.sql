-- A copy of what leaves in the mailbox's Sent folder, where the admin wants one.
ALTER TABLE "EmailAccount" ADD COLUMN "copyToSent" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "OutboundEmail" ADD COLUMN "sentCopyDueAt" TIMESTAMPTZ(3), ADD COLUMN "sentCopyTries" INTEGER NOT NULL DEFAULT 0;

CREATE INDEX "OutboundEmail_sentCopyDueAt_idx" ON "OutboundEmail"("sentCopyDueAt");
