import type { ReactNode } from "react";
import type { Report, ReportGroup, Spread } from "@/lib/reports/report";
import { countText, durationText, fullDayText } from "./words";

const CELL = "border-b border-rule px-2.5 py-2 first:pl-0 last:pr-0";

function Table({
  caption,
  head,
  children,
}: {
  caption: string;
  head: string[];
  children: ReactNode;
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section aria-label={caption} tabIndex={0} className="overflow-x-auto">
      <table className="w-full border-collapse text-sm tabular-nums">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-xs text-ink-3">
            {head.map((text, index) => (
              <th
                key={text}
                scope="col"
                className={`${CELL} font-semibold whitespace-nowrap ${index === 0 ? "text-left" : "text-right"}`}
              >
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </section>
  );
}

/** Each day in numbers, the last one first. */
export function DayTable({ days }: { days: Report["days"] }) {
  return (
    <Table caption="By day" head={["Day", "In", "Solved", "Backlog"]}>
      {days.toReversed().map(({ day, opened, solved, backlog }) => (
        <tr key={day}>
          <th scope="row" className={`${CELL} text-left font-normal whitespace-nowrap`}>
            {fullDayText(day)}
          </th>
          {[opened, solved, backlog].map((count, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their place
            <td key={index} className={`${CELL} text-right`}>
              {countText(count)}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
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
  return (
    <Table caption={caption} head={[what, ...GROUP_HEAD]}>
      {groups.map(({ id, name, opened, solved, firstResponse, resolution }) => (
        <tr key={id ?? "none"}>
          <th
            scope="row"
            dir="auto"
            className={`${CELL} min-w-32 text-left font-normal wrap-anywhere`}
          >
            {name}
          </th>
          {[
            ...[countText(opened), countText(solved)],
            ...[...spread(firstResponse), ...spread(resolution)],
          ].map((text, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their place
            <td key={index} className={`${CELL} text-right whitespace-nowrap`}>
              {text}
            </td>
          ))}
        </tr>
      ))}
    </Table>
  );
}
