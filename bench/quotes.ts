import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { measureQuoteCosts } from "@/lib/testing/quote-costs";

/**
 * `npm run bench:quotes`: what each doubling from 64 KB to 1 MB of the worst texts costs when quoted
 * text is parted from new text, as ratios of CPU time; 2 is linear. `--rounds N` (7) takes the median
 * of so many runs, `--json FILE` writes the figures. Exit code 1 when a doubling costs over 2.5 ×.
 */
const { values } = parseArgs({
  options: { json: { type: "string" }, rounds: { type: "string", default: "7" } },
});
const RATIO_MAX = 2.5;

const costs = measureQuoteCosts(Number(values.rounds), 4);
const head = ["128 KB", "256 KB", "512 KB", "1 MB"].map((size) => size.padStart(8)).join("");
console.log(`${"each doubling up to".padEnd(30)}${head}${"ms at 1 MB".padStart(13)}`);
for (const { name, ratios, msAtLast } of costs) {
  const cells = ratios.map((ratio) => ratio.toFixed(2).padStart(8)).join("");
  console.log(`${name.padEnd(30)}${cells}${msAtLast.toFixed(1).padStart(13)}`);
}
const worst = Math.max(...costs.flatMap(({ ratios }) => ratios));
console.log(
  `\nThe worst doubling costs ${worst.toFixed(2)} ×; at most ${RATIO_MAX} × is linear enough`,
);
if (worst > RATIO_MAX) process.exitCode = 1;
if (values.json !== undefined) {
  const figures = costs.flatMap(({ name, ratios, msAtLast }) => [
    { name: `${name}: worst doubling`, value: Math.max(...ratios), unit: "×" },
    { name: `${name}: 1 MB`, value: msAtLast, unit: "ms CPU" },
  ]);
  writeFileSync(values.json, `${JSON.stringify(figures, null, 2)}\n`);
}
