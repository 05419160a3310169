import { z } from "zod";
import { markBounced } from "../contacts";
import type { Tx } from "../db/client";
import { addressKey } from "../mail/address";
import { isDeadAddress } from "../mail/bounce-status";
import { bounceReasonSchema } from "../mail/explain-bounce";
import type { Bounce } from "../mail/mail";
import { messageIdKey } from "../mail/message-id";
import { recordEvent } from "../tickets/events";

/** One recipient of a delivery, as OutboundEmail.recipients holds them. */
export const recipientsSchema = z.array(
  z.object({
    address: z.string(),
    status: z.enum(["queued", "accepted", "refused", "deferred", "bounced"]),
    response: z.string().nullable(),
    /** What the report of its return says. */
    bounce: z.object({ status: z.string(), reason: bounceReasonSchema }).optional(),
  }),
);

export type Recipient = z.infer<typeof recipientsSchema>[number];

/** What a delivery report is about: a mail of a ticket, or a notice to this address. */
export type Bounced = { ticket: { id: string; number: number } } | { noticeTo: string };

/**
 * Marks the outgoing mail that a delivery report is about, recipient by recipient.
 * @returns what it was; null when we did not send that mail, or its ticket is deleted.
 */
export async function recordBounce(tx: Tx, bounce: Bounce): Promise<Bounced | null> {
  if (!bounce.originalMessageId) return null;
  const id = await lockDelivery(tx, bounce.originalMessageId);
  const sent = id && (await tx.outboundEmail.findUnique({ where: { id }, select: SENT }));
  if (!sent) return null;
  if (!sent.message) return voidNotice(tx, sent);
  const { ticket } = sent.message;
  if (ticket.deletedAt) return null;
  const recipients = recipientsSchema.parse(sent.recipients);
  for (const report of bounce.recipients) {
    const recipient = recipients.find(
      ({ address }) => addressKey(address) === addressKey(report.address),
    );
    // Servers report some failures more than once, also in one report.
    if (!recipient || recipient.status === "bounced") continue;
    const { status, reason } = report;
    recipient.bounce = { status, reason };
    // It was accepted and may still arrive: nothing is to be sent again.
    if (report.delayed) continue;
    recipient.status = "bounced";
    recipient.response = `Returned as undeliverable (${report.status})`;
    // Nobody is to write to a dead address in vain, until it writes to us.
    if (isDeadAddress(report)) await markBounced(tx, report.address, report);
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
  return { ticket: { id: ticket.id, number: ticket.number } };
}

/**
 * A complaint about a mail of ours, or the receipt of one: the ticket it belongs to.
 * @returns null when we did not send that mail, or its ticket is deleted.
 */
export async function findReported(tx: Tx, messageId: string): Promise<string | null> {
  const message = await tx.message.findFirst({
    where: {
      ...{ messageIdKey: messageIdKey(messageId), kind: "OUTBOUND" },
      ticket: { deletedAt: null },
    },
    select: { ticketId: true },
  });
  return message?.ticketId ?? null;
}

/** A notice that came back lies open in the report: the link in it must open nothing any more. */
async function voidNotice(tx: Tx, sent: { id: string; recipients: unknown }): Promise<Bounced> {
  const recipients = recipientsSchema.parse(sent.recipients);
  const response = "Returned as undeliverable";
  await tx.outboundEmail.update({
    where: { id: sent.id },
    data: {
      recipients: recipients.map((each) => ({ ...each, status: "bounced", response })),
      lastError: "The mail came back as undeliverable.",
    },
    select: { id: true },
  });
  await tx.accessLink.updateMany({
    where: { deliveryId: sent.id, usedAt: null },
    data: { usedAt: new Date() },
  });
  return { noticeTo: recipients[0]?.address ?? "" };
}

const SENT = {
  id: true,
  recipients: true,
  message: { select: { ticket: { select: { id: true, number: true, deletedAt: true } } } },
} as const;

/** Two reports about one mail come one after the other. @returns the delivery's id, or null. */
async function lockDelivery(tx: Tx, messageId: string): Promise<string | null> {
  const key = messageIdKey(messageId);
  const [delivery] = await tx.$queryRaw<{ id: string }[]>`
    SELECT o."id" FROM "OutboundEmail" o JOIN "Message" m ON m."id" = o."messageRowId"
    WHERE m."messageIdKey" = ${key} ORDER BY o."id" LIMIT 1 FOR UPDATE OF o`;
  if (delivery) return delivery.id;
  const [notice] = await tx.$queryRaw<{ id: string }[]>`
    SELECT "id" FROM "OutboundEmail" WHERE "messageId" = ${key} AND "messageRowId" IS NULL FOR UPDATE`;
  return notice?.id ?? null;
}
