"use client";

import {
  Activity,
  AlarmClock,
  AtSign,
  BookUser,
  Bot,
  ChartLine,
  CircleCheck,
  CircleHelp,
  FlaskConical,
  Hourglass,
  Inbox,
  Layers,
  Mails,
  MessageSquareQuote,
  Settings,
  ShieldX,
  TriangleAlert,
  UserRoundX,
  Users,
} from "lucide-react";
import type { TicketView } from "@/lib/tickets/query";
import { paths } from "../paths";
import { fill } from "../words/fill";
import { useLanguage } from "../words/language-context";
import { shellWords } from "../words/shell";
import { ticketWords } from "../words/tickets";
import { NavLink } from "./nav-link";
import { countText, SavedViewLinks, type ShownView } from "./saved-view-links";

const VIEWS = [
  { view: "my-open", Icon: Inbox },
  { view: "unassigned", Icon: UserRoundX },
  { view: "all-open", Icon: Layers },
  { view: "waiting", Icon: Hourglass },
  { view: "snoozed", Icon: AlarmClock },
  { view: "solved", Icon: CircleCheck },
  { view: "automatic", Icon: Bot },
  { view: "spam", Icon: ShieldX },
] as const;

/**
 * Where admins and agents go: the views with what they hold, and the other pages. A client component,
 * so that a page carries the numbers and not every line of the menu as elements as well.
 */
export function DeskMenu({
  isAdmin,
  counts,
  savedViews,
  workerIsMissing,
  hasPractice,
}: {
  isAdmin: boolean;
  counts: Record<TicketView, number>;
  savedViews: ShownView[];
  workerIsMissing: boolean;
  hasPractice: boolean;
}) {
  const language = useLanguage();
  const words = shellWords[language];
  const savedQueries = savedViews.map(({ query }) => query);
  return (
    <>
      {VIEWS.map(({ view, Icon }) => (
        <NavLink
          key={view}
          href={paths.tickets({ view })}
          icon={<Icon aria-hidden className="icon" />}
          count={view === "solved" ? undefined : countText(counts[view])}
          isFallback={view === "all-open"}
          exceptAt={savedQueries}
          onlyExact
        >
          {ticketWords[language].views[view]}
        </NavLink>
      ))}
      <NavLink href={paths.contacts()} icon={<BookUser aria-hidden className="icon" />}>
        {words.contacts}
      </NavLink>
      <NavLink href={paths.reports()} icon={<ChartLine aria-hidden className="icon" />}>
        {words.reports}
      </NavLink>
      <NavLink
        href={paths.cannedReplies}
        icon={<MessageSquareQuote aria-hidden className="icon" />}
      >
        {words.cannedReplies}
      </NavLink>
      {hasPractice && (
        <NavLink href={paths.practice} icon={<FlaskConical aria-hidden className="icon" />}>
          {words.practice}
        </NavLink>
      )}
      <SavedViewLinks views={savedViews} words={words} />
      {isAdmin && (
        <>
          <h2 className="px-2 pt-3.5 pb-1 text-xs font-semibold text-ink-3">{words.adminPortal}</h2>
          <NavLink
            href={paths.emailAccounts}
            icon={<AtSign aria-hidden className="icon" />}
            count={workerIsMissing ? <Warning words={words.noWorker} /> : undefined}
          >
            {words.emailAccounts}
          </NavLink>
          <NavLink
            href={paths.mail()}
            parentOf={paths.blocked}
            icon={<Mails aria-hidden className="icon" />}
          >
            {words.mail}
          </NavLink>
          <NavLink
            href={paths.monitoring()}
            parentOf={paths.alerts}
            icon={<Activity aria-hidden className="icon" />}
          >
            {words.monitoring}
          </NavLink>
          <NavLink href={paths.people} icon={<Users aria-hidden className="icon" />}>
            {words.people}
          </NavLink>
          <NavLink href={paths.settings} icon={<Settings aria-hidden className="icon" />}>
            {words.settings}
          </NavLink>
        </>
      )}
      <div className="mt-3.5 border-t border-rule pt-2">
        <NavLink href={paths.help()} icon={<CircleHelp aria-hidden className="icon" />}>
          {words.help}
        </NavLink>
      </div>
      {workerIsMissing && (
        <p className="mt-3 flex gap-2 px-2 text-xs text-red">
          <TriangleAlert aria-hidden className="icon" />
          <span>
            {words.noWorkerMeans}
            {isAdmin && (
              <>
                {" "}
                {fill(words.startWorker, {
                  command: <code className="font-mono">npm run start:worker</code>,
                })}
              </>
            )}
          </span>
        </p>
      )}
    </>
  );
}

function Warning({ words }: { words: string }) {
  return (
    <span title={words} className="inline-flex text-red">
      <TriangleAlert aria-hidden className="icon" />
      <span className="sr-only">{words}</span>
    </span>
  );
}
