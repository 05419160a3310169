-- The worker that keeps an IDLE connection to the account open: the others leave its polls to it.
ALTER TABLE "EmailAccount" ADD COLUMN "idleOwner" TEXT, ADD COLUMN "idleUntil" TIMESTAMPTZ(3);
