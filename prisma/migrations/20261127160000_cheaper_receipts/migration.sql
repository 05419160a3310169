-- A receipt is written three times: stored, claimed, ended. With room on its page a claim, which changes
-- nothing that is indexed, adds to no index.
ALTER TABLE "InboundEmail" SET (fillfactor = 50);

-- Nobody looks for a receipt by it.
DROP INDEX "InboundEmail_contentId_idx";

-- Only receipts that wait are looked for by their Message-ID, and only ended ones by their message.
DROP INDEX "InboundEmail_messageIdKey_idx";
CREATE INDEX "InboundEmail_awaited" ON "InboundEmail" ("messageIdKey") WHERE "status" = 'PENDING';
DROP INDEX "InboundEmail_messageRowId_idx";
CREATE INDEX "InboundEmail_of_message" ON "InboundEmail" ("messageRowId") WHERE "messageRowId" IS NOT NULL;

-- Claims go by turn. Any other index, or none, has them read all receipts there ever were, when Postgres
-- guesses badly how many wait.
DROP INDEX "InboundEmail_pending";
CREATE INDEX "InboundEmail_pending" ON "InboundEmail" ("receivedAt", "uid") WHERE "status" = 'PENDING';

-- Each batch looks here, and would read all that waits to be sorted in: up to four megabytes of it.
ALTER INDEX "Message_referenceKeys_idx" SET (fastupdate = off);
