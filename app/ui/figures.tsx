import type { ReactNode } from "react";

const CELL = "border-b border-rule px-2.5 py-2 first:pl-0 last:pr-0 align-top";

/** A table of figures that scrolls sideways where there is no room; words at the left, numbers at the right. */
export function Figures({
  caption,
  head,
  rows,
  words = 1,
}: {
  caption: string;
  head: string[];
  rows: { key: string; cells: ReactNode[] }[];
  /** How many columns, from the left, hold words. */
  words?: number;
}) {
  const side = (index: number) =>
    index < words ? "min-w-24 text-left" : "text-right whitespace-nowrap";
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
                className={`${CELL} font-semibold whitespace-nowrap ${side(index)}`}
              >
                {text}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, cells: [first, ...rest] }) => (
            <tr key={key}>
              <th
                scope="row"
                dir="auto"
                className={`${CELL} min-w-32 text-left font-normal wrap-anywhere`}
              >
                {first}
              </th>
              {rest.map((cell, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns keep their place
                <td key={index} className={`${CELL} ${side(index + 1)}`}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
