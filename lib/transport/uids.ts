/** Ids are 32-bit and never zero (RFC 3501 §2.3.1.1). */
export const UID_MAX = 4_294_967_295;

const RANGE_CHARS_MAX = 4_000;

/** Whether what a server calls a UID can be one. */
export function isUid(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) > 0 && Number(value) <= UID_MAX;
}

/**
 * UIDs as a set of a command (RFC 3501 §9, sequence-set). Servers refuse lines beyond about 8,000
 * octets: then all between the first and the last is asked for.
 */
export function toShortRange(uids: number[]): string {
  const range = toRange([...uids]);
  if (range.length <= RANGE_CHARS_MAX) return range;
  return `${Math.min(...uids)}:${Math.max(...uids)}`;
}

/** 1,2,3,7 as "1:3,7": command lines stay short. */
export function toRange(uids: number[]): string {
  const runs: { first: number; last: number }[] = [];
  for (const uid of uids.sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run && run.last === uid - 1) run.last = uid;
    else runs.push({ first: uid, last: uid });
  }
  return runs.map(({ first, last }) => (first === last ? `${first}` : `${first}:${last}`)).join();
}
