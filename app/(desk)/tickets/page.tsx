import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { requireAgent } from "@/app/auth";
import { FirstSteps } from "@/app/first-steps/first-steps";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { PageHeader } from "@/app/ui/page-header";
import { listFilterChoices, listTickets } from "@/lib/tickets/list";
import { parseTicketQuery, ticketQueryString } from "@/lib/tickets/query";
import { EmptyList } from "./empty-list";
import { FilterBar } from "./filter-bar";
import { NewTickets } from "./new-tickets";
import { countText, Pager } from "./pager";
import { TicketTable } from "./ticket-table";
import { VIEW_WORDS } from "./words";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { query } = parseTicketQuery(await searchParams);
  return { title: VIEW_WORDS[query.view] };
}

export default async function TicketsPage({ searchParams }: Props) {
  const agent = await requireAgent();
  const params = await searchParams;
  const { query, notes } = parseTicketQuery(params);
  const address = ticketQueryString(query);
  if (notes.length === 0 && isFromForm(params)) redirect(paths.tickets(address));
  const [page, choices] = await Promise.all([listTickets(agent, query), listFilterChoices(agent)]);
  const [top] = page.rows;
  return (
    <>
      <PageHeader title={VIEW_WORDS[query.view]} meta={countText(page.count)}>
        {page.newer === null && (
          <NewTickets
            address={address}
            top={top ? { time: top.lastMessageAt.getTime(), id: top.id } : null}
          />
        )}
        <LinkButton
          href={paths.newTicket()}
          data-command="new-ticket"
          variant="primary"
          icon={<Plus aria-hidden className="icon" />}
        >
          New ticket
        </LinkButton>
      </PageHeader>
      <FirstSteps viewer={agent} />
      <FilterBar query={query} choices={choices} />
      {notes.length > 0 && (
        <div className="gutter border-b border-rule py-3">
          <Callout tone="amber" title="Part of this address was not understood">
            {notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </Callout>
        </div>
      )}
      {page.rows.length > 0 ? (
        <>
          <TicketTable rows={page.rows} caption={VIEW_WORDS[query.view]} viewerId={agent.id} />
          <Pager
            page={page}
            goTo={(place) =>
              paths.tickets(ticketQueryString({ ...query, after: null, before: null, ...place }))
            }
          />
        </>
      ) : (
        <EmptyList viewer={agent} query={query} />
      )}
    </>
  );
}

/** A form sends its empty fields and repeats names: the address to keep is shorter. */
function isFromForm(params: Record<string, string | string[] | undefined>): boolean {
  return Object.values(params).some((value) => value === "" || Array.isArray(value));
}
