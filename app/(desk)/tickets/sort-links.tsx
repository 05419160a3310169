import Link from "next/link";
import { paths } from "@/app/paths";
import { classNames } from "@/app/ui/class-names";
import { listWords } from "@/app/words/list";
import { wordsOf } from "@/app/words/page-language";
import { firstPageString, type TicketQuery, type TicketSort } from "@/lib/tickets/query";

const SORTS: readonly TicketSort[] = ["newest", "wait"];

/** The two orders of the list, the current one marked. */
export async function SortLinks({ query }: { query: TicketQuery }) {
  const words = await wordsOf(listWords);
  return (
    <nav
      aria-label={words.order}
      className="inline-flex h-8 items-stretch gap-0.5 rounded-control border border-edge-soft p-0.5 max-md:h-11"
    >
      {SORTS.map((sort) => {
        const isCurrent = query.sort === sort;
        return (
          <Link
            key={sort}
            href={paths.tickets(firstPageString({ ...query, sort }))}
            prefetch={false}
            aria-current={isCurrent ? "true" : undefined}
            className={classNames(
              "inline-flex items-center rounded-badge px-2 text-sm font-semibold whitespace-nowrap no-underline",
              isCurrent ? "bg-selected text-ink" : "text-ink-2 hover:bg-hover hover:text-ink",
            )}
          >
            {words.orders[sort]}
          </Link>
        );
      })}
    </nav>
  );
}
