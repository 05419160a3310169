import { chownSync, mkdirSync, renameSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { db } from "@/lib/db/client";
import type { MailBed } from "@/lib/testing/mail-bed";
import type { GeneratedMail } from "./generator/mails";

const MAIL_OWNER = 5000;

/** What a desk must have made of the mails that were put in. */
export type Expected = { mails: number; bytes: number; replies: number; attachments: number };

/**
 * Puts generated mails into the user's INBOX, all at the same moment. Each is stored as Dovecot stores
 * what LMTP brings: line ends are LF, the name tells both sizes, and the file's time, which becomes
 * INTERNALDATE, is the mail's own.
 */
export function putIntoInbox(
  bed: Pick<MailBed, "dir">,
  mails: Generator<GeneratedMail>,
  { user, count }: { user: string; count: number },
): Expected {
  const home = path.join(bed.dir, "mail", user, "Maildir");
  for (const folder of ["tmp", "new"]) mkdirSync(path.join(home, folder), { recursive: true });
  const expected: Expected = { mails: 0, bytes: 0, replies: 0, attachments: 0 };
  const names: string[] = [];
  while (expected.mails < count) {
    const { value: mail } = mails.next();
    if (!mail) break;
    names.push(save(home, mail));
    expected.mails++;
    expected.bytes += mail.raw.length;
    expected.replies += mail.isReply ? 1 : 0;
    expected.attachments += mail.files.length;
  }
  for (const name of names) renameSync(path.join(home, "tmp", name), path.join(home, "new", name));
  return expected;
}

let saved = 0;

/** @returns the name of the file, in tmp. */
function save(home: string, { raw, date }: GeneratedMail): string {
  saved += 1;
  const stored = Buffer.from(raw.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
  // Dovecot numbers new files by their names' seconds, then by the rest.
  const name = `${1_700_000_000 + saved}.M${saved}P1.bench,S=${stored.length},W=${raw.length}`;
  const file = path.join(home, "tmp", name);
  writeFileSync(file, stored);
  chownSync(file, MAIL_OWNER, MAIL_OWNER);
  utimesSync(file, date, date);
  return name;
}

/**
 * As putIntoInbox(), and another client has looked at the folder since: Dovecot has its list in index
 * and cache.
 */
export async function fillInbox(
  bed: MailBed,
  mails: Generator<GeneratedMail>,
  place: { user: string; count: number },
): Promise<Expected> {
  const expected = putIntoInbox(bed, mails, place);
  await bed.doveadm("index", "-u", place.user, "INBOX");
  await bed.withClient({ user: place.user, folder: "INBOX" }, (client) =>
    client.fetchAll("1:*", { uid: true, size: true, internalDate: true }, { uid: true }),
  );
  return expected;
}

export function describeInbox({ mails, bytes, replies, attachments }: Expected): string {
  const mean = (bytes / mails / 1024).toFixed(1);
  const share = ((100 * replies) / mails).toFixed(1);
  return `${mails} mails, mean ${mean} KB, ${share} % replies, ${attachments} attachments`;
}

/** @throws Error unless every mail became what the generator says, and nothing else did. */
export async function assertAllTaken(expected: Expected): Promise<void> {
  const { rows } = await db().pool.query<Record<string, number>>(`SELECT
    (SELECT count(*) FROM "InboundEmail")::int AS receipts,
    (SELECT count(*) FROM "InboundEmail" WHERE "status" = 'PROCESSED')::int AS processed,
    (SELECT count(*) FROM "Message")::int AS messages,
    (SELECT count(*) FROM "Ticket")::int AS tickets,
    (SELECT count(*) FROM "Attachment")::int AS attachments`);
  const found = JSON.stringify(rows[0]);
  const { mails, replies, attachments } = expected;
  const wanted = { receipts: mails, processed: mails, messages: mails };
  const all = JSON.stringify({ ...wanted, tickets: mails - replies, attachments });
  if (found !== all) throw new Error(`The desk holds ${found}, and should hold ${all}`);
}
