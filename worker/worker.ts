import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import os from "node:os";
import { pruneAlerts, sendWebhooks } from "@/lib/alerts/send-webhooks";
import { watchAccounts } from "@/lib/alerts/watch";
import { listen } from "@/lib/db/listen";
import { env } from "@/lib/env";
import { IdleFolders, keptSeconds } from "@/lib/inbound/idle";
import { claimDueAccounts } from "@/lib/inbound/lease";
import { createParsePool } from "@/lib/inbound/parse-pool";
import { pollAccounts } from "@/lib/inbound/poll";
import { pruneRuns } from "@/lib/inbound/poll-record";
import { Processor } from "@/lib/inbound/process";
import { log } from "@/lib/log";
import { forgetAbandoned } from "@/lib/oauth/grants";
import { queueAgentNotices } from "@/lib/outbound/agent-notices";
import { deliverDue } from "@/lib/outbound/deliver";
import { copySent } from "@/lib/outbound/sent-copies";
import { keepClocks } from "@/lib/tickets/keep-clocks";
import { sortInWords } from "@/lib/tickets/sort-in-words";
import { warnOfTargets } from "@/lib/tickets/warn-of-targets";
import { sweepUploads } from "@/lib/uploads";
import { beat, leave } from "./heartbeat";
import { type Loop, repeat } from "./loop";

const LOOK_EVERY_MS = 1_000;
const BEAT_EVERY_MS = 5_000;
const COPY_EVERY_MS = 5_000;
const SORT_EVERY_MS = 5_000;
const TELL_EVERY_MS = 5_000;
const CLOCKS_EVERY_MS = 5_000;
const WATCH_EVERY_MS = 15_000;
const WEBHOOKS_EVERY_MS = 5_000;
const SWEEP_EVERY_MS = 3600_000;

/** Connections over which mail is sent at once: one slow server must not hold up the others. */
const SENDERS = 8;

export type RunningWorker = { id: string; stop(): Promise<void> };

/** Passes that are still going on, and how many accounts are being polled in them. */
class Passes {
  private readonly running = new Set<Promise<unknown>>();
  accounts = 0;

  /** `run` says of each account when it is done: a slow one must not keep the others' places. */
  start(accounts: number, run: (onAccountEnd: () => void) => Promise<unknown>): void {
    this.accounts += accounts;
    const tracked = run(() => {
      this.accounts--;
    }).finally(() => this.running.delete(tracked));
    this.running.add(tracked);
  }

  async settled(): Promise<void> {
    await Promise.allSettled(this.running);
  }
}

/**
 * Starts the loops: poll, process, deliver, heartbeat. Each claims work in the database, so any
 * number of workers may run. stop() stops claiming, lets go of leases and returns when all is quiet.
 */
export async function startWorker(): Promise<RunningWorker> {
  const id = `${os.hostname()}-${process.pid}-${randomBytes(3).toString("hex")}`;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each loop listens, and what it has going on: Node would take so many for a leak.
  setMaxListeners(0, signal);
  const pool = createParsePool();
  const processor = new Processor(id, pool);
  const passes = new Passes();
  await beat(id);

  const idle = env().EMAIL_IDLE_ENABLED ? new IdleFolders(id, () => polling.wake()) : undefined;
  const heart = repeat("heartbeat", BEAT_EVERY_MS, signal, () => beat(id));
  const keeping = repeat("idle", Math.min(BEAT_EVERY_MS, keptSeconds() * 300), signal, async () => {
    await idle?.renew();
  });
  const polling = repeat("poll", LOOK_EVERY_MS, signal, () =>
    pollDue({ owner: id, processor, passes, signal, idle, onStored: () => processing.wake() }),
  );
  const processing = repeat("process", 2 * LOOK_EVERY_MS, signal, async () => {
    await processor.run({}, signal);
  });
  const delivering = startSenders(id, signal);
  const copying = repeat("copy", COPY_EVERY_MS, signal, async () => {
    await copySent(signal);
  });
  const upkeep = startUpkeep(signal);
  const unlisten = listen(({ topic }) => {
    if (topic === "poll" || topic === "account" || topic === "resync") polling.wake();
    if (topic === "outbound" || topic === "resync") delivering[0]?.wake();
    if (topic === "resync") processing.wake();
  });
  if (!env().EMAIL_POLLING_ENABLED)
    log.info("Email polling is off: EMAIL_POLLING_ENABLED is false");
  log.info(`Worker ${id} is ready`);

  return {
    id,
    async stop() {
      stopping.abort();
      await unlisten();
      await Promise.all(
        [...[heart, keeping, polling, processing, copying], ...[...upkeep, ...delivering]].map(
          (loop) => loop.stopped,
        ),
      );
      await passes.settled();
      await idle?.stop();
      await pool.close();
      await leave(id).catch(() => undefined);
    },
  };
}

/** What goes on beside the mail itself: who is told of what, clocks, and what is to be forgotten. */
function startUpkeep(signal: AbortSignal): Loop[] {
  return [
    repeat("tell", TELL_EVERY_MS, signal, async () => {
      await warnOfTargets();
      await queueAgentNotices(signal);
    }),
    repeat("clocks", CLOCKS_EVERY_MS, signal, async () => {
      await keepClocks(signal);
    }),
    repeat("watch", WATCH_EVERY_MS, signal, async () => {
      await watchAccounts();
    }),
    repeat("webhooks", WEBHOOKS_EVERY_MS, signal, async () => {
      await sendWebhooks({ signal });
    }),
    repeat("sweep", SWEEP_EVERY_MS, signal, async () => {
      await sweepUploads();
      await pruneRuns(env().EMAIL_POLLING_INTERVAL, signal);
      await pruneAlerts();
      await forgetAbandoned();
    }),
    repeat("words", SORT_EVERY_MS, signal, sortInWords),
  ];
}

/** One looks for due mail every second; the others help it as long as there is any. */
function startSenders(owner: string, signal: AbortSignal): Loop[] {
  const resting = new Map<string, number>();
  let busy = 0;
  const wakeOthers = () => {
    for (const loop of loops.slice(1)) loop.wake();
  };
  const loops: Loop[] = Array.from({ length: SENDERS }, (_, n) =>
    repeat("deliver", LOOK_EVERY_MS, signal, async () => {
      if (n > 0 && busy === 0) return;
      busy += 1;
      await deliverDue(owner, signal, {
        resting,
        onWork: n === 0 ? wakeOthers : () => undefined,
      }).finally(() => {
        busy -= 1;
      });
    }),
  );
  return loops;
}

type Polling = {
  owner: string;
  processor: Processor;
  passes: Passes;
  signal: AbortSignal;
  idle: IdleFolders | undefined;
  onStored: () => void;
};

/** Starts a pass over the accounts that are due, as many as there is room for. */
async function pollDue({ owner, processor, passes, signal, ...options }: Polling): Promise<void> {
  if (!env().EMAIL_POLLING_ENABLED) return;
  const room = env().EMAIL_POLL_CONCURRENCY - passes.accounts;
  if (room <= 0) return;
  const leases = await claimDueAccounts(owner, room, env().WORKER_LEASE_SECONDS);
  if (leases.length === 0) return;
  passes.start(leases.length, (onAccountEnd) =>
    pollAccounts(leases, processor, signal, { onAccountEnd, ...options }).catch((error) =>
      log.error(`A pass failed: ${error instanceof Error ? error.stack : error}`),
    ),
  );
}
