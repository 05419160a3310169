import type { MailHeader } from "../mail/mail";
import { NOTICE_HEADER } from "../outbound/notice-header";

/** Where mail servers write whom they deliver to, which To and Cc need not name. */
export const DELIVERY_HEADERS = [
  "delivered-to",
  "x-original-to",
  "envelope-to",
  "x-envelope-to",
  "apparently-to",
];

const ASKED_FOR = new Set([...DELIVERY_HEADERS, NOTICE_HEADER.toLowerCase()]);

/**
 * Whether the routing of a mail looks at this header. What any other one says is in the fields of a
 * ReadMail by then.
 */
export function isAskedFor({ name }: MailHeader): boolean {
  return ASKED_FOR.has(name.toLowerCase());
}
