import { Download } from "lucide-react";
import type { Metadata } from "next";
import type { ReactNode } from "react";
import { requireAgent } from "@/app/auth";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { countText } from "@/app/ui/count-text";
import { Disclosure } from "@/app/ui/disclosure";
import { EmptyState } from "@/app/ui/empty-state";
import { PageHeader } from "@/app/ui/page-header";
import { dayIn, parseReportQuery, type ReportQuery, reportParams } from "@/lib/reports/range";
import { deskZone, type Report, readReport, reportChoices } from "@/lib/reports/report";
import type { CsvKind } from "@/lib/reports/report-csv";
import { DayChart } from "./day-chart";
import { PeriodLinks, ReportFilter } from "./report-filter";
import { DayTable, GroupTable } from "./report-tables";
import { durationText, fullDayText } from "./words";

export const metadata: Metadata = { title: "Reports" };

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function ReportsPage({ searchParams }: Props) {
  const agent = await requireAgent();
  const zone = await deskZone();
  const today = dayIn(zone, new Date());
  const { query, notes } = parseReportQuery(await searchParams, today);
  const [report, choices] = await Promise.all([
    readReport(agent, query, zone),
    reportChoices(agent),
  ]);
  const hasAny = report.days.some(({ opened, solved, backlog }) => opened + solved + backlog > 0);
  return (
    <>
      <PageHeader
        title="Reports"
        meta={`${fullDayText(query.from)} to ${fullDayText(query.until)}, ${zone}`}
      >
        <PeriodLinks query={query} />
      </PageHeader>
      <ReportFilter query={query} today={today} choices={choices} />
      {[...notes, ...(report.isPartial ? [PARTIAL] : [])].map((note) => (
        <p
          key={note}
          role="status"
          className="gutter border-b border-rule py-2.5 text-sm text-ink-2"
        >
          {note}
        </p>
      ))}
      {hasAny ? (
        <Figures report={report} query={query} />
      ) : (
        <EmptyState
          title="No tickets in these days."
          action={<LinkButton href={paths.reports({ days: 90 })}>Last 90 days</LinkButton>}
        >
          Spam, automatic mail and merged tickets don’t count.
        </EmptyState>
      )}
    </>
  );
}

const PARTIAL =
  "Tickets solved before times were kept are still being looked up: some numbers are too low.";

function Figures({ report, query }: { report: Report; query: ReportQuery }) {
  const days = report.days.map(({ day }) => day);
  return (
    <div className="gutter space-y-7 pt-5 pb-10">
      <Summary report={report} />
      <div className="grid gap-x-9 gap-y-7 xl:grid-cols-2">
        <DayChart
          title="In and solved"
          days={days}
          series={[
            { name: "In", look: "solid", values: report.days.map(({ opened }) => opened) },
            { name: "Solved", look: "dashed", values: report.days.map(({ solved }) => solved) },
          ]}
        />
        <DayChart
          title="Backlog"
          days={days}
          series={[
            {
              ...{ name: "Open at the end of the day", look: "area" },
              values: report.days.map(({ backlog }) => backlog),
            },
          ]}
        />
      </div>
      <Disclosure label="Every day in numbers">
        <DayTable days={report.days} />
        <Downloads query={query} kinds={[["days", "Days as CSV"]]} />
      </Disclosure>
      <Part title="By account">
        <GroupTable caption="By account" what="Account" groups={report.accounts} />
        <Downloads query={query} kinds={[["accounts", "Accounts as CSV"]]} />
      </Part>
      <Part title="By agent">
        <p className="text-sm text-ink-3">Tickets count for whoever has them now.</p>
        <GroupTable caption="By agent" what="Agent" groups={report.agents} />
        <Downloads
          query={query}
          kinds={[
            ["agents", "Agents as CSV"],
            ["tickets", "All tickets that came in as CSV"],
          ]}
        />
      </Part>
    </div>
  );
}

function Summary({ report: { days, total } }: { report: Report }) {
  const { firstResponse, resolution } = total;
  const figures = [
    ["In", countText(total.opened), ""],
    ["Solved", countText(total.solved), ""],
    ["Backlog", countText(days.at(-1)?.backlog ?? 0), "at the end of the last day"],
    [
      ...["First response, median", durationText(firstResponse.median)],
      `p90 ${durationText(firstResponse.p90)}`,
    ],
    [
      ...["Resolution, median", durationText(resolution.median)],
      `p90 ${durationText(resolution.p90)}`,
    ],
  ];
  return (
    <div>
      <dl className="grid grid-cols-2 gap-x-5 gap-y-4 sm:grid-cols-3 lg:grid-cols-5">
        {figures.map(([name, value, more]) => (
          <div key={name}>
            <dt className="text-sm text-ink-2">{name}</dt>
            <dd className="text-xl font-semibold tabular-nums">{value}</dd>
            <dd className="text-xs text-ink-3">{more}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-sm text-ink-3">
        Times count business hours where an account has them. p90: nine of ten took no longer. The
        first response is measured of tickets that came in, the resolution of tickets that were
        solved in these days, without the time they waited on the customer.
      </p>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="space-y-2">
      <h2 className="text-section font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Downloads({ query, kinds }: { query: ReportQuery; kinds: [CsvKind, string][] }) {
  return (
    <p className="flex flex-wrap gap-2 pt-2">
      {kinds.map(([kind, label]) => (
        <a
          key={kind}
          href={paths.reportCsv(kind, reportParams(query))}
          download
          className="link inline-flex min-h-6 items-center gap-1 text-sm max-md:min-h-11"
        >
          <Download aria-hidden className="icon-badge" />
          {label}
        </a>
      ))}
    </p>
  );
}
