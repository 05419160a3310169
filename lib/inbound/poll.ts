import { setTimeout as sleep } from "node:timers/promises";
import { crashpoint } from "../crashpoint";
import { db } from "../db/client";
import { notifyNow } from "../db/listen";
import { env } from "../env";
import { AppError, messageOf } from "../errors";
import { log, oneLine } from "../log";
import { MailError } from "../transport/mail-error";
import { type Fetched, fetchAccount } from "./fetch";
import type { IdleFolders, ReadFolder } from "./idle";
import { type AccountLease, endPoll, releaseLease, renewLease } from "./lease";
import { closeRun, openRun, type PollFigures } from "./poll-record";
import { countPending, type Processor } from "./process";
import { wordsToKeep } from "./server-words";
import { LeaseLost } from "./store";

/** What a pass over accounts came to: the figures of the guide's log lines. */
export type PassResult = PollFigures & {
  accounts: number;
  failed: { account: string; error: string }[];
};

const NOTHING: PassResult = {
  accounts: 0,
  emailsProcessed: 0,
  ticketsCreated: 0,
  messagesAppended: 0,
  duplicates: 0,
  ignored: 0,
  quarantined: 0,
  pending: 0,
  failed: [],
};

/** How long a pass waits for receipts that another worker holds, or that wait for their parent. */
const SETTLE_MS = 75_000;

export type PassOptions = {
  /** Called as each account is done, which for one may be long before the pass is. */
  onAccountEnd?: () => void;
  /** Called when mails of a poll are stored and wait to be processed. */
  onStored?: (() => void) | undefined;
  /** Where connections are kept from one poll to the next. */
  idle?: IdleFolders | undefined;
};

/**
 * Polls the leased accounts side by side, each in its own lease, processes what came, and prints the
 * guide's lines. One account's trouble harms no other.
 */
export async function pollAccounts(
  leases: AccountLease[],
  processor: Processor,
  signal: AbortSignal,
  { onAccountEnd = () => {}, ...options }: PassOptions = {},
): Promise<PassResult> {
  if (leases.length === 0) return NOTHING;
  const results = await Promise.all(
    leases.map((lease) =>
      pollAccount(lease, processor, signal, options)
        .catch((error: unknown) => {
          // The database went away, or a bug: the lease ends by itself, the other accounts go on.
          log.error(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
          return NOTHING;
        })
        .finally(onAccountEnd),
    ),
  );
  const total = results.reduce(add, NOTHING);
  log.info(
    `Email polling: ${total.emailsProcessed} emails processed, ${total.ticketsCreated} tickets created`,
  );
  return total;
}

function add(a: PassResult, b: PassResult): PassResult {
  return {
    accounts: a.accounts + b.accounts,
    emailsProcessed: a.emailsProcessed + b.emailsProcessed,
    ticketsCreated: a.ticketsCreated + b.ticketsCreated,
    messagesAppended: a.messagesAppended + b.messagesAppended,
    duplicates: a.duplicates + b.duplicates,
    ignored: a.ignored + b.ignored,
    quarantined: a.quarantined + b.quarantined,
    pending: a.pending + b.pending,
    failed: [...a.failed, ...b.failed],
  };
}

async function pollAccount(
  lease: AccountLease,
  processor: Processor,
  signal: AbortSignal,
  { idle, onStored }: PassOptions,
): Promise<PassResult> {
  const account = await db().prisma.emailAccount.findUnique({
    where: { id: lease.accountId },
    select: { email: true },
  });
  if (!account) return NOTHING;
  const { email } = account;
  crashpoint("poll.claimed");
  const runId = await openRun(lease);
  crashpoint("poll.run-opened");
  const startedAt = performance.now();
  let fetched: Fetched | null = null;
  let trouble: string | null = null;
  const heart = keepLease(lease, signal);
  try {
    fetched = await fetchAccount({
      lease,
      pollRunId: runId,
      leaseSeconds: env().WORKER_LEASE_SECONDS,
      signal: heart.signal,
      // It starts while the mails are on their way.
      onFound: () => processor.prepare(),
      onStored,
      idle,
    });
    crashpoint("poll.fetched");
    await endPoll(lease, { ok: true, intervalSeconds: env().EMAIL_POLLING_INTERVAL });
  } catch (error) {
    trouble = await endInTrouble(lease, email, error, signal);
  } finally {
    heart.stop();
    const isWell = trouble === null && !signal.aborted;
    if (fetched) await letGo(fetched.read, isWell ? idle : undefined);
  }
  crashpoint("poll.ended");
  await notifyNow("account", lease.accountId);
  // Mail stored before a failure is processed all the same.
  await settle(runId, processor, signal);
  const figures = await closeRun(runId, {
    fetched: fetched?.result ?? null,
    error: trouble,
    durationMs: Math.round(performance.now() - startedAt),
  });
  const result = { accounts: 1, ...figures };
  crashpoint("poll.run-closed");
  if (result.emailsProcessed > 0)
    log.info(
      `Polled account ${email}: ${result.emailsProcessed} emails processed, ${result.ticketsCreated} tickets created`,
    );
  await notifyNow("account", lease.accountId);
  return { ...result, failed: trouble ? [{ account: email, error: trouble }] : [] };
}

/** Keeps the connection of a poll that went well, where there is a keeper; closes it otherwise. */
async function letGo(read: ReadFolder, idle: IdleFolders | undefined): Promise<void> {
  if (idle)
    await idle.keep(read).catch(async (error: unknown) => {
      log.warn(`A connection could not be kept: ${messageOf(error)}`);
      await read.folder.close();
    });
  else await read.folder.close();
}

/** Renews the lease while the poll goes on; aborts the poll when the account is no longer ours. */
function keepLease(lease: AccountLease, outer: AbortSignal): { signal: AbortSignal; stop(): void } {
  const lost = new AbortController();
  const seconds = env().WORKER_LEASE_SECONDS;
  const beat = setInterval(
    async () => {
      const isOurs = await renewLease(lease, seconds).catch(() => true);
      if (!isOurs)
        lost.abort(new LeaseLost("The account was changed or taken over during the poll."));
    },
    (seconds * 1000) / 3,
  );
  return { signal: AbortSignal.any([outer, lost.signal]), stop: () => clearInterval(beat) };
}

/** Says on the account what went wrong. @returns the cause in plain words; null when nothing did. */
async function endInTrouble(
  lease: AccountLease,
  email: string,
  error: unknown,
  signal: AbortSignal,
): Promise<string | null> {
  if (error instanceof LeaseLost || signal.aborted || !(await isStillOurs(lease))) {
    await releaseLease(lease);
    return null;
  }
  const cause = oneLine(messageOf(error));
  const fix = error instanceof MailError ? error.fix : "";
  const kind =
    error instanceof MailError ? error.kind : error instanceof AppError ? "config" : "transient";
  if (!(error instanceof MailError) && !(error instanceof AppError))
    log.error(error instanceof Error ? (error.stack ?? cause) : cause);
  const said =
    error instanceof MailError ? await wordsToKeep(lease.accountId, error.serverSaid) : null;
  await endPoll(lease, { ok: false, kind, cause, fix, said });
  log.error(`Polling account ${email} failed: ${cause}`);
  return cause;
}

async function isStillOurs(lease: AccountLease): Promise<boolean> {
  const row = await db().prisma.emailAccount.count({
    where: { id: lease.accountId, leaseToken: lease.token, isActive: true, pollingEnabled: true },
  });
  return row === 1;
}

/** Processes the poll's receipts, and waits a while for those that others hold or that must wait. */
async function settle(pollRunId: string, processor: Processor, signal: AbortSignal): Promise<void> {
  const until = performance.now() + SETTLE_MS;
  while (!signal.aborted && performance.now() < until) {
    await processor.run({ pollRunId }, signal);
    if ((await countPending(pollRunId)) === 0) return;
    await sleep(250);
  }
}
