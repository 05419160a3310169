import { classNames } from "./class-names";

type Look = "solid" | "dashed" | "area";
export type Series = { name: string; look: Look; values: number[] };

/** The plot's own units; it is stretched to its place, its lines are not. */
const WIDTH = 1000;
const HEIGHT = 100;

const COUNT = new Intl.NumberFormat("en-GB");
const countText = (count: number) => COUNT.format(count);

/**
 * Numbers over time as lines, told apart by how they are drawn and by name, not by colour alone. What
 * it shows must be in a table beside it as well.
 * @param range the time it is about, in words; `per`: what one number is of, "a day".
 * @param marks what stands below the plot, from its beginning to its end; three at most.
 */
export function LineChart({
  title,
  range,
  per,
  marks,
  series,
}: {
  title: string;
  range: string;
  per: string;
  marks: string[];
  series: Series[];
}) {
  const top = roundUp(Math.max(1, ...series.flatMap(({ values }) => values)));
  const summary = series
    .map(
      ({ name, values }) =>
        `${name}: ${countText(Math.min(...values))} to ${countText(Math.max(...values))} ${per}`,
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
          aria-label={`${title}, ${range}. ${summary}.`}
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
          {marks.map((mark, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a mark is
            <span key={index}>{mark}</span>
          ))}
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
  // One value alone is a line across, as a point would not be seen.
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
