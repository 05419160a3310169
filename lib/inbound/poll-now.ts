import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { liveWorkers } from "../accounts/health";
import { requestPoll } from "../accounts/polling";
import { db } from "../db/client";
import { env } from "../env";
import { AppError } from "../errors";
import { log } from "../log";
import { claimAccounts } from "./lease";
import { createParsePool } from "./parse-pool";
import { type PassResult, pollAccounts } from "./poll";
import { Processor } from "./process";

/** How long a pass may take in a worker before we say that it goes on without us. */
const WAIT_MS = 10 * 60_000;

/**
 * One pass now over one account, or over all that are active with polling enabled. A living worker
 * is asked and waited for; without one, or when the last one dies meanwhile, this process takes the
 * leases and does it itself.
 * @throws AppError "conflict" when polling is off, "not-found" for an unknown account.
 */
export async function pollNow(accountId: string | null): Promise<PassResult> {
  if (!env().EMAIL_POLLING_ENABLED)
    throw new AppError("conflict", "Email polling is off: EMAIL_POLLING_ENABLED is false.");
  const accountIds = await pollableAccounts(accountId);
  return (await hasWorker()) ? askWorker(accountIds) : pollHere(accountIds);
}

async function hasWorker(): Promise<boolean> {
  return (await liveWorkers()).some((worker) => worker.pollingEnabled);
}

async function pollableAccounts(accountId: string | null): Promise<string[]> {
  const select = { id: true, email: true, isActive: true, pollingEnabled: true };
  if (!accountId) {
    const all = await db().prisma.emailAccount.findMany({
      where: { isActive: true, pollingEnabled: true },
      select,
    });
    return all.map(({ id }) => id);
  }
  const account = await db().prisma.emailAccount.findUnique({ where: { id: accountId }, select });
  if (!account) throw new AppError("not-found", "There is no email account with this id.");
  if (!account.isActive) throw new AppError("conflict", `${account.email} is not active.`);
  if (!account.pollingEnabled)
    throw new AppError("conflict", `Polling is not enabled for ${account.email}.`);
  return [account.id];
}

async function pollHere(accountIds: string[]): Promise<PassResult> {
  const owner = `desk-${process.pid}-${randomBytes(3).toString("hex")}`;
  const pool = createParsePool();
  try {
    const leases = await claimAccounts(owner, accountIds, env().WORKER_LEASE_SECONDS);
    if (leases.length < accountIds.length)
      log.warn("Another process is polling some of the accounts; they are left out.");
    const processor = new Processor(owner, pool);
    const result = await pollAccounts(leases, processor, new AbortController().signal);
    // What an earlier process left behind is finished too.
    await processor.run({});
    return result;
  } finally {
    await pool.close();
  }
}

async function askWorker(accountIds: string[]): Promise<PassResult> {
  const asked = await db().pool.query<{ now: Date }>("SELECT clock_timestamp() AS now");
  const since = asked.rows[0]?.now ?? new Date();
  for (const id of accountIds) await requestPoll(id);
  const until = performance.now() + WAIT_MS;
  for (;;) {
    const runs = await db().prisma.pollRun.findMany({
      where: {
        accountId: { in: accountIds },
        startedAt: { gte: since },
        finishedAt: { not: null },
      },
      orderBy: { startedAt: "asc" },
      distinct: ["accountId"],
      include: { account: { select: { email: true } } },
    });
    if (runs.length === accountIds.length) return resultOf(runs);
    if (performance.now() > until)
      throw new AppError("unavailable", "The worker has not finished this poll; it goes on.");
    if (!(await hasWorker())) return pollHere(accountIds);
    await sleep(200);
  }
}

type FinishedRun = {
  processed: number;
  created: number;
  appended: number;
  duplicates: number;
  ignored: number;
  quarantined: number;
  error: string | null;
  account: { email: string };
};

/** The worker's figures, with the guide's lines here as well. */
function resultOf(runs: FinishedRun[]): PassResult {
  const sum = (pick: (run: FinishedRun) => number) =>
    runs.reduce((total, run) => total + pick(run), 0);
  for (const run of runs) {
    if (run.error) log.error(`Polling account ${run.account.email} failed: ${run.error}`);
    else if (run.processed > 0)
      log.info(
        `Polled account ${run.account.email}: ${run.processed} emails processed, ${run.created} tickets created`,
      );
  }
  const result = {
    accounts: runs.length,
    emailsProcessed: sum((run) => run.processed),
    ticketsCreated: sum((run) => run.created),
    messagesAppended: sum((run) => run.appended),
    duplicates: sum((run) => run.duplicates),
    ignored: sum((run) => run.ignored),
    quarantined: sum((run) => run.quarantined),
    pending: 0,
    failed: runs.flatMap((run) =>
      run.error ? [{ account: run.account.email, error: run.error }] : [],
    ),
  };
  log.info(
    `Email polling: ${result.emailsProcessed} emails processed, ${result.ticketsCreated} tickets created`,
  );
  return result;
}
