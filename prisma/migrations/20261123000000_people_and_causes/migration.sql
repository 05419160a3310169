-- Links that stand in for a password, merged contacts, acknowledgements, mail that is on no ticket,
-- and what the Email Accounts page needs to name a cause.
CREATE TYPE "AccessPurpose" AS ENUM ('INVITE', 'RESET', 'REGISTER');

CREATE TABLE "AccessLink" (
    "id" UUID NOT NULL,
    "purpose" "AccessPurpose" NOT NULL,
    "sha256" BYTEA NOT NULL,
    "userId" UUID,
    "email" CITEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "createdById" UUID,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expiresAt" TIMESTAMPTZ(3) NOT NULL,
    "usedAt" TIMESTAMPTZ(3),

    CONSTRAINT "AccessLink_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "AccessLink_sha256_key" ON "AccessLink"("sha256");
CREATE INDEX "AccessLink_userId_idx" ON "AccessLink"("userId");
CREATE INDEX "AccessLink_email_idx" ON "AccessLink"("email");
ALTER TABLE "AccessLink" ADD CONSTRAINT "AccessLink_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "AccessLink" ADD CONSTRAINT "AccessLink_createdById_fkey" FOREIGN KEY ("createdById") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;

ALTER TABLE "Contact" ADD COLUMN "mergedIntoId" UUID;
CREATE INDEX "Contact_mergedIntoId_idx" ON "Contact"("mergedIntoId");
ALTER TABLE "Contact" ADD CONSTRAINT "Contact_mergedIntoId_fkey" FOREIGN KEY ("mergedIntoId") REFERENCES "Contact"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "EmailAccount" ADD COLUMN "lastErrorSaid" TEXT,
ADD COLUMN "autoAckEnabled" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "autoAckText" TEXT NOT NULL DEFAULT '';

ALTER TABLE "OutboundEmail" ALTER COLUMN "messageRowId" DROP NOT NULL,
ADD COLUMN "noticeSealed" TEXT;

ALTER TABLE "PollRun" ADD COLUMN "folderMails" INTEGER,
ADD COLUMN "skipped" INTEGER NOT NULL DEFAULT 0;
