import type { Metadata } from "next";
import Link from "next/link";
import { requireAdmin } from "@/app/auth";
import { FirstSteps } from "@/app/first-steps/first-steps";
import { toldBefore } from "@/app/oauth/told";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Callout } from "@/app/ui/callout";
import { EmptyState } from "@/app/ui/empty-state";
import { Live } from "@/app/ui/live";
import { PageHeader } from "@/app/ui/page-header";
import { type AccountsPage, listAccounts } from "@/lib/accounts/list";
import { areLookUpsOn } from "@/lib/discovery/look-ups";
import { AccountPages, AccountSearch, NoAccounts } from "./account-pages";
import { accountsQuery, pageOf } from "./account-query";
import { AccountSection } from "./account-section";
import { LookUpSwitch } from "./look-up-switch";

export const metadata: Metadata = { title: "Email Accounts" };

export default async function EmailAccountsPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const admin = await requireAdmin();
  const search = await searchParams;
  const query = accountsQuery(search);
  const [page, mayLookUp, told] = await Promise.all([
    listAccounts(),
    areLookUpsOn(),
    toldBefore(search.told),
  ]);
  const { accounts, polling, hasWorker } = page;
  const { shown, pages, found } = pageOf(accounts, query);
  return (
    <>
      <PageHeader
        title="Email Accounts"
        meta={polling.isEnabled ? `Polling every ${interval(polling.intervalSeconds)}` : undefined}
      >
        <LinkButton href={paths.importEmailAccounts} className="max-md:grow">
          Import from CSV
        </LinkButton>
        <LinkButton variant="primary" href={paths.newEmailAccount} className="max-md:grow">
          + Add Email Account
        </LinkButton>
      </PageHeader>
      <FirstSteps viewer={admin} isFolded />
      {told && (
        <div className="gutter pt-5">
          <Callout tone="red" role="alert" title={told.cause}>
            {told.fix}
          </Callout>
        </div>
      )}
      <Notices page={page} />
      <AccountSearch q={query.q} count={accounts.length} />
      {shown.map((account) => (
        <AccountSection key={account.id} account={account} hasWorker={hasWorker} />
      ))}
      {accounts.length > 0 && found === 0 && <NoAccounts q={query.q} />}
      <AccountPages {...query} pages={pages} />
      {accounts.length === 0 && (
        <EmptyState title="No email account is connected yet.">
          Add the address your customers write to. Its mail becomes tickets, and answers leave from
          it.
        </EmptyState>
      )}
      <LookUpSwitch isOn={mayLookUp} />
      <p className="gutter py-4 text-sm text-ink-2">
        Guides:{" "}
        <Link className="link" href={paths.help("email-polling")}>
          Turn mail into tickets
        </Link>
        {" · "}
        <Link className="link" href={paths.help("sign-in-apps")}>
          Sign in with Microsoft and Google
        </Link>
        {" · "}
        <Link className="link" href={paths.help("email-troubleshooting")}>
          When mail does not arrive
        </Link>
      </p>
      <Live topics={["account"]} />
    </>
  );
}

/** What concerns every account: polling switched off, or nobody there to poll. */
function Notices({ page: { accounts, polling, hasWorker } }: { page: AccountsPage }) {
  const isWaiting = accounts.some((account) => account.isActive && account.pollingEnabled);
  if (!polling.isEnabled) {
    return (
      <div className="gutter pt-5">
        <Callout tone="blue" title="Polling is off globally.">
          EMAIL_POLLING_ENABLED is false on this server, so no account is polled. Set it to true and
          restart to go on. Sending is not affected.
        </Callout>
      </div>
    );
  }
  if (hasWorker || !isWaiting) return null;
  return (
    <div className="gutter pt-5">
      <Callout tone="amber" title="No worker is running.">
        Nothing is polled and nothing is sent until one is. Start it with{" "}
        <code className="font-mono text-xs whitespace-nowrap">npm run start:worker</code>.
      </Callout>
    </div>
  );
}

function interval(seconds: number): string {
  return seconds === 1 ? "second" : `${seconds} seconds`;
}
