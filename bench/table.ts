import { type Figure, isMet } from "./part";

/** What was measured against what must be reached, a line each. */
export function printFigures(figures: Figure[]): void {
  console.log(`\n${row(["bench", "value", "reach", "", ""])}`);
  for (const figure of figures) console.log(tableRow(figure));
}

function tableRow(figure: Figure): string {
  const { name, value, unit, reach, note } = figure;
  const met = isMet(figure);
  return row([
    name,
    `${round(value)} ${unit}`,
    reach ? ("atLeast" in reach ? `≥ ${reach.atLeast}` : `≤ ${reach.atMost}`) : "printed",
    met === null ? "" : met ? "met" : "not met",
    note ?? "",
  ]);
}

function row([name = "", value = "", reach = "", met = "", note = ""]: string[]): string {
  return [name.padEnd(30), value.padStart(20), reach.padStart(10), met.padEnd(8), note]
    .join("  ")
    .trimEnd();
}

function round(value: number): string {
  return String(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)));
}
