-- AlterTable
ALTER TABLE "Message" ADD COLUMN "isAside" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN "forwardOfId" UUID;
