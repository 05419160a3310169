import type { FetchMessageObject, ImapFlow, MailboxObject } from "imapflow";
import { FolderChanges } from "./folder-changes";
import { ImapConnection } from "./imap-connection";
import { MailError, type MailServer, toMailError } from "./mail-error";
import type { ServerSettings, TransportOptions } from "./server-settings";
import { isUid, toRange, toShortRange, UID_MAX } from "./uids";

export type { ServerSettings, TransportOptions } from "./server-settings";

/** One mail as the folder lists it. `size` is RFC822.SIZE in bytes, which may be off a little. */
export type ListedMail = { uid: number; size: number; internalDate: Date };

/** One mail with its exact bytes. */
export type FetchedMail = { uid: number; internalDate: Date; flags: string[]; raw: Buffer };

/** What was read of a mail; `isWhole` when that is all of it. */
export type MailBeginning = { uid: number; internalDate: Date; raw: Buffer; isWhole: boolean };

const OPEN_DEADLINE_MS = 30_000;

const DAY_MS = 86_400_000;

/** UIDs that are asked about first, how many times more are next, and up to which number where mails are many. */
const LISTED_FIRST = 125;
const LISTED_GROWTH = 4;
const LISTED_UIDS = 2_000;

/** A folder that stays open is opened anew after this long, for servers that show it as it was. */
const OPEN_MS = 600_000;

/**
 * One connection with one folder open, read-only: nothing but change() changes anything on the server.
 * Commands run one after the other; do not call two at once. Every method throws MailError, and
 * never takes a lost connection for an empty answer.
 */
export class ImapFolder {
  readonly uidValidity: bigint;
  /** The UID the next mail will get; when the server does not say, worked out from the last one. */
  readonly uidNext: number;
  private readonly connection: ImapConnection;
  private readonly name: string;
  /** When it was opened, by this process's clock. */
  private readonly openedAt: number;
  /** The highest UID of a listing. */
  private lastListed = 0;

  private constructor(
    connection: ImapConnection,
    box: { name: string; uidValidity: bigint; uidNext: number; openedAt: number },
  ) {
    this.connection = connection;
    this.name = box.name;
    this.uidValidity = box.uidValidity;
    this.uidNext = box.uidNext;
    this.openedAt = box.openedAt;
  }

  /**
   * Connects, signs in and opens the folder with EXAMINE, within 30 s overall.
   * @throws MailError; code EINBOX when there is no such folder, EUIDVALIDITY when the server has
   * no usable UIDVALIDITY for it, EPRIVATEHOST, ESTARTTLS, EDEADLINE …
   */
  static async open(
    server: ServerSettings,
    folder: string,
    options: TransportOptions,
  ): Promise<ImapFolder> {
    const startedAt = performance.now();
    const connection = await ImapConnection.open(server, options, OPEN_DEADLINE_MS);
    try {
      const leftMs = () => Math.max(1, OPEN_DEADLINE_MS - (performance.now() - startedAt));
      const box = await connection.examine(folder, leftMs());
      return await ImapFolder.of(connection, folder, box, leftMs());
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private static async of(
    connection: ImapConnection,
    name: string,
    box: MailboxObject,
    deadlineMs: number,
  ): Promise<ImapFolder> {
    const uidNext =
      box.uidNext || (await connection.run((client) => highestUid(client, box), deadlineMs)) + 1;
    const { uidValidity } = box;
    return new ImapFolder(connection, { name, uidValidity, uidNext, openedAt: performance.now() });
  }

  /** Whether the server tells of new mail by itself (RFC 2177). */
  get canIdle(): boolean {
    return this.connection.client.capabilities.has("IDLE");
  }

  /**
   * The same folder over the same connection after idle(), as it is now; `signal` takes the place of
   * the one before. Opening a folder costs some servers a look at each of its mails, so the inbox is
   * opened anew only when its STATUS shows another UIDVALIDITY or UIDs we have read past, or after ten
   * minutes. Any other folder may have been deleted and made again, of which a server need not tell
   * who has the old one open.
   * @throws MailError as open() does
   */
  async reopen(signal: AbortSignal): Promise<ImapFolder> {
    this.connection.signal = signal;
    const { connection, name, uidValidity, openedAt } = this;
    // INBOX in any case (RFC 3501 §5.1), which nobody can delete (§6.3.4).
    if (name.toUpperCase() === "INBOX" && performance.now() - openedAt < OPEN_MS) {
      const now = await connection.status(name, OPEN_DEADLINE_MS);
      const isSame = now?.uidValidity === uidValidity && now.uidNext >= this.uidNext;
      if (isSame && now.uidNext > this.lastListed)
        return new ImapFolder(connection, { name, uidValidity, uidNext: now.uidNext, openedAt });
    }
    const box = await connection.examine(name, OPEN_DEADLINE_MS);
    return ImapFolder.of(connection, name, box, OPEN_DEADLINE_MS);
  }

  /**
   * Waits in IDLE, for `maxMs` at most, until there is mail that came after the folder was listed.
   * No other call may be made meanwhile.
   * @returns whether there is.
   * @throws MailError when the connection is lost
   */
  async idle(maxMs: number, signal: AbortSignal): Promise<boolean> {
    this.connection.signal = undefined;
    await this.connection.idle(maxMs, signal);
    return this.connection.hasNews;
  }

  /** How many mails the folder holds, as far as the server has told. */
  get exists(): number {
    const { mailbox } = this.connection.client;
    return mailbox ? mailbox.exists : 0;
  }

  /**
   * The mails with a UID above `afterUid`, ascending, as many at a time as one command answers: those
   * of the next 125 UIDs, then 500 and 2,000, and more where there are few mails to so many. So a full
   * folder's first mails are known at once, and no more is held than is being worked on. Other calls
   * may be made between two listings.
   */
  async *list(afterUid: number): AsyncGenerator<ListedMail[], void, void> {
    // Mail told of before this is in the listing.
    this.connection.hasNews = false;
    if (this.exists === 0) await this.read((client) => client.noop());
    let width = this.exists <= LISTED_FIRST ? UID_MAX : LISTED_FIRST;
    // `1:*` on an empty folder is a syntax error to some servers.
    for (let after = afterUid; after < UID_MAX && this.exists > 0; ) {
      const isLast = after + width >= this.uidNext - 1;
      const listed = await this.listWithin(after, isLast ? UID_MAX : after + width);
      if (listed.length > 0) yield listed;
      if (isLast) return;
      after += width;
      const isSparse = listed.length < width / LISTED_GROWTH;
      if (isSparse || width < LISTED_UIDS) width *= LISTED_GROWTH;
    }
  }

  /**
   * The mails with a UID above `after` and up to `upTo`. `UID FETCH n:*` answers with the last mail
   * even when its UID is lower (RFC 3501 §6.4.8), so that one is left out here.
   */
  private async listWithin(after: number, upTo: number): Promise<ListedMail[]> {
    const query = { uid: true, size: true, internalDate: true };
    const range = `${after + 1}:${upTo === UID_MAX ? "*" : upTo}`;
    const rows = await this.read((client) => client.fetchAll(range, query, { uid: true }));
    const listed = listedIn(rows, (uid) => uid > after && uid <= upTo);
    this.lastListed = Math.max(this.lastListed, listed.at(-1)?.uid ?? 0);
    return listed;
  }

  /**
   * The UIDs of all mails in the folder, ascending: a number each, so that a folder of any size can be
   * held in memory.
   */
  async uids(): Promise<number[]> {
    const found = await this.read(async (client) => {
      if (this.exists === 0) await client.noop();
      return this.exists === 0 ? [] : client.search({ all: true }, { uid: true });
    });
    if (found && (found.length > 0 || this.exists === 0)) return found.filter(isUid);
    throw notSearched(this.connection.server, this.exists);
  }

  /**
   * The UIDs of mails that arrived since this day or are a day older, ascending: SEARCH SINCE knows
   * days only, in the server's own time zone (RFC 3501 §6.4.4). All of them for null.
   */
  async uidsSince(date: Date | null): Promise<number[]> {
    if (date === null) return this.uids();
    const since = new Date(date.getTime() - DAY_MS);
    const found = await this.read(async (client) =>
      this.exists === 0 ? [] : client.search({ since }, { uid: true }),
    );
    if (found) return found.filter(isUid);
    throw notSearched(this.connection.server, this.exists);
  }

  /**
   * The first `bytesMax` bytes of each of these mails, by a partial BODY.PEEK[] (RFC 3501 §6.4.5), so
   * that none becomes \Seen; in ascending order. Those the server does not deliver are absent.
   */
  async fetchBeginnings(uids: number[], bytesMax: number): Promise<MailBeginning[]> {
    const wanted = new Set(uids.filter(isUid));
    if (wanted.size === 0) return [];
    const source = { start: 0, maxLength: bytesMax };
    const query = { uid: true, size: true, internalDate: true, source };
    const range = toShortRange([...wanted]);
    const rows = await this.read((client) => client.fetchAll(range, query, { uid: true }));
    const fetched = new Map<number, MailBeginning>();
    for (const row of rows) {
      if (!wanted.has(row.uid) || !row.source?.length) continue;
      const raw = row.source.subarray(0, bytesMax);
      const isWhole = row.source.length < bytesMax;
      fetched.set(row.uid, { uid: row.uid, internalDate: dateOf(row), raw, isWhole });
    }
    return [...fetched.values()].sort((a, b) => a.uid - b.uid);
  }

  /** These mails as the folder lists them; those it no longer holds are absent. */
  async listOnly(uids: number[]): Promise<ListedMail[]> {
    const wanted = new Set(uids.filter(isUid));
    if (wanted.size === 0) return [];
    const query = { uid: true, size: true, internalDate: true };
    const range = toShortRange([...wanted]);
    const rows = await this.read((client) => client.fetchAll(range, query, { uid: true }));
    return listedIn(rows, (uid) => wanted.has(uid));
  }

  /**
   * The bytes of the given mails by BODY.PEEK[], so that none becomes \Seen; in ascending order.
   * A UID the server does not deliver is simply absent, and so is a mail that turns out to be
   * larger than `maxBytesEach`. All are held in memory: bound the call by count and size.
   */
  async fetch(uids: number[], maxBytesEach: number): Promise<FetchedMail[]> {
    const wanted = new Set(uids.filter(isUid));
    if (wanted.size === 0) return [];
    const query = { uid: true, flags: true, internalDate: true, source: true };
    const range = toRange([...wanted]);
    const rows = await this.read((client) => client.fetchAll(range, query, { uid: true }));
    const fetched = new Map<number, FetchedMail>();
    for (const row of rows) {
      const { uid, source } = row;
      if (!wanted.has(uid) || fetched.has(uid) || !source || source.length === 0) continue;
      if (source.length > maxBytesEach) continue;
      const flags = [...(row.flags ?? [])];
      fetched.set(uid, { uid, internalDate: dateOf(row), flags, raw: source });
    }
    return [...fetched.values()].sort((a, b) => a.uid - b.uid);
  }

  /** The header of one mail, for mails too large to fetch; null when the UID is gone. */
  async fetchHeader(uid: number): Promise<Buffer | null> {
    const query = { uid: true, headers: true };
    const rows = await this.read((client) => client.fetchAll(String(uid), query, { uid: true }));
    return rows.find((row) => row.uid === uid && row.headers?.length)?.headers ?? null;
  }

  /** The Date field of each mail, for telling old mail from new, by UID; absent where there is none. */
  async fetchDates(uids: number[]): Promise<Map<number, Buffer>> {
    if (uids.length === 0) return new Map();
    const query = { uid: true, headers: ["date"] };
    const range = toShortRange(uids.filter(isUid));
    const rows = await this.read((client) => client.fetchAll(range, query, { uid: true }));
    return new Map(rows.flatMap(({ uid, headers }) => (headers?.length ? [[uid, headers]] : [])));
  }

  /** When each mail came, and its Message-ID field, by UID: enough to know it again. */
  async identify(uids: number[]): Promise<Map<number, { internalDate: Date; header: Buffer }>> {
    if (uids.length === 0) return new Map();
    const query = { uid: true, internalDate: true, headers: ["message-id"] };
    const range = toShortRange(uids.filter(isUid));
    const rows = await this.read((client) => client.fetchAll(range, query, { uid: true }));
    return new Map(
      rows.flatMap((row) =>
        row.headers ? [[row.uid, { internalDate: dateOf(row), header: row.headers }]] : [],
      ),
    );
  }

  /**
   * Which of these mails another folder holds as well, by their Message-ID without brackets and the
   * moment they came, which a copy keeps.
   */
  async heldElsewhere<Mail extends { messageId: string; internalDate: Date }>(
    folder: string,
    mails: readonly Mail[],
  ): Promise<Mail[]> {
    const isThere = mails.length > 0 && (await this.connection.status(folder, OPEN_DEADLINE_MS));
    if (!isThere) return [];
    const held: Mail[] = [];
    try {
      await this.connection.examine(folder, OPEN_DEADLINE_MS);
      for (const mail of mails) {
        const dates = await this.connection.run((client) => datesOf(client, mail.messageId));
        if (dates.includes(mail.internalDate.getTime())) held.push(mail);
      }
    } finally {
      await this.openAgain();
    }
    return held;
  }

  /**
   * Opens the folder for writing while `work` goes on, when it is still the same one; read-only again
   * afterwards.
   */
  async change(work: (changes: FolderChanges) => Promise<void>): Promise<void> {
    try {
      await this.connection.run((client) => client.mailboxOpen(this.name), OPEN_DEADLINE_MS);
      this.requireSameFolder();
      await work(new FolderChanges(this.connection));
    } finally {
      await this.openAgain();
    }
  }

  private async openAgain(): Promise<void> {
    const { uidNext } = await this.connection.examine(this.name, OPEN_DEADLINE_MS);
    this.requireSameFolder();
    // Nobody tells of what came while the folder was being opened.
    if (uidNext > this.uidNext && uidNext > this.lastListed + 1) this.connection.hasNews = true;
  }

  /** Signs out and closes; takes 5 s at most and never throws. */
  async close(): Promise<void> {
    await this.connection.close();
  }

  /** Checks before and after that it is still the folder that was opened. */
  private async read<T>(work: (client: ImapFlow) => Promise<T>): Promise<T> {
    this.requireSameFolder();
    const answer = await this.connection.run(work);
    this.requireSameFolder();
    return answer;
  }

  private requireSameFolder(): void {
    const { mailbox } = this.connection.client;
    if (mailbox && mailbox.uidValidity === this.uidValidity) return;
    const lost = Object.assign(new Error("the folder is not open"), { code: "NoConnection" });
    throw toMailError(lost, this.connection.server);
  }
}

/** When the mails of this Message-ID in the open folder came. */
async function datesOf(client: ImapFlow, messageId: string): Promise<number[]> {
  const found = await client.search({ header: { "message-id": messageId } }, { uid: true });
  if (!found || found.length === 0) return [];
  const query = { uid: true, internalDate: true };
  const rows = await client.fetchAll(toShortRange(found.filter(isUid)), query, { uid: true });
  return rows.map((row) => dateOf(row).getTime());
}

function listedIn(rows: FetchMessageObject[], isWanted: (uid: number) => boolean): ListedMail[] {
  const listed = new Map<number, ListedMail>();
  for (const row of rows) {
    if (!isUid(row.uid) || !isWanted(row.uid)) continue;
    // A second row for the same UID is a flag change that came in between.
    if (listed.has(row.uid) && row.size === undefined) continue;
    const { uid, size = 0 } = row;
    listed.set(uid, { uid, size, internalDate: dateOf(row) });
  }
  return [...listed.values()].sort((a, b) => a.uid - b.uid);
}

/** An empty answer about a folder that is not empty says nothing about its mails. */
function notSearched({ host }: MailServer, exists: number): MailError {
  return new MailError({
    kind: "transient",
    code: "ENOTSEARCHED",
    cause: `${host} holds ${exists} mails in the folder and did not list their numbers.`,
    fix: "It is tried again later. New mail is read all the same.",
    serverSaid: null,
  });
}

/** Some servers leave UIDNEXT out of their answer to EXAMINE. */
async function highestUid(client: ImapFlow, box: MailboxObject): Promise<number> {
  if (box.exists === 0) return 0;
  const rows = await client.fetchAll("*", { uid: true });
  return Math.max(0, ...rows.map((row) => row.uid).filter(isUid));
}

/** An unknown date counts as now: it must never make a mail look older than the account's start. */
function dateOf(row: FetchMessageObject): Date {
  const date = new Date(row.internalDate ?? Date.now());
  return Number.isNaN(date.getTime()) ? new Date() : date;
}
