import { classNames } from "./class-names";

const letters = new Intl.Segmenter("en", { granularity: "grapheme" });
const firstLetter = (word: string) =>
  [...letters.segment(word)][0]?.segment.toLocaleUpperCase("en") ?? "";

/** First letters of the first and the last word of a name; one for a one-word name or an address. */
export function initialsOf(name: string): string {
  const words = name
    .replace(/@.*$/, "")
    .split(/[\s._-]+/u)
    .filter((word) => /\p{L}|\p{N}/u.test(word));
  const first = words[0];
  const last = words.at(-1);
  if (!first || !last) return "?";
  return words.length === 1 ? firstLetter(first) : firstLetter(first) + firstLetter(last);
}

/** Initials in a circle. Decoration beside a name; `label` says the name where none stands by. */
export function Avatar({ name, isMe, label }: { name: string; isMe?: boolean; label?: boolean }) {
  return (
    <span title={label ? name : undefined} className="inline-flex flex-none">
      <span
        aria-hidden
        className={classNames(
          "inline-grid size-6 place-items-center rounded-full border text-[10.5px]/none font-semibold",
          isMe
            ? "border-blue-line bg-selected text-accent"
            : "border-grey-line bg-grey-bg text-grey",
        )}
      >
        {initialsOf(name)}
      </span>
      {label && <span className="sr-only">{name}</span>}
    </span>
  );
}
