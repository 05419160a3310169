import { splitQuotes } from "../mail/quote";

/** Pieces of texts that make the parting of quotes work hardest, each repeated to the size wanted. */
const WORST: readonly [name: string, piece: string][] = [
  ["quoted lines", "> x\n"],
  ["deep quotes", `${">".repeat(70)} x\n`],
  ["On … without an end", "On a 1\n"],
  ["attributions above nothing", "On 3 Mar 2026, at 08:41, Jo <jo@customer.example> wrote:\n\n\n"],
  ["almost attributions", `On 3 Mar 2026 ${"wrote ".repeat(55)}${"x".repeat(140)}:\n`],
  ["names above addresses", "Jo\n<jo@\n"],
  ["dates and addresses", "2026-11-22 a@\n"],
  ["labels", "From: a\n"],
  ["heads of two labels", "From: a\nTo: b\n\n"],
  ["nested labels", "> From: a\n>> Sent: b\n"],
  ["rules", "____________________\n"],
  ["signatures", "-- \n"],
  ["senders of phones", "x\nSent from my a b c d e f g h\n"],
  ["blank lines", "\n"],
  ["lines of spaces", `${" ".repeat(200)}\n`],
  ["wrapped quotes", `> ${"x".repeat(70)}\nword\n`],
  ["ornaments", ">>> x <<<\n\n"],
  ["one long line", "x "],
  ["one long line of >", ">"],
  ["colons behind words", `${"On 3 ".repeat(390)}:\n> x\n`],
];

/** `ratios` say what each doubling costs; `msAtLast` is the median CPU time at the last size. */
export type QuoteCost = { name: string; ratios: number[]; msAtLast: number };

/**
 * Measures what parting quotes costs for the worst texts of 64 KB, doubled `doublings` times: the
 * median CPU time of `rounds` runs of each size, in one process, sizes in turn so that a slow moment
 * meets all of them.
 */
export function measureQuoteCosts(rounds: number, doublings: number): QuoteCost[] {
  const sizes = Array.from({ length: doublings + 1 }, (_, i) => 65_536 * 2 ** i);
  return WORST.map(([name, piece]) => {
    const texts = sizes.map((size) => piece.repeat(Math.ceil(size / piece.length)));
    for (const text of texts.slice(0, 1)) splitQuotes(text);
    const times = texts.map((): number[] => []);
    for (let round = 0; round < rounds; round++)
      for (const [i, text] of texts.entries()) times[i]?.push(msOf(text));
    const medians = times.map(median);
    const ratios = medians.slice(1).map((ms, i) => ms / (medians[i] ?? 0));
    return { name, ratios, msAtLast: medians.at(-1) ?? 0 };
  });
}

/** CPU time of one run. Small texts are parted again until a millisecond or more can be measured. */
function msOf(text: string): number {
  const before = process.cpuUsage();
  let runs = 0;
  let ms = 0;
  do {
    splitQuotes(text);
    runs++;
    const { user, system } = process.cpuUsage(before);
    ms = (user + system) / 1_000;
  } while (ms < 10);
  return ms / runs;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
