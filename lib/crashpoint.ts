import { appendFileSync } from "node:fs";

/** Every place where the proof kills the process, in the order in which a mail meets them. */
export const CRASHPOINTS = [
  "poll.claimed",
  "poll.run-opened",
  "fetch.opened",
  "fetch.cursor-opened",
  "fetch.cursor-reset",
  "fetch.listed",
  "fetch.batch-fetched",
  "store.begun",
  "store.account-locked",
  "store.receipt-inserted",
  "store.raw-inserted",
  "store.cursor-moved",
  "store.committed",
  "poll.fetched",
  "poll.ended",
  "poll.run-closed",
  "process.claimed",
  "process.bytes-read",
  "process.parsed",
  "process.blobs-stored",
  "process.locked",
  "process.ticket-written",
  "process.message-written",
  "process.files-attached",
  "process.acknowledged",
  "process.routed",
  "process.receipt-ended",
  "process.committed",
  "queue.delivery-written",
  "deliver.claimed",
  "deliver.composed",
  "deliver.connected",
  "deliver.handed-over",
  "deliver.sent",
  "deliver.finished",
] as const;

/** Those of an account that wants something done on the server; worker/after-import.live.test.ts kills there. */
export const AFTER_IMPORT_CRASHPOINTS = ["after-import.claimed", "after-import.acted"] as const;

export type Crashpoint = (typeof CRASHPOINTS)[number] | (typeof AFTER_IMPORT_CRASHPOINTS)[number];

// Read here and not in env.ts: it is no setting of the product, and nobody may find it in a table.
const [wanted, nth] = (process.env.CRASH_AT ?? "").split(":");
const traceFile = process.env.CRASH_TRACE;
let hits = 0;

/**
 * Does nothing, unless `CRASH_AT=name:n` names this point: then the process is killed here at its
 * n-th passage (SIGKILL: no handler, no flush, no goodbye). With `CRASH_TRACE=file` each passage is a
 * line of that file.
 */
export function crashpoint(name: Crashpoint): void {
  if (traceFile) appendFileSync(traceFile, `${name}\n`);
  if (name === wanted && ++hits === Number(nth)) process.kill(process.pid, "SIGKILL");
}
