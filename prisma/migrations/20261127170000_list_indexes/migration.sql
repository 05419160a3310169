-- What the ticket list asks for (docs/decisions/0030-indexes-of-the-list.md).

-- The open tickets, few of all: narrowed by any filter without a look at the tickets themselves.
CREATE INDEX "Ticket_open_newest" ON "Ticket" ("lastMessageAt", "id")
  INCLUDE ("status", "isAutomatic", "snoozedUntil", "assigneeId", "priority", "source", "accountId", "requesterId", "createdAt")
  WHERE "status" IN ('OPEN', 'PENDING') AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
CREATE INDEX "Ticket_open_wait" ON "Ticket" ((NOT "awaitingUs"), "awaitingSince", "id")
  INCLUDE ("awaitingUs", "status", "isAutomatic", "snoozedUntil", "assigneeId", "priority", "source", "accountId", "requesterId", "createdAt", "lastMessageAt")
  WHERE "status" IN ('OPEN', 'PENDING') AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
CREATE INDEX "Ticket_snoozed" ON "Ticket" ("snoozedUntil") INCLUDE ("lastMessageAt", "id")
  WHERE "snoozedUntil" IS NOT NULL AND "status" IN ('OPEN', 'PENDING') AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;

-- All tickets in both orders, with what is asked for most.
CREATE INDEX "Ticket_newest" ON "Ticket" ("lastMessageAt", "id")
  INCLUDE ("status", "isAutomatic", "snoozedUntil", "assigneeId", "priority", "source", "accountId", "requesterId", "createdAt")
  WHERE NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
CREATE INDEX "Ticket_wait" ON "Ticket" ((NOT "awaitingUs"), "awaitingSince", "id")
  INCLUDE ("awaitingUs", "status", "isAutomatic", "isSpam")
  WHERE "mergedIntoId" IS NULL AND "deletedAt" IS NULL;

-- Rare values: what most tickets have is found in the order of the list soon enough.
CREATE INDEX "Ticket_source" ON "Ticket" ("source", "lastMessageAt", "id") WHERE "source" <> 'EMAIL';
CREATE INDEX "Ticket_priority" ON "Ticket" ("priority", "lastMessageAt", "id") WHERE "priority" <> 'NORMAL';
CREATE INDEX "Ticket_automatic" ON "Ticket" ("lastMessageAt", "id") WHERE "isAutomatic" AND NOT "isSpam" AND "deletedAt" IS NULL;

CREATE INDEX "Ticket_assigneeId_lastMessageAt_id_idx" ON "Ticket" ("assigneeId", "lastMessageAt", "id");
CREATE INDEX "Ticket_createdAt_idx" ON "Ticket" ("createdAt");

DROP INDEX "Ticket_assigneeId_status_lastMessageAt_id_idx";
DROP INDEX "Ticket_status_lastMessageAt_id_idx";
DROP INDEX "Ticket_source_lastMessageAt_id_idx";
DROP INDEX "Ticket_lastMessageAt_id_idx";
DROP INDEX "Ticket_not_deleted";

-- Answers from an index alone need to know which pages hold nothing new, which a vacuum notes.
ALTER TABLE "Ticket" SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- A page of a list is over before other processes of Postgres have begun to help.
ALTER TABLE "Ticket" SET (parallel_workers = 0);
ALTER TABLE "_TagToTicket" SET (parallel_workers = 0);
ALTER TABLE "Contact" SET (parallel_workers = 0);
