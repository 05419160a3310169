import type { PollBar, PollDay } from "@/lib/accounts/poll-history";

const BASELINE = 22;
const STEP = 5.2;

/** Short: nothing new. Tall: mail. Below the line: failed. Stub: no poll. Readable without colour. */
const SHAPES: Record<PollBar, { y: number; height: number; fill: string }> = {
  none: { y: BASELINE - 2, height: 2, fill: "fill-bar-none" },
  quiet: { y: BASELINE - 9, height: 9, fill: "fill-bar-ok" },
  mail: { y: BASELINE - 21, height: 21, fill: "fill-bar-mail" },
  failed: { y: BASELINE + 1, height: 8, fill: "fill-bar-fail" },
};

/** The polls of the last 24 hours, a bar for each half hour, and the same in words. */
export function PollStrip({ day }: { day: PollDay }) {
  const bars = day.bars.length > 0 ? day.bars : Array<PollBar>(48).fill("none");
  return (
    <div className="pt-1 max-md:mt-3.5">
      <svg
        viewBox="0 0 250 31"
        role="img"
        aria-label={`Polls of the last 24 hours: ${summary(day)}`}
        className="block h-auto w-full"
      >
        <path d={`M0 ${BASELINE + 0.5}h250`} className="stroke-rule" fill="none" />
        {bars.map((bar, index) => (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is what a bar is
            key={index}
            x={index * STEP}
            y={SHAPES[bar].y}
            width={4}
            height={SHAPES[bar].height}
            className={SHAPES[bar].fill}
          />
        ))}
      </svg>
      <p className="mt-1 flex justify-between text-xs text-ink-3">
        <span>24 h ago</span>
        <span className={day.failed > 0 ? "text-red" : undefined}>{summary(day)}</span>
      </p>
    </div>
  );
}

const format = new Intl.NumberFormat("en-US");

function summary({ total, failed }: PollDay): string {
  if (total === 0) return "No polls";
  const polls = `${format.format(total)} ${total === 1 ? "poll" : "polls"}`;
  return failed === 0 ? `${polls}, none failed` : `${polls}, ${format.format(failed)} failed`;
}
