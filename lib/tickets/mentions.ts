export type Mentionable = { id: string; name: string; email: string };

export type Mentions = {
  /** Who is meant. */
  ids: string[];
  /** "@" and a name, each once, as it stands in the text. */
  words: string[];
};

/** At most so many are told of one note. */
const MENTIONS_MAX = 20;

/**
 * Who is named in a note by "@" and their whole name or address, whatever the case. The longest name
 * that fits counts: "@Ben Okoye" does not mean a Ben. Two of the same name are both meant.
 */
export function findMentions(text: string, people: readonly Mentionable[]): Mentions {
  const calls = people
    .flatMap((person) => [person.name, person.email].map((call) => ({ person, call })))
    .filter(({ call }) => call.trim() !== "")
    .sort((one, other) => other.call.length - one.call.length);
  const ids = new Set<string>();
  const words = new Set<string>();
  for (const { index } of text.matchAll(/(?<![\p{L}\p{N}._%+-])@/gu)) {
    const rest = text.slice(index + 1);
    const [found] = calls.filter(({ call }) => isCalled(rest, call));
    if (!found) continue;
    const length = found.call.length;
    for (const { person, call } of calls)
      if (call.length === length && isCalled(rest, call)) ids.add(person.id);
    words.add(text.slice(index, index + 1 + length));
    if (ids.size >= MENTIONS_MAX) break;
  }
  return { ids: [...ids].slice(0, MENTIONS_MAX), words: [...words] };
}

/** Whether the text begins with this name, and the name ends there. */
function isCalled(text: string, name: string): boolean {
  const begin = text.slice(0, name.length);
  if (begin.toLowerCase() !== name.toLowerCase()) return false;
  return !/^[\p{L}\p{N}_]/u.test(text.slice(name.length));
}
