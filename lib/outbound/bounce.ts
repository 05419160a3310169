import { z } from "zod";
import type { Tx } from "../db/client";
import type { Bounce } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import { recordEvent } from "../tickets/events";

/** One recipient of a delivery, as OutboundEmail.recipients holds them. */
export const recipientsSchema = z.array(
  z.object({
    address: z.string(),
    status: z.enum(["queued", "accepted", "refused", "deferred", "bounced"]),
    response: z.string().nullable(),
  }),
);

export type Recipient = z.infer<typeof recipientsSchema>[number];

/**
 * Marks the outgoing mail that a delivery report is about, recipient by recipient.
 * @returns the ticket it was sent from; null when we did not send that mail.
 */
export async function recordBounce(
  tx: Tx,
  bounce: Bounce,
): Promise<{ id: string; number: number } | null> {
  if (!bounce.originalMessageId) return null;
  const id = await lockDelivery(tx, bounce.originalMessageId);
  const sent = id && (await tx.outboundEmail.findUnique({ where: { id }, select: SENT }));
  const ticket = sent ? sent.message?.ticket : null;
  if (!sent || !ticket || ticket.deletedAt) return null;
  const recipients = recipientsSchema.parse(sent.recipients);
  for (const report of bounce.recipients) {
    const recipient = recipients.find(
      ({ address }) => address.toLowerCase() === report.address.toLowerCase(),
    );
    // Servers report some failures more than once, also in one report.
    if (!recipient || !report.permanent || recipient.status === "bounced") continue;
    recipient.status = "bounced";
    recipient.response = `Returned as undeliverable (${report.status})`;
    await recordEvent(tx, ticket.id, null, {
      kind: "bounced",
      address: report.address,
      status: report.status,
    });
  }
  await tx.outboundEmail.update({
    where: { id: sent.id },
    data: { recipients },
    select: { id: true },
  });
  return { id: ticket.id, number: ticket.number };
}

const SENT = {
  id: true,
  recipients: true,
  message: { select: { ticket: { select: { id: true, number: true, deletedAt: true } } } },
} as const;

/** Two reports about one mail come one after the other. @returns the delivery's id, or null. */
async function lockDelivery(tx: Tx, messageId: string): Promise<string | null> {
  const [delivery] = await tx.$queryRaw<{ id: string }[]>`
    SELECT o."id" FROM "OutboundEmail" o JOIN "Message" m ON m."id" = o."messageRowId"
    WHERE m."messageIdKey" = ${messageIdKey(messageId)} ORDER BY o."id" LIMIT 1 FOR UPDATE OF o`;
  return delivery?.id ?? null;
}
