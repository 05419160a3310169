import type { Prisma } from "../db/generated/client";
import { addressKey, isSendableAddress } from "../mail/address";
import type { MailAddress } from "../mail/mail";
import { forwardedOf } from "./stored-json";

export type ForwardedChoice = {
  /** Who wrote the mail that was forwarded. */
  from: MailAddress;
  /** Whom an agent may make the requester: them, or when it is theirs, who forwarded it; else null. */
  offer: MailAddress | null;
};

type Row = { forwarded: Prisma.JsonValue; fromName: string; fromAddress: string | null };
type Requester = { email: string; mergedFrom: { email: string }[] } | null;

/** What a forwarded mail offers; null for any other. `own` are those of its addresses that are ours. */
export function forwardedChoice(
  row: Row,
  requester: Requester,
  own: ReadonlySet<string>,
): ForwardedChoice | null {
  const from = forwardedOf(row)?.from;
  if (!from) return null;
  const people = requester ? [requester, ...requester.mergedFrom] : [];
  const theirs = new Set(people.map(({ email }) => addressKey(email)));
  const sender = row.fromAddress && { name: row.fromName, address: row.fromAddress };
  const candidate = theirs.has(addressKey(from.address)) ? sender : from;
  const key = candidate && addressKey(candidate.address);
  const mayBe = key && isSendableAddress(key) && !own.has(key) && !theirs.has(key);
  return { from, offer: mayBe ? candidate : null };
}

/** The addresses of a message that forwardedChoice() may offer; none when it forwards nothing. */
export function forwardedAddresses(row: Row): string[] {
  const from = forwardedOf(row)?.from;
  return from ? [from.address, row.fromAddress].filter((address) => address !== null) : [];
}
