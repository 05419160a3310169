-- Acknowledgements of the last hours, looked up before each new one.
CREATE INDEX "Message_acknowledgements" ON "Message"("createdAt", "contactId") WHERE "automaticKind" = 'acknowledgement';

-- Which mail carried a link: the admin sees what became of it, and a link whose mail came back is void.
ALTER TABLE "AccessLink" ADD COLUMN "deliveryId" UUID;
CREATE UNIQUE INDEX "AccessLink_deliveryId_key" ON "AccessLink"("deliveryId");
ALTER TABLE "AccessLink" ADD CONSTRAINT "AccessLink_deliveryId_fkey" FOREIGN KEY ("deliveryId") REFERENCES "OutboundEmail"("id") ON DELETE SET NULL ON UPDATE CASCADE;
