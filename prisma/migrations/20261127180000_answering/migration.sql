-- AlterTable
ALTER TABLE "Message" ADD COLUMN "bccAddresses" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "EmailAccount" ADD COLUMN "signature" TEXT NOT NULL DEFAULT '',
ADD COLUMN "quotesHistory" BOOLEAN NOT NULL DEFAULT true;

-- AlterTable
ALTER TABLE "User" ADD COLUMN "signature" TEXT NOT NULL DEFAULT '';
