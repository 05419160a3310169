-- Whose new mail becomes tickets in spam, and what the receiving server said of a mail.
CREATE TABLE "BlockedSender" (
    "id" UUID NOT NULL,
    "sender" TEXT NOT NULL,
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "BlockedSender_pkey" PRIMARY KEY ("id")
);

CREATE UNIQUE INDEX "BlockedSender_sender_key" ON "BlockedSender"("sender");

ALTER TABLE "BlockedSender" ADD CONSTRAINT "BlockedSender_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "Message" ADD COLUMN "spamVerdict" TEXT;

-- The spam view, which Ticket_not_deleted leaves out.
CREATE INDEX "Ticket_spam" ON "Ticket" ("lastMessageAt", "id") WHERE "deletedAt" IS NULL AND "isSpam";
