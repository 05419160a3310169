import { readFileSync } from "node:fs";
import path from "node:path";
import type { Mail } from "@/lib/mail/mail";
import { compareParts, type ExpectedPart, holds, isShown } from "./attachments";
import { filesBelow } from "./files";
import { type CorpusSet, type Difference, differ, folded } from "./score";

type TreeAddress = { name: string | null; address: string | null };
type TreeValue = {
  Text?: string;
  TextList?: string[];
  Address?: { List?: TreeAddress[]; Group?: { addresses: TreeAddress[] }[] };
  ContentType?: {
    c_type: string;
    c_subtype: string | null;
    attributes: { name: string; value: string }[] | null;
  };
};
type TreePart = {
  headers: { name: string; value: TreeValue | string }[];
  is_encoding_problem: boolean;
  body: {
    Text?: string;
    Html?: string;
    Binary?: number[];
    InlineBinary?: number[];
    Message?: Tree;
    Multipart?: number[];
  };
  offset_body: number;
  offset_end: number;
};
type Tree = { text_body: number[]; html_body: number[]; attachments: number[]; parts: TreePart[] };

/**
 * Mails with the tree another parser found in them, with line ends LF and CRLF: attachments with
 * names and bytes, From, Subject and the plain text as in the tree. Both forms must be right.
 *
 * Some of these trees say what a help desk should not do; those cases stay wrong. Uuencoded pictures
 * are left undecoded in them. `C:\\TEMP\\a.png` becomes `C:TEMPa.png`. The boundary of an outer
 * multipart is not seen inside an inner one that was never closed (RFC 2046 §5.1.2 says it ends
 * both), so the next parts become text of the one before, or are lost. Of two Content-Type headers
 * the last counts, so that a multipart is shown as text. Words behind base64 are decoded as base64.
 */
export const mimeTrees: CorpusSet = {
  name: "mime-trees",
  read(folder) {
    const root = path.join(folder, "mime-trees", "eml");
    return filesBelow(root, ".eml").map((file) => ({
      name: file,
      async judge(parse) {
        const source = readFileSync(path.join(root, file)).toString("latin1");
        const withLf = source.replaceAll("\r\n", "\n");
        const raw = Buffer.from(withLf, "latin1");
        const withCrlf = Buffer.from(withLf.replaceAll("\n", "\r\n"), "latin1");
        const stem = path.join(root, file.replace(/\.eml$/, ""));
        return [
          ...compareTree(readTree(`${stem}.json`), raw, await parse(raw)),
          ...compareTree(readTree(`${stem}.crlf.json`), withCrlf, await parse(withCrlf)),
        ];
      },
    }));
  },
};

function readTree(file: string): Tree {
  return JSON.parse(readFileSync(file, "utf8")) as Tree;
}

function compareTree(tree: Tree, raw: Buffer, mail: Mail): Difference[] {
  const expected = tree.attachments.flatMap((index) => {
    const part = tree.parts[index];
    return part ? [expectedPart(part, raw)] : [];
  });
  return [
    ...compareFrom(tree, mail),
    ...compareSubject(tree, mail),
    ...compareParts(expected, mail),
    ...compareText(tree, mail),
  ];
}

function compareFrom(tree: Tree, mail: Mail): Difference[] {
  const value = headerOf(tree.parts[0], "from")?.Address;
  const first = (value?.List ?? value?.Group?.flatMap(({ addresses }) => addresses))?.[0];
  // A name without an @ is no address a mail could be answered to: an unknown sender.
  const expected = first?.address?.includes("@") ? first.address : null;
  const got = mail.from?.address ?? null;
  const isSame = expected?.toLowerCase() === got?.toLowerCase();
  return differ("from", expected, got, isSame);
}

function compareSubject(tree: Tree, mail: Mail): Difference[] {
  const value = headerOf(tree.parts[0], "subject");
  const expected = folded(value?.Text ?? value?.TextList?.join(" ") ?? "");
  const got = folded(mail.subject);
  return differ(
    "subject",
    expected,
    got,
    expected === got || (/\ufffd/.test(expected) && holds(got, expected)),
  );
}

/** Every plain text is shown; of alternatives one. */
function compareText(tree: Tree, mail: Mail): Difference[] {
  const alternatives = tree.parts.filter((part) => isMultipart(part, "alternative"));
  return tree.text_body.flatMap((index) => {
    const text = tree.parts[index]?.body.Text;
    if (text === undefined || isShown(text, mail)) return [];
    const siblings = alternatives.flatMap(({ body }) =>
      body.Multipart?.includes(index) ? body.Multipart : [],
    );
    const others = siblings.map((i) => tree.parts[i]?.body.Text);
    if (others.some((other) => other?.trim() && isShown(other, mail))) return [];
    return differ("text", folded(text), folded(mail.text), false);
  });
}

function isMultipart(part: TreePart, subtype: string): boolean {
  return headerOf(part, "content_type")?.ContentType?.c_subtype === subtype;
}

function expectedPart(part: TreePart, raw: Buffer): ExpectedPart {
  const { body } = part;
  const type = headerOf(part, "content_type")?.ContentType;
  const shown = headerOf(part, "content_disposition")?.ContentType;
  const attribute = (from: typeof type, name: string) =>
    from?.attributes?.find((found) => found.name === name)?.value ?? null;
  const binary = body.Binary ?? body.InlineBinary;
  // An attached message is one file; the tree says where in the mail it stands.
  const isPlain = !part.headers.some(({ name }) => name === "content_transfer_encoding");
  const message = body.Message && isPlain ? raw.subarray(part.offset_body, part.offset_end) : null;
  return {
    filename: attribute(shown, "filename") ?? attribute(type, "name"),
    isAttachment: shown?.c_type === "attachment" || attribute(shown, "filename") !== null,
    bytes: binary ? Uint8Array.from(binary) : message,
    text: body.Text ?? body.Html ?? null,
    charset: attribute(type, "charset"),
  };
}

function headerOf(part: TreePart | undefined, name: string): TreeValue | null {
  const value = part?.headers.find((header) => header.name === name)?.value;
  return typeof value === "object" ? value : null;
}
