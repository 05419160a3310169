-- An agent may stop a mail before it leaves.
ALTER TYPE "OutboundStatus" ADD VALUE 'CANCELLED';

-- How many mails an account has sent within the last minute, asked before each claim.
CREATE INDEX "OutboundEmail_accountId_sentAt_idx" ON "OutboundEmail"("accountId", "sentAt");
