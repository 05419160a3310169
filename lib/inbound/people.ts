import { type ContactRef, ensureContacts, markBounced } from "../contacts";
import type { Tx } from "../db/client";
import { addressKey } from "../mail/address";
import { checkSender } from "../mail/auth-results";
import type { MailAddress, ReadMail } from "../mail/mail";
import { ownAddresses, ticketAddresses } from "../ticket-address";

/** To and Cc people, who may write to the ticket from now on; our own addresses are nobody's. */
export async function peopleNamed(tx: Tx, mail: ReadMail): Promise<MailAddress[]> {
  const people = [...mail.to, ...mail.cc];
  const ours = await ownAddresses(
    tx,
    people.map((person) => person.address),
  );
  return people.filter((person) => !ours.has(addressKey(person.address)));
}

/**
 * The contacts of a mail, all made at once: that of its sender, of those it names, and of one
 * `other` person, whom find() gives. A ticket's address as the sender is nobody: what is answered there would
 * come back.
 */
export async function contactsOf(
  tx: Tx,
  mail: ReadMail,
  named: MailAddress[],
  other: MailAddress | null = null,
): Promise<{
  contact: ContactRef | null;
  others: string[];
  find: (person: MailAddress) => ContactRef | null;
}> {
  const isNobody = !mail.from || (await ticketAddresses(tx, [mail.from.address])).size > 0;
  const from = isNobody ? null : mail.from;
  const people = [from, ...named, other].filter((person) => person !== null);
  const contacts = await ensureContacts(tx, people);
  if (from) await forgetBounce(tx, mail, from);
  const find = ({ address }: MailAddress) => contacts.get(addressKey(address)) ?? null;
  return {
    find,
    contact: from && find(from),
    others: [...new Set(named.flatMap((person) => find(person)?.id ?? []))],
  };
}

/** Who writes to us can be written to again; a doubtful sender proves nothing. */
async function forgetBounce(tx: Tx, mail: ReadMail, { address }: MailAddress): Promise<void> {
  if (mail.bounce || checkSender(mail.authentication) === "doubtful") return;
  await markBounced(tx, address, null);
}

/** Whether answers to where a mail wants them would come back to us, and round again. */
export async function isAnsweredToUs(tx: Tx, { replyTo }: ReadMail): Promise<boolean> {
  const addresses = replyTo.map(({ address }) => address);
  return (await ownAddresses(tx, addresses)).size > 0;
}
