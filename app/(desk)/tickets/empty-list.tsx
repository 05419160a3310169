import type { SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { RelativeTime } from "@/app/ui/relative-time";
import { describeEmptiness } from "@/lib/tickets/list";
import {
  EVERY_OPEN_TICKET,
  isFiltered,
  type TicketQuery,
  ticketQueryString,
} from "@/lib/tickets/query";

/** Why there is nothing, and what to do about it. */
export async function EmptyList({ viewer, query }: { viewer: SignedIn; query: TicketQuery }) {
  if (isFiltered(query)) return <NothingMatches query={query} />;
  const { accounts, hasTickets } = await describeEmptiness(viewer);
  if (hasTickets) return <EmptyState title={NOTHING[query.view]} />;
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

function NothingMatches({ query }: { query: TicketQuery }) {
  const clear = ticketQueryString({ ...EVERY_OPEN_TICKET, view: query.view });
  const everywhere = ticketQueryString({ ...query, view: "all", after: null, before: null });
  return (
    <EmptyState
      title="No ticket matches these filters."
      action={
        <>
          <LinkButton href={paths.tickets(clear)}>Clear filters</LinkButton>
          {query.view !== "all" && (
            <LinkButton href={paths.tickets(everywhere)} variant="quiet">
              Look in all tickets
            </LinkButton>
          )}
        </>
      }
    />
  );
}

const NOTHING: Record<TicketQuery["view"], string> = {
  "my-open": "No open ticket is assigned to you.",
  unassigned: "Every open ticket has an owner.",
  "all-open": "No ticket is open.",
  waiting: "No ticket waits for a customer.",
  snoozed: "No ticket sleeps.",
  solved: "No ticket is solved yet.",
  automatic: "No automatic mail has become a ticket.",
  spam: "There is no spam.",
  all: "There are no tickets.",
};
