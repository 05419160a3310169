-- Who made a view: a shared one has no owner, and is changed by its maker or an admin.
ALTER TABLE "SavedView" ADD COLUMN "makerId" UUID;

UPDATE "SavedView" SET "makerId" = "ownerId";

ALTER TABLE "SavedView" ADD CONSTRAINT "SavedView_makerId_fkey" FOREIGN KEY ("makerId") REFERENCES "User"("id") ON DELETE SET NULL ON UPDATE CASCADE;
