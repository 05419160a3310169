import { db } from "@/lib/db/client";
import { measureBaseline } from "./compare";
import { generateMails } from "./generator/mails";
import { assertAllTaken, describeInbox, type Expected, fillInbox } from "./inbox";
import type { Figure, Part, PartOptions } from "./part";
import { BenchWorld, DESK, difference } from "./world";

/** An inbox full of mail, taken in by one worker with everything it does; then by the baseline. */
export const part: Part = {
  name: "ingest",
  async run(options) {
    const world = await BenchWorld.start();
    try {
      const mails = generateMails({ seed: options.seed, to: DESK });
      const expected = await fillInbox(world.bed, mails, { user: DESK, count: options.mails });
      console.log(describeInbox(expected));
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

function ratioOf(ours: Figure | undefined, baseline: Figure | undefined): Figure {
  return {
    ...{ name: "ingest-ratio", value: (ours?.value ?? 0) / (baseline?.value ?? 1), unit: "×" },
    ...{ reach: { atLeast: 2 }, note: "ingest-5000 by the baseline's mails/s" },
  };
}
