import { ImapConnection } from "./imap-connection";
import type { ServerSettings, TransportOptions } from "./server-settings";

const DEADLINE_MS = 30_000;

/**
 * The folder in which a mailbox keeps what was sent from it, by its special use (RFC 6154) or, on
 * servers that name none, by its name. The only place where anything is written on a mail server.
 */
export class SentFolder {
  private constructor(
    private readonly connection: ImapConnection,
    private readonly path: string,
  ) {}

  /**
   * Connects, signs in and opens the folder read-only.
   * @returns null when the mailbox has no such folder.
   * @throws MailError
   */
  static async open(server: ServerSettings, options: TransportOptions): Promise<SentFolder | null> {
    const connection = await ImapConnection.open(server, options, DEADLINE_MS);
    try {
      const folders = await connection.run((client) => client.list(), DEADLINE_MS);
      const path = folders.find(({ specialUse }) => specialUse === "\\Sent")?.path;
      if (path !== undefined) {
        await connection.examine(path, DEADLINE_MS);
        return new SentFolder(connection, path);
      }
    } catch (error) {
      await connection.close();
      throw error;
    }
    await connection.close();
    return null;
  }

  /** Whether a mail with this Message-ID, without its brackets, is there. @throws MailError */
  async has(messageId: string): Promise<boolean> {
    const query = { header: { "message-id": `<${messageId}>` } };
    const found = await this.connection.run((client) => client.search(query, { uid: true }));
    return Array.isArray(found) && found.length > 0;
  }

  /** Puts a mail there, read, as sent at `date`. @throws MailError */
  async append(bytes: Buffer, date: Date): Promise<void> {
    await this.connection.run(async (client) => {
      // A folder that is open read-only takes no flags, and the library leaves them out then.
      await client.mailboxClose();
      await client.append(this.path, bytes, ["\\Seen"], date);
    });
  }

  /** Signs out and closes; takes 5 s at most and never throws. */
  async close(): Promise<void> {
    await this.connection.close();
  }
}
