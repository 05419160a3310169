import { setTimeout as sleep } from "node:timers/promises";
import type { SendMailOptions } from "nodemailer";
import { fieldValue, readHeaderBlock } from "@/lib/mail/header-block";
import { messageIdKey } from "@/lib/mail/message-id";
import { ImapFolder } from "./imap";
import { MailError, type MailServer, toMailError } from "./mail-error";
import type { Stages } from "./probe-stages";
import { describeServer, type ServerSettings, type TransportOptions } from "./server-settings";
import { SmtpSender } from "./smtp";

/** A mail to be sent for a test, and the inbox it should arrive in; null when none is known. */
export type TestMail = {
  message: SendMailOptions;
  messageId: string;
  /** The header that repeats its Message-ID. */
  markHeader: string;
  inbox: { server: ServerSettings; folder: string } | null;
  /** How long its arrival is waited for; 25 s unless given. */
  waitMs?: number;
};

const WAIT_MS = 25_000;
const LOOK_MS = 700;

/** Mails that come in meanwhile and are looked at; a busy inbox gets some. */
const LOOKED_MAX = 200;

/**
 * Sends the mail with the code that sends answers, then waits until the inbox shows it: the two
 * stages "Test mail" and "Round trip". The inbox is opened before the mail is sent and read with
 * EXAMINE and BODY.PEEK, so nothing in it changes but that the mail is there.
 * @throws MailError of the stage that failed
 */
export async function runRoundTrip(
  stages: Stages,
  smtp: ServerSettings,
  mail: TestMail,
  options: TransportOptions,
): Promise<void> {
  const inbox = mail.inbox && (await openInbox(mail.inbox, options));
  try {
    await stages.run("Test mail", async () => {
      const { response, accepted } = await sendTestMail(smtp, mail.message, options);
      return { fact: `Taken for ${accepted.join(", ")}: ${response.slice(0, 160)}` };
    });
    await stages.run("Round trip", async () => {
      if (!inbox || !mail.inbox) {
        const fact = "Not looked for: the account has no IMAP server";
        return { fact, state: "skipped" };
      }
      if (inbox instanceof MailError) throw inbox;
      const seconds = await untilArrived(inbox, mail, describeServer("smtp", smtp));
      return { fact: `Arrived in ${mail.inbox.folder} after ${seconds.toFixed(1)} s` };
    });
  } finally {
    if (inbox instanceof ImapFolder) await inbox.close();
  }
}

/** What went wrong is said by the stage it belongs to. */
async function openInbox(
  { server, folder }: NonNullable<TestMail["inbox"]>,
  options: TransportOptions,
): Promise<ImapFolder | MailError> {
  try {
    return await ImapFolder.open(server, folder, options);
  } catch (error) {
    return toMailError(error, describeServer("imap", server));
  }
}

async function sendTestMail(
  smtp: ServerSettings,
  message: SendMailOptions,
  options: TransportOptions,
) {
  const sender = new SmtpSender(smtp, options);
  try {
    return await sender.send(message);
  } finally {
    sender.close();
  }
}

/** @returns after how many seconds the mail was seen. @throws MailError ENOTARRIVED */
async function untilArrived(
  folder: ImapFolder,
  { messageId, markHeader, inbox, waitMs = WAIT_MS }: TestMail,
  smtp: MailServer,
): Promise<number> {
  const startedAt = performance.now();
  const looked = new Set<number>();
  for (;;) {
    for await (const listed of folder.list(folder.uidNext - 1)) {
      for (const { uid } of listed) {
        if (looked.has(uid) || looked.size >= LOOKED_MAX) continue;
        looked.add(uid);
        const header = await folder.fetchHeader(uid);
        if (header && namesMail(header, { messageId, markHeader }))
          return (performance.now() - startedAt) / 1000;
      }
    }
    if (performance.now() - startedAt > waitMs) throw notArrived(smtp, inbox?.folder, waitMs);
    await sleep(LOOK_MS);
  }
}

/** By its Message-ID or, as some servers give what they send another one, by the header that repeats it. */
function namesMail(
  header: Buffer,
  { messageId, markHeader }: Pick<TestMail, "messageId" | "markHeader">,
): boolean {
  const { fields } = readHeaderBlock(header);
  const ids = [fieldValue(fields, "message-id"), fieldValue(fields, markHeader.toLowerCase())];
  return ids.some((id) => id !== null && messageIdKey(id) === messageIdKey(messageId));
}

function notArrived(smtp: MailServer, folder = "INBOX", waitMs: number): MailError {
  return new MailError({
    kind: "transient",
    code: "ENOTARRIVED",
    cause: `${smtp.host} took the test mail, but it was not in ${folder} within ${Math.round(waitMs / 1000)} s.`,
    fix:
      "Some servers take minutes: look into the mailbox, and into its spam folder. If it arrived, " +
      "a rule moves it; if it did not, sending and reading belong to different mailboxes.",
    serverSaid: null,
  });
}
