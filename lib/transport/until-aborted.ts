import { TransportError } from "./egress";

/**
 * The result of work that can't be called off, such as the system's resolver: once the signal is
 * aborted it is left behind.
 * @throws TransportError EDEADLINE with these words when it was aborted first
 */
export async function untilAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  words: string,
): Promise<T> {
  if (signal === undefined) return work;
  let onAbort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new TransportError("EDEADLINE", words));
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
