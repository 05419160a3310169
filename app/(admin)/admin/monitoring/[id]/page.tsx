import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireAdmin } from "@/app/auth";
import { ReconnectButton } from "@/app/oauth/reconnect-button";
import { paths } from "@/app/paths";
import { LinkButton } from "@/app/ui/button";
import { Figures } from "@/app/ui/figures";
import { PageHeader } from "@/app/ui/page-header";
import { type PollPeriod, pollHours } from "@/lib/accounts/poll-history";
import { listRuns, parseRunQuery, RUN_KINDS, type RunKind } from "@/lib/accounts/poll-runs";
import { AppError } from "@/lib/errors";
import { monitoredAccount } from "@/lib/monitoring/accounts";
import { PROVIDER_NAMES } from "@/lib/oauth/providers";
import { Choices } from "../../choices";
import { ComparisonLine } from "../../comparison-line";
import { HealthLine } from "../../email-accounts/health-line";
import { PollStripBars, pollSeconds } from "../../email-accounts/poll-strip";
import { Words } from "../../email-accounts/words";
import { Part } from "../figures";
import { Hours } from "../hours";
import { PollTable } from "./poll-table";

export const metadata: Metadata = { title: "Polls" };

type Props = {
  params: Promise<{ id: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

const KIND_WORDS: Record<RunKind, string> = {
  ...{ all: "All polls", mail: "With mail", failed: "Failed" },
};

/** One account: how its polls went, what came in, and each poll that is kept. */
export default async function MonitoredAccountPage({ params, searchParams }: Props) {
  await requireAdmin();
  const { account, hasWorker, now } = await find((await params).id);
  const { id, email, health, day, week } = account;
  const search = await searchParams;
  const period: PollPeriod = search.period === "week" ? "week" : "day";
  const query = parseRunQuery(search);
  const [hours, runs] = await Promise.all([pollHours(id, period, now), listRuns(id, query, now)]);
  const shown = {
    period: period === "week" ? period : null,
    polls: query.kind === "all" ? null : query.kind,
  };
  return (
    <>
      <PageHeader
        title={`Polls of ${email}`}
        back={{ href: paths.monitoring(), label: "Monitoring" }}
      />
      <div className="gutter border-b border-rule pt-3 pb-5">
        <HealthLine account={account} hasWorker={hasWorker} />
        {health.state !== "healthy" && (
          <p className="mt-1 max-w-[72ch] text-sm text-ink-2">
            <Words>{[health.sentence, health.fix].filter(Boolean).join(" ")}</Words>
          </p>
        )}
        {health.state === "reconnect" && account.reconnectAt && (
          <div className="mt-2">
            <ReconnectButton
              accountId={id}
              email={email}
              provider={PROVIDER_NAMES[account.reconnectAt]}
            >
              Reconnect
            </ReconnectButton>
          </div>
        )}
        <div className="mt-1">
          <ComparisonLine account={account.comparison} />
        </div>
        <div className="mt-3 grid gap-x-9 gap-y-3 md:grid-cols-2">
          <PollStripBars strip={day} period="day" />
          <PollStripBars strip={week} period="week" />
        </div>
        <div className="mt-3">
          <Figures
            caption="Polls in numbers"
            head={["", "Polls", "Failed", "Mails", "Tickets", "Each took", "Longest"]}
            rows={[
              { key: "day", cells: ["24 hours", ...cellsOf(day)] },
              { key: "week", cells: ["7 days", ...cellsOf(week)] },
            ]}
          />
        </div>
      </div>
      <Choices
        label="Period"
        choices={[
          {
            label: "24 hours",
            href: paths.monitoredAccount(id, { ...shown, period: null }),
            isChosen: period === "day",
          },
          {
            label: "7 days",
            href: paths.monitoredAccount(id, { ...shown, period: "week" }),
            isChosen: period === "week",
          },
        ]}
      />
      <div className="gutter py-5">
        <Hours hours={hours} period={period} />
      </div>
      <Choices
        label="Polls"
        choices={RUN_KINDS.map((kind) => ({
          label: KIND_WORDS[kind],
          href: paths.monitoredAccount(id, { ...shown, polls: kind === "all" ? null : kind }),
          isChosen: query.kind === kind,
        }))}
      />
      <div className="gutter py-4">
        <Part title="Each poll">
          <p className="text-sm text-ink-3">
            Polls with nothing new are kept for a day, failed ones for seven days, those with mail
            for good.
          </p>
          <PollTable rows={runs.rows} />
          <nav aria-label="Pages" className="flex justify-end gap-2 pt-2">
            {runs.newer && (
              <LinkButton
                size="small"
                href={paths.monitoredAccount(id, { ...shown, after: runs.newer })}
              >
                Newer
              </LinkButton>
            )}
            {runs.older && (
              <LinkButton
                size="small"
                href={paths.monitoredAccount(id, { ...shown, before: runs.older })}
              >
                Older
              </LinkButton>
            )}
          </nav>
        </Part>
      </div>
    </>
  );
}

function cellsOf({ polls, failed, mails, tickets, secondsMean, secondsMax }: Strip): string[] {
  const counts = [polls, failed, mails, tickets].map((count) => count.toLocaleString("en-US"));
  if (secondsMean === null) return [...counts, "–", "–"];
  return [...counts, pollSeconds(secondsMean), pollSeconds(secondsMax)];
}

type Strip = Awaited<ReturnType<typeof monitoredAccount>>["account"]["day"];

async function find(id: string) {
  try {
    return await monitoredAccount(id);
  } catch (error) {
    if (error instanceof AppError && error.code === "not-found") notFound();
    throw error;
  }
}
