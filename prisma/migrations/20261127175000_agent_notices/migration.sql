-- Mail to agents: whether they want it, and what they are owed.
ALTER TABLE "User" ADD COLUMN "notifyAssigned" BOOLEAN NOT NULL DEFAULT true,
  ADD COLUMN "notifyReplies" BOOLEAN NOT NULL DEFAULT true;

CREATE TABLE "AgentNotice" (
  "userId" UUID NOT NULL,
  "ticketId" UUID NOT NULL,
  "isAssignment" BOOLEAN NOT NULL DEFAULT false,
  "assignedById" UUID,
  "replies" INTEGER NOT NULL DEFAULT 0,
  "dueAt" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "AgentNotice_pkey" PRIMARY KEY ("userId", "ticketId")
);
CREATE INDEX "AgentNotice_ticketId_idx" ON "AgentNotice" ("ticketId");
CREATE INDEX "AgentNotice_dueAt_idx" ON "AgentNotice" ("dueAt");
ALTER TABLE "AgentNotice" ADD CONSTRAINT "AgentNotice_userId_fkey"
  FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AgentNotice" ADD CONSTRAINT "AgentNotice_ticketId_fkey"
  FOREIGN KEY ("ticketId") REFERENCES "Ticket" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AgentNotice" ADD CONSTRAINT "AgentNotice_assignedById_fkey"
  FOREIGN KEY ("assignedById") REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
