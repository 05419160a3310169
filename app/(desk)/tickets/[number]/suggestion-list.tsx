"use client";

import { paths } from "@/app/paths";
import { classNames } from "@/app/ui/class-names";
import type { Suggestions } from "./use-suggestions";

/** The list behind "/" or "@": below the text, so that it covers nothing of it, on a phone neither. */
export function SuggestionList({ id, suggestions }: { id: string; suggestions: Suggestions }) {
  const { items, active, sign, isShown, isLoading, hasFailed, choose } = suggestions;
  if (!isShown) return null;
  const label = sign === "@" ? "Agents" : "Canned replies";
  return (
    <div className="mx-3.5 mb-3 overflow-clip rounded-panel border border-rule bg-float text-sm text-ink shadow-float">
      {items.length > 0 && (
        <div id={id} role="listbox" aria-label={label} className="max-h-72 overflow-auto py-1">
          {items.map((item, index) => (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the text field's, which keeps the focus
            <div
              key={item.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => choose(item)}
              className={classNames(
                "flex min-h-9 cursor-pointer items-center gap-2 px-3 py-1 max-md:min-h-11",
                index === active && "bg-selected inset-shadow-[2px_0_var(--accent)]",
              )}
            >
              <span dir="auto" className="flex-none font-semibold">
                {item.name}
              </span>
              {sign === "/" && (
                <span dir="auto" className="min-w-0 truncate text-ink-2">
                  {item.text}
                </span>
              )}
            </div>
          ))}
        </div>
      )}
      {sign === "/" && (
        <p className="flex flex-wrap items-center gap-x-3 border-t border-rule px-3 py-1.5 text-ink-2">
          {isLoading && <span>Reading…</span>}
          {hasFailed && <span>The canned replies can’t be read just now.</span>}
          {!isLoading && !hasFailed && items.length === 0 && <span>No canned reply yet.</span>}
          <a href={paths.cannedReplies} target="_blank" rel="noopener" className="link">
            Manage canned replies
          </a>
        </p>
      )}
    </div>
  );
}
