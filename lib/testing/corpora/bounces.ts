import { readFileSync } from "node:fs";
import path from "node:path";
import { isDeadAddress } from "@/lib/mail/bounce-status";
import type { BounceRecipient, Mail } from "@/lib/mail/mail";
import { readJsonLines } from "./files";
import { type CorpusSet, type Difference, differ } from "./score";

type Recipient = { status: string; replycode: string; reason: string; hardbounce: boolean };
type Expected = { file: string; recipients: Recipient[] | null };

/**
 * Bounces, vacations and feedback reports, judged in four ways of their own: is it one, recipient,
 * status, permanent.
 *
 * Where the set names no recipients it knows no more than that a machine wrote the mail. It has no
 * addresses: recipients are compared by number, and must be among those that the mail's own fields
 * name (Final-Recipient, Original-Recipient, X-Failed-Recipients) where it has such fields.
 *
 * A status x.0.9nn stands in no mail: the set made it of a reason it read in the words. It is met by
 * the class of the SMTP reply in the mail, and by any class where there is no reply.
 *
 * Permanent is what RFC 3463 says of that status: class 5 is, class 4 is not. The set's own
 * `hardbounce` means that the address is dead, which we call isDeadAddress: that is shown apart, and
 * is no part of a case being right.
 */
export const bounces: CorpusSet = {
  name: "bounces",
  read(folder) {
    const root = path.join(folder, "bounces");
    return readJsonLines<Expected>(path.join(root, "expect.jsonl")).map(({ file, recipients }) => ({
      name: file,
      measures: Object.fromEntries(judgedIn(recipients).map((aspect) => [aspect, [aspect]])),
      async judge(parse) {
        const raw = readFileSync(path.join(root, file));
        return compare(recipients, await parse(raw), raw.toString("latin1"));
      },
    }));
  },
};

const IS_ONE = "is it one";

function judgedIn(recipients: Recipient[] | null): string[] {
  const isBounce = recipients?.every(
    ({ reason }) => reason !== "vacation" && reason !== "feedback",
  );
  if (!recipients || !isBounce) return [IS_ONE];
  // The set's opinion differs from the RFC's where a mail was refused for what it is, not for whom.
  const differs = recipients.some((each) => {
    const permanent = permanentBy(each);
    return permanent !== null && permanent !== each.hardbounce;
  });
  return [
    ...[IS_ONE, "recipient", "status", "permanent", "(dead address as the set has it)"],
    ...(differs ? ["(of these: the set calls 5.x.x soft or 4.x.x hard)"] : []),
    ...(recipients.some(({ status }) => isInvented(status))
      ? ["(of these: the set's own status, x.0.9nn)"]
      : []),
  ];
}

function compare(expected: Recipient[] | null, mail: Mail, raw: string): Difference[] {
  const kind = mail.automatic?.kind ?? null;
  if (expected === null) return differ(IS_ONE, "a machine", kind, kind !== null);
  const reasons = new Set(expected.map(({ reason }) => reason));
  if (reasons.has("vacation"))
    return differ(IS_ONE, "auto-reply", kind, kind === "auto-reply" || kind === "out-of-office");
  if (reasons.has("feedback")) return differ(IS_ONE, "feedback-report", kind);
  const got = mail.bounce?.recipients ?? [];
  return [
    ...differ(IS_ONE, "bounce", kind, kind === "bounce"),
    ...compareRecipients(expected, got, raw),
    ...differ(
      "status",
      listed(expected.map(({ status }) => status)),
      listed(got.map(({ status }) => status)),
      matches(expected, got, isStatus),
    ),
    ...differ(
      "permanent",
      listed(expected.map(permanentBy)),
      listed(got.map(({ permanent }) => permanent)),
      matches(
        expected,
        got,
        (wanted, { permanent }) => (permanentBy(wanted) ?? permanent) === permanent,
      ),
    ),
    ...differ(
      "(dead address as the set has it)",
      listed(expected.map(({ hardbounce }) => hardbounce)),
      listed(got.map(isDeadAddress)),
    ),
  ];
}

function compareRecipients(
  expected: Recipient[],
  got: BounceRecipient[],
  raw: string,
): Difference[] {
  const fields = raw.matchAll(
    /^(?:(?:final|original|x-actual)-recipient|x-failed-recipients):.*(?:\r?\n[ \t].*)*/gim,
  );
  const named = [...fields].map(([field]) => field.toLowerCase()).join("\n");
  const isNamed = named === "" || got.every(({ address }) => named.includes(address.toLowerCase()));
  return differ(
    "recipient",
    `${expected.length} of ${named || "those in the text"}`,
    `${got.length}: ${got.map(({ address }) => address).join(" ")}`,
    expected.length === got.length && isNamed,
  );
}

/** Whether each expected recipient has one found of its own that fits. */
function matches(
  expected: Recipient[],
  got: BounceRecipient[],
  fits: (wanted: Recipient, found: BounceRecipient) => boolean,
): boolean {
  const left = [...got];
  return (
    expected.length === got.length &&
    expected.every((wanted) => {
      const at = left.findIndex((found) => fits(wanted, found));
      if (at !== -1) left.splice(at, 1);
      return at !== -1;
    })
  );
}

function isStatus({ status, replycode }: Recipient, found: BounceRecipient): boolean {
  if (!isInvented(status)) return status === found.status;
  return replycode === "" || replycode[0] === found.status[0];
}

function permanentBy({ status, replycode }: Recipient): boolean | null {
  const given = isInvented(status) ? replycode : status;
  return given === "" ? null : given.startsWith("5");
}

function isInvented(status: string): boolean {
  return /^[45]\.0\.9\d\d$/.test(status);
}

function listed(values: readonly (string | boolean | null)[]): string {
  return values
    .map((value) => String(value ?? "either"))
    .sort()
    .join(" ");
}
