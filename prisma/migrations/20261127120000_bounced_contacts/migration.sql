-- An address that mail came back from for good, until it writes to us again.
ALTER TABLE "Contact" ADD COLUMN "bouncedAt" TIMESTAMPTZ(3),
ADD COLUMN "bounceStatus" TEXT,
ADD COLUMN "bounceReason" TEXT;
