import { inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { isUuid } from "../uuid";
import { type AccessibleTicket, type Actor, requireDesk, requireTicketAccess } from "./access";
import { recordEvent } from "./events";
import { lockInOrder } from "./lock-in-order";
import { mergeInto } from "./merge";
import { createTicketRow } from "./open";
import { relocate } from "./relocate";

export type MoveInput = {
  number: number;
  messageRowId: string;
  /** The ticket the mail belongs to; null gives it one of its own. */
  into: number | null;
  /** Everything said after it goes along. */
  andLater: boolean;
};

/**
 * An agent's correction: puts a mail that came to ticket `number` on another ticket, or on one of its
 * own. Later answers to it follow. Moving all mails of a ticket merges it, so that none is left empty.
 * @returns the number of the ticket the mail is on now.
 * @throws AppError "not-found" for a missing ticket or message; "invalid" (into) for the same ticket;
 * "conflict" for a merged ticket, and for splitting off everything there is.
 */
export async function moveMail(actor: Actor, input: MoveInput): Promise<{ number: number }> {
  requireDesk(actor);
  if (input.into === input.number)
    throw new AppError("invalid", `The mail is on #${input.number} already.`, "into");
  return inTransaction(async (tx) => {
    const { from, into } = await lockBoth(tx, actor, input);
    const moving = await messagesToMove(tx, from.id, input);
    const mails = await tx.message.count({ where: { ticketId: from.id, kind: { not: "NOTE" } } });
    const takesAll = moving.ids.length > 0 && moving.mails === mails;
    if (takesAll && into) {
      await mergeInto(tx, actor, from, into);
      return { number: into.number };
    }
    if (takesAll) throw new AppError("conflict", "The ticket holds nothing else: it is its own.");
    const target = into ?? (await ticketOfItsOwn(tx, actor, from, moving.first));
    await move(tx, actor, { from, into: target, ids: moving.ids, isSplit: into === null });
    return { number: target.number };
  });
}

type Ends = { from: AccessibleTicket; into: AccessibleTicket | null };

async function lockBoth(tx: Tx, actor: Actor, input: MoveInput): Promise<Ends> {
  if (input.into === null)
    return { from: await requireTicketAccess(tx, actor, input.number), into: null };
  const [from, into] = await lockInOrder(tx, actor, [input.number, input.into]);
  return { from, into };
}

type FirstMail = {
  id: string;
  subject: string;
  contactId: string | null;
  automaticKind: string | null;
};

async function messagesToMove(
  tx: Tx,
  ticketId: string,
  { messageRowId, andLater }: MoveInput,
): Promise<{ first: FirstMail; ids: string[]; mails: number }> {
  const first = isUuid(messageRowId)
    ? await tx.message.findFirst({
        where: { id: messageRowId, ticketId, kind: "INBOUND" },
        select: {
          ...{ id: true, createdAt: true, subject: true },
          ...{ contactId: true, automaticKind: true },
        },
      })
    : null;
  if (!first) throw new AppError("not-found", "There is no such mail on this ticket.");
  if (!andLater) return { first, ids: [first.id], mails: 1 };
  const { createdAt, id } = first;
  const rows = await tx.message.findMany({
    where: { ticketId, OR: [{ createdAt: { gt: createdAt } }, { createdAt, id: { gte: id } }] },
    select: { id: true, kind: true },
  });
  return {
    first,
    ids: rows.map((row) => row.id),
    mails: rows.filter((row) => row.kind !== "NOTE").length,
  };
}

/** The sender is its requester, whoever they were on the ticket it comes from. */
async function ticketOfItsOwn(
  tx: Tx,
  actor: Actor,
  from: AccessibleTicket,
  mail: FirstMail,
): Promise<{ id: string; number: number }> {
  const { accountId, source } = await tx.ticket.findUniqueOrThrow({
    where: { id: from.id },
    select: { accountId: true, source: true },
  });
  return createTicketRow(tx, {
    ...{ subject: mail.subject, source, accountId },
    requesterId: mail.contactId,
    openedById: actor.id,
    isAutomatic: mail.automaticKind !== null,
  });
}

type Move = {
  from: { id: string; number: number };
  into: { id: string; number: number };
  ids: string[];
  isSplit: boolean;
};

async function move(tx: Tx, actor: Actor, { from, into, ids, isSplit }: Move): Promise<void> {
  const { id: moveId } = await tx.ticketMove.create({
    data: {
      ...{ fromTicketId: from.id, intoTicketId: into.id, messageRowIds: ids },
      ...{ isMerge: false, isSplit, actorId: actor.id },
    },
    select: { id: true },
  });
  const addedIds = await relocate(tx, { fromId: from.id, intoId: into.id }, { ids, moveId });
  const removedIds = await removeNewcomers(tx, from.id);
  await tx.ticketMove.update({ where: { id: moveId }, data: { addedIds, removedIds } });
  const count = ids.length;
  await recordEvent(tx, from.id, actor.id, {
    ...{ kind: "moved-to", number: into.number, count, moveId },
  });
  await recordEvent(tx, into.id, actor.id, {
    ...{ kind: "moved-from", number: from.number, count, moveId },
  });
}

/** Newcomers nobody has agreed to leave with their mail. */
async function removeNewcomers(tx: Tx, ticketId: string): Promise<string[]> {
  const gone = await tx.$queryRaw<{ contactId: string }[]>`
    DELETE FROM "TicketParticipant" AS person
    WHERE person."ticketId" = ${ticketId}::uuid AND person."isNew"
      AND NOT EXISTS (SELECT 1 FROM "Message"
        WHERE "ticketId" = person."ticketId" AND "contactId" = person."contactId")
    RETURNING person."contactId"`;
  return gone.map(({ contactId }) => contactId);
}
