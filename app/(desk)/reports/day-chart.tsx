import { classNames } from "@/app/ui/class-names";
import { countText, dayText, fullDayText } from "./words";

type Look = "solid" | "dashed" | "area";
export type Series = { name: string; look: Look; values: number[] };

/** The plot's own units; it is stretched to its place, its lines are not. */
const WIDTH = 1000;
const HEIGHT = 100;

/**
 * Numbers by day as lines, told apart by how they are drawn and by name, not by colour alone. What it
 * shows is in the table below it as well, day by day.
 */
export function DayChart({
  title,
  days,
  series,
}: {
  title: string;
  days: string[];
  series: Series[];
}) {
  const top = roundUp(Math.max(1, ...series.flatMap(({ values }) => values)));
  const [first = "", last = ""] = [days[0], days.at(-1)];
  const middle = days[Math.floor((days.length - 1) / 2)] ?? "";
  const summary = series
    .map(
      ({ name, values }) =>
        `${name}: ${countText(Math.min(...values))} to ${countText(Math.max(...values))} a day`,
    )
    .join("; ");
  return (
    <figure className="min-w-0">
      <figcaption className="flex flex-wrap items-center justify-between gap-x-5 gap-y-1">
        <h2 className="text-section font-semibold">{title}</h2>
        <ul className="flex flex-wrap gap-x-4 text-sm text-ink-2">
          {series.map(({ name, look }) => (
            <li key={name} className="flex items-center gap-1.5">
              <svg aria-hidden viewBox="0 0 28 10" className="h-2.5 w-7">
                <path
                  d="M0 5H28"
                  className={LOOKS[look].line}
                  strokeDasharray={LOOKS[look].dashes}
                />
              </svg>
              {name}
            </li>
          ))}
        </ul>
      </figcaption>
      <div className="mt-3 grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <div
          aria-hidden
          className="flex flex-col justify-between text-right text-xs text-ink-3 tabular-nums"
        >
          <span className="-mt-2">{countText(top)}</span>
          <span>{countText(top / 2)}</span>
          <span className="-mb-2">0</span>
        </div>
        <svg
          role="img"
          aria-label={`${title}, ${fullDayText(first)} to ${fullDayText(last)}. ${summary}.`}
          viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
          preserveAspectRatio="none"
          className="h-[180px] w-full max-md:h-[140px]"
        >
          {[0, HEIGHT / 2, HEIGHT].map((y) => (
            <path
              key={y}
              d={`M0 ${y}H${WIDTH}`}
              vectorEffect="non-scaling-stroke"
              className="fill-none stroke-rule"
            />
          ))}
          {series.map((one) => (
            <Line key={one.name} series={one} top={top} />
          ))}
        </svg>
        <div
          aria-hidden
          className="col-start-2 mt-2 flex justify-between text-xs text-ink-3 tabular-nums"
        >
          <span>{dayText(first)}</span>
          {days.length > 2 && <span>{dayText(middle)}</span>}
          {days.length > 1 && <span>{dayText(last)}</span>}
        </div>
      </div>
    </figure>
  );
}

const LOOKS: Record<Look, { line: string; dashes?: string }> = {
  solid: { line: "fill-none stroke-accent stroke-2" },
  dashed: { line: "fill-none stroke-amber stroke-2", dashes: "5 4" },
  area: { line: "fill-none stroke-purple stroke-2" },
};

function Line({ series: { look, values }, top }: { series: Series; top: number }) {
  const x = (index: number) =>
    values.length === 1 ? WIDTH / 2 : Math.round((index / (values.length - 1)) * WIDTH * 10) / 10;
  const y = (value: number) => Math.round((1 - value / top) * HEIGHT * 100) / 100;
  const points = values.map((value, index) => `${x(index)} ${y(value)}`);
  // One day alone is a line across, as a point would not be seen.
  const line = values.length === 1 ? `M0 ${y(values[0] ?? 0)}H${WIDTH}` : `M${points.join("L")}`;
  return (
    <>
      {look === "area" && (
        <path
          d={`${line}L${WIDTH} ${HEIGHT}L0 ${HEIGHT}Z`}
          className="fill-purple-bg stroke-none"
        />
      )}
      <path
        d={line}
        vectorEffect="non-scaling-stroke"
        strokeLinejoin="round"
        strokeDasharray={LOOKS[look].dashes}
        className={classNames(LOOKS[look].line)}
      />
    </>
  );
}

/** The next of 2, 4, 6, 10, 20, 40 …: halves of it are whole numbers. */
function roundUp(value: number): number {
  for (let unit = 1; ; unit *= 10)
    for (const step of [2, 4, 6, 10]) if (value <= step * unit) return step * unit;
}
