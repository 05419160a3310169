import { type GeneratorOptions, generateMails } from "./generator/mails";
import { assertAllTaken, describeInbox, fillInbox } from "./inbox";
import { type Figure, type Part, type PartOptions, scaled } from "./part";
import { peakResidentMb } from "./processes";
import { BenchWorld, DESK } from "./world";

const MAILS = 1_500;
/** Every so many mails one has 1 to 10 MB. */
const LARGE_EVERY = 50;
const MB = 1024 * 1024;
/** The default of EMAIL_MAX_MESSAGE_MB: a mail of just under it is still taken whole. */
const LARGEST_MB = 50;

/** How much memory the worker and its parser hold at most, together. */
export const part: Part = {
  name: "memory",
  async run(options) {
    const count = scaled(MAILS, options);
    const usual = await measurePeak(options, count, largeSize);
    const middle = Math.floor(count / 2);
    const withOne = await measurePeak(options, count, (number) =>
      number === middle ? attachmentFor(LARGEST_MB * MB - 100_000) : largeSize(number),
    );
    const figures: Figure[] = [
      {
        ...{ name: "ingest-rss-mb", value: usual.peakMb, unit: "MB", reach: { atMost: 350 } },
        note: `${usual.mails}; worker and parser, the pages of Node itself counted once`,
      },
      {
        ...{ name: "ingest-rss-50mb-extra-mb", value: withOne.peakMb - usual.peakMb, unit: "MB" },
        reach: { atMost: 200 },
        note: `${withOne.peakMb.toFixed(0)} MB with one mail of ${LARGEST_MB} MB among them (EMAIL_MAX_MESSAGE_MB is ${LARGEST_MB})`,
      },
    ];
    return figures;
  },
};

/** Sizes of 1, 2, … 10 MB in turn. */
function largeSize(number: number): number | null {
  if (number % LARGE_EVERY !== LARGE_EVERY - 1) return null;
  const mb = 1 + (Math.floor(number / LARGE_EVERY) % 10);
  return attachmentFor(mb * MB - 100_000);
}

/** The file whose base64, in lines of 76 characters, takes this many bytes. */
function attachmentFor(bytes: number): number {
  return Math.floor((bytes * 57) / 78);
}

async function measurePeak(
  { seed, tls }: PartOptions,
  count: number,
  sizeAt: GeneratorOptions["sizeAt"],
): Promise<{ peakMb: number; mails: string }> {
  const world = await BenchWorld.start();
  try {
    const mails = generateMails({ seed, to: DESK, sizeAt });
    const expected = await fillInbox(world.bed, mails, { user: DESK, count });
    console.log(describeInbox(expected));
    await world.startWorker();
    const peak = peakResidentMb(world.workerPid);
    await world.connect({ tls });
    await world.untilTaken(expected.mails);
    const peakMb = peak.stop();
    await assertAllTaken(expected);
    return { peakMb, mails: describeInbox(expected) };
  } finally {
    await world.stop();
  }
}
