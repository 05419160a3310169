import { db } from "./client";

/**
 * Asks the database for something that may be a little old: at most once in `ms` milliseconds, unless it
 * is told to ask `again`. Whoever asks meanwhile waits for the same answer; a question that failed is
 * asked anew. Nothing is kept from one database for another.
 */
export function keptFor<T>(
  ms: number,
  ask: () => Promise<T>,
): (options?: { again?: boolean }) => Promise<T> {
  let kept: { from: unknown; at: number; answer: Promise<T> } | null = null;
  return ({ again = false } = {}) => {
    const from = db();
    const isGood = kept?.from === from && !again && performance.now() - kept.at < ms;
    if (isGood && kept) return kept.answer;
    const asked = { from, at: performance.now(), answer: ask() };
    kept = asked;
    asked.answer.catch(() => {
      if (kept === asked) kept = null;
    });
    return asked.answer;
  };
}
