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

const RUNS = 20;
const RUNS_HTTP = 10;

type Times = number[];

/** Each list's first and thousandth page, here and as a web page; both figures are the worst list's. */
export async function measureLists(
  viewer: Actor,
  cases: Case[],
  web: Web | null,
): Promise<Figure[]> {
  const db: Named[] = [];
  const http: Named[] = [];
  for (const { name, query } of cases) {
    for (const [page, place] of await pagesOf(viewer, query)) {
      const full = `${name}${page}`;
      const inDb = await times(RUNS, () => listTickets(viewer, place));
      db.push({ name: full, ms: inDb });
      const address = paths.tickets(ticketQueryString(place));
      const asPage = web ? await times(RUNS_HTTP, () => web.read(address)) : null;
      if (asPage) http.push({ name: full, ms: asPage });
      console.log(`${full.padEnd(60)} ${p50p95(inDb)}${asPage ? `   page ${p50p95(asPage)}` : ""}`);
    }
  }
  return [
    ...(db.length > 0 ? [worstOf("list-db-p95-ms", 15, db)] : []),
    ...(http.length > 0 ? [worstOf("list-http-p95-ms", 120, http)] : []),
  ];
}

/** What each search takes; the figure is the worst one's. */
export async function measureSearches(viewer: Actor, cases: Case[]): Promise<Figure> {
  const measured: Named[] = [];
  for (const { name, query } of cases) {
    const { count } = await listTickets(viewer, query);
    const ms = await times(RUNS, () => listTickets(viewer, query));
    console.log(`${`${name}, ${count} found`.padEnd(60)} ${p50p95(ms)}`);
    measured.push({ name, ms });
  }
  return worstOf("search-db-p95-ms", 80, measured);
}

export async function measureCounts(viewer: Actor): Promise<Figure> {
  const ms = await times(5 * RUNS, () => viewCounts(viewer));
  const note = `p50 ${quantile(ms, 0.5).toFixed(1)} ms, all views in one question`;
  const value = quantile(ms, 0.95);
  return { name: "counts-db-p95-ms", value, unit: "ms", reach: { atMost: 50 }, note };
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

type Named = { name: string; ms: Times };

function worstOf(name: string, atMost: number, measured: Named[]): Figure {
  const p95 = ({ ms }: Named) => quantile(ms, 0.95);
  const worst = measured.reduce((one, other) => (p95(other) > p95(one) ? other : one));
  const all = measured.flatMap(({ ms }) => ms);
  const missed = measured.filter((one) => p95(one) > atMost).length;
  return {
    ...{ name, value: p95(worst), unit: "ms", reach: { atMost } },
    note: `the slowest of ${measured.length}: ${worst.name}; ${missed} above the reach; all together p50 ${quantile(all, 0.5).toFixed(1)}, p95 ${quantile(all, 0.95).toFixed(1)} ms`,
  };
}

async function pagesOf(viewer: Actor, query: TicketQuery): Promise<[string, TicketQuery][]> {
  const after = await deepPlace(viewer, query);
  const first: [string, TicketQuery] = ["", query];
  return after ? [first, [", far down", { ...query, after }]] : [first];
}

/** Two runs first that do not count. */
async function times(runs: number, work: () => Promise<unknown>): Promise<Times> {
  const ms: Times = [];
  for (let run = -2; run < runs; run++) {
    const startedAt = performance.now();
    await work();
    if (run >= 0) ms.push(performance.now() - startedAt);
  }
  return ms;
}

function p50p95(ms: Times): string {
  const text = (part: number) => quantile(ms, part).toFixed(1).padStart(7);
  return `p50 ${text(0.5)}  p95 ${text(0.95)} ms`;
}
