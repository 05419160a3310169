import hoodiecrow, { type ImapServer } from "hoodiecrow-imap";
import type { KeptMail, MailFolder } from "./mail-folder";
import { type PracticeSettings, SUPPORT } from "./settings";

/**
 * Serves the support inbox over IMAP on 127.0.0.1. No TLS: the server's own STARTTLS plugin brings
 * an expired certificate, and nothing leaves this machine.
 */
export function startImap(settings: PracticeSettings, inbox: MailFolder, uidValidity: number) {
  const server: ImapServer = hoodiecrow({
    plugins: ["ID", "IDLE", "LITERALPLUS", "NAMESPACE", "UNSELECT"],
    users: { [SUPPORT]: { password: settings.password } },
    storage: {
      INBOX: {
        uidvalidity: uidValidity,
        messages: inbox.list().map((mail) => ({
          uid: mail.uid,
          internaldate: imapDate(mail.receivedAt),
          flags: [],
          raw: inbox.read(mail).toString("latin1"),
        })),
      },
      "": {},
    },
  });
  server.listen(settings.imapPort, "127.0.0.1");
  return {
    server: server.server,
    /** Tells connected clients (IDLE) of a mail that was just added. */
    announce(mail: KeptMail) {
      server.appendMessage(
        "INBOX",
        [],
        imapDate(mail.receivedAt),
        inbox.read(mail).toString("latin1"),
      );
    },
  };
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** date-time of RFC 3501 §9, in UTC: the package's own formatting mistakes half-hour zones. */
function imapDate(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getUTCDate())}-${MONTHS[date.getUTCMonth()]}-${date.getUTCFullYear()}`;
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(":");
  return `${day} ${time} +0000`;
}
