import { LinkButton } from "@/app/ui/button";
import { listWords } from "@/app/words/list";
import { wordsOf } from "@/app/words/page-language";
import { ticketWords } from "@/app/words/tickets";
import type { TicketPage } from "@/lib/tickets/list-page";
import type { TicketQuery } from "@/lib/tickets/query";
import { counted } from "./counted";

/** "3 tickets" above a list. */
export async function countText(page: Pick<TicketPage, "count" | "countMax">): Promise<string> {
  return (await wordsOf(ticketWords)).count(counted(page));
}

/** The way to newer and older tickets of a list; nothing when all are on the page. */
export async function Pager({
  page,
  goTo,
}: {
  page: TicketPage;
  /** The address of the list at another place. */
  goTo: (place: Partial<Pick<TicketQuery, "after" | "before">>) => string;
}) {
  const { newer, older, rows } = page;
  if (!newer && !older) return null;
  const total = counted(page);
  const words = await wordsOf(listWords);
  return (
    <nav aria-label={words.pages} className="gutter flex items-center gap-2 py-3">
      <span className="grow text-sm text-ink-2">
        {newer ? words.rows(rows.length, total) : words.firstRows(rows.length, total)}
      </span>
      <PageLink href={newer && goTo({ before: newer })} label={words.newer} />
      <PageLink href={older && goTo({ after: older })} label={words.older} />
    </nav>
  );
}

function PageLink({ href, label }: { href: string | null; label: string }) {
  if (!href) {
    return (
      <span className="inline-flex min-h-7 items-center rounded-control border border-edge-soft px-[9px] text-sm font-semibold opacity-55 max-md:min-h-10">
        {label}
      </span>
    );
  }
  return (
    <LinkButton href={href} size="small" prefetch={false}>
      {label}
    </LinkButton>
  );
}
