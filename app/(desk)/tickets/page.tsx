import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { cache } from "react";
import { currentUser, requireAgent, type SignedIn } from "@/app/auth";
import { densityOf } from "@/app/density";
import { FirstSteps } from "@/app/first-steps/first-steps";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { PageHeader } from "@/app/ui/page-header";
import { filterWords } from "@/app/words/filters";
import { listWords } from "@/app/words/list";
import { pageLanguage, wordsOf } from "@/app/words/page-language";
import { ticketWords } from "@/app/words/tickets";
import { describeGoneFilters } from "@/lib/tickets/gone-filters";
import { listFilterChoices, listTickets } from "@/lib/tickets/list";
import { findNames } from "@/lib/tickets/list-found";
import { countUnread, readMoment } from "@/lib/tickets/news";
import {
  firstPageString,
  parseTicketAddress,
  parseTicketQuery,
  type TicketQuery,
  ticketQueryString,
} from "@/lib/tickets/query";
import { findSavedView } from "@/lib/tickets/saved-views";
import { parseSearch } from "@/lib/tickets/search-query";
import { BulkBar } from "./bulk-bar";
import { counted } from "./counted";
import { DensityToggle } from "./density-toggle";
import { EmptyList } from "./empty-list";
import { FilterBar } from "./filter-bar";
import { GivenUpSearch } from "./given-up-search";
import { unreadMark } from "./list-title";
import { NewTickets } from "./new-tickets";
import { addressNoteText, goneText, searchNoteText } from "./note-words";
import { countText, Pager } from "./pager";
import { SaveViewLink } from "./save-view-link";
import { TicketTable } from "./ticket-table";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { query } = parseTicketQuery(await searchParams);
  const [words, saved, unread] = await Promise.all([
    wordsOf(ticketWords),
    savedViewOf(firstPageString(query)),
    unreadOf(ticketQueryString(query)),
  ]);
  return { title: `${unreadMark(unread)}${saved?.name ?? words.views[query.view]}` };
}

/** The title and the page ask the same, and it is asked once. */
const savedViewOf = cache(async (address: string) => findSavedView(await requireAgent(), address));

const unreadOf = cache(async (address: string) => {
  const user = await currentUser();
  if (!user || user.role === "CUSTOMER") return 0;
  const { query } = parseTicketAddress(address);
  return countUnread(user, query, namesOf(address));
});

/** What comes after the moment is news to the page: it is taken first. */
const momentOf = cache(() => readMoment());

/** Whom and what an address names: the list and its title look it up together. */
const namesOf = cache(async (address: string) => {
  await momentOf();
  return findNames(parseTicketAddress(address).query);
});

export default async function TicketsPage({ searchParams }: Props) {
  const agent = await requireAgent();
  const params = await searchParams;
  const { query, notes } = parseTicketQuery(params);
  const address = ticketQueryString(query);
  if (notes.length === 0 && isFromForm(params)) redirect(paths.tickets(address));
  const language = await pageLanguage();
  const words = filterWords[language];
  const [{ moment, page }, choices, saved, gone, density, unread] = await Promise.all([
    readList(agent, query, address),
    listFilterChoices(agent),
    savedViewOf(firstPageString(query)),
    describeGoneFilters(agent, query),
    densityOf(),
    unreadOf(address),
  ]);
  const title = saved?.name ?? ticketWords[language].views[query.view];
  const searchNotes = query.q ? parseSearch(query.q).notes : [];
  return (
    <>
      <PageHeader title={title} meta={page.isGivenUp ? undefined : await countText(page)}>
        <NewTickets
          address={address}
          moment={moment}
          title={title}
          unread={unread}
          isFirstPage={page.newer === null}
        />
        <DensityToggle density={density} />
        <SaveViewLink query={query} isSaved={saved !== null} />
        <LinkButton
          href={paths.newTicket()}
          data-command="new-ticket"
          variant="primary"
          icon={<Plus aria-hidden className="icon" />}
        >
          {listWords[language].newTicket}
        </LinkButton>
      </PageHeader>
      <FirstSteps viewer={agent} />
      <FilterBar query={query} choices={choices} />
      <Notes
        title={words.addressNotes}
        notes={notes.map((note) => addressNoteText(note, language))}
      />
      <Notes
        title={words.searchNotes}
        notes={searchNotes.map((note) => searchNoteText(note, language))}
      />
      <Notes title={words.goneNotes} notes={gone.map((each) => goneText(each, language))} />
      {page.isGivenUp && <GivenUpSearch />}
      {page.rows.length > 0 ? (
        <div className="group/list">
          <TicketTable
            rows={page.rows}
            caption={title}
            viewerId={agent.id}
            renderedAt={new Date()}
            sort={query.sort}
            density={density}
            showsAccount={choices.accounts.length > 1}
            isSelectable
          />
          <BulkBar
            address={address}
            count={page.count}
            total={counted(page)}
            agents={choices.agents}
            viewerId={agent.id}
            isSpam={query.view === "spam"}
          />
          <Pager
            page={page}
            goTo={(place) =>
              paths.tickets(ticketQueryString({ ...query, after: null, before: null, ...place }))
            }
          />
        </div>
      ) : (
        !page.isGivenUp && <EmptyList viewer={agent} query={query} choices={choices} />
      )}
    </>
  );
}

async function readList(agent: SignedIn, query: TicketQuery, address: string) {
  const moment = await momentOf();
  return { moment, page: await listTickets(agent, query, namesOf(address)) };
}

function Notes({ title, notes }: { title: string; notes: string[] }) {
  if (notes.length === 0) return null;
  return (
    <div className="gutter border-b border-rule py-3">
      <Callout tone="amber" title={title}>
        {notes.map((note) => (
          <p key={note}>{note}</p>
        ))}
      </Callout>
    </div>
  );
}

/** A form sends its empty fields and repeats names: the address to keep is shorter. */
function isFromForm(params: Record<string, string | string[] | undefined>): boolean {
  return Object.values(params).some((value) => value === "" || Array.isArray(value));
}
