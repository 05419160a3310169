import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { closeDb } from "@/lib/db/client";
import {
  type MutantRun,
  openMutantDatabase,
  runMutants,
  seedMails,
} from "@/lib/testing/mutant-run";
import { startTestServer } from "@/lib/testing/postgres-setup";

/**
 * `npm run bench:mutants -- --count 20000 --seed 1 --json FILE`: mutated mails through the parser's
 * process and the whole processing, on a Postgres of its own. Every mail must end in one state, none
 * may take 5 seconds of CPU, and memory must stay flat. Exit code 1 when that does not hold.
 */
const { values } = parseArgs({
  options: {
    count: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
  },
});
const GROWTH_MAX = 1.25;

const postgres = await startTestServer();
try {
  await openMutantDatabase(postgres.url);
  const seeds = seedMails(process.env.CORPORA_DIR ?? "../shared/corpora");
  const count = Number(values.count);
  console.log(`${count} mutants of ${seeds.length} mails, seed ${values.seed}`);
  const started = performance.now();
  const run = await runMutants(seeds, { count, seed: Number(values.seed) }, (done) =>
    console.log(`${String(done).padStart(8)} done`),
  );
  report(run, (performance.now() - started) / 1000);
  await closeDb();
} finally {
  await postgres.stop();
}

function report(run: MutantRun, seconds: number): void {
  const growth = (of: "parserMb" | "processMb") => {
    const first = run.memory.at(0)?.[of] ?? 0;
    return first === 0 ? 0 : (run.memory.at(-1)?.[of] ?? 0) / first;
  };
  const rows: [string, number, string][] = [
    ["mails", run.mails, ""],
    ...Object.entries(run.ends).map(([state, n]): [string, number, string] => [
      state.toLowerCase(),
      n,
      "mails",
    ]),
    ["in more or less than one state", run.mails - sum(Object.values(run.ends)), "mails"],
    ["still waiting", run.pending, "mails"],
    ["ended without a reason or a message", run.unsound.length, "mails"],
    ["slowest mail", run.slowest.cpuMs, "ms CPU"],
    ["average", run.cpuMsAverage, "ms CPU"],
    ["over 5 s CPU", run.over, "mails"],
    ["parser killed", run.parserKills, "times"],
    ...run.memory.flatMap(({ parserMb, processMb }, quarter): [string, number, string][] => [
      [`parser at ${(quarter + 1) * 25} %`, parserMb ?? 0, "MB"],
      [`process at ${(quarter + 1) * 25} %`, processMb, "MB"],
    ]),
    ["parser, last by first", growth("parserMb"), `x (at most ${GROWTH_MAX})`],
    ["process, last by first", growth("processMb"), `x (at most ${GROWTH_MAX})`],
    ["time", seconds, "s"],
  ];
  for (const [name, value, unit] of rows)
    console.log(`${name.padEnd(38)}${String(Math.round(value * 100) / 100).padStart(10)} ${unit}`);
  console.log(`The slowest was mail ${run.slowest.mail}: ${run.slowest.changes.join(", ")}`);
  for (const what of run.unsound) console.log(`Unsound: ${what}`);
  if (values.json) {
    const json = rows.map(([name, value, unit]) => ({ name, value, unit, seed: run.seed }));
    writeFileSync(values.json, `${JSON.stringify(json, null, 2)}\n`);
  }
  const isSound = run.pending === 0 && run.unsound.length === 0 && run.over === 0;
  const isFlat = growth("parserMb") <= GROWTH_MAX && growth("processMb") <= GROWTH_MAX;
  if (!isSound || !isFlat) process.exitCode = 1;
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
