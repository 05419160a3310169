-- What the last comparison with the mail server came to. Null until there was one.
ALTER TABLE "EmailAccount" ADD COLUMN "compareDueAt" TIMESTAMPTZ(3),
ADD COLUMN "reconciledAt" TIMESTAMPTZ(3),
ADD COLUMN "serverMails" INTEGER,
ADD COLUMN "heldMails" INTEGER,
ADD COLUMN "leftOutMails" INTEGER,
ADD COLUMN "goneMails" INTEGER,
ADD COLUMN "fetchedMails" INTEGER,
ADD COLUMN "missingMails" INTEGER,
ADD COLUMN "compareError" TEXT;

-- What an admin decided about one mail.
ALTER TABLE "InboundEmail" ADD COLUMN "releasedAt" TIMESTAMPTZ(3),
ADD COLUMN "refetchAt" TIMESTAMPTZ(3);
