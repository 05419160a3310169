import {
  blockSender,
  domainToBlock,
  findBlock,
  unblockSender,
  whyNotBlocked,
} from "../blocked-senders";
import { db, inTransaction, type Tx } from "../db/client";
import { AppError } from "../errors";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { recordEvent } from "./events";

/**
 * Puts a ticket into spam or takes it out; its status stays. "Not spam" about a ticket that is none
 * is kept as well: it is an agent's answer to what the mail server said.
 * @throws AppError "not-found", "conflict" for a merged ticket.
 */
export async function markSpam(actor: Actor, number: number, isSpam: boolean): Promise<void> {
  requireDesk(actor);
  await inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, number);
    const { count } = await tx.ticket.updateMany({
      where: { id, isSpam: !isSpam },
      data: { isSpam },
    });
    const kind = isSpam ? "spam" : "not-spam";
    if (count === 0 && (isSpam || (await hasEvent(tx, id, kind)))) return;
    await recordEvent(tx, id, actor.id, { kind });
  });
}

async function hasEvent(tx: Tx, ticketId: string, kind: string): Promise<boolean> {
  return (await tx.ticketEvent.count({ where: { ticketId, kind } })) > 0;
}

/**
 * Blocks whoever opened a ticket, or everything from their domain.
 * @returns what is blocked now.
 * @throws AppError "not-found"; "conflict" for a merged ticket, or when the sender is unknown or may
 * not be blocked.
 */
export async function blockSenderOf(
  actor: Actor,
  { number, what }: { number: number; what: "address" | "domain" },
): Promise<string> {
  requireDesk(actor);
  return inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, number);
    const address = await senderOf(tx, id);
    const wanted = what === "address" ? address : address && domainToBlock(address);
    if (!wanted) throw new AppError("conflict", "Who sent this mail is not known.");
    const sender = await blockSender(tx, actor, wanted);
    await recordEvent(tx, id, actor.id, { kind: "sender-blocked", sender });
    return sender;
  });
}

/**
 * Lifts the block that whoever opened a ticket is under. @returns what is no longer blocked.
 * @throws AppError "not-found", "conflict" for a merged ticket or when there is no block.
 */
export async function unblockSenderOf(actor: Actor, number: number): Promise<string> {
  requireDesk(actor);
  return inTransaction(async (tx) => {
    const { id } = await requireTicketAccess(tx, actor, number);
    const address = await senderOf(tx, id);
    const block = address && (await findBlock(tx, address));
    if (!block) throw new AppError("conflict", "The sender is not blocked.");
    const sender = await unblockSender(tx, actor, block.id);
    await recordEvent(tx, id, actor.id, { kind: "sender-unblocked", sender });
    return sender;
  });
}

export type SpamChoices = {
  /** Whose mail opened the ticket; null when it does not say, or no mail did. */
  sender: string | null;
  /** What keeps the sender's mail in spam: their address or a domain; null when nothing does. */
  blocked: string | null;
  /** What an agent may block: null where there is nothing, or it may not be. */
  address: string | null;
  domain: string | null;
};

/**
 * What can be done about the sender of a ticket's first mail; blocking is offered in spam only.
 * @throws AppError "forbidden" for customers.
 */
export async function spamChoices(
  viewer: Actor,
  ticket: { id: string; isSpam: boolean },
): Promise<SpamChoices> {
  requireDesk(viewer);
  const { prisma } = db();
  const sender = await senderOf(prisma, ticket.id);
  const blocked = sender ? ((await findBlock(prisma, sender))?.sender ?? null) : null;
  if (!sender || blocked || !ticket.isSpam) return { sender, blocked, address: null, domain: null };
  const allowed = async (wanted: string | null) =>
    wanted && (await whyNotBlocked(prisma, wanted)) === null ? wanted : null;
  return {
    sender,
    blocked,
    address: await allowed(sender),
    domain: await allowed(domainToBlock(sender)),
  };
}

async function senderOf(tx: Tx, ticketId: string): Promise<string | null> {
  const first = await tx.message.findFirst({
    where: { ticketId, kind: "INBOUND", authorId: null },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { fromAddress: true },
  });
  return first?.fromAddress ?? null;
}
