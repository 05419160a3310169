import type { SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { RelativeTime } from "@/app/ui/relative-time";
import { describeEmptiness } from "@/lib/tickets/list";
import {
  EVERY_OPEN_TICKET,
  firstPageString,
  isFiltered,
  type TicketQuery,
  type TicketView,
  ticketQueryString,
} from "@/lib/tickets/query";
import { chipsOf } from "./filter-chips";
import type { FilterChoices } from "./filter-panel";
import { VIEW_WORDS } from "./words";

/** Why there is nothing, and what to do about it. */
export async function EmptyList({
  viewer,
  query,
  choices,
}: {
  viewer: SignedIn;
  query: TicketQuery;
  choices: FilterChoices;
}) {
  if (query.after) return <NothingFurther query={query} />;
  if (isFiltered(query)) return <NothingMatches query={query} choices={choices} />;
  const { accounts, hasTickets } = await describeEmptiness(viewer);
  if (hasTickets) return <NothingInView view={query.view} />;
  const isAdmin = viewer.role === "ADMIN";
  const [account] = accounts;
  if (!account) {
    return (
      <EmptyState
        title="No email account is connected yet."
        action={isAdmin && <LinkButton href={paths.newEmailAccount}>Add Email Account</LinkButton>}
      >
        {isAdmin
          ? "Connect one, and mail to it becomes tickets here."
          : "An admin connects one under Admin Portal → Email Accounts; mail to it becomes tickets here."}
      </EmptyState>
    );
  }
  const polled = accounts.find((one) => one.isActive && one.pollingEnabled);
  if (!polled) {
    return (
      <EmptyState
        title={`Polling is not enabled for ${account.email}.`}
        action={isAdmin && <LinkButton href={paths.emailAccounts}>Email Accounts</LinkButton>}
      >
        Mail becomes tickets once an admin presses Enable Polling.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={`Waiting for the first mail to ${polled.email}.`}
      action={isAdmin && <LinkButton href={paths.emailAccounts}>Email Accounts</LinkButton>}
    >
      {polled.lastPolledAt ? (
        <>
          Last checked <RelativeTime date={polled.lastPolledAt} />. New mail shows up here by
          itself.
        </>
      ) : (
        "It has not been checked yet: a worker does that once it runs."
      )}
    </EmptyState>
  );
}

function NothingFurther({ query }: { query: TicketQuery }) {
  return (
    <EmptyState
      title="There are no further tickets."
      action={<LinkButton href={paths.tickets(firstPageString(query))}>First page</LinkButton>}
    />
  );
}

function NothingMatches({ query, choices }: { query: TicketQuery; choices: FilterChoices }) {
  const clear = ticketQueryString({ ...EVERY_OPEN_TICKET, view: query.view });
  const elsewhere = (view: TicketView) => paths.tickets(firstPageString({ ...query, view }));
  const chips = chipsOf(query, choices);
  return (
    <EmptyState
      title={`No ticket in “${VIEW_WORDS[query.view]}” matches ${chips.length === 1 ? "this filter" : "all of these filters"}.`}
      action={
        <>
          <LinkButton href={paths.tickets(clear)}>Clear filters</LinkButton>
          {query.view !== "all" && (
            <LinkButton href={elsewhere("all")} variant="quiet">
              Look in all tickets
            </LinkButton>
          )}
          {query.view === "all" && (
            <LinkButton href={elsewhere("spam")} variant="quiet">
              Look in spam
            </LinkButton>
          )}
        </>
      }
    >
      <span className="wrap-anywhere">{chips.map(({ label }) => label).join(" · ")}</span>
    </EmptyState>
  );
}

function NothingInView({ view }: { view: TicketView }) {
  const { title, more, next } = NOTHING[view];
  return (
    <EmptyState
      title={title}
      action={
        next === "new" ? (
          <LinkButton href={paths.newTicket()}>New ticket</LinkButton>
        ) : (
          <LinkButton href={paths.tickets({ view: next })}>{VIEW_WORDS[next]}</LinkButton>
        )
      }
    >
      {more}
    </EmptyState>
  );
}

type Nothing = { title: string; more?: string; next: TicketView | "new" };

/** What is true of an empty view, and where to go from there. */
const NOTHING: Record<TicketView, Nothing> = {
  "my-open": {
    title: "No open ticket is assigned to you.",
    more: "Take one that nobody has yet.",
    next: "unassigned",
  },
  unassigned: { title: "Every open ticket has an owner.", next: "all-open" },
  "all-open": {
    title: "No ticket is open.",
    more: "New mail shows up here by itself.",
    next: "solved",
  },
  waiting: {
    title: "No ticket waits for a customer.",
    more: "A ticket comes here once its status is Pending.",
    next: "all-open",
  },
  snoozed: {
    title: "No ticket sleeps.",
    more: "A ticket that is snoozed waits here until its time, or until somebody writes.",
    next: "all-open",
  },
  solved: { title: "No ticket is solved yet.", next: "all-open" },
  automatic: {
    title: "No automatic mail has become a ticket.",
    more: "Newsletters, notices and answers of machines come here, out of the way.",
    next: "all-open",
  },
  spam: {
    title: "There is no spam.",
    more: "What you mark as spam comes here, and new mail of blocked senders.",
    next: "all-open",
  },
  all: { title: "There are no tickets.", next: "new" },
};
