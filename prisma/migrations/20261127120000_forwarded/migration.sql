-- Whose mail somebody forwarded to us, read once in the parsing thread.
ALTER TABLE "Message" ADD COLUMN "forwarded" JSONB;
