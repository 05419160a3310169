import { chown, mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { MailBed } from "./mail-bed";

const MAIL_OWNER = 5000;
let counter = 0;

/**
 * Puts mails into a folder that exists, as files, where Dovecot finds them as new: at once and in
 * this order, also those IMAP would refuse to append.
 */
export async function saveMails(
  bed: Pick<MailBed, "dir">,
  at: { user: string; folder: string },
  mails: (string | Buffer)[],
): Promise<void> {
  const home = join(
    bed.dir,
    "mail",
    at.user,
    "Maildir",
    at.folder === "INBOX" ? "" : `.${at.folder}`,
  );
  await mkdir(join(home, "new"), { recursive: true });
  for (const raw of mails) {
    counter += 1;
    // Dovecot numbers new files by their names' seconds, then by the rest.
    const name = `${1_700_000_000 + counter}.M${counter}P1.bed`;
    const file = join(home, "tmp", name);
    await mkdir(join(home, "tmp"), { recursive: true });
    await writeFile(file, raw);
    await chown(file, MAIL_OWNER, MAIL_OWNER);
    await rename(file, join(home, "new", name));
  }
}
