/** Of the words of the shorter text, so many stand in the longer one when both say the same. */
const SHARE_MIN = 0.7;

/** Words looked at: enough to tell, and bounded. */
const WORDS_MAX = 5_000;

/**
 * Whether one text is the other with something added, left out or re-wrapped: a list's footer, a
 * gateway's banner. Two texts of which one has no words say the same only when neither has any.
 */
export function saysTheSame(a: string, b: string): boolean {
  const [first, second] = [wordsOf(a), wordsOf(b)];
  const [short, long] = first.length <= second.length ? [first, second] : [second, first];
  if (short.length === 0) return long.length === 0;
  const left = new Map<string, number>();
  for (const word of long) left.set(word, (left.get(word) ?? 0) + 1);
  let shared = 0;
  for (const word of short) {
    const count = left.get(word) ?? 0;
    if (count === 0) continue;
    left.set(word, count - 1);
    shared += 1;
  }
  return shared >= short.length * SHARE_MIN;
}

function wordsOf(text: string): string[] {
  const words =
    text
      .toLowerCase()
      .normalize("NFKC")
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.slice(0, WORDS_MAX);
}
