import type { ContactRef } from "../contacts";
import type { Tx } from "../db/client";
import { addressKey, isSendableAddress } from "../mail/address";
import { checkSender } from "../mail/auth-results";
import type { MailAddress, ReadMail } from "../mail/mail";
import { ownAddresses } from "../ticket-address";
import { contactsOf, peopleNamed } from "./people";

export type NewTicketPeople = {
  /** Who sent the mail. */
  contact: ContactRef | null;
  /** Whose ticket it is. */
  requester: ContactRef | null;
  /** Participants beside the requester. */
  others: string[];
  /** The requester, where an agent forwarded their mail. */
  original: MailAddress | null;
};

/**
 * The people of a mail that opens a ticket. It is its sender's, unless an agent of the desk forwarded
 * a customer's mail here: then it is that customer's at once, and the agent takes part.
 */
export async function newTicketPeople(tx: Tx, mail: ReadMail): Promise<NewTicketPeople> {
  const original = await forwardedByAgent(tx, mail);
  const named = await peopleNamed(tx, mail);
  // All contacts of a mail are made at once: see ensureContacts().
  const { contact, others, find } = await contactsOf(tx, mail, named, original);
  const requester = original && find(original);
  if (!contact || !original || !requester || requester.id === contact.id)
    return { contact, requester: contact, others, original: null };
  return { contact, requester, others: [...new Set([...others, contact.id])], original };
}

/**
 * The original sender of a mail that an active agent forwarded, when they can be answered and are not
 * one of our own addresses. A From that the receiving server doubts, or an ambiguous one, says nothing.
 */
async function forwardedByAgent(tx: Tx, mail: ReadMail): Promise<MailAddress | null> {
  const original = mail.forwarded?.from;
  if (!original || !mail.from || mail.fromIsAmbiguous || mail.automatic !== null) return null;
  if (!isSendableAddress(original.address) || checkSender(mail.authentication) === "doubtful")
    return null;
  const agents = await tx.user.count({
    where: {
      email: addressKey(mail.from.address),
      ...{ isActive: true, role: { in: ["ADMIN", "AGENT"] } },
    },
  });
  if (agents === 0) return null;
  return (await ownAddresses(tx, [original.address])).size > 0 ? null : original;
}
