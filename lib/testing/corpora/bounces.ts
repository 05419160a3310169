import { readFileSync } from "node:fs";
import path from "node:path";
import type { Mail } from "@/lib/mail/mail";
import { readJsonLines } from "./files";
import { type CorpusSet, type Difference, differ } from "./score";

type Recipient = { status: string; reason: string; hardbounce: boolean };
type Expected = { file: string; recipients: Recipient[] | null };

/**
 * Bounces, vacations and feedback reports. Where the set names no recipients it knows no more than
 * that a machine wrote the mail. It has statuses, not addresses: recipients are compared by number.
 */
export const bounces: CorpusSet = {
  name: "bounces",
  read(folder) {
    const root = path.join(folder, "bounces");
    return readJsonLines<Expected>(path.join(root, "expect.jsonl")).map(({ file, recipients }) => ({
      name: file,
      async judge(parse) {
        const mail = await parse(readFileSync(path.join(root, file)));
        return compareBounce(recipients, mail);
      },
    }));
  },
};

function compareBounce(recipients: Recipient[] | null, mail: Mail): Difference[] {
  const kind = mail.automatic?.kind ?? null;
  if (recipients === null) return differ("automatic", "some kind", kind, kind !== null);
  const reasons = new Set(recipients.map(({ reason }) => reason));
  if (reasons.has("vacation"))
    return differ("kind", "auto-reply", kind, kind === "auto-reply" || kind === "out-of-office");
  if (reasons.has("feedback")) return differ("kind", "feedback-report", kind);
  const got = mail.bounce?.recipients ?? [];
  if (mail.bounce === null) return differ("bounce", "a bounce", kind);
  const list = (values: (string | boolean)[]) => values.map(String).sort().join(" ");
  return [
    ...differ("recipients", String(recipients.length), String(got.length)),
    ...differ(
      "status",
      list(recipients.map(({ status }) => status)),
      list(got.map(({ status }) => status)),
    ),
    ...differ(
      "permanent",
      list(recipients.map(({ hardbounce }) => hardbounce)),
      list(got.map(({ permanent }) => permanent)),
    ),
  ];
}
