import type { Metadata } from "next";
import Link from "next/link";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { Button, LinkButton } from "@/app/ui/button";
import { EmptyState } from "@/app/ui/empty-state";
import { Live } from "@/app/ui/live";
import { PageHeader } from "@/app/ui/page-header";
import { listComparisons } from "@/lib/accounts/comparison";
import { db } from "@/lib/db/client";
import {
  countRetryable,
  heldMails,
  listReceipts,
  mailLedger,
  parseReceiptQuery,
} from "@/lib/inbound/receipts";
import { Choices } from "../choices";
import { Comparisons } from "./comparisons";
import { DecisionButton } from "./decision-button";
import { HeldMail } from "./held-mail";
import { MailLedger } from "./mail-ledger";
import { ReceiptsTable } from "./receipts-table";

export const metadata: Metadata = { title: "Mail" };

const STATUSES = [
  { value: "", label: "All mail" },
  { value: "QUARANTINED", label: "Quarantine" },
  { value: "HELD", label: "On hold" },
  { value: "PENDING", label: "Waiting" },
  { value: "PROCESSED", label: "Processed" },
  { value: "DUPLICATE", label: "Seen before" },
  { value: "IGNORED", label: "Ignored" },
];

type Params = Record<string, string | string[] | undefined>;

/** What arrived and what became of it; the filter lives in the address. */
export default async function MailPage({ searchParams }: { searchParams: Promise<Params> }) {
  await requireAdmin();
  const params = await searchParams;
  const query = parseReceiptQuery(params);
  const days = params.days === "7" ? 7 : 1;
  const [page, ledger, comparisons, waiting, retryable, accounts] = await Promise.all([
    listReceipts(query),
    mailLedger(midnight(days - 1), query.accountId),
    listComparisons(query.accountId),
    heldMails(query.accountId),
    query.status === "QUARANTINED" ? countRetryable(query.accountId) : 0,
    db().prisma.emailAccount.findMany({
      select: { id: true, email: true },
      orderBy: { email: "asc" },
    }),
  ]);
  const filter = {
    status: query.status,
    account: query.accountId,
    days: days === 7 ? 7 : null,
  };
  const isFiltered = query.status !== null || query.accountId !== null;
  return (
    <>
      <PageHeader title="Mail">
        <LinkButton href={paths.blocked}>Blocked senders</LinkButton>
        {accounts.length > 1 && (
          <AccountFilter accounts={accounts} chosen={query.accountId} status={query.status} />
        )}
      </PageHeader>
      <Choices
        label="Days"
        choices={[
          { label: "Today", href: paths.mail({ ...filter, days: null }), isChosen: days === 1 },
          { label: "7 days", href: paths.mail({ ...filter, days: 7 }), isChosen: days === 7 },
        ]}
      />
      <MailLedger ledger={ledger} span={days === 1 ? "today" : "in 7 days"} />
      <Comparisons accounts={comparisons} />
      <HeldMail waiting={waiting} />
      <Choices
        label="Status"
        choices={STATUSES.map(({ value, label }) => ({
          label,
          href: paths.mail({ ...filter, status: value }),
          isChosen: (query.status ?? "") === value,
        }))}
      />
      {retryable > 1 && (
        <div className="gutter flex justify-end border-b border-rule py-2.5">
          <DecisionButton decision="retryAll" fields={{ accountId: query.accountId ?? "" }} />
        </div>
      )}
      {page.rows.length > 0 ? (
        <ReceiptsTable rows={page.rows} />
      ) : (
        <EmptyState
          title={isFiltered ? "No mail matches this filter." : "No mail has been received yet."}
          action={isFiltered && <LinkButton href={paths.mail()}>Clear filters</LinkButton>}
        >
          {!isFiltered && (
            <>
              Every mail the polls read is listed here, with what became of it.{" "}
              <Link className="link" href={paths.help("email-troubleshooting")}>
                When mail does not arrive
              </Link>
            </>
          )}
        </EmptyState>
      )}
      <nav aria-label="Pages" className="gutter flex justify-end gap-2 py-3">
        {page.newer && (
          <LinkButton size="small" href={paths.mail({ ...filter, after: page.newer })}>
            Newer
          </LinkButton>
        )}
        {page.older && (
          <LinkButton size="small" href={paths.mail({ ...filter, before: page.older })}>
            Older
          </LinkButton>
        )}
      </nav>
      <Live topics={["inbound", "account"]} />
    </>
  );
}

function AccountFilter({
  accounts,
  chosen,
  status,
}: {
  accounts: { id: string; email: string }[];
  chosen: string | null;
  status: string | null;
}) {
  return (
    <form
      method="get"
      action={paths.mail()}
      className="flex min-w-0 items-center gap-2 text-sm max-md:basis-full"
    >
      {status && <input type="hidden" name="status" value={status} />}
      <label htmlFor="mail-account" className="text-ink-2">
        Account
      </label>
      <select
        key={chosen ?? ""}
        id="mail-account"
        name="account"
        defaultValue={chosen ?? ""}
        className="select min-h-8 max-w-[236px] min-w-0 rounded-control border border-edge bg-sheet px-2.5 max-md:min-h-11 max-md:grow max-md:text-lg"
      >
        <option value="">All accounts</option>
        {accounts.map(({ id, email }) => (
          <option key={id} value={id}>
            {email}
          </option>
        ))}
      </select>
      <Button type="submit">Show</Button>
    </form>
  );
}

/** Midnight by this machine's time zone, `daysAgo` days back. */
function midnight(daysAgo: number): Date {
  const day = new Date();
  day.setHours(0, 0, 0, 0);
  day.setDate(day.getDate() - daysAgo);
  return day;
}
