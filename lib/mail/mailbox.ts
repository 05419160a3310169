import { addressKey, cleanDisplayName, isSendableAddress } from "./address";
import { readAddressHeader } from "./address-list";
import type { MailAddress } from "./mail";

/** Far more than any limit on recipients, so that the limit is what speaks. */
const TYPED_MAX = 100;

/**
 * What somebody typed into an address field, one mailbox each: `Nora <nora@a.example>, b@c.example`,
 * also on lines of their own. What is no address stays as it was typed, for an error to name it.
 */
export function mailboxesIn(typed: string): string[] {
  const list = readAddressHeader(typed.replace(/[\r\n]+/g, ", "), TYPED_MAX);
  return [...list.addresses.map(mailboxText), ...list.unusable];
}

/**
 * One mailbox as a mail may carry it; the address in the form of addressKey(). Null for what is not
 * exactly one usable address, with a name before it in angle brackets or without (RFC 5322 §3.4).
 */
export function readMailbox(typed: string): MailAddress | null {
  if (/\p{Cc}/u.test(typed.trim())) return null;
  const named = /^([^<>]*)<([^<>]*)>$/.exec(typed.trim());
  const address = addressKey(named?.[2] ?? typed);
  if (!isSendableAddress(address)) return null;
  const name = cleanDisplayName((named?.[1] ?? "").trim()).replace(/\\(["\\])/g, "$1");
  return { name: addressKey(name) === address ? "" : name, address };
}

/** A mailbox as people write it: `Nora <nora@a.example>`; names with commas and their like in quotes. */
export function mailboxText({ name, address }: MailAddress): string {
  if (name === "") return address;
  const plain = /^[^()<>[\]:;@\\,"]+$/.test(name);
  return `${plain ? name : `"${name.replace(/["\\]/g, "\\$&")}"`} <${address}>`;
}
