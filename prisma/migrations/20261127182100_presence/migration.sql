-- Who has a ticket open now. Without the write-ahead log: after a crash it is empty, which is true.
CREATE UNLOGGED TABLE "TicketPresence" (
  "ticketId" UUID NOT NULL,
  "userId" UUID NOT NULL,
  "seenAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "replyingAt" TIMESTAMPTZ(3),
  CONSTRAINT "TicketPresence_pkey" PRIMARY KEY ("ticketId", "userId")
);
CREATE INDEX "TicketPresence_userId_idx" ON "TicketPresence" ("userId");
ALTER TABLE "TicketPresence" ADD CONSTRAINT "TicketPresence_ticketId_fkey"
  FOREIGN KEY ("ticketId") REFERENCES "Ticket" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TicketPresence" ADD CONSTRAINT "TicketPresence_userId_fkey"
  FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
