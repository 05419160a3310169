import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { acceptedLeaves } from "@/lib/testing/accepted";
import { compareReaders } from "@/lib/testing/agreement";
import { filesBelow } from "@/lib/testing/corpora/files";
import { corporaFolder } from "@/lib/testing/corpora/score";
import { mutateMail } from "@/lib/testing/mutate-mail";
import { randomFrom } from "@/lib/testing/random";
import { SecondReader } from "@/lib/testing/second-opinion";
import { decodeTransfer } from "@/lib/transfer-encoding";
import type { MailAttachment } from "./mail";
import { parseMail } from "./parse";

// RANGES_MUTANTS=20000 RANGES_SEED=7 for a longer run, or for one that failed.
const MUTANTS = Number(process.env.RANGES_MUTANTS ?? 600);
const SEED = Number(process.env.RANGES_SEED ?? 1);
const COMPARED_BYTES_MAX = 262_144;
const OTHER_READER_MS_MAX = 2_000;
const PIECE_BYTES_MAX = 5_000;
// Longer than any run of these numbers: what takes long is counted, not failed.
const TIMEOUT_MS = 60_000 + MUTANTS * 50;

type Sample = { name: string; raw: Buffer };

const folder = corporaFolder();
if (folder === null)
  console.info("Skipped: no corpora in ../shared/corpora; CORPORA_DIR names another folder");

const SOURCES = [
  { title: "fixtures", folder: path.join(import.meta.dirname, "fixtures") },
  ...(folder === null ? [] : [{ title: "mails of other projects' tests", folder }]),
];
const reader = new SecondReader();
afterAll(() => reader.close());

describe.each(SOURCES)("our $title, and mutants of them", ({ title, folder: from }) => {
  test("every range of a mail, decoded as for a download, is the file", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const random = randomFrom(SEED + 1);
    let files = 0;
    let ranges = 0;
    for (const { name, raw } of samples(from)) {
      const mail = await parsed(raw);
      for (const file of mail?.attachments ?? []) {
        files++;
        if (file.range === null) continue;
        ranges++;
        const bytes = await downloaded(raw, file.range, random);
        const what = `${name}: ${file.filename}`;
        expect(bytes.equals(file.content), what).toBe(true);
        expect(bytes.length, what).toBe(file.size);
      }
    }
    console.info(
      `${title}, ${MUTANTS} mutants, seed ${SEED}: ${ranges} of ${files} files are ranges`,
    );
    expect(ranges).toBeGreaterThan(0);
  });

  test("mails that are accepted wholly have the files another reader finds", {
    timeout: TIMEOUT_MS,
  }, async () => {
    const count = { mails: 0, accepted: 0, large: 0, slow: 0, refused: 0, agreed: 0 };
    const rules = new Map<string, number>();
    const unexplained: string[] = [];
    for (const { name, raw } of samples(from)) {
      count.mails++;
      const mail = await parsed(raw);
      const leaves = mail && acceptedLeaves(raw, mail);
      if (!mail || !leaves) continue;
      count.accepted++;
      if (raw.length > COMPARED_BYTES_MAX) {
        count.large++;
        continue;
      }
      const theirs = await reader.read(raw, OTHER_READER_MS_MAX);
      if (theirs === "too slow") count.slow++;
      else if (theirs === "refused") count.refused++;
      else {
        const agreement = await compareReaders(raw, { mail, leaves }, theirs);
        if (agreement.rules.length + agreement.unexplained.length === 0) count.agreed++;
        for (const rule of new Set(agreement.rules)) rules.set(rule, (rules.get(rule) ?? 0) + 1);
        unexplained.push(...agreement.unexplained.map((what) => `${name}: ${what}`));
      }
    }
    const counted = Object.entries(count).map(([what, number]) => `${number} ${what}`);
    console.info(`${title}, seed ${SEED}: ${counted.join(", ")}`);
    for (const [rule, mails] of rules) console.info(`  ${mails} deviate: ${rule}`);
    expect(unexplained).toEqual([]);
    expect(count.agreed).toBeGreaterThan(0);
  });
});

/** Every mail of a folder, then mutants of them: the same ones for the same seed. */
function* samples(from: string): Generator<Sample> {
  const files = [...filesBelow(from, ".eml"), ...filesBelow(from, ".msg")];
  const mails = files.map((name) => ({ name, raw: readFileSync(path.join(from, name)) }));
  yield* mails;
  const random = randomFrom(SEED);
  const seeds = mails.map(({ raw }) => raw);
  for (let number = 1; number <= MUTANTS; number++) {
    const { raw, changes } = mutateMail(seeds, random);
    yield { name: `mutant ${number} of seed ${SEED} (${changes.join(", ")})`, raw };
  }
}

/** null for what is no mail at all: nothing but line ends. */
async function parsed(raw: Buffer) {
  return raw.every((byte) => byte === 10 || byte === 13) ? null : await parseMail(raw);
}

/** As lib/attachments.ts reads a file, in pieces cut anywhere. */
async function downloaded(
  raw: Buffer,
  { offset, length, encoding }: NonNullable<MailAttachment["range"]>,
  random: () => number,
): Promise<Buffer> {
  expect(offset + length).toBeLessThanOrEqual(raw.length);
  async function* pieces() {
    const most = random() < 0.5 ? 10 : PIECE_BYTES_MAX;
    for (let from = offset; from < offset + length; ) {
      const to = Math.min(offset + length, from + 1 + Math.floor(random() * most));
      yield raw.subarray(from, to);
      from = to;
    }
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of decodeTransfer(encoding, pieces())) chunks.push(chunk);
  return Buffer.concat(chunks);
}
