import { setTimeout as sleep } from "node:timers/promises";

/** Bytes kept, and how long: twice what a worker reads of one account at a time. */
const BYTES_MAX = 16 * 1024 * 1024;
const KEPT_MS = 30_000;

type Fresh = { raw: Buffer; keptAt: number };

const fresh = new Map<string, Fresh>();
let bytes = 0;

/**
 * Keeps the bytes of a receipt that this process has just stored, so that they need not be read back
 * to be processed. A receipt's bytes never change. Bounded: when it is full, what comes later is read
 * from the database, and what nobody took in 30 seconds goes.
 */
export function keepRawMail(receiptId: string, raw: Buffer | null): void {
  if (raw === null || raw.length > BYTES_MAX) return;
  if (bytes + raw.length > BYTES_MAX) dropOld();
  if (bytes + raw.length > BYTES_MAX) return;
  fresh.set(receiptId, { raw, keptAt: performance.now() });
  bytes += raw.length;
}

/** What is kept may fill up to here while the next batch comes, which is 4 MB or one mail. */
const ROOM_BELOW = BYTES_MAX - 4 * 1024 * 1024;

/** How long whoever stores mails waits for those who process them. */
const ROOM_WAIT_MS = 1_000;

/**
 * Waits until what was stored before is being processed, so that the next bytes can be kept as well: to
 * read them back costs more than to store them. A second at most, because others may process them.
 */
export async function roomForRawMails(): Promise<void> {
  const until = performance.now() + ROOM_WAIT_MS;
  while (bytes > ROOM_BELOW && performance.now() < until) await sleep(10);
}

/** The bytes of a receipt, once; null when they are not here. */
export function takeRawMail(receiptId: string): Buffer | null {
  const found = fresh.get(receiptId);
  if (!found) return null;
  fresh.delete(receiptId);
  bytes -= found.raw.length;
  return found.raw;
}

/** Another worker has processed them. */
function dropOld(): void {
  const since = performance.now() - KEPT_MS;
  for (const [id, { keptAt }] of fresh) {
    if (keptAt > since) return;
    takeRawMail(id);
  }
}
