import { requestPoll } from "@/lib/accounts/polling";
import { type GeneratedMail, generateMails } from "./generator/mails";
import { assertAllTaken, type Expected, putIntoInbox } from "./inbox";
import { type Part, type PartOptions, scaled } from "./part";
import { quantile } from "./quantile";
import { BenchWorld, DESK, difference } from "./world";

const FEW = 1_000;
const MANY = 20_000;
const NEW = 1_000;
const WARM_UP = 500;
/** How often new mails come to the one desk and to the other. */
const ROUNDS = 7;

/**
 * What a new mail costs in a folder that holds many, by what it costs in one that holds few: two desks,
 * each filled up to its level with a fresh worker for the last 500, then new mails come to the one and
 * the other in turns. Each round is a ratio, and the median counts: a virtual machine's pace changes
 * within a minute, and what is compared must be done within seconds.
 */
export const part: Part = {
  name: "flatness",
  async run(options) {
    try {
      const few = await Desk.filled(FEW, options);
      const many = await Desk.filled(MANY, options);
      for (const desk of [few, many]) await desk.warmUp();
      const ratios: number[] = [];
      // Which of them is first changes from round to round.
      for (let round = 0; round < ROUNDS; round++)
        ratios.push(round % 2 === 0 ? 1 / (await costBy(few, many)) : await costBy(many, few));
      for (const desk of [few, many]) await desk.check();
      return [
        {
          ...{ name: "ingest-flatness", value: quantile(ratios, 0.5), unit: "×" },
          reach: { atMost: 1.15 },
          note: `CPU of a new mail at ${scaled(MANY, options)} in the folder by that at ${scaled(FEW, options)}, the median of ${ratios.map((ratio) => ratio.toFixed(2)).join(", ")}`,
        },
      ];
    } finally {
      await BenchWorld.stopAll();
    }
  },
};

/** What new mails cost the one desk, by what they cost the other right after. */
async function costBy(desk: Desk, other: Desk): Promise<number> {
  return (await desk.costOfNew()) / (await other.costOfNew());
}

/** An inbox that grows, and a worker that follows. */
class Desk {
  private readonly expected: Expected = { mails: 0, bytes: 0, replies: 0, attachments: 0 };

  private constructor(
    private readonly world: BenchWorld,
    private readonly level: number,
    private readonly options: PartOptions,
    private readonly mails: Generator<GeneratedMail>,
    private readonly accountId: string,
  ) {}

  /** A desk that has taken in all but the last mails of its level. */
  static async filled(level: number, options: PartOptions): Promise<Desk> {
    const world = await BenchWorld.start();
    const mails = generateMails({ seed: options.seed, to: DESK, isSmall: true });
    const accountId = await world.connect({ tls: options.tls });
    const desk = new Desk(world, level, options, mails, accountId);
    await world.startWorker();
    await desk.growTo(scaled(level, options) - scaled(WARM_UP, options));
    await world.stopWorker();
    return desk;
  }

  /** A fresh worker, which takes in the last mails of the level. */
  async warmUp(): Promise<void> {
    await this.world.startWorker();
    await this.growTo(scaled(this.level, this.options));
  }

  /** @returns milliseconds of CPU for each of some new mails. */
  async costOfNew(): Promise<number> {
    const added = scaled(NEW, this.options);
    const held = this.expected.mails;
    const before = this.world.spent();
    await this.growTo(held + added);
    const parts = Object.entries(difference(this.world.spent(), before)).map(
      ([name, seconds]) => [name, (1000 * seconds) / added] as const,
    );
    const cost = parts.reduce((sum, [, part]) => sum + part, 0);
    const inWords = parts.map(([name, part]) => `${name} ${part.toFixed(2)}`).join(", ");
    console.log(`${added} new mails beside ${held}: ${cost.toFixed(2)} ms CPU each (${inWords})`);
    return cost;
  }

  /** @throws Error unless every mail became what the generator says, and nothing else did. */
  async check(): Promise<void> {
    this.world.use();
    await assertAllTaken(this.expected);
  }

  /** Puts mails in until there are so many, has them polled, and waits until all are taken in. */
  private async growTo(count: number): Promise<void> {
    this.world.use();
    const place = { user: DESK, count: count - this.expected.mails };
    const added = putIntoInbox(this.world.bed, this.mails, place);
    for (const key of ["mails", "bytes", "replies", "attachments"] as const)
      this.expected[key] += added[key];
    await requestPoll(this.accountId);
    await this.world.untilTaken(count);
  }
}
