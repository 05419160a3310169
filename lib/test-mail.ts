import { env } from "./env";
import { domainOf } from "./mail/address";
import { composeMail } from "./mail/compose";
import { isSignedTestMailId, signTestMailId } from "./mail/test-mail-id";
import { NOTICE_HEADER } from "./outbound/notice-header";
import { deriveKeys } from "./secrets";

const PURPOSE = "test-mail";

/**
 * The mail that a test sends from an account to itself. It says that a machine wrote it, so nobody's
 * responder answers, and its id keeps it from becoming a ticket: see isTestMail().
 */
export function composeTestMail(account: { email: string; name: string }) {
  const [key = new Uint8Array(0)] = deriveKeys(env().APP_SECRET, PURPOSE);
  const messageId = signTestMailId(domainOf(account.email), key);
  const message = composeMail({
    from: { name: account.name, address: account.email },
    to: [{ name: "", address: account.email }],
    cc: [],
    subject: "Mailroom connection test",
    text:
      "Mailroom sent this mail to see whether it comes back.\n\n" +
      "It makes no ticket. You may delete it.\n",
    messageId,
    inReplyTo: null,
    references: [],
    date: new Date(),
    attachments: [],
    autoSubmitted: "auto-generated",
    headers: { [NOTICE_HEADER]: messageId },
  });
  return { message, messageId, markHeader: NOTICE_HEADER };
}

/** Whether composeTestMail() of this installation made this Message-ID. */
export function isTestMail(messageId: string): boolean {
  return isSignedTestMailId(messageId, () => deriveKeys(env().APP_SECRET, PURPOSE));
}
