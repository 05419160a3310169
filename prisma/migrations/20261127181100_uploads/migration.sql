-- Files on drafts, and how large a mail the account's server takes.
CREATE TABLE "Upload" (
  "id" UUID NOT NULL,
  "ownerId" UUID NOT NULL,
  "ticketId" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "filename" TEXT NOT NULL,
  "mediaType" TEXT NOT NULL,
  "size" INTEGER NOT NULL,
  "blobSha256" BYTEA NOT NULL,
  "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "Upload_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "Upload_ownerId_ticketId_idx" ON "Upload" ("ownerId", "ticketId");
CREATE INDEX "Upload_ticketId_idx" ON "Upload" ("ticketId");
CREATE INDEX "Upload_blobSha256_idx" ON "Upload" ("blobSha256");
CREATE INDEX "Upload_createdAt_idx" ON "Upload" ("createdAt");
ALTER TABLE "Upload" ADD CONSTRAINT "Upload_ownerId_fkey"
  FOREIGN KEY ("ownerId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Upload" ADD CONSTRAINT "Upload_ticketId_fkey"
  FOREIGN KEY ("ticketId") REFERENCES "Ticket" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Upload" ADD CONSTRAINT "Upload_blobSha256_fkey"
  FOREIGN KEY ("blobSha256") REFERENCES "Blob" ("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "EmailAccount" ADD COLUMN "smtpSizeMax" INTEGER;
