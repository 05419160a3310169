import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requireAgent } from "@/app/auth";
import { densityOf } from "@/app/density";
import { FirstSteps } from "@/app/first-steps/first-steps";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { PageHeader } from "@/app/ui/page-header";
import { describeGoneFilters } from "@/lib/tickets/gone-filters";
import { listFilterChoices, listTickets } from "@/lib/tickets/list";
import { firstPageString, parseTicketQuery, ticketQueryString } from "@/lib/tickets/query";
import { findSavedView } from "@/lib/tickets/saved-views";
import { BulkBar } from "./bulk-bar";
import { DensityToggle } from "./density-toggle";
import { EmptyList } from "./empty-list";
import { FilterBar } from "./filter-bar";
import { NewTickets } from "./new-tickets";
import { countText, Pager } from "./pager";
import { SaveViewLink } from "./save-view-link";
import { TicketTable } from "./ticket-table";
import { VIEW_WORDS } from "./words";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const agent = await requireAgent();
  const { query } = parseTicketQuery(await searchParams);
  const saved = await findSavedView(agent, firstPageString(query));
  return { title: saved?.name ?? VIEW_WORDS[query.view] };
}

export default async function TicketsPage({ searchParams }: Props) {
  const agent = await requireAgent();
  const params = await searchParams;
  const { query, notes } = parseTicketQuery(params);
  const address = ticketQueryString(query);
  if (notes.length === 0 && isFromForm(params)) redirect(paths.tickets(address));
  const [page, choices, saved, gone, density] = await Promise.all([
    listTickets(agent, query),
    listFilterChoices(agent),
    findSavedView(agent, firstPageString(query)),
    describeGoneFilters(agent, query),
    densityOf(),
  ]);
  const [top] = page.rows;
  const title = saved?.name ?? VIEW_WORDS[query.view];
  return (
    <>
      <PageHeader title={title} meta={countText(page.count)}>
        {page.newer === null && (
          <NewTickets
            address={address}
            top={top ? { time: top.lastMessageAt.getTime(), id: top.id } : null}
          />
        )}
        <DensityToggle density={density} />
        <SaveViewLink query={query} isSaved={saved !== null} />
        <LinkButton
          href={paths.newTicket()}
          variant="primary"
          icon={<Plus aria-hidden className="icon" />}
        >
          New ticket
        </LinkButton>
      </PageHeader>
      <FirstSteps viewer={agent} />
      <FilterBar query={query} choices={choices} />
      <Notes title="Part of this address was not understood" notes={notes} />
      <Notes title="This list can’t find anything any more" notes={gone} />
      {page.rows.length > 0 ? (
        <div className="group/list">
          <TicketTable
            rows={page.rows}
            caption={title}
            viewerId={agent.id}
            sort={query.sort}
            density={density}
            showsAccount={choices.accounts.length > 1}
            isSelectable
          />
          <BulkBar
            address={address}
            count={page.count}
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
        <EmptyList viewer={agent} query={query} choices={choices} />
      )}
    </>
  );
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
