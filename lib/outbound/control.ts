import { inTransaction, type Tx } from "../db/client";
import { Prisma } from "../db/generated/client";
import { notify } from "../db/listen";
import { AppError } from "../errors";
import { ownHtml } from "../mail/answer-body";
import { mailboxText } from "../mail/mailbox";
import { type Actor, requireDesk, requireTicketAccess } from "../tickets/access";
import { recordEvent } from "../tickets/events";
import { addressesOf } from "../tickets/stored-json";
import { restateTicket, takeBackChanges } from "../tickets/take-back";
import { takeBackUploads, type Upload } from "../uploads";
import { recipientsSchema } from "./bounce";

export type DeliveryOnTicket = { number: number; deliveryId: string };

/**
 * Sends a delivery that failed, was cancelled or got no answer once more, with its own Message-ID,
 * to those who have not been accepted. How often it was unanswered stays: what an agent sends again
 * is not repeated by itself.
 * @throws AppError "not-found"; "conflict" when it is on its way, or its account is deleted.
 */
export async function retryDelivery(actor: Actor, input: DeliveryOnTicket): Promise<void> {
  await onDelivery(actor, input, async (tx, found) => {
    if (!found.accountId)
      throw new AppError(
        "conflict",
        "The email account this was to leave from has been deleted. Write the answer again: it then leaves from the default account.",
      );
    const count = await tx.$executeRaw`
      UPDATE "OutboundEmail" SET "status" = 'QUEUED', "nextAttemptAt" = now(), "attempts" = 0,
        "giveUpAt" = now() + interval '48 hours', "lastResponse" = NULL, "lastError" = NULL, "lastErrorFix" = NULL,
        "recipients" = (SELECT COALESCE(jsonb_agg(CASE WHEN r.value->>'status' = 'accepted' THEN r.value
            ELSE r.value || '{"status": "queued", "response": null}' END ORDER BY r.n), '[]')
          FROM jsonb_array_elements("recipients") WITH ORDINALITY AS r (value, n))
      WHERE "id" = ${found.id}::uuid AND "status" IN ('FAILED', 'UNKNOWN', 'CANCELLED')`;
    if (count === 0) throw new AppError("conflict", "It has been sent, or is on its way already.");
    await tell(tx, actor, found, "delivery-retried");
    await notify(tx, "outbound", found.id);
  });
}

/**
 * Stops a delivery that waits. A worker that has just taken it wins; one that comes back from an
 * earlier try can no longer put it into the queue.
 * @throws AppError "not-found"; "conflict" when it is being sent or waits no more.
 */
export async function cancelDelivery(actor: Actor, input: DeliveryOnTicket): Promise<void> {
  await onDelivery(actor, input, async (tx, found) => {
    await stop(tx, found.id);
    await tell(tx, actor, found, "delivery-cancelled");
    await notify(tx, "outbound", found.id);
  });
}

/**
 * Takes a reply back in the seconds before it leaves, for its author or an admin, with the status and
 * the assignee that were set by it.
 * @returns what was written, to go on with.
 * @throws AppError "not-found"; "forbidden" for somebody else; "conflict" when the time is over.
 */
export async function undoReply(actor: Actor, input: DeliveryOnTicket): Promise<Undone> {
  return onDelivery(actor, input, async (tx, found) => {
    if (found.authorId !== actor.id && actor.role !== "ADMIN")
      throw new AppError("forbidden", "Only its author or an admin may take a reply back.");
    await stop(tx, found.id, NEVER_TRIED);
    await tell(tx, actor, found, "delivery-cancelled");
    await takeBackChanges(tx, actor.id, found.ticketId, found.messageRowId);
    return {
      ...found.written,
      accountId: found.accountId,
      uploads: await takeBackUploads(tx, actor, { ...found, ...found.written }),
    };
  });
}

/** SQL: a delivery that is still in its seconds to be taken back. */
const NEVER_TRIED = Prisma.sql`AND "attempts" = 0 AND "lastError" IS NULL AND "nextAttemptAt" > now()`;

/** Takes a delivery out of the queue, with the next lease token; `and` narrows which. */
async function stop(tx: Tx, id: string, and = Prisma.empty): Promise<void> {
  const count = await tx.$executeRaw`
    UPDATE "OutboundEmail" SET "status" = 'CANCELLED', "leaseToken" = "leaseToken" + 1
    WHERE "id" = ${id}::uuid AND "status" = 'QUEUED' ${and}`;
  if (count === 0) throw await tooLate(tx, id);
}

/** Writes it into the history, and makes the ticket say again who must act. */
async function tell(
  tx: Tx,
  actor: Actor,
  { id, ticketId, to }: Found,
  kind: "delivery-retried" | "delivery-cancelled",
): Promise<void> {
  await recordEvent(tx, ticketId, actor.id, { kind, deliveryId: id, to });
  await restateTicket(tx, ticketId);
}

const WRITTEN = {
  id: true,
  authorId: true,
  newText: true,
  html: true,
  toAddresses: true,
  ccAddresses: true,
  bccAddresses: true,
  forwardOfId: true,
} as const;

/** What an agent wrote, as the form takes it. */
export type Written = {
  text: string;
  html: string | null;
  to: string;
  cc: string;
  bcc: string;
  /** The message it passed on; null for an answer. */
  forwardOfId: string | null;
};

/** The same of a mail that was taken back: also its files, and the account it was to leave from. */
export type Undone = Written & { accountId: string | null; uploads: Upload[] };

type WrittenRow = Omit<Prisma.MessageGetPayload<{ select: typeof WRITTEN }>, "id" | "authorId">;

function writtenOf(row: WrittenRow): Written {
  const typed = (people: Prisma.JsonValue) => addressesOf(people).map(mailboxText).join(", ");
  return {
    text: row.newText,
    html: row.html === null ? null : ownHtml(row.html),
    to: typed(row.toAddresses),
    cc: typed(row.ccAddresses),
    bcc: typed(row.bccAddresses),
    forwardOfId: row.forwardOfId,
  };
}

type Found = {
  id: string;
  messageRowId: string;
  ticketId: string;
  accountId: string | null;
  authorId: string | null;
  to: string;
  written: Written;
};

/** Runs `work` on a delivery of a message of this ticket; notices have no message. */
async function onDelivery<T>(
  actor: Actor,
  { number, deliveryId }: DeliveryOnTicket,
  work: (tx: Tx, found: Found) => Promise<T>,
): Promise<T> {
  requireDesk(actor);
  return inTransaction(async (tx) => {
    const { id: ticketId } = await requireTicketAccess(tx, actor, number);
    const delivery = await tx.outboundEmail.findFirst({
      where: { id: deliveryId, message: { ticketId } },
      select: {
        id: true,
        accountId: true,
        recipients: true,
        message: { select: WRITTEN },
      },
    });
    if (!delivery?.message)
      throw new AppError("not-found", "There is no such mail on this ticket.");
    const { id: messageRowId, authorId, ...message } = delivery.message;
    const to = recipientsSchema.parse(delivery.recipients).map(({ address }) => address);
    return work(tx, {
      ...{ id: delivery.id, messageRowId, ticketId, accountId: delivery.accountId, authorId },
      ...{ to: to.join(", "), written: writtenOf(message) },
    });
  });
}

async function tooLate(tx: Tx, id: string): Promise<AppError> {
  const { status } = await tx.outboundEmail.findUniqueOrThrow({
    where: { id },
    select: { status: true },
  });
  if (status === "SENDING") return new AppError("conflict", "It is being sent already.");
  if (status === "QUEUED")
    return new AppError("conflict", "The time to undo is over. Cancel may still stop it.");
  return new AppError("conflict", "It waits no more: it has been sent, given up or cancelled.");
}
