import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { contentIdOf } from "@/lib/mail/content-id";
import type { Mail } from "@/lib/mail/mail";
import { parseMail } from "@/lib/mail/parse";
import { type AutomaticJudgement, type FoundAutomatic, judgeAutomatic } from "./automatic";

/** Something a mail was expected to say and what we read instead. `aspect` is one word. */
export type Difference = { aspect: string; expected: string; got: string };

export type CorpusCase = {
  name: string;
  /** Every difference found; none when the case is right. May parse several forms of one mail. */
  judge(parse: (raw: Uint8Array) => Promise<Mail>): Promise<Difference[]>;
  /**
   * What is counted of it beside exact match, and the aspects each of them takes in. Aspects in
   * brackets are only shown: a case can be right without them.
   */
  measures?: Record<string, string[]>;
};

/** One set of other projects' mails. `read` gets the folder of all sets. */
export type CorpusSet = { name: string; read(folder: string): CorpusCase[] };

export type Failure = { name: string; differences: Difference[] };

/** How often something was right, in all and of the fifth set aside. */
export type Measure = {
  cases: number;
  right: number;
  aside: { cases: number; right: number };
};

export type Score = {
  name: string;
  cases: number;
  right: number;
  /** Of the cases set aside, a fifth chosen by a hash of their names. */
  aside: { cases: number; right: number };
  slowestMs: number;
  slowest: string;
  /** How many cases are wrong in each aspect. */
  wrongIn: Map<string, number>;
  measures: Map<string, Measure>;
  /** What counts as written by a machine, and why. */
  automatic: FoundAutomatic[];
  /** That, against the list of mails that are automatic; null for a set with answers of its own. */
  judgedAutomatic: AutomaticJudgement | null;
  failures: Failure[];
};

const SHOWN_LENGTH_MAX = 300;

/** The folder of the sets, or null when it is not there. */
export function corporaFolder(): string | null {
  const folder = process.env.CORPORA_DIR || "../shared/corpora";
  return existsSync(folder) ? folder : null;
}

/**
 * Judges every case of a set. A mail that cannot be parsed, or has no identity, is a difference in
 * "crash". Times are milliseconds of CPU for one mail.
 */
export async function scoreSet(set: CorpusSet, folder: string): Promise<Score> {
  const score: Score = {
    name: set.name,
    cases: 0,
    right: 0,
    aside: { cases: 0, right: 0 },
    slowestMs: 0,
    slowest: "",
    wrongIn: new Map(),
    measures: new Map(),
    automatic: [],
    judgedAutomatic: null,
    failures: [],
  };
  const cases = set.read(folder);
  for (const one of cases) {
    const found = await judge(one, score);
    const isAside = isSetAside(one.name);
    const differences = found.filter(({ aspect }) => !aspect.startsWith("("));
    const isRight = differences.length === 0;
    score.cases++;
    if (isRight) score.right++;
    if (isAside) score.aside.cases++;
    if (isAside && isRight) score.aside.right++;
    if (found.length > 0) score.failures.push({ name: one.name, differences: found });
    for (const aspect of new Set(differences.map((difference) => difference.aspect)))
      score.wrongIn.set(aspect, (score.wrongIn.get(aspect) ?? 0) + 1);
    measure(score.measures, one, found, isAside);
  }
  score.judgedAutomatic = judgeAutomatic(set.name, score.automatic);
  if (score.judgedAutomatic) measureAutomatic(score, cases, score.judgedAutomatic);
  return score;
}

/** The name of the measure that counts a mail right unless it is found automatic and is not. */
export const NONE_FALSE = "automatic: none that is none";

function measureAutomatic(
  { measures }: Score,
  cases: readonly CorpusCase[],
  { wrong }: AutomaticJudgement,
): void {
  for (const { name } of cases) {
    const differences = wrong
      .filter((found) => found.name === name)
      .map(({ found }) => ({ aspect: "automatic", expected: "a person's mail", got: found }));
    const one = { measures: { [NONE_FALSE]: ["automatic"] } };
    measure(measures, one, differences, isSetAside(name));
  }
}

function measure(
  measures: Score["measures"],
  one: Pick<CorpusCase, "measures">,
  differences: Difference[],
  isAside: boolean,
): void {
  for (const [name, aspects] of Object.entries(one.measures ?? {})) {
    const found = measures.get(name) ?? { cases: 0, right: 0, aside: { cases: 0, right: 0 } };
    measures.set(name, found);
    const isRight = !differences.some(({ aspect }) => ["crash", ...aspects].includes(aspect));
    for (const counted of isAside ? [found, found.aside] : [found]) {
      counted.cases++;
      if (isRight) counted.right++;
    }
  }
}

async function judge(one: CorpusCase, score: Score): Promise<Difference[]> {
  try {
    return await one.judge(async (raw) => {
      const before = process.cpuUsage();
      const mail = await parseMail(raw);
      const { user, system } = process.cpuUsage(before);
      const ms = (user + system) / 1000;
      if (ms > score.slowestMs) Object.assign(score, { slowestMs: ms, slowest: one.name });
      contentIdOf(mail);
      if (mail.automatic) score.automatic.push({ name: one.name, raw, ...mail.automatic });
      return mail;
    });
  } catch (error) {
    const got = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return [{ aspect: "crash", expected: "a mail", got }];
  }
}

function isSetAside(name: string): boolean {
  return createHash("sha256").update(name).digest().readUInt32BE(0) % 5 === 0;
}

/** The difference between two values, as a list of none or one. */
export function differ(
  aspect: string,
  expected: string | null,
  got: string | null,
  isSame = expected === got,
): Difference[] {
  if (isSame) return [];
  return [{ aspect, expected: shown(expected), got: shown(got) }];
}

function shown(value: string | null): string {
  if (value === null) return "nothing";
  const text = JSON.stringify(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}

/** White space of any kind and length as one space, none at the ends. */
export function folded(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
