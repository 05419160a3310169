import path from "node:path";
import type { Forwarded } from "@/lib/mail/mail";
import { mailAround, readJsonLines, readText } from "./files";
import { type CorpusSet, type Difference, differ, folded } from "./score";

type Expected = {
  file: string;
  test: string;
  subject_file?: string;
  expect: {
    forwarded: boolean;
    subject?: string | null;
    "from.address"?: string | null;
    "from.name"?: string | null;
  };
};

/** Forwarded or not, the original sender and the original subject. */
export const forwardParser: CorpusSet = {
  name: "forward-parser",
  read(folder) {
    const root = path.join(folder, "forward-parser");
    return readJsonLines<Expected>(path.join(root, "expect.jsonl")).map((expected) => ({
      name: `${expected.test} ${expected.file}`,
      measures: {
        "forwarded or not": ["forwarded"],
        ...(expected.expect.forwarded ? OF_FORWARDS : {}),
      },
      async judge(parse) {
        const { text, subject } = filesOf(expected);
        const mail = await parse(
          mailAround(
            readText(root, text),
            subject === undefined ? "" : readText(root, subject).trim(),
          ),
        );
        return compareForward(expected.expect, mail.forwarded);
      },
    }));
  },
};

const OF_FORWARDS = {
  "original from": ["forwarded", "from", "name"],
  "original subject": ["forwarded", "subject"],
};

/** Some rows name the subject's file as the text's and the other way round. */
function filesOf({ file, subject_file }: Expected): { text: string; subject?: string | undefined } {
  const isSwapped = /_subject/.test(file) && /_body/.test(subject_file ?? "");
  return isSwapped && subject_file !== undefined
    ? { text: subject_file, subject: file }
    : { text: file, subject: subject_file };
}

function compareForward(expected: Expected["expect"], got: Forwarded | null): Difference[] {
  const found = differ("forwarded", String(expected.forwarded), String(got !== null));
  if (!expected.forwarded || found.length > 0) return found;
  const address = expected["from.address"];
  const name = expected["from.name"];
  const gotName = got?.from?.name ?? "";
  return [
    ...(address === undefined ? [] : differ("from", address, got?.from?.address ?? null)),
    ...(name === undefined ? [] : differ("name", name ?? "", gotName)),
    ...(expected.subject === undefined
      ? []
      : differ("subject", folded(expected.subject ?? ""), folded(got?.subject ?? ""))),
  ];
}
