import { isSendableAddress, isUnread } from "../mail/address";
import { isAuthenticated } from "../mail/auth-results";
import type { MailAddress, ReadMail } from "../mail/mail";
import type { ClaimedReceipt } from "./receipt-claims";

/** What was in the inbox for longer is history, and nobody waits for a word about it. */
const AGE_MAX_MS = 24 * 3600_000;

/**
 * Whether a machine may answer this mail (RFC 3834 §2): a human wrote it, the receiving server vouches
 * for its sender and does not take it for spam, somebody reads that address, it has just come, and no
 * admin had to decide on it.
 */
export function mayBeAcknowledged(
  mail: Pick<
    ReadMail,
    | "automatic"
    | "from"
    | "fromIsAmbiguous"
    | "replyTo"
    | "returnPath"
    | "authentication"
    | "spamVerdict"
  >,
  receipt: Pick<ClaimedReceipt, "isRelisted" | "isReleased" | "internalDate" | "receivedAt">,
): boolean {
  if (mail.automatic !== null || !mail.from || !isAuthenticated(mail)) return false;
  if (mail.spamVerdict !== null) return false;
  if (![mail.from, ...mail.replyTo].every(isRead)) return false;
  if (receipt.isRelisted || receipt.isReleased || !receipt.internalDate) return false;
  return receipt.receivedAt.getTime() - receipt.internalDate.getTime() < AGE_MAX_MS;
}

const isRead = ({ address }: MailAddress) => isSendableAddress(address) && !isUnread(address);
