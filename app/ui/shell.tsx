import {
  AlarmClock,
  AtSign,
  BookUser,
  Bot,
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
import { Brand } from "./brand";
import { DesktopNotices } from "./desktop-notices";
import { MENU_ID } from "./menu-id";
import { NavLink } from "./nav-link";
import { SavedViewLinks, type ShownView } from "./saved-view-links";
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
  const theme = await themeOf();
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[228px_minmax(0,1fr)]">
      <nav
        id={MENU_ID}
        popover="auto"
        aria-label="Main"
        className="drawer h-dvh flex-col gap-0.5 overflow-y-auto bg-canvas px-2.5 py-3.5 text-ink md:sticky md:top-0"
      >
        <Link href={paths.home} className="mb-2 rounded-control px-2 py-1 text-ink no-underline">
          <Brand />
        </Link>
        {menu}
        <UserMenu user={user} theme={theme} />
      </nav>
      <main id="main" tabIndex={-1} className="min-h-dvh min-w-0 border-rule bg-sheet md:border-l">
        {children}
      </main>
    </div>
  );
}

/** The frame for admins and agents. */
export async function DeskShell({ user, children }: { user: SignedIn; children: ReactNode }) {
  const [counts, savedViews, workerIsMissing, practice] = await Promise.all([
    viewCounts(user),
    savedViewsOf(user),
    isWorkerMissing(),
    process.env.MAILROOM_PRACTICE === "1" ? findPracticeAccount() : null,
  ]);
  return (
    <KeysProvider singleKeys={user.singleKeys} isAdmin={user.role === "ADMIN"}>
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
            />
          </>
        }
      >
        <DesktopNotices />
        {children}
      </Shell>
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
  { view: "my-open", word: "My open", Icon: Inbox },
  { view: "unassigned", word: "Unassigned", Icon: UserRoundX },
  { view: "all-open", word: "All open", Icon: Layers },
  { view: "waiting", word: "Waiting on customer", Icon: Hourglass },
  { view: "snoozed", word: "Snoozed", Icon: AlarmClock },
  { view: "solved", word: "Solved", Icon: CircleCheck },
  { view: "automatic", word: "Automatic", Icon: Bot },
  { view: "spam", word: "Spam", Icon: ShieldX },
] as const;

type Counts = Awaited<ReturnType<typeof viewCounts>>;

function DeskMenu({
  user,
  counts,
  savedViews,
  workerIsMissing,
  hasPractice,
}: {
  user: SignedIn;
  counts: Counts;
  savedViews: ShownView[];
  workerIsMissing: boolean;
  hasPractice: boolean;
}) {
  const savedQueries = savedViews.map(({ query }) => query);
  return (
    <>
      {VIEWS.map(({ view, word, Icon }) => (
        <NavLink
          key={view}
          href={paths.tickets({ view })}
          icon={<Icon aria-hidden className="icon" />}
          count={view === "solved" ? undefined : countText(counts[view])}
          isFallback={view === "all-open"}
          exceptAt={savedQueries}
          onlyExact
        >
          {word}
        </NavLink>
      ))}
      <NavLink href={paths.contacts()} icon={<BookUser aria-hidden className="icon" />}>
        Contacts
      </NavLink>
      <NavLink
        href={paths.cannedReplies}
        icon={<MessageSquareQuote aria-hidden className="icon" />}
      >
        Canned replies
      </NavLink>
      {hasPractice && (
        <NavLink href={paths.practice} icon={<FlaskConical aria-hidden className="icon" />}>
          Practice mail
        </NavLink>
      )}
      <SavedViewLinks views={savedViews} />
      {user.role === "ADMIN" && (
        <>
          <h2 className="px-2 pt-3.5 pb-1 text-xs font-semibold text-ink-3">Admin Portal</h2>
          <NavLink
            href={paths.emailAccounts}
            icon={<AtSign aria-hidden className="icon" />}
            count={workerIsMissing ? <Warning words="No worker is running" /> : undefined}
          >
            Email Accounts
          </NavLink>
          <NavLink
            href={paths.mail()}
            parentOf={paths.blocked}
            icon={<Mails aria-hidden className="icon" />}
          >
            Mail
          </NavLink>
          <NavLink href={paths.people} icon={<Users aria-hidden className="icon" />}>
            People
          </NavLink>
        </>
      )}
      <div className="mt-3.5 border-t border-rule pt-2">
        <NavLink href={paths.help()} icon={<CircleHelp aria-hidden className="icon" />}>
          Help
        </NavLink>
      </div>
      {workerIsMissing && (
        <p className="mt-3 flex gap-2 px-2 text-xs text-red">
          <TriangleAlert aria-hidden className="icon" />
          <span>
            No worker is running: mail is neither read nor sent.
            {user.role === "ADMIN" && (
              <>
                {" "}
                Start it with <code className="font-mono">npm run start:worker</code>.
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
export function PortalShell({ user, children }: { user: SignedIn; children: ReactNode }) {
  const menu = (
    <NavLink href={paths.my} icon={<Inbox aria-hidden className="icon" />}>
      My tickets
    </NavLink>
  );
  return (
    <Shell user={user} menu={menu}>
      {children}
    </Shell>
  );
}
