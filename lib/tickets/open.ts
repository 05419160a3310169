import { ensureContact } from "../contacts";
import { inTransaction, type Tx } from "../db/client";
import type { TicketSource } from "../db/generated/client";
import { AppError } from "../errors";
import { isSendableAddress } from "../mail/address";
import { normaliseSubject } from "../mail/subject";
import { type Actor, requireDesk } from "./access";
import { appendInbound } from "./append";
import { recordEvent } from "./events";
import { addNoteTo, requireText } from "./note";
import { addParticipants } from "./participants";
import { writeReply } from "./reply";

export type NewTicket = {
  subject: string;
  source: TicketSource;
  requesterId: string | null;
  accountId: string | null;
  openedById?: string;
  assigneeId?: string;
  isAutomatic?: boolean;
  isSpam?: boolean;
  /** A ticket this mail names but may not, or can't, join. */
  possibleReplyToId?: string;
};

/** Makes a ticket with its first line of history; its messages are the caller's to add. */
export async function createTicketRow(
  tx: Tx,
  ticket: NewTicket,
): Promise<{ id: string; number: number }> {
  const row = await tx.ticket.create({
    data: { ...ticket, subject: normaliseSubject(ticket.subject) || "(no subject)" },
    select: { id: true, number: true },
  });
  if (ticket.requesterId)
    await addParticipants(tx, row.id, [ticket.requesterId], { role: "REQUESTER" });
  await recordEvent(tx, row.id, ticket.openedById ?? null, {
    kind: "opened",
    source: ticket.source,
  });
  return row;
}

function requireSubject(subject: string): string {
  const clean = normaliseSubject(subject);
  if (!clean) throw new AppError("invalid", "Give the ticket a subject.", "subject");
  return clean;
}

export type AgentTicket = {
  subject: string;
  text: string;
  requesterEmail: string;
  requesterName?: string;
  accountId?: string;
  /** true: the text is mailed to the requester; false: it is kept as a note. */
  sendByMail: boolean;
};

/**
 * An agent opens a ticket by hand, on behalf of a contact.
 * @throws AppError "invalid" (subject, text, address), "conflict" when nothing can send the mail.
 */
export async function openTicketAsAgent(
  actor: Actor,
  input: AgentTicket,
): Promise<{ number: number }> {
  requireDesk(actor);
  const subject = requireSubject(input.subject);
  const text = requireText(input.text);
  const address = input.requesterEmail.trim();
  if (!isSendableAddress(address))
    throw new AppError("invalid", `“${address}” is not an email address.`, "requesterEmail");
  return inTransaction(async (tx) => {
    const contact = await ensureContact(tx, { address, name: input.requesterName ?? "" });
    const ticket = await createTicketRow(tx, {
      subject,
      source: "WEB",
      requesterId: contact.id,
      accountId: await knownAccount(tx, input.accountId),
      openedById: actor.id,
      assigneeId: actor.id,
    });
    // Of several addresses of one person the agent chose this one.
    if (input.sendByMail)
      await writeReply(tx, actor, ticket.id, { text, html: null, to: [address] });
    else await addNoteTo(tx, actor, ticket.id, text);
    return { number: ticket.number };
  });
}

async function knownAccount(tx: Tx, accountId: string | undefined): Promise<string | null> {
  const select = { id: true };
  if (!accountId)
    return (await tx.emailAccount.findFirst({ where: { isDefault: true }, select }))?.id ?? null;
  const account = await tx.emailAccount.findUnique({ where: { id: accountId }, select });
  if (!account)
    throw new AppError("invalid", "This email account does not exist any more.", "accountId");
  return account.id;
}

/**
 * A registered customer opens a ticket in the portal.
 * @throws AppError "invalid" (subject, text).
 */
export async function openTicketAsCustomer(
  actor: Actor,
  input: { subject: string; text: string },
): Promise<{ number: number }> {
  const subject = requireSubject(input.subject);
  const text = requireText(input.text);
  return inTransaction(async (tx) => {
    const user = await tx.user.findUniqueOrThrow({
      where: { id: actor.id },
      select: { email: true, name: true },
    });
    const contact = await ensureContact(tx, { address: user.email, name: user.name });
    const ticket = await createTicketRow(tx, {
      subject,
      source: "WEB",
      requesterId: contact.id,
      accountId: await knownAccount(tx, undefined),
      openedById: actor.id,
    });
    await appendInbound(
      tx,
      ticket.id,
      {
        subject,
        text,
        newText: text,
        fromName: user.name,
        fromAddress: user.email,
        contactId: contact.id,
        authorId: actor.id,
        sentAt: new Date(),
        reason: "Opened in the portal",
      },
      { isQuiet: false, at: new Date(), actorId: actor.id },
    );
    return { number: ticket.number };
  });
}
