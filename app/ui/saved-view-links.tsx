import { Bookmark } from "lucide-react";
import Link from "next/link";
import { paths } from "../paths";
import type { WordsIn } from "../words/dictionary";
import type { shellWords } from "../words/shell";
import { NavLink } from "./nav-link";

export type ShownView = {
  id: string;
  name: string;
  query: string;
  /** At most 1000, which stands for "999+"; undefined where it took too long. */
  count: number | undefined;
};

/** What the menu says of a view's count; nothing of an empty one. */
export const countText = (n: number | undefined) =>
  n === undefined || n === 0 ? undefined : n > 999 ? "999+" : String(n);

/** The saved views in the main menu, with the way to change them; nothing while there are none. */
export function SavedViewLinks({
  views,
  words,
}: {
  views: ShownView[];
  words: WordsIn<typeof shellWords>;
}) {
  if (views.length === 0) return null;
  return (
    <>
      <div className="flex items-center justify-between pt-3.5 pb-1 pl-2 text-xs text-ink-3">
        <h2 className="font-semibold">{words.savedViews}</h2>
        <Link
          href={paths.views}
          prefetch={false}
          aria-label={words.editViews}
          className="inline-flex min-h-6 items-center rounded-badge px-2 text-ink-3 no-underline hover:bg-hover hover:text-ink max-md:min-h-11"
        >
          {words.edit}
        </Link>
      </div>
      {views.map(({ id, name, query, count }) => (
        <NavLink
          key={id}
          href={paths.tickets(query)}
          icon={<Bookmark aria-hidden className="icon" />}
          count={countText(count)}
          onlyExact
          exactQuery
        >
          <span dir="auto" title={name}>
            {name}
          </span>
        </NavLink>
      ))}
    </>
  );
}
