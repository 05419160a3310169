import { ListFilter, Search, X } from "lucide-react";
import Form from "next/form";
import Link from "next/link";
import { KeyHintCap } from "@/app/keys/key-hint-cap";
import { SEARCH_ID } from "@/app/keys/search-id";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { filterWords } from "@/app/words/filters";
import { pageLanguage } from "@/app/words/page-language";
import {
  EVERY_OPEN_TICKET,
  isFiltered,
  type TicketQuery,
  ticketQueryString,
} from "@/lib/tickets/query";
import { chipsOf, type FilterChip } from "./filter-chips";
import { type FilterChoices, FilterPanel } from "./filter-panel";
import { SortLinks } from "./sort-links";

/** What narrows the list, as chips that can be taken off, and the form that narrows it further. */
export async function FilterBar({
  query,
  choices,
}: {
  query: TicketQuery;
  choices: FilterChoices;
}) {
  const language = await pageLanguage();
  const words = filterWords[language];
  return (
    <Form
      action={paths.tickets()}
      // A new address is a new form: what was typed for the old one is gone.
      key={ticketQueryString(query)}
      className="gutter relative flex flex-wrap items-center gap-2 border-b border-rule py-2.5"
    >
      {query.view !== EVERY_OPEN_TICKET.view && (
        <input type="hidden" name="view" value={query.view} />
      )}
      {query.sort !== EVERY_OPEN_TICKET.sort && (
        <input type="hidden" name="sort" value={query.sort} />
      )}
      {chipsOf(query, choices, language).map((chip) => (
        <Chip key={chip.label} {...chip} remove={words.remove(chip.name)} />
      ))}
      <details className="group max-md:-order-1">
        <summary className="inline-flex min-h-8 list-none items-center gap-1.5 rounded-control border border-edge-soft bg-sheet px-[9px] text-sm font-semibold hover:bg-hover max-md:min-h-11 [&::-webkit-details-marker]:hidden">
          <ListFilter aria-hidden className="icon" />
          {words.filter}
        </summary>
        <div className="absolute top-full z-10 -mt-1 rounded-panel border border-rule bg-float p-4 shadow-float max-md:inset-x-4 md:left-7 md:w-[640px] md:max-w-[calc(100%-56px)]">
          <FilterPanel query={query} choices={choices} language={language} />
        </div>
      </details>
      <label className="flex h-8 min-w-0 flex-[1_1_260px] items-center gap-2 rounded-control border border-edge px-2.5 text-ink-3 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-focus max-md:-order-2 max-md:h-11 max-md:basis-[calc(100%-110px)]">
        <Search aria-hidden className="icon" />
        <span className="sr-only">{words.searchTickets}</span>
        <input
          id={SEARCH_ID}
          type="search"
          name="q"
          defaultValue={query.q}
          maxLength={200}
          placeholder={words.searchHint}
          className="h-full min-w-0 grow bg-transparent text-base text-ellipsis text-ink outline-none max-md:text-lg"
        />
        <KeyHintCap command="search" />
      </label>
      {isFiltered(query) && (
        <LinkButton
          href={paths.tickets(ticketQueryString({ ...EVERY_OPEN_TICKET, view: query.view }))}
          variant="quiet"
          size="small"
        >
          {words.clear}
        </LinkButton>
      )}
      <SortLinks query={query} />
    </Form>
  );
}

function Chip({ label, href, remove }: FilterChip & { remove: string }) {
  return (
    <span className="inline-flex h-8 max-w-full items-center gap-1.5 rounded-control border border-blue-line bg-blue-bg pr-1 pl-2.5 text-sm font-semibold text-blue max-md:h-11">
      <span className="truncate">{label}</span>
      <Link
        href={href}
        prefetch={false}
        aria-label={remove}
        className="grid size-6 place-items-center rounded-badge text-blue max-md:size-9"
      >
        <X aria-hidden className="icon" />
      </Link>
    </span>
  );
}
