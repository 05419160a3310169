import { Bookmark } from "lucide-react";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { listWords } from "@/app/words/list";
import { wordsOf } from "@/app/words/page-language";
import {
  EVERY_OPEN_TICKET,
  firstPageString,
  isFiltered,
  type TicketQuery,
} from "@/lib/tickets/query";

/** The way to keep a list under a name; nothing for the lists the menu has already. */
export async function SaveViewLink({ query, isSaved }: { query: TicketQuery; isSaved: boolean }) {
  const isOwnList = isFiltered(query) || query.sort !== EVERY_OPEN_TICKET.sort;
  if (isSaved || !isOwnList) return null;
  return (
    <LinkButton
      href={paths.newView(firstPageString(query))}
      prefetch={false}
      icon={<Bookmark aria-hidden className="icon" />}
    >
      {(await wordsOf(listWords)).saveView}
    </LinkButton>
  );
}
