import { ImapConnection } from "./imap-connection";
import type { ServerSettings, TransportOptions } from "./server-settings";

const DEADLINE_MS = 30_000;

/** Names given out at most; a mailbox with more is better typed by hand. */
const FOLDERS_MAX = 1_000;

/**
 * The folders of a mailbox that can be opened, as the server writes their names, the inbox first.
 * Changes nothing on the server.
 * @throws MailError
 */
export async function listFolders(
  server: ServerSettings,
  options: TransportOptions,
): Promise<string[]> {
  const connection = await ImapConnection.open(server, options, DEADLINE_MS);
  try {
    const folders = await connection.run((client) => client.list(), DEADLINE_MS);
    const paths = folders.filter(({ flags }) => !flags.has("\\Noselect")).map(({ path }) => path);
    return [...new Set(["INBOX", ...paths.sort()])].slice(0, FOLDERS_MAX);
  } finally {
    await connection.close();
  }
}
