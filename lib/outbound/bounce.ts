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
  const sent = await tx.outboundEmail.findFirst({
    where: { message: { messageIdKey: messageIdKey(bounce.originalMessageId) } },
    select: {
      id: true,
      recipients: true,
      message: { select: { ticket: { select: { id: true, number: true, deletedAt: true } } } },
    },
  });
  if (!sent || sent.message.ticket.deletedAt) return null;
  const recipients = recipientsSchema.parse(sent.recipients);
  for (const report of bounce.recipients) {
    const recipient = recipients.find(
      ({ address }) => address.toLowerCase() === report.address.toLowerCase(),
    );
    if (!recipient || !report.permanent) continue;
    recipient.status = "bounced";
    recipient.response = `Returned as undeliverable (${report.status})`;
    await recordEvent(tx, sent.message.ticket.id, null, {
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
  const { id, number } = sent.message.ticket;
  return { id, number };
}
