-- A change to many tickets at once: which tickets it is about, what each was before, and what became
-- of it there, so that it can go on in batches and be undone. Kept for a day.
CREATE TYPE "BulkOutcome" AS ENUM ('PENDING', 'CHANGED', 'SAME', 'MERGED', 'DELETED', 'CHANGED_SINCE', 'REFUSED', 'UNDONE', 'STAYED');

CREATE TABLE "BulkChange" (
    "id" UUID NOT NULL,
    "actorId" UUID NOT NULL,
    "change" JSONB NOT NULL,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "undoneAt" TIMESTAMPTZ(3),

    CONSTRAINT "BulkChange_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "BulkChange_createdAt_idx" ON "BulkChange"("createdAt");
CREATE INDEX "BulkChange_actorId_idx" ON "BulkChange"("actorId");

CREATE TABLE "BulkChangeTicket" (
    "bulkChangeId" UUID NOT NULL,
    "ticketId" UUID NOT NULL,
    "outcome" "BulkOutcome" NOT NULL DEFAULT 'PENDING',
    "before" TEXT,
    "closedAtBefore" TIMESTAMPTZ(3),
    "eventId" UUID,
    "moveId" UUID,

    CONSTRAINT "BulkChangeTicket_pkey" PRIMARY KEY ("bulkChangeId", "ticketId")
);

ALTER TABLE "BulkChange" ADD CONSTRAINT "BulkChange_actorId_fkey" FOREIGN KEY ("actorId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "BulkChangeTicket" ADD CONSTRAINT "BulkChangeTicket_bulkChangeId_fkey" FOREIGN KEY ("bulkChangeId") REFERENCES "BulkChange"("id") ON DELETE CASCADE ON UPDATE CASCADE;
