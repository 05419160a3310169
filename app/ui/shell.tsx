import { Inbox } from "lucide-react";
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
import { languageOf } from "../words/page-language";
import { shellWords } from "../words/shell";
import { Brand } from "./brand";
import { DeskMenu } from "./desk-menu";
import { DesktopNotices } from "./desktop-notices";
import { Live } from "./live";
import { Main } from "./main";
import { MENU_ID } from "./menu-id";
import { NavLink } from "./nav-link";
import type { ShownView } from "./saved-view-links";
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
              isAdmin={isAdmin}
              counts={counts}
              savedViews={savedViews}
              workerIsMissing={workerIsMissing}
              hasPractice={practice !== null}
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
  return views.map(({ id, name, query }) => ({ id, name, query, count: counts.get(id) }));
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
