import type { Tx } from "../db/client";
import { addressKey } from "../mail/address";
import type { ReadMail } from "../mail/mail";
import type { ClaimedReceipt } from "./receipt-claims";

/** New tickets of one sender within ten minutes: what comes beyond waits for an admin's yes. */
export const SENDER_FLOOD_MAX = 1_000;
const SENDER_FLOOD_MINUTES = 10;

/**
 * One sender who opens tickets by the hundred in minutes, meant or not: the rest is kept aside, all
 * others go on. Counted by when mails arrived, so that reading an old inbox is no flood.
 * @returns why a mail that would open one more is held; null when it is not.
 */
export async function senderFlood(
  tx: Tx,
  receipt: Pick<ClaimedReceipt, "isReleased" | "internalDate" | "receivedAt">,
  mail: Pick<ReadMail, "from">,
): Promise<string | null> {
  if (receipt.isReleased || !mail.from) return null;
  const sender = addressKey(mail.from.address);
  const arrived = receipt.internalDate ?? receipt.receivedAt;
  const since = new Date(arrived.getTime() - SENDER_FLOOD_MINUTES * 60_000);
  const newest = floodCountsFrom(receipt);
  const [found] = await tx.$queryRaw<{ opened: bigint }[]>`
    SELECT count(*) AS opened FROM (
      SELECT 1 FROM "Contact" c
        JOIN "Ticket" t ON t."requesterId" = coalesce(c."mergedIntoId", c."id") AND t."lastMessageAt" >= ${newest}
        JOIN "Message" m ON m."ticketId" = t."id" AND m."kind" = 'INBOUND'
        JOIN "InboundEmail" i ON i."messageRowId" = m."id" AND i."outcome" = 'ticket'
      WHERE c."email" = ${sender}::citext AND i."releasedAt" IS NULL
        AND coalesce(i."internalDate", i."receivedAt") BETWEEN ${since} AND ${arrived}
      LIMIT ${SENDER_FLOOD_MAX}) AS "few"`;
  if (!found || Number(found.opened) < SENDER_FLOOD_MAX) return null;
  return `${mail.from.address} opened ${SENDER_FLOOD_MAX} tickets within ${SENDER_FLOOD_MINUTES} minutes. More of their mail waits for an admin's yes.`;
}

/**
 * Tickets whose newest message is older than this do not count for a mail: none is dated more than a
 * day before its mail arrived (believableDate()).
 */
export function floodCountsFrom(
  receipt: Pick<ClaimedReceipt, "internalDate" | "receivedAt">,
): Date {
  const arrived = receipt.internalDate ?? receipt.receivedAt;
  return new Date(arrived.getTime() - SENDER_FLOOD_MINUTES * 60_000 - 86_400_000);
}
