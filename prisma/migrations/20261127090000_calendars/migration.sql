-- What an attached calendar file is about, read once in the parsing thread.
ALTER TABLE "Message" ADD COLUMN "calendar" JSONB;
