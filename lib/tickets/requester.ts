import { ensureContact } from "../contacts";
import { inTransaction } from "../db/client";
import { AppError } from "../errors";
import { isSendableAddress } from "../mail/address";
import { ownAddresses } from "../ticket-address";
import { type Actor, requireDesk, requireTicketAccess } from "./access";
import { recordEvent } from "./events";

export type NewRequester = { number: number; address: string; name: string };

/**
 * Gives a ticket to another contact, made if nobody has the address: answers go there from now on,
 * and a registered customer finds the ticket among their own. Whoever had it stays a participant, so
 * that their mail still joins. Nothing happens when it is theirs already.
 * @throws AppError "forbidden", "not-found", "conflict" for a merged ticket; "invalid" when nothing
 * can be sent to the address, or it is one of our own.
 */
export async function changeRequester(actor: Actor, input: NewRequester): Promise<void> {
  requireDesk(actor);
  const { number, name } = input;
  const address = input.address.trim();
  if (!isSendableAddress(address))
    throw new AppError("invalid", `“${address}” is not an email address.`, "address");
  await inTransaction(async (tx) => {
    const { id, requesterId } = await requireTicketAccess(tx, actor, number);
    if ((await ownAddresses(tx, [address])).size > 0)
      throw new AppError("invalid", `${address} is an address of this desk.`, "address");
    const contact = await ensureContact(tx, { address, name });
    if (contact.id === requesterId) return;
    await tx.ticketParticipant.updateMany({
      where: { ticketId: id, role: "REQUESTER" },
      data: { role: "CC" },
    });
    const isTheirs = { role: "REQUESTER", isNew: false, approvedById: actor.id } as const;
    await tx.ticketParticipant.upsert({
      where: { ticketId_contactId: { ticketId: id, contactId: contact.id } },
      create: { ticketId: id, contactId: contact.id, ...isTheirs },
      update: isTheirs,
      select: { ticketId: true },
    });
    await tx.ticket.update({
      where: { id },
      data: { requesterId: contact.id },
      select: { id: true },
    });
    await recordEvent(tx, id, actor.id, { kind: "requester", from: requesterId, to: contact.id });
  });
}
