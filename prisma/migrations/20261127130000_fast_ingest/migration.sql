-- Of every attachment, also one that is a range of the raw mail: to know the same file again.
ALTER TABLE "Attachment" ADD COLUMN "sha256" BYTEA;
UPDATE "Attachment" SET "sha256" = "blobSha256" WHERE "blobSha256" IS NOT NULL;
