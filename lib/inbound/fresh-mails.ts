import { setTimeout as sleep } from "node:timers/promises";
import { BATCH } from "./batch-size";

/** Bytes kept, and how long. */
const BYTES_MAX = 4 * BATCH.bytes;
const KEPT_MS = 30_000;

/** While more than this is kept, and mails are being taken, no more is fetched. */
const FETCH_BELOW_BYTES = 2 * BATCH.bytes;
const BEING_TAKEN_MS = 1_000;
const LOOK_EVERY_MS = 10;

/** Mails are taken in the order they came: what is older than this by then, another worker has. */
const PASSED_OVER_MS = 2_000;

type Fresh = { raw: Buffer; keptAt: number };

const fresh = new Map<string, Fresh>();
let bytes = 0;
let lastTakenAt = Number.NEGATIVE_INFINITY;

/**
 * Keeps the bytes of a receipt that this process has just stored, so that they need not be read back
 * to be processed. A receipt's bytes never change. Bounded: when it is full, what comes later is read
 * from the database, and what nobody took in 30 seconds goes.
 */
export function keepRawMail(receiptId: string, raw: Buffer | null): void {
  if (raw === null || raw.length > BYTES_MAX) return;
  if (bytes + raw.length > BYTES_MAX) dropOlderThan(performance.now() - KEPT_MS);
  if (bytes + raw.length > BYTES_MAX) return;
  fresh.set(receiptId, { raw, keptAt: performance.now() });
  bytes += raw.length;
}

/** The bytes of a receipt, once; null when they are not here. */
export function takeRawMail(receiptId: string): Buffer | null {
  const found = fresh.get(receiptId);
  if (!found) return null;
  drop(receiptId, found);
  lastTakenAt = performance.now();
  dropOlderThan(found.keptAt - PASSED_OVER_MS);
  return found.raw;
}

/**
 * Waits while this process holds many mails and is taking them: to fetch more only makes it read
 * them back later. Where nobody takes any, nothing waits.
 */
export async function untilFreshMailsTaken(signal: AbortSignal): Promise<void> {
  const isBeingTaken = () => performance.now() - lastTakenAt < BEING_TAKEN_MS;
  while (bytes > FETCH_BELOW_BYTES && isBeingTaken() && !signal.aborted) await sleep(LOOK_EVERY_MS);
}

function dropOlderThan(since: number): void {
  for (const [id, mail] of fresh) {
    if (mail.keptAt > since) return;
    drop(id, mail);
  }
}

function drop(receiptId: string, { raw }: Fresh): void {
  fresh.delete(receiptId);
  bytes -= raw.length;
}
