import { readFileSync } from "node:fs";
import path from "node:path";
import { withoutQuotes } from "@/lib/mail/quote";
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
 * Whole mails of common clients. Their project takes the quote off in one step and the signature in
 * another, and these texts are what the first step leaves: the reply, its "Sent from my iPhone" and
 * what stands behind `-- ` with it. So a mail is right when the quote is found where they find it.
 * The desk folds both: its new text is counted apart, where two of the texts have their signature
 * beyond it, and must in any case be how the text begins.
 */
export const talonMails: CorpusSet = {
  name: "talon-mails",
  read(folder) {
    const root = path.join(folder, "talon");
    return talonFiles(root, ".eml").map(({ file, reply = "" }) => ({
      name: file,
      measures: {
        "signature with the reply": ["reply"],
        "signature folded with the quote": ["(new text)"],
      },
      async judge(parse) {
        const { text, html, newText } = await parse(readFileSync(path.join(root, file)));
        return [
          ...differ("reply", folded(reply), folded(withoutQuotes(text, html))),
          ...differ("new text", folded(reply), folded(newText), isBeginning(newText, reply)),
          ...differ("(new text)", folded(reply), folded(newText)),
        ];
      },
    }));
  },
};

/** HTML alone; compared without any white space, as the set says. */
export const talonHtml: CorpusSet = {
  name: "talon-html",
  read(folder) {
    const root = path.join(folder, "talon");
    return talonFiles(root, ".html").map(({ file, reply_text = "" }) =>
      replyCase(
        file,
        () => mailAround(readText(root, file), "", "text/html"),
        reply_text,
        (text) => text.replace(/\s+/g, ""),
      ),
    );
  },
};

function isBeginning(newText: string, reply: string): boolean {
  return newText.trim() !== "" && folded(reply).startsWith(folded(newText));
}

function talonFiles(root: string, ending: string): TalonFile[] {
  return readJsonLines<TalonFile>(path.join(root, "expect.jsonl")).filter(({ file }) =>
    file.endsWith(ending),
  );
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
