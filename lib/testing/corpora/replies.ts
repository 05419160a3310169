import { readFileSync } from "node:fs";
import path from "node:path";
import { mailAround, readJsonLines, readText } from "./files";
import { type CorpusCase, type CorpusSet, differ, folded } from "./score";

type Trimmed = { file: string; reply: string };
type FirstFragment = { test: string; file: string; first_fragment?: string };
type TalonFile = { file: string; reply?: string; reply_text?: string };
type TalonText = { test: string; body: string; reply: string };

/**
 * New text apart from quoted text: the new text, white space folded, is exactly the expected one.
 * Three stay wrong. A mail that is all quote is all new for us, where the set wants nothing: nobody
 * shall open a mail and find it empty. Twice the set keeps the quotes of an answer written below
 * them, which we fold there as everywhere else: an agent wants the new words first.
 */
export const replyTrimmer: CorpusSet = {
  name: "reply-trimmer",
  read(folder) {
    const root = path.join(folder, "reply-trimmer");
    return readJsonLines<Trimmed>(path.join(root, "expect.jsonl")).map(({ file, reply }) =>
      replyCase(file, () => mailAround(readText(root, file)), reply),
    );
  },
};

/**
 * Only the cases that give the new text. Two stay wrong. The set asks for the first piece of a mail:
 * of an answer written below the quote that is the "Hi," above it, and we show the answer as well.
 * And it takes "Regards," and the name for a signature, which the other sets leave with the text.
 */
export const replyParser: CorpusSet = {
  name: "reply-parser",
  read(folder) {
    const root = path.join(folder, "reply-parser");
    return readJsonLines<FirstFragment>(path.join(root, "expect.jsonl")).flatMap(
      ({ test, file, first_fragment }) =>
        first_fragment === undefined
          ? []
          : [replyCase(`${test} ${file}`, () => mailAround(readText(root, file)), first_fragment)],
    );
  },
};

/**
 * Two stay wrong. One counts lines with a limit its test sets to one, which cuts an answer of two
 * lines. One keeps a forwarded mail below "FYI" as new, where the other two sets want it folded.
 */
export const talonTexts: CorpusSet = {
  name: "talon-inline",
  read(folder) {
    const file = path.join(folder, "talon/inline_text_cases.jsonl");
    return readJsonLines<TalonText>(file).map(({ test, body, reply }) =>
      replyCase(test, () => mailAround(body), reply),
    );
  },
};

/**
 * Whole mails of common clients. Two stay wrong: they keep "Sent from my iPhone" and a signature
 * behind `-- `, which their project takes off in another step. We fold them with the quote.
 */
export const talonMails: CorpusSet = {
  name: "talon-mails",
  read: (folder) => talonFiles(folder, ".eml", (file) => readFileSync(file)),
};

/** HTML alone; compared without any white space, as the set says. */
export const talonHtml: CorpusSet = {
  name: "talon-html",
  read: (folder) =>
    talonFiles(folder, ".html", (file) => mailAround(readText(file), "", "text/html")),
};

function talonFiles(
  folder: string,
  ending: string,
  read: (file: string) => Uint8Array,
): CorpusCase[] {
  const root = path.join(folder, "talon");
  return readJsonLines<TalonFile>(path.join(root, "expect.jsonl"))
    .filter(({ file }) => file.endsWith(ending))
    .map(({ file, reply, reply_text }) => {
      const raw = () => read(path.join(root, file));
      return reply_text === undefined
        ? replyCase(file, raw, reply ?? "")
        : replyCase(file, raw, reply_text, (text) => text.replace(/\s+/g, ""));
    });
}

function replyCase(
  name: string,
  raw: () => Uint8Array,
  reply: string,
  fold: (text: string) => string = folded,
): CorpusCase {
  return {
    name,
    async judge(parse) {
      const { newText } = await parse(raw());
      return differ("reply", fold(reply), fold(newText));
    },
  };
}
