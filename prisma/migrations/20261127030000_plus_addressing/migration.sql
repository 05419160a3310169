-- Answers are asked for at an address signed for their ticket, where the admin wants that.
ALTER TABLE "EmailAccount" ADD COLUMN "plusAddressing" BOOLEAN NOT NULL DEFAULT false;
