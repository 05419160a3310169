import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { isMet, MAILS_FULL, type Part } from "./part";

/**
 * Runs a part when its file is what was started (`node --import tsx bench/NAME.ts`) and prints its
 * figures: `--mails N`, `--seed N` and `--tls` as in bench.ts, `--minutes N` for the parts that last.
 */
export async function runAlone(url: string, part: Part): Promise<void> {
  if (url !== pathToFileURL(process.argv[1] ?? "").href) return;
  const { values } = parseArgs({
    options: {
      mails: { type: "string", default: String(MAILS_FULL) },
      seed: { type: "string", default: "1" },
      tls: { type: "boolean", default: false },
      minutes: { type: "string" },
    },
  });
  const figures = await part.run({
    ...{ mails: Number(values.mails), seed: Number(values.seed), tls: values.tls },
    ...(values.minutes ? { minutes: Number(values.minutes) } : {}),
  });
  for (const figure of figures) {
    const { name, value, unit, reach, note } = figure;
    const words = reach ? `${JSON.stringify(reach)} ${isMet(figure) ? "met" : "not met"}` : "";
    console.log([name, Number(value.toPrecision(4)), unit, words, note ?? ""].join("  "));
  }
  process.exit(0);
}
