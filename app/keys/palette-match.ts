/**
 * How well an entry of the palette fits what was typed: 2 when it begins with it, 1 when every word
 * typed begins one of its words, 0 otherwise. Case and marks do not count: "uber" finds "Über".
 */
export function fitOf(words: string, typed: string): 0 | 1 | 2 {
  const [entry, wanted] = [fold(words), fold(typed)];
  if (entry.startsWith(wanted)) return 2;
  const parts = entry.split(/[^\p{L}\p{N}]+/u);
  return wanted.split(" ").every((word) => parts.some((part) => part.startsWith(word))) ? 1 : 0;
}

const fold = (text: string) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

/** The ticket's number in "1042" or "#1042", or null. */
export function ticketNumberIn(typed: string): number | null {
  const [, digits] = /^\s*#?\s*([1-9]\d{0,8})\s*$/.exec(typed) ?? [];
  return digits ? Number(digits) : null;
}
