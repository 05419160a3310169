-- What a claim of outgoing mail asks: what is due longest, of all or of one account, and what is
-- being sent just now. Each is a short list, however much has been sent.
DROP INDEX "OutboundEmail_due";
CREATE INDEX "OutboundEmail_due" ON "OutboundEmail" ("nextAttemptAt")
  WHERE "status" = 'QUEUED' OR ("status" = 'UNKNOWN' AND "unknowns" = 1);
CREATE INDEX "OutboundEmail_due_of_account" ON "OutboundEmail" ("accountId", "nextAttemptAt")
  WHERE "status" = 'QUEUED' OR ("status" = 'UNKNOWN' AND "unknowns" = 1);
CREATE INDEX "OutboundEmail_sending" ON "OutboundEmail" ("accountId") WHERE "status" = 'SENDING';
