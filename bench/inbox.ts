import { chownSync, mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { MailBed } from "@/lib/testing/mail-bed";
import type { GeneratedMail } from "./generator/mails";

const MAIL_OWNER = 5000;

/** What a desk must have made of the mails that were put in. */
export type Expected = { mails: number; bytes: number; replies: number; attachments: number };

/**
 * Puts generated mails into the user's INBOX and lets Dovecot index them, as if they had been there
 * for a while. Each is stored as Dovecot stores what LMTP brings: line ends are LF, the name tells
 * both sizes, and the file's time, which becomes INTERNALDATE, is the mail's own.
 */
export async function fillInbox(
  bed: MailBed,
  mails: Generator<GeneratedMail>,
  { user, count }: { user: string; count: number },
): Promise<Expected> {
  const home = path.join(bed.dir, "mail", user, "Maildir");
  for (const folder of ["tmp", "new"]) mkdirSync(path.join(home, folder), { recursive: true });
  const expected: Expected = { mails: 0, bytes: 0, replies: 0, attachments: 0 };
  while (expected.mails < count) {
    const { value: mail } = mails.next();
    if (!mail) break;
    save(home, mail);
    expected.mails++;
    expected.bytes += mail.raw.length;
    expected.replies += mail.isReply ? 1 : 0;
    expected.attachments += mail.files.length;
  }
  await letIndex(bed, user);
  return expected;
}

let saved = 0;

function save(home: string, { raw, date }: GeneratedMail): void {
  saved += 1;
  const stored = Buffer.from(raw.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
  // Dovecot numbers new files by their names' seconds, then by the rest.
  const name = `${1_700_000_000 + saved}.M${saved}P1.bench,S=${stored.length},W=${raw.length}`;
  const file = path.join(home, "tmp", name);
  writeFileSync(file, stored);
  chownSync(file, MAIL_OWNER, MAIL_OWNER);
  utimesSync(file, date, date);
  renameSync(file, path.join(home, "new", name));
}

/** Another client has looked at the folder before: its list is in Dovecot's index and cache. */
async function letIndex(bed: MailBed, user: string): Promise<void> {
  await bed.doveadm("index", "-u", user, "INBOX");
  await bed.withClient({ user, folder: "INBOX" }, (client) =>
    client.fetchAll("1:*", { uid: true, size: true, internalDate: true }, { uid: true }),
  );
}
