import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { corporaFolder, NONE_FALSE, type Score, scoreSet } from "@/lib/testing/corpora/score";
import { CORPUS_SETS } from "@/lib/testing/corpora/sets";

/**
 * `npm run bench:mail`: how well mails of other projects' tests are understood, one line per set of
 * the folder CORPORA_DIR names (../shared/corpora when it names none); then hostile HTML in a real
 * browser, which wants `npm run build` first, and 20,000 mutated mails, which take a quarter of an
 * hour. `--set NAME` runs one set, "sanitiser" or "mutants", `--verbose` shows each wrong case with
 * what was expected and what was read, `--json FILE` writes the figures. `slowest` is CPU time for
 * one mail, in milliseconds. Exit code 1 when a browser or a mutant did what it may not.
 */
const { values } = parseArgs({
  options: {
    json: { type: "string" },
    set: { type: "string" },
    verbose: { type: "boolean", default: false },
  },
});

/** Commands of their own; each prints its figures and fails when they are not what they must be. */
const OTHERS = {
  sanitiser: ["node_modules/@playwright/test/cli.js", "test", "e2e/sanitiser.spec.ts"],
  mutants: ["--import", "tsx", "bench/mutants.ts", "--count", "20000"],
};

const folder = corporaFolder();
const figuresOfAll: object[] = [];
if (folder === null) console.log("Skipped: no mails to measure; CORPORA_DIR names their folder");
else if (!values.set || !(values.set in OTHERS))
  figuresOfAll.push(...(await run(folder)).flatMap(figures));
for (const [name, command] of Object.entries(OTHERS))
  if (!values.set || values.set === name) figuresOfAll.push(...runOther(name, command));
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify(figuresOfAll, null, 2)}\n`);

function runOther(name: string, command: string[]): object[] {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), "bench-mail-")), "figures.json");
  console.log(`\n${name}`);
  const args = name === "mutants" ? [...command, "--json", file] : command;
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
  const measured: object[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  rmSync(path.dirname(file), { recursive: true });
  return [...measured, { name: `${name} passed`, value: status === 0 ? 1 : 0, unit: "" }].map(
    (figure) => ({ ...figure, set: name }),
  );
}

async function run(folder: string): Promise<Score[]> {
  const sets = CORPUS_SETS.filter(({ name }) => values.set === undefined || name === values.set);
  if (sets.length === 0) {
    const names = [...CORPUS_SETS.map(({ name }) => name), ...Object.keys(OTHERS)];
    console.error(`There is no set ${values.set}: ${names.join(", ")}`);
    process.exit(2);
  }
  console.log(row(["set", "cases", "right", "wrong", "slowest ms", "of a fifth set aside"], ""));
  const scores: Score[] = [];
  for (const set of sets) {
    const score = await scoreSet(set, folder);
    scores.push(score);
    print(score);
  }
  printAutomatic(scores);
  return scores;
}

/** Of all sets but the bounces, which have answers of their own. */
function printAutomatic(scores: readonly Score[]): void {
  const judged = scores.flatMap(({ judgedAutomatic }) => judgedAutomatic ?? []);
  if (judged.length < 2) return;
  const total = (count: (of: (typeof judged)[number]) => number) =>
    judged.reduce((sum, each) => sum + count(each), 0);
  const mails = scores.reduce(
    (sum, { measures }) => sum + (measures.get(NONE_FALSE)?.cases ?? 0),
    0,
  );
  const listed = total((each) => each.listed);
  console.log(
    `${judged.length} sets other than bounces, ${mails} mails: ${total(({ wrong }) => wrong.length)} found automatic that are none, ` +
      `${listed - total(({ missed }) => missed.length)} of ${listed} automatic mails found`,
  );
}

function print(score: Score): void {
  const { cases, right, aside, wrongIn } = score;
  const aspects = [...wrongIn].map(([aspect, count]) => `${aspect} ${count}`).join(", ");
  const cells = [
    score.name,
    cases,
    right,
    cases - right,
    score.slowestMs.toFixed(0),
    `${aside.right}/${aside.cases}`,
  ];
  console.log(row(cells, aspects === "" ? "" : `wrong in ${aspects}`));
  for (const [name, { cases, right, aside }] of score.measures) {
    const cells = [
      cases,
      right,
      cases - right,
      share(right, cases),
      `${aside.right}/${aside.cases}`,
    ];
    console.log(row([`  ${name}`, ...cells], ""));
  }
  const kinds = new Map<string, number>();
  for (const { kind } of score.automatic) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const counted = [...kinds].map(([kind, count]) => `${kind} ${count}`).join(", ");
  if (counted !== "") console.log(`  written by machines: ${counted}`);
  for (const { name, found } of score.judgedAutomatic?.wrong ?? [])
    console.log(`  no automatic mail: ${name}, found ${found}`);
  for (const missed of score.judgedAutomatic?.missed ?? [])
    console.log(`  automatic, not found: ${missed}`);
  if (!values.verbose) return;
  for (const { name, kind, why } of score.automatic) console.log(`  ${kind} ${name}: ${why}`);
  for (const { name, differences } of score.failures) {
    console.log(`\n  ${name}`);
    for (const { aspect, expected, got } of differences)
      console.log(`    ${aspect}\n      expected ${expected}\n      got      ${got}`);
  }
}

function share(right: number, cases: number): string {
  return `${((100 * right) / Math.max(cases, 1)).toFixed(1)} %`;
}

function row(cells: (string | number)[], note: string): string {
  const [first = "", ...rest] = cells;
  const columns = rest.map((cell, i) => String(cell).padStart(i < 3 ? 7 : i === 3 ? 12 : 22));
  return `${String(first).padEnd(18)}${columns.join("")}  ${note}`.trimEnd();
}

function figures(score: Score) {
  const { name, cases, right, aside } = score;
  const set = { set: name, cases };
  return [
    { name: `${name} right`, value: right, unit: "cases", ...set },
    { name: `${name} wrong`, value: cases - right, unit: "cases", ...set },
    {
      name: `${name} slowest`,
      value: score.slowestMs,
      unit: "ms CPU",
      ...set,
      mail: score.slowest,
    },
    {
      name: `${name} right of a fifth`,
      value: aside.right,
      unit: "cases",
      set: name,
      cases: aside.cases,
    },
    ...[...score.measures].flatMap(([measure, { cases, right, aside }]) => [
      { name: `${name} ${measure}`, value: right, unit: "cases", set: name, cases },
      {
        name: `${name} ${measure} of a fifth`,
        value: aside.right,
        unit: "cases",
        set: name,
        cases: aside.cases,
      },
    ]),
    ...[...score.wrongIn].map(([aspect, value]) => ({
      name: `${name} wrong in ${aspect}`,
      value,
      unit: "cases",
      ...set,
    })),
  ];
}
