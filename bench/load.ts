import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import nodemailer from "nodemailer";
import { db } from "@/lib/db/client";
import { rawMail } from "@/lib/testing/raw-mail";
import { type AgentWork, workAs } from "./load/agent";
import { LoadWorld } from "./load/world";
import { type Figure, isMet } from "./part";
import { residentMb } from "./processes";
import { quantile } from "./quantile";
import { printFigures } from "./table";

/**
 * `npm run load`: agents read and answer in a production build at a desk of a million tickets (that of
 * `npm run bench:desk`, copied), while mail comes in by Dovecot and answers leave by Postfix. Wants
 * `npm run build`, root and the packages of `npm run test:live`. `--minutes N`, `--agents N`, `--mails N`
 * a minute, `--tickets N`; `--json` is not written. Exit code 1 when a reach was missed.
 */
const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    agents: { type: "string", default: "50" },
    mails: { type: "string", default: "100" },
    tickets: { type: "string", default: "1000000" },
  },
});
const minutes = Number(values.minutes);
const CUSTOMERS = 40;
const MEMORY_EVERY_MS = 5_000;
/** At the beginning everything is compiled and kept for the first time. */
const WARM_SHARE = 0.3;

const world = await LoadWorld.start(Number(values.tickets));
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => world.stop().finally(() => process.exit(1)));
let figures: Figure[] = [];
try {
  figures = await run();
  printFigures(figures);
} finally {
  await world.stop();
}
process.exit(figures.some((figure) => isMet(figure) === false) ? 1 : 0);

async function run(): Promise<Figure[]> {
  const work: AgentWork = { pages: [], replies: 0, errors: [] };
  const endsAt = performance.now() + minutes * 60_000;
  const isOver = () => performance.now() > endsAt;
  const memory = { web: [] as number[], worker: [] as number[] };
  const [, mails] = await Promise.all([
    agentsAtWork(work, isOver),
    deliverMails(isOver),
    watchMemory(memory, isOver),
  ]);
  const lost = await untilAllIsThere(mails, work.replies);
  const ms = work.pages.map((page) => page.ms);
  for (const error of work.errors.slice(0, 10)) console.error(error);
  const kinds = [...new Set(work.pages.map(({ kind }) => kind))].map((kind) => {
    const those = work.pages.filter((page) => page.kind === kind).map((page) => page.ms);
    return `${kind} ${those.length}, p50 ${quantile(those, 0.5).toFixed(0)} p95 ${quantile(those, 0.95).toFixed(0)} ms`;
  });
  return [
    { ...count("load-errors", work.errors.length), reach: { atMost: 0 } },
    {
      ...count("load-lost", lost),
      reach: { atMost: 0 },
      note: `of ${mails} mails and ${work.replies} answers`,
    },
    {
      ...{
        name: "load-page-p95-ms",
        value: quantile(ms, 0.95),
        unit: "ms",
        reach: { atMost: 500 },
      },
      note: kinds.join("; "),
    },
    grown("load-web-memory", memory.web),
    grown("load-worker-memory", memory.worker),
  ];
}

function count(name: string, value: number) {
  return { name, value, unit: "" };
}

/** They begin one after the other, as people do. */
async function agentsAtWork(work: AgentWork, isOver: () => boolean): Promise<void> {
  const agents = Array.from({ length: Number(values.agents) }, async (_, n) => {
    await sleep(200 * n);
    await workAs(await world.signIn(n), work, isOver, n);
  });
  await Promise.all(agents);
}

/** @returns how many were taken by Dovecot. */
async function deliverMails(isOver: () => boolean): Promise<number> {
  const lmtp = nodemailer.createTransport({
    ...{ host: "127.0.0.1", port: world.bed.lmtpPort, lmtp: true, ignoreTLS: true, pool: true },
  });
  let sent = 0;
  while (!isOver()) {
    const from = `c${sent % CUSTOMERS}@customer.test`;
    const raw = rawMail({ from: `Customer ${sent % CUSTOMERS} <${from}>`, to: world.address });
    await lmtp.sendMail({ envelope: { from, to: [world.address] }, raw });
    sent += 1;
    await sleep(60_000 / Number(values.mails));
  }
  lmtp.close();
  return sent;
}

async function watchMemory(
  memory: { web: number[]; worker: number[] },
  isOver: () => boolean,
): Promise<void> {
  while (!isOver()) {
    memory.web.push(residentMb(world.webPid));
    memory.worker.push(residentMb(world.workerPid));
    await sleep(MEMORY_EVERY_MS);
  }
}

/** @returns how many mails have no message, and answers were not accepted, a minute after the end. */
async function untilAllIsThere(mails: number, replies: number): Promise<number> {
  const limit = performance.now() + 60_000;
  for (;;) {
    const { rows } = await db().pool.query<{ came: number; left: number }>(
      `SELECT (SELECT count(*)::int FROM "InboundEmail" i JOIN "EmailAccount" a ON a."id" = i."accountId"
          WHERE a."email" = $1 AND i."status" = 'PROCESSED') AS came,
        (SELECT count(*)::int FROM "OutboundEmail" o JOIN "EmailAccount" a ON a."id" = o."accountId"
          WHERE a."email" = $1 AND o."messageRowId" IS NOT NULL AND o."status" = 'SENT') AS left`,
      [world.address],
    );
    const lost = mails - (rows[0]?.came ?? 0) + replies - (rows[0]?.left ?? 0);
    if (lost <= 0 || performance.now() > limit) return lost;
    await sleep(500);
  }
}

/** The last quarter of the run by the quarter after warming up, medians. */
function grown(name: string, mb: number[]): Figure {
  const quarter = Math.max(1, Math.floor(mb.length / 4));
  const warm = Math.floor(mb.length * WARM_SHARE);
  const early = quantile(mb.slice(warm, warm + quarter), 0.5);
  const late = quantile(mb.slice(-quarter), 0.5);
  const note = `${early.toFixed(0)} MB, at the end ${late.toFixed(0)} MB`;
  return { name, value: late / early, unit: "×", reach: { atMost: 1.1 }, note };
}
