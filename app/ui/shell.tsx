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
  ShieldX,
  TriangleAlert,
  UserRoundX,
  Users,
} from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { stoppedAccounts } from "@/lib/accounts/stopped";
import { isWorkerMissing } from "@/lib/health";
import { findPracticeAccount } from "@/lib/practice";
import { viewCounts } from "@/lib/tickets/list";
import { countSavedViews } from "@/lib/tickets/saved-view-counts";
import { listSavedViews, viewsOfMenu } from "@/lib/tickets/saved-views";
import type { SignedIn } from "../auth";
import { KeysProvider } from "../keys/keys-provider";
import { SearchButton } from "../keys/search-button";
import { paths } from "../paths";
import { themeOf } from "../theme";
import type { Language } from "../words/dictionary";
import { fill } from "../words/fill";
import { languageOf } from "../words/page-language";
import { shellWords } from "../words/shell";
import { ticketWords } from "../words/tickets";
import { Brand } from "./brand";
import { DesktopNotices } from "./desktop-notices";
import { Live } from "./live";
import { Main } from "./main";
import { MENU_ID } from "./menu-id";
import { NavLink } from "./nav-link";
import { SavedViewLinks, type ShownView } from "./saved-view-links";
import { StoppedBanner } from "./stopped-banner";
import { UserMenu } from "./user-menu";

/** The frame of every signed-in page: menu at the left (a drawer on a phone), content at the right. */
export async function Shell({
  user,
  menu,
  children,
}: {
  user: SignedIn;
  menu: ReactNode;
  children: ReactNode;
}) {
  const [theme, language] = await Promise.all([themeOf(), languageOf()]);
  const words = shellWords[language];
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[228px_minmax(0,1fr)]">
      <nav
        id={MENU_ID}
        popover="auto"
        aria-label={words.main}
        className="drawer h-dvh flex-col gap-0.5 overflow-y-auto bg-canvas px-2.5 py-3.5 text-ink md:sticky md:top-0"
      >
        <Link href={paths.home} className="mb-2 rounded-control px-2 py-1 text-ink no-underline">
          <Brand />
        </Link>
        {menu}
        <UserMenu user={user} theme={theme} words={words} />
      </nav>
      <Main className="min-h-dvh min-w-0 border-rule bg-sheet md:border-l">{children}</Main>
    </div>
  );
}

/** The frame for admins and agents. */
export async function DeskShell({ user, children }: { user: SignedIn; children: ReactNode }) {
  const isAdmin = user.role === "ADMIN";
  const [language, counts, savedViews, workerIsMissing, stopped, practice] = await Promise.all([
    languageOf(),
    viewCounts(user),
    savedViewsOf(user),
    isWorkerMissing(),
    isAdmin ? stoppedAccounts() : null,
    process.env.MAILROOM_PRACTICE === "1" ? findPracticeAccount() : null,
  ]);
  return (
    <KeysProvider singleKeys={user.singleKeys} isAdmin={isAdmin}>
      <Shell
        user={user}
        menu={
          <>
            <SearchButton />
            <DeskMenu
              user={user}
              counts={counts}
              savedViews={savedViews}
              workerIsMissing={workerIsMissing}
              hasPractice={practice !== null}
              language={language}
            />
          </>
        }
      >
        {stopped && <StoppedBanner stopped={stopped} language={language} />}
        {isAdmin && <Live topics={["alert"]} />}
        {children}
      </Shell>
      <DesktopNotices />
    </KeysProvider>
  );
}

async function savedViewsOf(user: SignedIn): Promise<ShownView[]> {
  const views = viewsOfMenu(await listSavedViews(user));
  const counts = await countSavedViews(user, views);
  return views.map(({ id, name, query }) => {
    const count = counts.get(id);
    return { id, name, query, count: count === undefined ? undefined : countText(count) };
  });
}

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

type Counts = Awaited<ReturnType<typeof viewCounts>>;

function DeskMenu({
  user,
  counts,
  savedViews,
  workerIsMissing,
  hasPractice,
  language,
}: {
  user: SignedIn;
  counts: Counts;
  savedViews: ShownView[];
  workerIsMissing: boolean;
  hasPractice: boolean;
  language: Language;
}) {
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
      {user.role === "ADMIN" && (
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
            {user.role === "ADMIN" && (
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

const countText = (n: number) => (n === 0 ? undefined : n > 999 ? "999+" : String(n));

function Warning({ words }: { words: string }) {
  return (
    <span title={words} className="inline-flex text-red">
      <TriangleAlert aria-hidden className="icon" />
      <span className="sr-only">{words}</span>
    </span>
  );
}

/** The frame for customers. */
export async function PortalShell({ user, children }: { user: SignedIn; children: ReactNode }) {
  const words = shellWords[await languageOf()];
  const menu = (
    <NavLink href={paths.my} icon={<Inbox aria-hidden className="icon" />}>
      {words.myTickets}
    </NavLink>
  );
  return (
    <Shell user={user} menu={menu}>
      {children}
    </Shell>
  );
}
