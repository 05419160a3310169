import type { Tx } from "../db/client";
import type { ReadMail } from "../mail/mail";
import { findReported, recordBounce } from "../outbound/bounce";
import { recordEvent } from "../tickets/events";

/** What a report is about: a mail of a ticket, in words, or a notice, with the reason to ignore it. */
export type Reported = { ticketId: string; what: string } | { ignored: string };

/**
 * Records a bounce of, a complaint about or a receipt for a mail of ours.
 * @returns null when the mail is none of these, or is about a mail that we did not send.
 */
export async function recordReport(tx: Tx, mail: ReadMail): Promise<Reported | null> {
  const { automatic, bounce, aboutMessageId } = mail;
  if (bounce) {
    const bounced = await recordBounce(tx, bounce);
    if (!bounced) return null;
    if ("noticeTo" in bounced)
      return { ignored: `Delivery report about a notice sent to ${bounced.noticeTo}` };
    return { ticketId: bounced.ticket.id, what: "Delivery report about" };
  }
  const isComplaint = automatic?.kind === "feedback-report";
  if (!aboutMessageId || !(isComplaint || automatic?.kind === "receipt")) return null;
  const ticketId = await findReported(tx, aboutMessageId);
  if (ticketId === null) return null;
  if (isComplaint) await recordEvent(tx, ticketId, null, { kind: "complained" });
  return { ticketId, what: isComplaint ? "Complaint about" : "Receipt for" };
}
