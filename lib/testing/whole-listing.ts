import type { ImapFolder, ListedMail } from "../transport/imap";

/** All that a folder lists above a UID, in one. */
export async function wholeListing(folder: ImapFolder, afterUid: number): Promise<ListedMail[]> {
  const all: ListedMail[] = [];
  for await (const listed of folder.list(afterUid)) all.push(...listed);
  return all;
}
