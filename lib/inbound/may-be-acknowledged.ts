import { isSendableAddress } from "../mail/address";
import { isAuthenticated } from "../mail/auth-results";
import type { Mail, MailAddress } from "../mail/mail";
import type { ClaimedReceipt } from "./receipt-claims";

/** What was in the inbox for longer is history, and nobody waits for a word about it. */
const AGE_MAX_MS = 24 * 3600_000;

/** Addresses nobody reads, by their names. */
const UNREAD =
  /^(?:no[-_.]?reply|do[-_.]?not[-_.]?reply|mailer[-_.]?daemon|postmaster|bounces?)(?:[-_.+=][^@]*)?@/i;

/**
 * Whether a machine may answer this mail (RFC 3834 §2): a human wrote it, the receiving server vouches
 * for its sender, somebody reads that address, and it has just come.
 */
export function mayBeAcknowledged(
  mail: Pick<
    Mail,
    "automatic" | "from" | "fromIsAmbiguous" | "replyTo" | "returnPath" | "authentication"
  >,
  receipt: Pick<ClaimedReceipt, "isRelisted" | "internalDate" | "receivedAt">,
): boolean {
  if (mail.automatic !== null || !mail.from || !isAuthenticated(mail)) return false;
  if (![mail.from, ...mail.replyTo].every(isRead)) return false;
  if (receipt.isRelisted || !receipt.internalDate) return false;
  return receipt.receivedAt.getTime() - receipt.internalDate.getTime() < AGE_MAX_MS;
}

const isRead = ({ address }: MailAddress) => isSendableAddress(address) && !UNREAD.test(address);
