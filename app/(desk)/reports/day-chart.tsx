import { LineChart, type Series } from "@/app/ui/line-chart";
import { dayText, fullDayText } from "./words";

/** Numbers by day. What it shows is in the table below it as well, day by day. */
export function DayChart({
  title,
  days,
  series,
}: {
  title: string;
  days: string[];
  series: Series[];
}) {
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const middle = days[Math.floor((days.length - 1) / 2)] ?? "";
  return (
    <LineChart
      title={title}
      range={`${fullDayText(first)} to ${fullDayText(last)}`}
      per="a day"
      marks={[
        dayText(first),
        ...(days.length > 2 ? [dayText(middle)] : []),
        ...(days.length > 1 ? [dayText(last)] : []),
      ]}
      series={series}
    />
  );
}
