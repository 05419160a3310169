import { execFileSync } from "node:child_process";
import { db } from "@/lib/db/client";
import { measureBaseline } from "./compare";
import { generateMails } from "./generator/mails";
import { type Expected, fillInbox } from "./inbox";
import type { Figure, Part, PartOptions } from "./part";
import { BenchWorld, DESK, difference } from "./world";

/** An inbox full of mail, taken in by one worker with everything it does; then by the baseline. */
export const part: Part = {
  name: "ingest",
  async run(options) {
    execFileSync(process.execPath, ["scripts/build-worker.mjs"]);
    const world = await BenchWorld.start();
    try {
      const mails = generateMails({ seed: options.seed, to: DESK });
      const expected = await fillInbox(world.bed, mails, { user: DESK, count: options.mails });
      tell(expected);
      const figures = await measureIngest(world, options, expected);
      const [ours] = figures;
      await world.stopWorker();
      const baseline = await measureBaseline(world, { mails: options.mails, tls: options.tls });
      return [...figures, ...baseline, ratioOf(ours, baseline[0])];
    } finally {
      await world.stop();
    }
  },
};

function tell({ mails, bytes, replies, attachments }: Expected): void {
  const mean = (bytes / mails / 1024).toFixed(1);
  const share = ((100 * replies) / mails).toFixed(1);
  console.log(
    `${mails} mails, mean ${mean} KB, ${share} % replies, ${attachments} attachments in the inbox`,
  );
}

async function measureIngest(
  world: BenchWorld,
  { tls }: PartOptions,
  expected: Expected,
): Promise<Figure[]> {
  await world.startWorker();
  const before = world.spent();
  await world.connect({ tls });
  const endedAt = await world.untilTaken(expected.mails);
  const spent = difference(world.spent(), before);
  await assertAllTaken(expected);
  const { rows } = await db().pool.query<{ startedAt: Date }>(
    'SELECT min("startedAt") AS "startedAt" FROM "PollRun"',
  );
  const seconds = (endedAt.getTime() - (rows[0]?.startedAt.getTime() ?? 0)) / 1000;
  const per1000 = (cpu: number) => (1000 * cpu) / expected.mails;
  const { worker, parser, postgres, dovecot } = spent;
  return [
    {
      ...{ name: "ingest-5000", value: expected.mails / seconds, unit: "mails/s" },
      ...{ reach: { atLeast: 600 }, note: `${expected.mails} mails in ${seconds.toFixed(2)} s` },
    },
    {
      ...{ name: "ingest-cpu-per-1000", value: per1000(worker + parser + postgres), unit: "CPU s" },
      reach: { atMost: 2.5 },
      note: [
        `worker ${per1000(worker).toFixed(2)}`,
        `parser ${per1000(parser).toFixed(2)}`,
        `Postgres ${per1000(postgres).toFixed(2)}`,
        `(Dovecot ${per1000(dovecot).toFixed(2)} beside)`,
      ].join(", "),
    },
  ];
}

/** @throws Error unless every mail became what the generator says. */
async function assertAllTaken(expected: Expected): Promise<void> {
  const { rows } = await db().pool.query<Record<string, number>>(`SELECT
    (SELECT count(*) FROM "InboundEmail")::int AS receipts,
    (SELECT count(*) FROM "InboundEmail" WHERE "status" = 'PROCESSED')::int AS processed,
    (SELECT count(*) FROM "Message")::int AS messages,
    (SELECT count(*) FROM "Ticket")::int AS tickets,
    (SELECT count(*) FROM "Attachment")::int AS attachments`);
  const found = JSON.stringify(rows[0]);
  const { mails, replies, attachments } = expected;
  const wanted = { receipts: mails, processed: mails, messages: mails };
  const all = JSON.stringify({ ...wanted, tickets: mails - replies, attachments });
  if (found !== all) throw new Error(`The desk holds ${found}, and should hold ${all}`);
}

function ratioOf(ours: Figure | undefined, baseline: Figure | undefined): Figure {
  return {
    ...{ name: "ingest-ratio", value: (ours?.value ?? 0) / (baseline?.value ?? 1), unit: "×" },
    ...{ reach: { atLeast: 2 }, note: "ingest-5000 by the baseline's mails/s" },
  };
}
