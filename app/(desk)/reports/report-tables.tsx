import { countText } from "@/app/ui/count-text";
import { Figures } from "@/app/ui/figures";
import type { Report, ReportGroup, Spread } from "@/lib/reports/report";
import { durationText, fullDayText } from "./words";

/** Each day in numbers, the last one first. */
export function DayTable({ days }: { days: Report["days"] }) {
  const rows = days.toReversed().map(({ day, opened, solved, backlog }) => ({
    key: day,
    cells: [fullDayText(day), ...[opened, solved, backlog].map(countText)],
  }));
  return <Figures caption="By day" head={["Day", "In", "Solved", "Backlog"]} rows={rows} />;
}

const GROUP_HEAD = [
  ...["In", "Solved", "First response, median", "First response, p90"],
  ...["Resolution, median", "Resolution, p90"],
];

/** Accounts or agents in numbers. */
export function GroupTable({
  caption,
  what,
  groups,
}: {
  caption: string;
  what: string;
  groups: ReportGroup[];
}) {
  const spread = ({ median, p90 }: Spread) => [durationText(median), durationText(p90)];
  const rows = groups.map(({ id, name, opened, solved, firstResponse, resolution }) => ({
    key: id ?? "none",
    cells: [
      ...[name, countText(opened), countText(solved)],
      ...[...spread(firstResponse), ...spread(resolution)],
    ],
  }));
  return <Figures caption={caption} head={[what, ...GROUP_HEAD]} rows={rows} />;
}
