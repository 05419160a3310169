import { describe, expect, test } from "vitest";
import { corporaFolder, scoreSet } from "@/lib/testing/corpora/score";
import { CORPUS_SETS } from "@/lib/testing/corpora/sets";
import { parseMail } from "./parse";
import { sanitiseHtml } from "./sanitize";

const folder = corporaFolder();
if (folder === null)
  console.info("Skipped: no corpora in ../shared/corpora; CORPORA_DIR names another folder");

// Cases of each set that were right when this was last looked at: never fewer. The sets say which
// cases are left wrong, and why. Those without a number here are only shown.
const REACHED = new Map<string, number>([
  ["mime-trees", 95],
  ["mime4j", 76],
  ["mail-gem", 104],
  ["helpdesk-chatwoot", 34],
  ["helpdesk-django", 6],
  ["reply-trimmer", 61],
  ["reply-parser", 46],
  ["talon-inline", 34],
  ["talon-mails", 12],
  ["talon-html", 9],
  ["bounces", 285],
]);

describe.skipIf(folder === null)("mail of other projects' tests", () => {
  test.each(CORPUS_SETS)("$name is read", async (set) => {
    const score = await scoreSet(set, folder ?? "");
    const { name, cases, right, slowest, slowestMs, failures, judgedAutomatic } = score;
    console.info(
      `${name}: ${right} of ${cases} right, slowest ${slowestMs.toFixed(0)} ms (${slowest})`,
    );
    const crashed = failures.filter(({ differences }) =>
      differences.some(({ aspect }) => aspect === "crash"),
    );
    expect(crashed).toEqual([]);
    const reached = REACHED.get(name) ?? 0;
    if (right < reached) expect(failures.map((failure) => failure.name)).toEqual([]);
    expect(cases).toBeGreaterThan(0);
    // A person's mail taken for a machine's would never be answered: not one, in any set.
    expect(judgedAutomatic?.wrong ?? []).toEqual([]);
    expect(judgedAutomatic?.missed ?? []).toEqual([]);
  });

  test.each(CORPUS_SETS)("the text and the HTML of $name can be stored and shown", async (set) => {
    for (const one of set.read(folder ?? "")) {
      await one.judge(async (raw) => {
        const mail = await parseMail(raw);
        expect(mail.text.includes("\0"), one.name).toBe(false);
        if (mail.html !== null)
          sanitiseHtml(mail.html, { cidUrl: () => null, loadRemoteImages: false });
        return mail;
      });
    }
  });
});
