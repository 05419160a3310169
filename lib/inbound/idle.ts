import { isDeepStrictEqual } from "node:util";
import { db } from "../db/client";
import { env } from "../env";
import { messageOf } from "../errors";
import { log } from "../log";
import type { ImapFolder, ServerSettings } from "../transport/imap";

/** How long an IDLE lasts before it is begun anew: some servers and many routers forget it by then. */
const IDLE_MS = 210_000;

/** Connections one worker keeps open at most; the accounts beyond are polled as before. */
export const IDLE_MAX = 200;

/**
 * Polls that news begins start so far apart at least: little after one that found mail, as mails come
 * one after the other, and long after one that found none, whatever a server says in IDLE.
 */
const APART_SECONDS = { afterMail: 0.2, afterNothing: 2 };

/** How long the other workers leave a kept account to its worker, on the database's clock. */
export const keptSeconds = () => Math.min(30, env().WORKER_LEASE_SECONDS);

type Kept = {
  accountId: string;
  server: ServerSettings;
  folderName: string;
  folder: ImapFolder;
  /** Whether that poll found anything new. */
  hadMail: boolean;
  /** Ends the waiting, so that the connection can be used or closed. */
  ended: AbortController;
  /** false when the connection was lost. */
  waited: Promise<boolean>;
};

/** What is known of a folder that a poll has read to its end. */
export type ReadFolder = Pick<Kept, "accountId" | "server" | "folderName" | "folder" | "hadMail">;

/**
 * The connections that one worker keeps open between polls, each in IDLE (RFC 2177): new mail makes
 * its account due at once, and the next poll goes over the same connection. An account is kept by one
 * worker at a time, and the others leave it alone while that one says it lives. What is lost is not
 * connected again here: the poll underneath does that, at its own pace.
 */
export class IdleFolders {
  private readonly kept = new Map<string, Kept>();
  private max = IDLE_MAX;

  /** `onDue` is called when an account has become due. */
  constructor(
    private readonly owner: string,
    private readonly onDue: () => void,
  ) {}

  get size(): number {
    return this.kept.size;
  }

  /**
   * The kept connection of an account with its folder opened anew, or null when there is none that
   * fits these settings and lives.
   */
  async take(
    { accountId, server, folderName }: Omit<ReadFolder, "folder" | "hadMail">,
    signal: AbortSignal,
  ): Promise<ImapFolder | null> {
    const kept = this.kept.get(accountId);
    if (!kept) return null;
    this.kept.delete(accountId);
    kept.ended.abort();
    const isAlive = await kept.waited;
    const isSame = isDeepStrictEqual([kept.server, kept.folderName], [server, folderName]);
    if (isAlive && isSame)
      try {
        return await kept.folder.reopen(signal);
      } catch (error) {
        log.debug(`A kept connection could not be used: ${messageOf(error)}`);
      }
    await kept.folder.close();
    return null;
  }

  /**
   * Keeps the connection of a folder that was read, when the server can IDLE and there is room;
   * closes it otherwise.
   */
  async keep(read: ReadFolder): Promise<void> {
    const { accountId, folder } = read;
    const hasRoom = this.kept.size < this.max && !this.kept.has(accountId);
    if (!hasRoom || !folder.canIdle || !(await this.mark(accountId))) return folder.close();
    const ended = new AbortController();
    const kept = { ...read, ended, waited: Promise.resolve(true) };
    kept.waited = this.wait(kept);
    this.kept.set(accountId, kept);
  }

  /**
   * Says that this worker lives and keeps its accounts; lets go of those that were deactivated,
   * deleted or taken over, and of more than its share when there are other workers.
   */
  async renew(): Promise<void> {
    this.max = await this.share();
    const before = [...this.kept];
    const stillOurs = await db().pool.query<{ id: string }>(
      `UPDATE "EmailAccount" SET "idleUntil" = now() + make_interval(secs => $3)
       WHERE "id" = ANY($1::uuid[]) AND "idleOwner" = $2 AND "isActive" AND "pollingEnabled" RETURNING "id"`,
      [before.map(([id]) => id), this.owner, keptSeconds()],
    );
    const ours = new Set(stillOurs.rows.slice(0, this.max).map(({ id }) => id));
    // What was kept while we asked is no answer's to let go of.
    const others = before.filter(([id, kept]) => !ours.has(id) && this.kept.get(id) === kept);
    const ids = others.map(([id]) => id);
    await Promise.all(ids.map((id) => this.drop(id)));
    await this.unmark(ids);
  }

  /** Closes all connections and leaves the accounts to the other workers; takes 5 s at most. */
  async stop(): Promise<void> {
    this.max = 0;
    const ids = [...this.kept.keys()];
    await Promise.all(ids.map((id) => this.drop(id)));
    await this.unmark(ids).catch(() => undefined);
  }

  private async drop(accountId: string): Promise<void> {
    const kept = this.kept.get(accountId);
    if (!kept) return;
    this.kept.delete(accountId);
    kept.ended.abort();
    await kept.folder.close();
  }

  /** @returns false when the connection is lost. */
  private async wait(kept: Kept): Promise<boolean> {
    const { folder, ended } = kept;
    try {
      while (!ended.signal.aborted)
        if ((await folder.idle(IDLE_MS, ended.signal)) && !ended.signal.aborted) {
          await this.makeDue(kept);
          return true;
        }
      return true;
    } catch (error) {
      log.debug(`A kept connection was lost: ${messageOf(error)}`);
      if (this.kept.get(kept.accountId) === kept) this.kept.delete(kept.accountId);
      await folder.close();
      return false;
    }
  }

  /** Says that the account is due when it is: by the next look of the poll loop it would be later. */
  private async makeDue({ accountId, hadMail }: Kept): Promise<void> {
    const apart = hadMail ? APART_SECONDS.afterMail : APART_SECONDS.afterNothing;
    const made = await db()
      .pool.query<{ ms: number }>(
        `UPDATE "EmailAccount" SET "nextPollAt" = GREATEST(now(), "lastAttemptAt" + make_interval(secs => $3))
         WHERE "id" = $1 AND "idleOwner" = $2 AND "nextPollAt" > now()
         RETURNING extract(epoch FROM "nextPollAt" - now())::float * 1000 AS ms`,
        [accountId, this.owner, apart],
      )
      // The poll underneath finds the mail as well.
      .catch((error: unknown) => log.warn(`An account could not be made due: ${messageOf(error)}`));
    const waitMs = made?.rows[0]?.ms ?? 0;
    if (waitMs > 0) setTimeout(this.onDue, Math.ceil(waitMs) + 1).unref();
    else this.onDue();
  }

  /** @returns false when another worker keeps the account. */
  private async mark(accountId: string): Promise<boolean> {
    const marked = await db().pool.query(
      `UPDATE "EmailAccount" SET "idleOwner" = $2, "idleUntil" = now() + make_interval(secs => $3)
       WHERE "id" = $1 AND "isActive" AND "pollingEnabled"
         AND ("idleOwner" IS NULL OR "idleOwner" = $2 OR "idleUntil" < now())`,
      [accountId, this.owner, keptSeconds()],
    );
    return marked.rowCount === 1;
  }

  private async unmark(accountIds: string[]): Promise<void> {
    if (accountIds.length === 0) return;
    await db().pool.query(
      `UPDATE "EmailAccount" SET "idleOwner" = NULL, "idleUntil" = NULL WHERE "id" = ANY($1::uuid[]) AND "idleOwner" = $2`,
      [accountIds, this.owner],
    );
  }

  /** How many accounts this worker may keep: no more than its part among the workers that live. */
  private async share(): Promise<number> {
    const found = await db().pool.query<{ share: number }>(
      `SELECT ceil((SELECT count(*) FROM "EmailAccount" WHERE "isActive" AND "pollingEnabled")::numeric /
         GREATEST(1, (SELECT count(*) FROM "Worker" WHERE "heartbeatAt" > now() - interval '15 seconds')))::int AS share`,
    );
    // Where there is no account yet, the first one must not wait for its second poll.
    return Math.min(IDLE_MAX, Math.max(1, found.rows[0]?.share ?? IDLE_MAX));
  }
}
