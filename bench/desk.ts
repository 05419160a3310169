import { readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { parseArgs } from "node:util";
import { closeDb, db, openDatabase, useDatabase } from "@/lib/db/client";
import { reloadEnv } from "@/lib/env";
import { listCases } from "./desk/cases";
import { measureTickets } from "./desk/conversations";
import { type KeptDesks, startKeptDesks } from "./desk/kept-desk";
import { findAgent, findKnown, findSearches } from "./desk/known";
import { measureCounts, measureLists, measureSearches, standardViewsMs } from "./desk/measure";
import { hasBuild, startWeb, type Web } from "./desk/web";
import { type Figure, isMet } from "./part";
import { cpuSeconds } from "./processes";
import { printFigures } from "./table";

/**
 * `npm run bench:desk`: how fast list and ticket answer at a million tickets, in Postgres and as pages
 * of a production build (which wants `npm run build` first), against what must be reached
 * (docs/performance.md). The desk is filled once and kept in .data/bench-desk. `--only list|search|
 * counts|ticket|growth|js` measures one of them, `--no-web` leaves the pages out, `--case TEXT` takes only
 * lists whose name holds it; `--tickets N` makes the desk smaller, for which the reaches are not meant;
 * `--seed N` makes another; `--json FILE` writes the figures as `[{name, value, unit, …}]`. Exit code 1
 * when a reach was missed.
 */
const { values } = parseArgs({
  allowNegative: true,
  options: {
    only: { type: "string" },
    case: { type: "string", default: "" },
    web: { type: "boolean", default: true },
    tickets: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    json: { type: "string" },
  },
});

const PARTS = ["list", "search", "counts", "ticket", "growth", "js"];
const SMALL_TICKETS = 10_000;
const SECRET = "a secret only for the bench and long enough for the rule";

const seed = Number(values.seed);
const tickets = Number(values.tickets);
if (values.only && !PARTS.includes(values.only)) {
  console.error(`There is no part ${values.only}: ${PARTS.join(", ")}`);
  process.exit(2);
}

const desks = await startKeptDesks();
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => desks.stop().finally(() => process.exit(1)));
let figures: Figure[] = [];
try {
  figures = await measureAll(desks);
} finally {
  await closeDb();
  await desks.stop();
}
printFigures(figures);
if (figures.some((figure) => isMet(figure) === false)) process.exitCode = 1;
const toJson = (figure: Figure) => ({ ...figure, isMet: isMet(figure), seed, tickets });
if (values.json) writeFileSync(values.json, `${JSON.stringify(figures.map(toJson), null, 2)}\n`);
process.exit();

async function measureAll(desks: KeptDesks): Promise<Figure[]> {
  const wants = (part: string) => !values.only || values.only === part;
  await use(await desks.open({ seed, tickets }));
  console.log(await conditionsInWords());
  const web = await openWeb(["list", "js", "ticket"].some(wants));
  try {
    const bench = { viewer: await findAgent(), web, cpuMs: await cpuClock() };
    const figures: Figure[] = [];
    if (wants("list")) {
      const cases = listCases(await findKnown()).filter(({ name }) => name.includes(values.case));
      figures.push(...(await measureLists(bench, cases)));
    }
    if (wants("search")) figures.push(await measureSearches(bench, await findSearches()));
    if (wants("counts")) figures.push(await measureCounts(bench));
    if (wants("ticket") && web) figures.push(...(await measureTickets(web)));
    if (wants("growth")) figures.push(await measureGrowth(desks));
    if (wants("js") && web) figures.push(await measureScripts(web));
    return figures;
  } finally {
    await web?.stop();
  }
}

/** Makes this desk the one that db() means, here and in processes that are started from here. */
async function use(url: string): Promise<void> {
  await closeDb();
  Object.assign(process.env, { DATABASE_URL: url, APP_SECRET: SECRET, LOG_LEVEL: "warn" });
  reloadEnv();
  useDatabase(openDatabase(url, 4));
}

async function cpuClock(): Promise<() => number> {
  const { rows } = await db().pool.query<{ data_directory: string }>("SHOW data_directory");
  const pidFile = readFileSync(`${rows[0]?.data_directory}/postmaster.pid`, "utf8");
  const postgres = Number(pidFile.split("\n")[0]);
  return () => {
    const { own, below } = cpuSeconds(postgres);
    const here = process.cpuUsage();
    return 1000 * (own + below) + (here.user + here.system) / 1000;
  };
}

async function openWeb(isWanted: boolean): Promise<Web | null> {
  if (!isWanted || !values.web) return null;
  if (hasBuild()) return startWeb();
  console.log("There is no build, so no pages are measured: run npm run build");
  return null;
}

/** The standard views' first pages at two sizes of the desk. */
async function measureGrowth(desks: KeptDesks): Promise<Figure> {
  const ms: number[] = [];
  for (const size of [SMALL_TICKETS, tickets]) {
    await use(await desks.open({ seed, tickets: size }));
    ms.push(await standardViewsMs(await findAgent()));
  }
  const [small = 0, large = 0] = ms;
  return {
    ...{ name: "list-growth", value: large / small, unit: "×" },
    reach: { atMost: 2 },
    note: `p50 of the standard views together, ${large.toFixed(1)} ms at ${tickets} tickets by ${small.toFixed(1)} ms at ${SMALL_TICKETS}`,
  };
}

async function measureScripts(web: Web): Promise<Figure> {
  const bytes = await web.scriptBytes("/tickets");
  const reach = { atMost: 180 };
  return { name: "list-js-kb", value: bytes / 1024, unit: "KB", reach, note: "gzip" };
}

async function conditionsInWords(): Promise<string> {
  const cores = `${os.cpus().length} cores (${os.cpus()[0]?.model}), load ${os.loadavg()[0]?.toFixed(1)}`;
  return `seed ${seed}, ${tickets} tickets; ${cores}, Node ${process.versions.node}`;
}
