-- Canned replies are somebody's own, or everybody's. A name is taken once in each.
DROP INDEX "CannedReply_name_key";
ALTER TABLE "CannedReply" ADD COLUMN "ownerId" UUID, ADD COLUMN "makerId" UUID;
CREATE INDEX "CannedReply_ownerId_idx" ON "CannedReply" ("ownerId");
ALTER TABLE "CannedReply" ADD CONSTRAINT "CannedReply_ownerId_fkey"
  FOREIGN KEY ("ownerId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CannedReply" ADD CONSTRAINT "CannedReply_makerId_fkey"
  FOREIGN KEY ("makerId") REFERENCES "User" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
