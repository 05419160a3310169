import type { SignedIn } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { RelativeTime } from "@/app/ui/relative-time";
import type { Language } from "@/app/words/dictionary";
import { emptyWords } from "@/app/words/empty";
import { fill } from "@/app/words/fill";
import { filterWords } from "@/app/words/filters";
import { listWords } from "@/app/words/list";
import { pageLanguage } from "@/app/words/page-language";
import { ticketWords } from "@/app/words/tickets";
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
  const language = await pageLanguage();
  const words = emptyWords[language];
  if (query.after) return <NothingFurther query={query} language={language} />;
  if (isFiltered(query))
    return <NothingMatches query={query} choices={choices} language={language} />;
  const { accounts, hasTickets } = await describeEmptiness(viewer);
  if (hasTickets) return <NothingInView view={query.view} language={language} />;
  const isAdmin = viewer.role === "ADMIN";
  const [account] = accounts;
  if (!account) {
    return (
      <EmptyState
        title={words.noAccount}
        action={isAdmin && <LinkButton href={paths.newEmailAccount}>{words.addAccount}</LinkButton>}
      >
        {isAdmin ? words.connectOne : words.adminConnects}
      </EmptyState>
    );
  }
  const polled = accounts.find((one) => one.isActive && one.pollingEnabled);
  if (!polled) {
    return (
      <EmptyState
        title={words.notPolled(account.email)}
        action={isAdmin && <LinkButton href={paths.emailAccounts}>{words.accounts}</LinkButton>}
      >
        {words.enablePolling}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={words.waiting(polled.email)}
      action={isAdmin && <LinkButton href={paths.emailAccounts}>{words.accounts}</LinkButton>}
    >
      {polled.lastPolledAt
        ? fill(words.lastChecked, { time: <RelativeTime date={polled.lastPolledAt} /> })
        : words.notChecked}
    </EmptyState>
  );
}

function NothingFurther({ query, language }: { query: TicketQuery; language: Language }) {
  const words = emptyWords[language];
  return (
    <EmptyState
      title={words.nothingFurther}
      action={
        <LinkButton href={paths.tickets(firstPageString(query))}>{words.firstPage}</LinkButton>
      }
    />
  );
}

function NothingMatches({
  query,
  choices,
  language,
}: {
  query: TicketQuery;
  choices: FilterChoices;
  language: Language;
}) {
  const words = emptyWords[language];
  const clear = ticketQueryString({ ...EVERY_OPEN_TICKET, view: query.view });
  const elsewhere = (view: TicketView) => paths.tickets(firstPageString({ ...query, view }));
  const chips = chipsOf(query, choices, language);
  const view = ticketWords[language].views[query.view];
  return (
    <EmptyState
      title={chips.length === 1 ? words.noMatch(view) : words.noMatches(view)}
      action={
        <>
          <LinkButton href={paths.tickets(clear)}>{filterWords[language].clear}</LinkButton>
          {query.view !== "all" && (
            <LinkButton href={elsewhere("all")} variant="quiet">
              {words.lookInAll}
            </LinkButton>
          )}
          {query.view === "all" && (
            <LinkButton href={elsewhere("spam")} variant="quiet">
              {words.lookInSpam}
            </LinkButton>
          )}
        </>
      }
    >
      <span className="wrap-anywhere">{chips.map(({ label }) => label).join(" · ")}</span>
    </EmptyState>
  );
}

function NothingInView({ view, language }: { view: TicketView; language: Language }) {
  const nothing: { title: string; more?: string } = emptyWords[language].views[view];
  const next = NEXT[view];
  return (
    <EmptyState
      title={nothing.title}
      action={
        next === "new" ? (
          <LinkButton href={paths.newTicket()}>{listWords[language].newTicket}</LinkButton>
        ) : (
          <LinkButton href={paths.tickets({ view: next })}>
            {ticketWords[language].views[next]}
          </LinkButton>
        )
      }
    >
      {nothing.more}
    </EmptyState>
  );
}

/** Where to go from an empty view. */
const NEXT: Record<TicketView, TicketView | "new"> = {
  "my-open": "unassigned",
  unassigned: "all-open",
  "all-open": "solved",
  waiting: "all-open",
  snoozed: "all-open",
  solved: "all-open",
  automatic: "all-open",
  spam: "all-open",
  all: "new",
};
