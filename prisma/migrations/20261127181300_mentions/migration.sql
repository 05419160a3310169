-- Agents who are named in a note, and what they are owed for it.
ALTER TABLE "Message" ADD COLUMN "mentions" TEXT[] DEFAULT ARRAY[]::TEXT[];
ALTER TABLE "AgentNotice" ADD COLUMN "isMention" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "mentionedById" UUID;
ALTER TABLE "AgentNotice" ADD CONSTRAINT "AgentNotice_mentionedById_fkey"
  FOREIGN KEY ("mentionedById") REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
