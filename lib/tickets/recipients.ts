import type { Tx } from "../db/client";
import { AppError } from "../errors";
import { addressKey } from "../mail/address";
import type { MailAddress } from "../mail/mail";
import { readMailbox } from "../mail/mailbox";
import { accountOfPlusAddress } from "../mail/plus-address";
import { cut, oneLine } from "../mail/text";
import { ownAddresses } from "../ticket-address";
import { PARTICIPANTS_MAX } from "./participants";

/** People in one address field of a mail. */
export const RECIPIENTS_MAX = 20;

export const ADDRESS_FIELDS = ["to", "cc", "bcc"] as const;
export type AddressField = (typeof ADDRESS_FIELDS)[number];

/** Addresses are in the form of addressKey(); nobody is named twice. */
export type Recipients = Record<AddressField, MailAddress[]>;

/** Mailboxes as people type them, `Nora <nora@a.example>`, one each; without `to` the requester. */
export type TypedRecipients = Partial<Record<AddressField, string[]>>;

const LABELS: Record<AddressField, string> = { to: "To", cc: "Cc", bcc: "Bcc" };

/**
 * Whom a mail goes to: each person once, To before Cc before Bcc.
 * @param standIn for `to` where none was typed
 * @throws AppError "invalid" with the field and what is wrong in it.
 */
export function readRecipients(typed: TypedRecipients, standIn: MailAddress[]): Recipients {
  const named = new Set<string>();
  const read = (field: AddressField): MailAddress[] => {
    const people = typed[field]?.filter((text) => text.trim()).map((text) => mailbox(field, text));
    const once = (people ?? (field === "to" ? standIn : [])).filter(({ address }) => {
      const isNew = !named.has(addressKey(address));
      named.add(addressKey(address));
      return isNew;
    });
    if (once.length > RECIPIENTS_MAX)
      throw new AppError(
        "invalid",
        `At most ${RECIPIENTS_MAX} addresses in ${LABELS[field]}.`,
        field,
      );
    return once;
  };
  const recipients = { to: read("to"), cc: read("cc"), bcc: read("bcc") };
  if (recipients.to.length === 0)
    throw new AppError("invalid", "Say whom it goes to: To has no address.", "to");
  return recipients;
}

function mailbox(field: AddressField, text: string): MailAddress {
  const read = readMailbox(text);
  if (read) return read;
  const shown = cut(oneLine(text), 100);
  throw new AppError("invalid", `“${shown}” in ${LABELS[field]} is not an email address.`, field);
}

/**
 * What is sent to one of our own addresses comes back, and nobody reads it.
 * @throws AppError "invalid" that names it and its field.
 */
export async function refuseOwnAddresses(tx: Tx, recipients: Recipients): Promise<void> {
  const own = await ownAddresses(tx, everybody(recipients));
  if (own.size === 0) return;
  for (const field of ADDRESS_FIELDS)
    for (const { address } of recipients[field]) {
      if (!own.has(addressKey(address))) continue;
      const what =
        accountOfPlusAddress(address) === null
          ? "one of this desk’s own addresses: mail to it would only come back"
          : "a ticket's own address, not a person's";
      throw new AppError("invalid", `“${address}” is ${what}.`, field);
    }
}

/** All addresses, each once. */
export function everybody({ to, cc, bcc }: Recipients): string[] {
  return [...to, ...cc, ...bcc].map(({ address }) => address);
}

/** The requester as answering needs them: by all their addresses. */
export type Requester = { id: string; email: string; mergedFrom: { email: string }[] };

/** All addresses of a person. */
export function addressesOfPerson({ email, mergedFrom }: Omit<Requester, "id">): string[] {
  return [email, ...mergedFrom.map((other) => other.email)].map(addressKey);
}

/**
 * Addresses of those who take part in a ticket: they may be sent what was said on it. Who waits for
 * an agent's yes is not among them.
 */
export async function knownAddresses(
  tx: Pick<Tx, "ticketParticipant">,
  ticketId: string,
  requester: Requester | null,
): Promise<Set<string>> {
  const participants = await tx.ticketParticipant.findMany({
    where: { ticketId, isNew: false },
    select: { contact: { select: { email: true, mergedFrom: { select: { email: true } } } } },
    take: PARTICIPANTS_MAX,
  });
  const people = participants.map(({ contact }) => contact);
  return new Set([...people, ...(requester ? [requester] : [])].flatMap(addressesOfPerson));
}
