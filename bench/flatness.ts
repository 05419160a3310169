import { requestPoll } from "@/lib/accounts/polling";
import { db } from "@/lib/db/client";
import { type GeneratedMail, generateMails } from "./generator/mails";
import { assertAllTaken, type Expected, putIntoInbox } from "./inbox";
import { type Part, type PartOptions, scaled } from "./part";
import { BenchWorld, DESK, difference } from "./world";

const FEW = 1_000;
const MANY = 20_000;
const NEW = 1_000;
const WARM_UP = 500;
/** Thousands of new mails at each level, of which the cheapest counts. */
const ROUNDS = 3;

type Cost = { cpuMs: number; ms: number };

/**
 * What a new mail costs in a folder that holds many, by what it costs in one that holds few. The
 * folder is filled and taken in up to the level, less 500; a fresh worker takes those 500, so that both
 * levels are measured in the same state; then three times 1,000 small mails arrive at once. The cheapest
 * of the three counts: a virtual machine is slower for seconds at a time, and never faster.
 */
export const part: Part = {
  name: "flatness",
  async run(options) {
    const world = await BenchWorld.start();
    try {
      const mails = generateMails({ seed: options.seed, to: DESK, isSmall: true });
      const folder = new Folder(world, mails, await world.connect({ tls: options.tls }));
      const few = await costAt(folder, FEW, options);
      const many = await costAt(folder, MANY, options);
      await assertAllTaken(folder.expected);
      const inWords = ({ cpuMs, ms }: Cost) => `${cpuMs.toFixed(2)} ms CPU in ${ms.toFixed(2)} ms`;
      return [
        {
          ...{ name: "ingest-flatness", value: many.cpuMs / few.cpuMs, unit: "×" },
          reach: { atMost: 1.15 },
          note: `CPU of a new mail at ${scaled(MANY, options)} in the folder, ${inWords(many)}, by that at ${scaled(FEW, options)}, ${inWords(few)}`,
        },
      ];
    } finally {
      await world.stop();
    }
  },
};

/** An inbox that grows, and a worker that follows. */
class Folder {
  readonly expected: Expected = { mails: 0, bytes: 0, replies: 0, attachments: 0 };

  constructor(
    readonly world: BenchWorld,
    private readonly mails: Generator<GeneratedMail>,
    private readonly accountId: string,
  ) {}

  /** Puts mails in until there are so many, and has them polled. @returns when all were taken in. */
  async growTo(count: number): Promise<Date> {
    const place = { user: DESK, count: count - this.expected.mails };
    const added = putIntoInbox(this.world.bed, this.mails, place);
    for (const key of ["mails", "bytes", "replies", "attachments"] as const)
      this.expected[key] += added[key];
    await requestPoll(this.accountId);
    return this.world.untilTaken(count);
  }
}

async function costAt(folder: Folder, level: number, options: PartOptions): Promise<Cost> {
  const { world } = folder;
  const held = scaled(level, options);
  const added = scaled(NEW, options);
  await world.startWorker();
  await folder.growTo(held - scaled(WARM_UP, options));
  await world.stopWorker();
  await world.startWorker();
  await folder.growTo(held);
  const costs: Cost[] = [];
  for (let round = 0; round < ROUNDS; round++)
    costs.push(await costOf(folder, held + round * added, added));
  await world.stopWorker();
  return costs.reduce((least, cost) => (cost.cpuMs < least.cpuMs ? cost : least));
}

/** What so many new mails cost beside those that are there. */
async function costOf(folder: Folder, held: number, added: number): Promise<Cost> {
  const { world } = folder;
  const before = world.spent();
  const endedAt = await folder.growTo(held + added);
  const spent = difference(world.spent(), before);
  const { rows } = await db().pool.query<{ at: Date }>(
    'SELECT min("receivedAt") AS at FROM "InboundEmail" WHERE "uid" > $1',
    [held],
  );
  const seconds = Object.values(spent).reduce((sum, part) => sum + part, 0);
  const cost = {
    cpuMs: (1000 * seconds) / added,
    ms: (endedAt.getTime() - (rows[0]?.at.getTime() ?? 0)) / added,
  };
  const parts = Object.entries(spent).map(
    ([name, part]) => `${name} ${((1000 * part) / added).toFixed(2)}`,
  );
  console.log(
    `${added} new mails beside ${held}: ${cost.cpuMs.toFixed(2)} ms CPU in ${cost.ms.toFixed(2)} ms each (${parts.join(", ")})`,
  );
  return cost;
}
