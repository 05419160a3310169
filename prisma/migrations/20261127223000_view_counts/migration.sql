-- Every page counts the views of its menu. An agent's own open tickets are some hundreds of all that are
-- open, and were looked for among those.
CREATE INDEX "Ticket_mine" ON "Ticket" ("assigneeId", "lastMessageAt", "id")
  INCLUDE ("status", "isAutomatic", "snoozedUntil", "priority", "source", "accountId", "requesterId", "createdAt")
  WHERE "assigneeId" IS NOT NULL AND "status" IN ('OPEN', 'PENDING') AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;

-- With all that the views ask for, these two answer by themselves.
DROP INDEX "Ticket_spam";
CREATE INDEX "Ticket_spam" ON "Ticket" ("lastMessageAt", "id") WHERE "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
DROP INDEX "Ticket_automatic";
CREATE INDEX "Ticket_automatic" ON "Ticket" ("lastMessageAt", "id") WHERE "isAutomatic" AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
