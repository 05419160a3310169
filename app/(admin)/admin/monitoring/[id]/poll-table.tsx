import { ClockTime } from "@/app/ui/clock-time";
import { countText } from "@/app/ui/count-text";
import { Figures } from "@/app/ui/figures";
import type { PollRunRow } from "@/lib/accounts/poll-runs";
import { pollSeconds } from "../../email-accounts/poll-strip";

const HEAD = ["Began", "What came of it", "Took", "New", "Processed", "Tickets", "Replies"];

/** Each poll with what it found and made, or why it failed. */
export function PollTable({ rows }: { rows: PollRunRow[] }) {
  if (rows.length === 0)
    return <p className="text-sm text-ink-2">No such polls are kept of this account.</p>;
  return (
    <Figures
      caption="Polls"
      words={2}
      head={HEAD}
      rows={rows.map((run) => ({
        key: run.id,
        cells: [
          <span key="time" className="whitespace-nowrap">
            <ClockTime date={run.startedAt} />
          </span>,
          outcomeOf(run),
          run.durationMs === null ? "–" : pollSeconds(run.durationMs / 1000),
          ...[run.stored, run.processed, run.created, run.appended].map(countText),
        ],
      }))}
    />
  );
}

function outcomeOf(run: PollRunRow) {
  if (run.finishedAt === null)
    return <span className="text-amber">Has not ended, or its worker died</span>;
  if (run.error !== null)
    return <span className="text-red [overflow-wrap:anywhere]">Failed: {run.error}</span>;
  const more = [
    [run.duplicates, "seen before"],
    [run.ignored, "ignored"],
    [run.quarantined, "in quarantine"],
    [run.skipped, "from before the start, left out"],
  ] as const;
  const said = more.flatMap(([count, words]) =>
    count > 0 ? [`${countText(count)} ${words}`] : [],
  );
  const news = run.stored > 0 ? "New mail" : "Nothing new";
  return [news, ...said].join(", ");
}
