import { paths } from "@/app/paths";
import type { Actor } from "@/lib/tickets/access";
import { listTickets, viewCounts } from "@/lib/tickets/list";
import {
  EVERY_OPEN_TICKET,
  TICKET_VIEWS,
  type TicketQuery,
  ticketQueryString,
} from "@/lib/tickets/query";
import type { Figure } from "../part";
import { quantile } from "../quantile";
import type { Case } from "./cases";
import { deepPlace } from "./places";
import type { Web } from "./web";

const RUNS = 40;
const RUNS_HTTP = 20;

/** Who asks, and how it is measured. */
export type Bench = {
  viewer: Actor;
  web: Web | null;
  /** CPU milliseconds so far of this process and of Postgres: what others do beside them is not in it. */
  cpuMs(): number;
};

/** How long each run took, and how much CPU one took on average. */
export type Measured = { name: string; ms: number[]; cpuMs: number };

/** Each list's first and thousandth page, here and as a web page; both figures are the worst list's. */
export async function measureLists(bench: Bench, cases: Case[]): Promise<Figure[]> {
  const { viewer, web } = bench;
  const db: Measured[] = [];
  const http: Measured[] = [];
  for (const { name, query } of cases) {
    for (const [page, place] of await pagesOf(viewer, query)) {
      const full = `${name}${page}`;
      const inDb = await measured(bench, full, RUNS, () => listTickets(viewer, place));
      db.push(inDb);
      const address = paths.tickets(ticketQueryString(place));
      const asPage = web && (await measured(web, full, RUNS_HTTP, () => web.read(address)));
      if (asPage) http.push(asPage);
      console.log(`${inWords(inDb)}${asPage ? `   page ${figuresInWords(asPage)}` : ""}`);
    }
  }
  return [
    ...(db.length > 0 ? [worstOf("list-db-p95-ms", 15, db)] : []),
    ...(http.length > 0 ? [worstOf("list-http-p95-ms", 120, http)] : []),
  ];
}

/** What each search takes; the figure is the worst one's. */
export async function measureSearches(bench: Bench, cases: Case[]): Promise<Figure> {
  const all: Measured[] = [];
  for (const { name, query } of cases) {
    const { count } = await listTickets(bench.viewer, query);
    const full = `${name}, ${count} found`;
    const one = await measured(bench, full, RUNS, () => listTickets(bench.viewer, query));
    console.log(inWords(one));
    all.push(one);
  }
  return worstOf("search-db-p95-ms", 80, all);
}

export async function measureCounts(bench: Bench): Promise<Figure> {
  const one = await measured(bench, "counts of all views", 5 * RUNS, () =>
    viewCounts(bench.viewer),
  );
  console.log(inWords(one));
  return worstOf("counts-db-p95-ms", 50, [one]);
}

/** The sum of the medians of the standard views' first pages. */
export async function standardViewsMs(viewer: Actor): Promise<number> {
  let sum = 0;
  for (const view of TICKET_VIEWS) {
    const query = { ...EVERY_OPEN_TICKET, view };
    sum += quantile(await times(2 * RUNS, () => listTickets(viewer, query)), 0.5);
  }
  return sum;
}

/** The figure of the worst of these. */
export function worstOf(name: string, atMost: number, all: Measured[]): Figure {
  const p95 = ({ ms }: Measured) => quantile(ms, 0.95);
  const worst = all.reduce((one, other) => (p95(other) > p95(one) ? other : one));
  const every = all.flatMap(({ ms }) => ms);
  const cpu = all.map(({ cpuMs }) => cpuMs);
  const notes = [
    `slowest of ${all.length}: ${worst.name}; ${all.filter((one) => p95(one) > atMost).length} above the reach`,
    `all together p50 ${quantile(every, 0.5).toFixed(1)}, p95 ${quantile(every, 0.95).toFixed(1)} ms`,
    `CPU p50 ${quantile(cpu, 0.5).toFixed(1)}, at most ${Math.max(...cpu).toFixed(1)} ms`,
  ];
  return { name, value: p95(worst), unit: "ms", reach: { atMost }, note: notes.join("; ") };
}

async function pagesOf(viewer: Actor, query: TicketQuery): Promise<[string, TicketQuery][]> {
  const after = await deepPlace(viewer, query);
  const first: [string, TicketQuery] = ["", query];
  return after ? [first, [", far down", { ...query, after }]] : [first];
}

/** Each run's time, and one run's share of the CPU that `clock` tells of. */
export async function measured(
  clock: Pick<Bench, "cpuMs">,
  name: string,
  runs: number,
  work: () => Promise<unknown>,
): Promise<Measured> {
  const before = clock.cpuMs();
  const ms = await times(runs, work);
  return { name, ms, cpuMs: (clock.cpuMs() - before) / (runs + UNCOUNTED) };
}

/** Runs that go before: the first ones find colder caches. */
const UNCOUNTED = 2;

/** How long each run took, in milliseconds. */
async function times(runs: number, work: () => Promise<unknown>): Promise<number[]> {
  const ms: number[] = [];
  for (let run = -UNCOUNTED; run < runs; run++) {
    const startedAt = performance.now();
    await work();
    if (run >= 0) ms.push(performance.now() - startedAt);
  }
  return ms;
}

function inWords(one: Measured): string {
  return `${one.name.padEnd(60)} ${figuresInWords(one)}`;
}

/** "p50 20.6  p95 27.9 ms  CPU 28.0". */
export function figuresInWords({ ms, cpuMs }: Measured): string {
  const text = (value: number) => value.toFixed(1).padStart(7);
  return `p50 ${text(quantile(ms, 0.5))}  p95 ${text(quantile(ms, 0.95))} ms  CPU ${text(cpuMs)}`;
}
