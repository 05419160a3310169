import { BARS, type PollBar, type PollPeriod, type PollStrip } from "@/lib/accounts/poll-history";

const BASELINE = 22;
const WIDTH = 250;

/** Short: nothing new. Tall: mail. Below the line: failed. Stub: no poll. Readable without colour. */
const SHAPES: Record<PollBar, { y: number; height: number; fill: string }> = {
  none: { y: BASELINE - 2, height: 2, fill: "fill-bar-none" },
  quiet: { y: BASELINE - 9, height: 9, fill: "fill-bar-ok" },
  mail: { y: BASELINE - 21, height: 21, fill: "fill-bar-mail" },
  failed: { y: BASELINE + 1, height: 8, fill: "fill-bar-fail" },
};

const KINDS: readonly PollBar[] = ["none", "quiet", "mail", "failed"];

const WORDS: Record<PollPeriod, { past: string; begin: string }> = {
  day: { past: "the last 24 hours", begin: "24 h ago" },
  week: { past: "the last 7 days", begin: "7 d ago" },
};

/** The polls of a day, a bar for each half hour, or of a week, one for two hours, and the same in words. */
export function PollStripBars({ strip, period }: { strip: PollStrip; period: PollPeriod }) {
  const { count } = BARS[period];
  const bars = strip.bars.length > 0 ? strip.bars : Array<PollBar>(count).fill("none");
  return (
    <div className="pt-1 max-md:mt-3.5">
      <svg
        viewBox={`0 0 ${WIDTH} 31`}
        role="img"
        aria-label={`Polls of ${WORDS[period].past}: ${summary(strip)}`}
        className="block h-auto w-full"
      >
        <path d={`M0 ${BASELINE + 0.5}h${WIDTH}`} className="stroke-rule" fill="none" />
        {KINDS.map((kind) => (
          <path key={kind} d={pathOf(bars, kind)} className={SHAPES[kind].fill} />
        ))}
      </svg>
      <p className="mt-1 flex justify-between gap-3 text-xs text-ink-3">
        <span className="whitespace-nowrap">{WORDS[period].begin}</span>
        <span className={strip.failed > 0 ? "text-right text-red" : "text-right"}>
          {summary(strip)}
        </span>
      </p>
    </div>
  );
}

/** All bars of one kind as one path: a page may have thousands of bars. */
function pathOf(bars: readonly PollBar[], kind: PollBar): string {
  const { y, height } = SHAPES[kind];
  const step = WIDTH / bars.length;
  const width = Math.round(step * 77) / 100;
  return bars
    .map((bar, index) =>
      bar === kind
        ? `M${Math.round(index * step * 100) / 100} ${y}h${width}v${height}h-${width}z`
        : "",
    )
    .join("");
}

const format = new Intl.NumberFormat("en-US");

function summary({ polls, failed, secondsMean }: PollStrip): string {
  if (polls === 0) return "No polls";
  const count = `${format.format(polls)} ${polls === 1 ? "poll" : "polls"}`;
  const took = secondsMean === null ? "" : ` of ${pollSeconds(secondsMean)}`;
  return `${count}${took}, ${failed === 0 ? "none" : format.format(failed)} failed`;
}

/** How long a poll took: "0.4 s", "12 s". */
export function pollSeconds(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}
