-- Tickets of a rare tag are found by their ids, thousands of them: from the index alone in half the time.
CREATE INDEX "Ticket_by_id" ON "Ticket" ("id")
  INCLUDE ("lastMessageAt", "awaitingUs", "awaitingSince", "status", "isAutomatic", "snoozedUntil", "assigneeId", "priority", "source", "accountId", "requesterId", "createdAt")
  WHERE NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;

-- Those made on some days are read whole, and sorted by their last mail.
DROP INDEX "Ticket_created";
CREATE INDEX "Ticket_created" ON "Ticket" ("createdAt")
  INCLUDE ("lastMessageAt", "id", "awaitingUs", "awaitingSince", "status", "isAutomatic", "snoozedUntil", "assigneeId", "priority", "source", "accountId", "requesterId", "firstResponseSeconds")
  WHERE NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;

-- Solved tickets in the order of waiting are behind all that are open.
DROP INDEX "Ticket_wait";
CREATE INDEX "Ticket_wait" ON "Ticket" ((NOT "awaitingUs"), "awaitingSince", "id")
  INCLUDE ("awaitingUs", "status", "isAutomatic", "isSpam", "snoozedUntil", "assigneeId", "priority", "source", "accountId", "requesterId", "createdAt", "lastMessageAt")
  WHERE "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
