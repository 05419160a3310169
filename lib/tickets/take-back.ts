import { z } from "zod";
import type { Tx } from "../db/client";
import { TicketStatus } from "../db/generated/client";
import { recordEvent } from "./events";
import { snippetOf } from "./inbound-state";
import { takeBackPeople } from "./reply-people";

/** How many messages are looked through for the first word that has no answer. */
const LOOKED_THROUGH = 200;

/**
 * Makes the ticket say again who must act and what was said last, after a mail on it was stopped or
 * queued again: a mail that never leaves is no answer. The caller holds the ticket's lock.
 */
export async function restateTicket(tx: Tx, ticketId: string): Promise<void> {
  // The newest messages of people that were received, left or will leave.
  const all = await tx.message.findMany({
    where: {
      ...{ ticketId, kind: { in: ["INBOUND", "OUTBOUND"] }, automaticKind: null },
      NOT: { outbound: { some: { status: "CANCELLED" } } },
    },
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
    select: { id: true, kind: true, createdAt: true, isAside: true },
    take: LOOKED_THROUGH,
  });
  const spoken = withoutAnsweredAsides(all);
  const [newest] = spoken;
  if (!newest) return;
  const answered = spoken.findIndex(({ kind }) => kind === "OUTBOUND");
  const unanswered = answered === -1 ? spoken : spoken.slice(0, answered);
  const { text, newText } = await tx.message.findUniqueOrThrow({
    where: { id: newest.id },
    select: { text: true, newText: true },
  });
  await tx.ticket.update({
    where: { id: ticketId },
    data: {
      snippet: snippetOf(newText || text),
      awaitingUs: newest.kind === "INBOUND",
      awaitingSince: (unanswered.at(-1) ?? newest).createdAt,
    },
    select: { id: true },
  });
}

/**
 * What passed between us and others than the requester moves nobody's next step, until one of them
 * answers and nobody has answered that; newest first.
 */
function withoutAnsweredAsides<T extends { kind: string; isAside: boolean }>(messages: T[]): T[] {
  const ours = messages.findIndex(({ kind, isAside }) => kind === "OUTBOUND" && isAside);
  return messages.filter(({ isAside }, index) => !isAside || ours === -1 || index < ours);
}

/** A change as its event keeps it, made with a reply. */
const madeWith = z.object({ from: z.string().nullable(), to: z.string(), with: z.string() });

/**
 * Takes back the status, the assignee and the people that were set with a reply, unless one has been
 * changed since. The caller holds the ticket's lock.
 */
export async function takeBackChanges(
  tx: Tx,
  actorId: string,
  ticketId: string,
  messageRowId: string,
): Promise<void> {
  const newest = async (kind: "status" | "assigned") => {
    const event = await tx.ticketEvent.findFirst({
      where: { ticketId, kind },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      select: { data: true },
    });
    const change = madeWith.safeParse(event?.data).data;
    return change?.with === messageRowId ? change : null;
  };
  const [status, assigned] = [await newest("status"), await newest("assigned")];
  if (status) {
    const from = z.enum(TicketStatus).parse(status.from);
    const closedAt = from === "CLOSED" ? new Date() : null;
    await tx.ticket.update({ where: { id: ticketId }, data: { status: from, closedAt } });
    const why = "the reply was taken back";
    await recordEvent(tx, ticketId, actorId, { kind: "status", from: status.to, to: from, why });
  }
  await takeBackPeople(tx, ticketId, messageRowId);
  if (assigned) {
    await tx.ticket.update({ where: { id: ticketId }, data: { assigneeId: assigned.from } });
    const { from: to, to: from } = assigned;
    await recordEvent(tx, ticketId, actorId, { kind: "assigned", from, to });
  }
}
