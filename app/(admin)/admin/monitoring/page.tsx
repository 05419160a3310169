import type { Metadata } from "next";
import Link from "next/link";
import { requireAdmin } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { countText } from "@/app/ui/count-text";
import { EmptyState } from "@/app/ui/empty-state";
import { Figures } from "@/app/ui/figures";
import { PageHeader } from "@/app/ui/page-header";
import { RelativeTime } from "@/app/ui/relative-time";
import { type PollPeriod, pollHours } from "@/lib/accounts/poll-history";
import { type MonitoringPage as Monitoring, monitoredAccounts } from "@/lib/monitoring/accounts";
import { type OutgoingRow, outgoingQueue, outgoingSum } from "@/lib/monitoring/outgoing";
import { type LatePolls, latePolls, listWorkers, type WorkerRow } from "@/lib/monitoring/workers";
import { Choices } from "../choices";
import { ComparisonLine } from "../comparison-line";
import { HealthLine } from "../email-accounts/health-line";
import { PollStripBars } from "../email-accounts/poll-strip";
import { ageText, Part } from "./figures";
import { Hours } from "./hours";

export const metadata: Metadata = { title: "Monitoring" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function MonitoringPage({ searchParams }: Props) {
  await requireAdmin();
  const params = await searchParams;
  const period: PollPeriod = params.period === "week" ? "week" : "day";
  const [page, workers, late, outgoing] = await Promise.all([
    monitoredAccounts(Number(params.page ?? 1)),
    listWorkers(),
    latePolls(),
    outgoingQueue(),
  ]);
  const hours = await pollHours(null, period, page.now);
  return (
    <>
      <PageHeader title="Monitoring">
        <LinkButton href={paths.alerts}>Alerts</LinkButton>
      </PageHeader>
      <Choices
        label="Period"
        choices={[
          { label: "24 hours", href: paths.monitoring(), isChosen: period === "day" },
          {
            label: "7 days",
            href: paths.monitoring({ period: "week" }),
            isChosen: period === "week",
          },
        ]}
      />
      <div className="gutter space-y-7 pt-5 pb-7">
        <Hours hours={hours} period={period} />
        <Part title="Workers">
          <Workers workers={workers} late={late} />
        </Part>
        <Part title="Outgoing mail">
          <Outgoing rows={outgoing} now={page.now} />
        </Part>
      </div>
      <Accounts page={page} period={period} />
    </>
  );
}

function Workers({ workers, late }: { workers: WorkerRow[]; late: LatePolls }) {
  return (
    <>
      <p className={late.count > 0 ? "text-sm text-amber" : "text-sm text-ink-2"}>
        {late.count === 0
          ? "No poll is late."
          : `${countText(late.count)} ${late.count === 1 ? "poll is" : "polls are"} late, by up to ${ageText(late.secondsMax)}.`}
      </p>
      {workers.length === 0 ? (
        <p className="text-sm text-red">
          No worker is running. Start one with{" "}
          <code className="font-mono text-xs whitespace-nowrap">npm run start:worker</code>.
        </p>
      ) : (
        <Figures
          caption="Workers"
          words={3}
          head={["Worker", "State", "Version", "Running since", "Polls now", "Kept open"]}
          rows={workers.map((worker) => ({
            key: worker.id,
            cells: [
              <span key="name" className="[overflow-wrap:anywhere]">
                {worker.hostname}, process {worker.pid}
              </span>,
              stateOf(worker),
              worker.version,
              <RelativeTime key="since" date={worker.startedAt} />,
              countText(worker.polling),
              countText(worker.idle),
            ],
          }))}
        />
      )}
    </>
  );
}

function stateOf({ isAlive, silentSeconds, pollingEnabled }: WorkerRow) {
  if (!isAlive) return <span className="text-red">Silent for {ageText(silentSeconds)}</span>;
  return (
    <>
      Alive, heard {ageText(silentSeconds)} ago{!pollingEnabled && ", polling off"}
    </>
  );
}

function Outgoing({ rows, now }: { rows: OutgoingRow[]; now: Date }) {
  if (rows.length === 0)
    return <p className="text-sm text-ink-2">Nothing waits, and nothing was given up.</p>;
  const cells = (row: Omit<OutgoingRow, "accountId" | "email">) => [
    ...[row.queued, row.retrying, row.sending].map(countText),
    row.oldestAt ? ageText(Math.max(0, (now.getTime() - row.oldestAt.getTime()) / 1000)) : "–",
    countText(row.failed),
  ];
  return (
    <Figures
      caption="Outgoing mail"
      head={["Account", "Queued", "Tried again", "Leaving", "Oldest", "Given up in 7 days"]}
      rows={[
        ...(rows.length > 1
          ? [{ key: "all", cells: ["All accounts", ...cells(outgoingSum(rows))] }]
          : []),
        ...rows.map((row) => ({
          key: row.accountId ?? "none",
          cells: [row.email ?? "Deleted account", ...cells(row)],
        })),
      ]}
    />
  );
}

function Accounts({ page, period }: { page: Monitoring; period: PollPeriod }) {
  const { accounts, pages, total, hasWorker } = page;
  const href = (to: number) =>
    paths.monitoring({
      period: period === "week" ? period : null,
      page: to > 1 ? to : null,
    });
  if (total === 0) return <EmptyState title="No email account is connected yet." />;
  return (
    <>
      {accounts.map((account) => (
        <section
          key={account.id}
          aria-label={account.email}
          className="gutter grid gap-x-7 gap-y-2 border-t border-rule py-4 lg:grid-cols-[minmax(0,1fr)_250px_250px]"
        >
          <div>
            <h2 className="text-base font-semibold [overflow-wrap:anywhere]">
              <Link className="link" href={paths.monitoredAccount(account.id)}>
                {account.email}
              </Link>
            </h2>
            <HealthLine account={account} hasWorker={hasWorker} />
            <p className="mt-1 text-sm text-ink-2">
              In 7 days {countText(account.week.mails)}{" "}
              {account.week.mails === 1 ? "mail" : "mails"}, {countText(account.week.tickets)}{" "}
              {account.week.tickets === 1 ? "ticket" : "tickets"}
            </p>
            <div className="mt-1">
              <ComparisonLine account={account.comparison} />
            </div>
          </div>
          <PollStripBars strip={account.day} period="day" />
          <PollStripBars strip={account.week} period="week" />
        </section>
      ))}
      {pages > 1 && (
        <nav
          aria-label="Pages"
          className="gutter flex items-center justify-end gap-2 border-t border-rule py-3 text-sm text-ink-2"
        >
          <span>
            Page {page.page} of {pages}
          </span>
          {page.page > 1 && (
            <LinkButton size="small" href={href(page.page - 1)}>
              Back
            </LinkButton>
          )}
          {page.page < pages && (
            <LinkButton size="small" href={href(page.page + 1)}>
              Next
            </LinkButton>
          )}
        </nav>
      )}
    </>
  );
}
