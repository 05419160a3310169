import { createHash } from "node:crypto";
import { addressKey } from "./address";
import type { ReadMail } from "./mail";
import { messageIdKey } from "./message-id";

/**
 * The identity of a mail: sha256, hex, over what stays the same however it reaches us (DESIGN.md
 * §2.4): Message-ID, From, Date, subject, the decoded text and the attachments' names and sizes.
 * Trace headers, To, Cc and HTML source are left out: they differ between copies, and servers
 * re-render. White space is folded, because gateways re-wrap.
 */
export function contentIdOf(mail: ReadMail): string {
  const canonical = [
    "mail-1",
    mail.messageId === null ? null : messageIdKey(mail.messageId),
    mail.from === null ? null : addressKey(mail.from.address),
    mail.date?.toISOString() ?? fold(mail.dateHeader ?? ""),
    fold(mail.subject),
    fold(mail.text),
    mail.attachments.map(({ filename, size }) => [fold(filename), size]),
  ];
  return createHash("sha256").update(JSON.stringify(canonical), "utf8").digest("hex");
}

/** The Message-ID of a mail that came without one, the same whenever the same mail comes again. */
export function derivedMessageId(contentId: string): string {
  return `${contentId.slice(0, 40)}.derived@mailroom.invalid`;
}

/** White space but a single space, which stays as it is: most of all there is. */
const TO_BE_FOLDED = /[^\S ]\s*| \s+/g;

function fold(text: string): string {
  return text.normalize("NFC").replace(TO_BE_FOLDED, " ").trim();
}
