import type { Tx } from "../db/client";
import { parseAddressList } from "../mail/address-list";
import type { MailHeader, ReadMail } from "../mail/mail";
import { findTicketNumber } from "../ticket-address";
import { DELIVERY_HEADERS } from "./routing-headers";

/** Addresses taken from those headers: a mail that was passed on a few times has some of each. */
const DELIVERED_MAX = 20;

/**
 * The number of the ticket whose signed address is among the recipients of a mail: To, Cc, and what
 * servers noted when they delivered it; null when there is none.
 */
export function findAddressedTicket(
  tx: Tx,
  mail: Pick<ReadMail, "to" | "cc" | "headers">,
): Promise<number | null> {
  return findTicketNumber(tx, recipientsOf(mail));
}

/** Whom a mail was sent to, as To and Cc say and as servers noted: where a ticket's address may be. */
export function recipientsOf(mail: Pick<ReadMail, "to" | "cc" | "headers">): string[] {
  const named = [...mail.to, ...mail.cc].map(({ address }) => address);
  return [...named, ...deliveredTo(mail.headers)];
}

function deliveredTo(headers: readonly MailHeader[]): string[] {
  return headers
    .filter(({ name }) => DELIVERY_HEADERS.includes(name.toLowerCase()))
    .slice(0, DELIVERED_MAX)
    .flatMap(({ value }) => parseAddressList(value, DELIVERED_MAX))
    .slice(0, DELIVERED_MAX)
    .map(({ address }) => address);
}
