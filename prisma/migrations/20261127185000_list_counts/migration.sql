-- Lists of an agent, an account or something rare are narrowed further, and counted, without a look at the
-- tickets themselves (docs/decisions/0030-indexes-of-the-list.md). Account and agent are foreign keys, so
-- those two hold spam and merged tickets as well.

DROP INDEX "Ticket_source";
CREATE INDEX "Ticket_source" ON "Ticket" ("source", "lastMessageAt", "id")
  INCLUDE ("status", "isAutomatic", "snoozedUntil", "assigneeId", "priority", "accountId", "requesterId", "createdAt")
  WHERE "source" <> 'EMAIL' AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
DROP INDEX "Ticket_priority";
CREATE INDEX "Ticket_priority" ON "Ticket" ("priority", "lastMessageAt", "id")
  INCLUDE ("status", "isAutomatic", "snoozedUntil", "assigneeId", "source", "accountId", "requesterId", "createdAt")
  WHERE "priority" <> 'NORMAL' AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;

DROP INDEX "Ticket_assigneeId_lastMessageAt_id_idx";
CREATE INDEX "Ticket_assignee" ON "Ticket" ("assigneeId", "lastMessageAt", "id")
  INCLUDE ("isSpam", "mergedIntoId", "deletedAt", "status", "isAutomatic", "snoozedUntil", "priority", "source", "accountId", "requesterId", "createdAt");
DROP INDEX "Ticket_accountId_lastMessageAt_id_idx";
CREATE INDEX "Ticket_account" ON "Ticket" ("accountId", "lastMessageAt", "id")
  INCLUDE ("isSpam", "mergedIntoId", "deletedAt", "status", "isAutomatic", "snoozedUntil", "assigneeId", "priority", "source", "requesterId", "createdAt");
