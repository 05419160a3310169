import type { ImapFlow } from "imapflow";
import type { ImapConnection } from "./imap-connection";
import { MailError } from "./mail-error";

const DEADLINE_MS = 60_000;

/** Mails named in one command: its line stays short. */
const UIDS_MAX = 200;

/**
 * What may be changed in a folder: single mails by their UID, and nothing else. Made by
 * ImapFolder.change(), which opens the folder for writing and checks that it is still the same.
 * Every method throws MailError.
 */
export class FolderChanges {
  constructor(private readonly connection: ImapConnection) {}

  /** Sets \Seen; UIDs the folder no longer holds are passed over. */
  async markRead(uids: readonly number[]): Promise<void> {
    await this.inPieces(uids, async (client, range) => {
      const isDone = await client.messageFlagsAdd(range, ["\\Seen"], { uid: true });
      if (!isDone) throw this.refused("The server did not let mails be marked as read.");
    });
  }

  /**
   * Moves mails by MOVE (RFC 6851). Without it by COPY, \Deleted and UID EXPUNGE (RFC 4315) of these
   * alone, never by EXPUNGE, which would remove what other programs have marked. Makes the folder
   * where there is none.
   * @param copied those of which an earlier try made the copy already
   */
  async move(
    uids: readonly number[],
    folder: string,
    copied: ReadonlySet<number> = new Set(),
  ): Promise<void> {
    const { capabilities } = this.connection.client;
    await this.makeFolder(folder);
    if (capabilities.has("MOVE"))
      return this.inPieces(uids, async (client, range) => {
        if (!(await client.messageMove(range, folder, { uid: true }))) throw this.notMoved(folder);
      });
    // The library would fall back on EXPUNGE.
    if (!capabilities.has("UIDPLUS"))
      throw this.refused(
        "The server can’t move single mails: it knows neither MOVE nor UIDPLUS.",
        "Choose another thing to do after import: mails can still be marked as read.",
      );
    const missing = uids.filter((uid) => !copied.has(uid));
    await this.inPieces(missing, async (client, range) => {
      if (!(await client.messageCopy(range, folder, { uid: true }))) throw this.notMoved(folder);
    });
    await this.inPieces(uids, async (client, range) => {
      if (!(await client.messageDelete(range, { uid: true })))
        throw this.refused(`The server copied mails to “${folder}” and did not remove them here.`);
    });
  }

  private async makeFolder(folder: string): Promise<void> {
    const isThere = await this.connection.status(folder, DEADLINE_MS);
    if (isThere) return;
    const made = await this.connection.run(
      (client) => client.mailboxCreate(folder).catch(() => null),
      DEADLINE_MS,
    );
    if (made === null)
      throw this.refused(
        `The folder “${folder}” is not there and could not be made.`,
        "Make it with a mail program, or choose another one for this account.",
      );
  }

  private async inPieces(
    uids: readonly number[],
    work: (client: ImapFlow, range: string) => Promise<void>,
  ): Promise<void> {
    for (let at = 0; at < uids.length; at += UIDS_MAX) {
      const range = uids.slice(at, at + UIDS_MAX).join();
      await this.connection.run((client) => work(client, range));
    }
  }

  private notMoved(folder: string): MailError {
    return this.refused(
      `The server did not move mails to “${folder}”.`,
      "The mailbox may be full, or the folder closed to this account.",
    );
  }

  private refused(cause: string, fix = "It is tried again with the next polls."): MailError {
    const { host } = this.connection.server;
    return new MailError({
      ...{ kind: "transient", code: "ECHANGE", cause: `${host}: ${cause}`, fix, serverSaid: null },
    });
  }
}
