import type { Tx } from "../db/client";
import { addParticipants } from "./participants";
import { restateTicket } from "./take-back";

type Pair = { fromId: string; intoId: string };

/**
 * Puts messages of one ticket on another, whose people then include their senders and whom they
 * name. Both tickets say again who must act. The caller holds the locks of both.
 * @returns the ids of the contacts that became participants of the other ticket by it.
 */
export async function relocate(
  tx: Tx,
  { fromId, intoId }: Pair,
  messages: { ids: string[]; moveId: string },
): Promise<string[]> {
  const since = await unansweredSince(tx, fromId, messages.ids);
  const { messageCount, ...waited } = await tx.ticket.findUniqueOrThrow({
    where: { id: intoId },
    select: { messageCount: true, awaitingUs: true, awaitingSince: true },
  });
  const added = await bringPeople(tx, { fromId, intoId }, messages.ids);
  await tx.message.updateMany({
    where: { id: { in: messages.ids }, ticketId: fromId },
    data: { ticketId: intoId, moveId: messages.moveId },
  });
  await recountTicket(tx, fromId);
  await recountTicket(tx, intoId);
  // Its own wait goes on as it was, and who waited for us on the other ticket waits on.
  const waits = messageCount > 0 ? waited : { awaitingUs: false };
  const waitsOn = since && !waits.awaitingUs ? { awaitingUs: true, awaitingSince: since } : waits;
  await tx.ticket.update({ where: { id: intoId }, data: waitsOn, select: { id: true } });
  return added;
}

/** Makes a ticket say again how many mails are on it, when the last was said, and who must act. */
export async function recountTicket(tx: Tx, ticketId: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE "Ticket" SET
      "messageCount" = counted.mails,
      "lastMessageAt" = coalesce(counted.last, "lastMessageAt"),
      "awaitingUs" = "awaitingUs" AND counted.mails > 0
    FROM (SELECT count(*)::int AS mails, max(coalesce("sentAt", "createdAt")) AS last
      FROM "Message" WHERE "ticketId" = ${ticketId}::uuid AND "kind" <> 'NOTE') AS counted
    WHERE "id" = ${ticketId}::uuid`;
  await restateTicket(tx, ticketId);
}

/** Since when the oldest of these messages that nobody has answered waits; null when none does. */
async function unansweredSince(tx: Tx, ticketId: string, ids: string[]): Promise<Date | null> {
  const answer = await tx.message.findFirst({
    where: {
      ...{ ticketId, kind: "OUTBOUND", automaticKind: null },
      NOT: { outbound: { some: { status: "CANCELLED" } } },
    },
    orderBy: { createdAt: "desc" },
    select: { createdAt: true },
  });
  const oldest = await tx.message.findFirst({
    where: {
      ...{ ticketId, id: { in: ids }, kind: "INBOUND", automaticKind: null },
      ...(answer ? { createdAt: { gt: answer.createdAt } } : {}),
    },
    orderBy: { createdAt: "asc" },
    select: { createdAt: true },
  });
  return oldest?.createdAt ?? null;
}

/** Senders of the messages, and participants of the old ticket whom they name, join the new one. */
async function bringPeople(tx: Tx, { fromId, intoId }: Pair, ids: string[]): Promise<string[]> {
  const rows = await tx.$queryRaw<{ contactId: string; isNew: boolean }[]>`
    SELECT person."contactId", person."isNew" FROM "TicketParticipant" AS person
    JOIN "Contact" AS contact ON contact."id" = person."contactId"
    WHERE person."ticketId" = ${fromId}::uuid
      AND person."contactId" NOT IN (SELECT "contactId" FROM "TicketParticipant" WHERE "ticketId" = ${intoId}::uuid)
      AND EXISTS (SELECT 1 FROM "Message" AS message
        WHERE message."id" = ANY(${ids}::uuid[])
          AND (message."contactId" = contact."id"
            OR EXISTS (SELECT 1 FROM jsonb_array_elements(message."toAddresses" || message."ccAddresses") AS named
              WHERE named->>'address' = contact."email"::text)))`;
  for (const isNew of [false, true])
    await addParticipants(
      tx,
      intoId,
      rows.filter((row) => row.isNew === isNew).map(({ contactId }) => contactId),
      { role: "CC", isNew },
    );
  return rows.map(({ contactId }) => contactId);
}
