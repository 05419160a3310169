import { Plus } from "lucide-react";
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { cache } from "react";
import { currentUser, requireAgent } from "@/app/auth";
import { FirstSteps } from "@/app/first-steps/first-steps";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { PageHeader } from "@/app/ui/page-header";
import { listFilterChoices, listTickets } from "@/lib/tickets/list";
import { countUnread, readMoment } from "@/lib/tickets/news";
import { parseTicketQuery, ticketQueryString } from "@/lib/tickets/query";
import { EmptyList } from "./empty-list";
import { FilterBar } from "./filter-bar";
import { unreadMark } from "./list-title";
import { NewTickets } from "./new-tickets";
import { countText, Pager } from "./pager";
import { TicketTable } from "./ticket-table";
import { VIEW_WORDS } from "./words";

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata({ searchParams }: Props): Promise<Metadata> {
  const { query } = parseTicketQuery(await searchParams);
  const unread = await unreadOf(ticketQueryString(query));
  return { title: `${unreadMark(unread)}${VIEW_WORDS[query.view]}` };
}

/** The title and the page ask the same. */
const unreadOf = cache(async (address: string) => {
  const user = await currentUser();
  if (!user || user.role === "CUSTOMER") return 0;
  const { query } = parseTicketQuery(Object.fromEntries(new URLSearchParams(address)));
  return countUnread(user, query);
});

export default async function TicketsPage({ searchParams }: Props) {
  const agent = await requireAgent();
  const params = await searchParams;
  const { query, notes } = parseTicketQuery(params);
  const address = ticketQueryString(query);
  if (notes.length === 0 && isFromForm(params)) redirect(paths.tickets(address));
  const moment = await readMoment();
  const [page, choices, unread] = await Promise.all([
    listTickets(agent, query),
    listFilterChoices(agent),
    unreadOf(address),
  ]);
  return (
    <>
      <PageHeader title={VIEW_WORDS[query.view]} meta={countText(page.count)}>
        <NewTickets
          address={address}
          moment={moment}
          title={VIEW_WORDS[query.view]}
          unread={unread}
          isFirstPage={page.newer === null}
        />
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
