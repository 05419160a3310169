-- What an agent put on another ticket by hand, kept so that it can be undone.
CREATE TABLE "TicketMove" (
    "id" UUID NOT NULL,
    "fromTicketId" UUID NOT NULL,
    "intoTicketId" UUID NOT NULL,
    "isMerge" BOOLEAN NOT NULL,
    "isSplit" BOOLEAN NOT NULL DEFAULT false,
    "messageRowIds" UUID[],
    "addedIds" UUID[],
    "removedIds" UUID[],
    "statusBefore" "TicketStatus",
    "actorId" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "undoneAt" TIMESTAMPTZ(3),

    CONSTRAINT "TicketMove_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "TicketMove_fromTicketId_idx" ON "TicketMove"("fromTicketId");
CREATE INDEX "TicketMove_intoTicketId_idx" ON "TicketMove"("intoTicketId");

ALTER TABLE "TicketMove" ADD CONSTRAINT "TicketMove_fromTicketId_fkey" FOREIGN KEY ("fromTicketId") REFERENCES "Ticket"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TicketMove" ADD CONSTRAINT "TicketMove_intoTicketId_fkey" FOREIGN KEY ("intoTicketId") REFERENCES "Ticket"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TicketMove" ADD CONSTRAINT "TicketMove_actorId_fkey" FOREIGN KEY ("actorId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "Message" ADD COLUMN "moveId" UUID;

CREATE INDEX "Message_moveId_idx" ON "Message"("moveId");

ALTER TABLE "Message" ADD CONSTRAINT "Message_moveId_fkey" FOREIGN KEY ("moveId") REFERENCES "TicketMove"("id") ON DELETE SET NULL ON UPDATE CASCADE;
