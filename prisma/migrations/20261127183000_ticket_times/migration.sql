-- Times of tickets and what they are measured against (docs/decisions/0042-time-and-targets.md).

ALTER TABLE "Ticket" ADD COLUMN "firstResponseAt" TIMESTAMPTZ(3),
  ADD COLUMN "firstResponseSeconds" INTEGER,
  ADD COLUMN "solvedAt" TIMESTAMPTZ(3),
  ADD COLUMN "resolutionSeconds" INTEGER,
  ADD COLUMN "firstResponseDueAt" TIMESTAMPTZ(3),
  ADD COLUMN "resolutionDueAt" TIMESTAMPTZ(3),
  ADD COLUMN "dueAt" TIMESTAMPTZ(3),
  ADD COLUMN "dueWarnAt" TIMESTAMPTZ(3),
  ADD COLUMN "firstResponseTellAt" TIMESTAMPTZ(3),
  ADD COLUMN "resolutionTellAt" TIMESTAMPTZ(3);

CREATE TABLE "AccountTime" (
  "accountId" UUID NOT NULL,
  "timeZone" TEXT NOT NULL,
  "openings" TEXT[],
  "holidays" TEXT[],
  "firstResponseMinutes" INTEGER,
  "resolutionMinutes" INTEGER,
  "restateAfter" UUID,
  CONSTRAINT "AccountTime_pkey" PRIMARY KEY ("accountId")
);
ALTER TABLE "AccountTime" ADD CONSTRAINT "AccountTime_accountId_fkey"
  FOREIGN KEY ("accountId") REFERENCES "EmailAccount" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "User" ADD COLUMN "notifyTargets" BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE "AgentNotice" ADD COLUMN "isDueSoon" BOOLEAN NOT NULL DEFAULT false;

-- Only tickets that owe something by a time.
CREATE INDEX "Ticket_due" ON "Ticket" ("dueAt") INCLUDE ("dueWarnAt") WHERE "dueAt" IS NOT NULL;
-- Only those somebody is still to be told of.
CREATE INDEX "Ticket_tell" ON "Ticket" ((least("firstResponseTellAt", "resolutionTellAt")))
  WHERE "firstResponseTellAt" IS NOT NULL OR "resolutionTellAt" IS NOT NULL;

-- Done before it was written down when: the worker looks it up, a few at a time, until none is left.
CREATE INDEX "Ticket_untimed" ON "Ticket" ("id")
  WHERE "status" IN ('SOLVED', 'CLOSED') AND "solvedAt" IS NULL AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;

-- What reports count, answered from the indexes alone. The first takes the place of one by createdAt only.
CREATE INDEX "Ticket_created" ON "Ticket" ("createdAt") INCLUDE ("isAutomatic", "accountId", "assigneeId", "firstResponseSeconds")
  WHERE NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
CREATE INDEX "Ticket_solved" ON "Ticket" ("solvedAt") INCLUDE ("isAutomatic", "accountId", "assigneeId", "resolutionSeconds")
  WHERE "solvedAt" IS NOT NULL AND NOT "isSpam" AND "mergedIntoId" IS NULL AND "deletedAt" IS NULL;
DROP INDEX "Ticket_createdAt_idx";

-- The open ones at once: no account has hours or targets yet.
UPDATE "Ticket" t SET "firstResponseAt" = answered."at",
  "firstResponseSeconds" = least(extract(epoch FROM answered."at" - t."createdAt"), 2147483647)::int
FROM (SELECT o."id", (SELECT m."createdAt" FROM "Message" m
    WHERE m."ticketId" = o."id" AND m."kind" = 'OUTBOUND' AND m."authorId" IS NOT NULL AND m."automaticKind" IS NULL
      AND m."createdAt" >= o."createdAt"
      AND NOT EXISTS (SELECT 1 FROM "OutboundEmail" d WHERE d."messageRowId" = m."id" AND d."status" = 'CANCELLED')
    ORDER BY m."createdAt" LIMIT 1) AS "at"
  FROM "Ticket" o WHERE o."status" IN ('OPEN', 'PENDING') AND NOT o."isSpam" AND o."mergedIntoId" IS NULL AND o."deletedAt" IS NULL
) AS answered
WHERE t."id" = answered."id" AND answered."at" IS NOT NULL
  AND 'INBOUND' = (SELECT m."kind" FROM "Message" m WHERE m."ticketId" = t."id" AND m."kind" <> 'NOTE' ORDER BY m."createdAt" LIMIT 1);
