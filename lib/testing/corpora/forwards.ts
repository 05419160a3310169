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
      async judge(parse) {
        const { file, subject_file } = expected;
        const subject = subject_file === undefined ? "" : readText(root, subject_file).trim();
        const mail = await parse(mailAround(readText(root, file), subject));
        return compareForward(expected.expect, mail.forwarded);
      },
    }));
  },
};

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
