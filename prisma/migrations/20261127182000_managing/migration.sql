-- What agents know about a person, and tickets that have to do with each other.
ALTER TABLE "Contact" ADD COLUMN "note" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "noteAt" TIMESTAMPTZ(3),
  ADD COLUMN "noteById" UUID;
ALTER TABLE "Contact" ADD CONSTRAINT "Contact_noteById_fkey"
  FOREIGN KEY ("noteById") REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE;

CREATE TABLE "TicketRelation" (
  "ticketId" UUID NOT NULL,
  "otherId" UUID NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "TicketRelation_pkey" PRIMARY KEY ("ticketId", "otherId"),
  CONSTRAINT "TicketRelation_once" CHECK ("ticketId" < "otherId")
);
CREATE INDEX "TicketRelation_otherId_idx" ON "TicketRelation" ("otherId");
ALTER TABLE "TicketRelation" ADD CONSTRAINT "TicketRelation_ticketId_fkey"
  FOREIGN KEY ("ticketId") REFERENCES "Ticket" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TicketRelation" ADD CONSTRAINT "TicketRelation_otherId_fkey"
  FOREIGN KEY ("otherId") REFERENCES "Ticket" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
