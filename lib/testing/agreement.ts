import type { Mail, MailAttachment } from "@/lib/mail/mail";
import { parseMail } from "@/lib/mail/parse";
import { safeFilename } from "@/lib/mail/text";
import { acceptedLeaves, type Leaf } from "./accepted";
import type { OtherFile } from "./second-opinion";

/** How two readers' files of one mail compare: the rules behind what differs, and what has none. */
export type Agreement = { rules: string[]; unexplained: string[] };

/** A file only one reader has, or has so, and what is known of the mail. */
type Difference = {
  ours: (MailAttachment & { leaf: Leaf | undefined }) | null;
  theirs: OtherFile | null;
  leaves: Leaf[];
  raw: Buffer;
  /**
   * Files of the attached messages that the other reader opens, and of those in them; null where one
   * of these messages is not accepted wholly.
   */
  opened: MailAttachment[] | null;
};

type Deviation = { rule: string; explains(difference: Difference): boolean };

const isWords = (leaf: Leaf | undefined) => /^text\/(plain|html)$/.test(typeOf(leaf));
const typeOf = (leaf: Leaf | undefined) => leaf?.node.type.value ?? "";
const dispositionOf = (leaf: Leaf | undefined) => leaf?.node.disposition.value ?? "";

/** Where the package is known to read a sound mail otherwise, and by which rule we do not (ADR 23). */
const DEVIATIONS: Deviation[] = [
  {
    rule: "text with a name where no body stands is a file (RFC 8621 §4.1.4)",
    explains: ({ ours, theirs }) =>
      theirs === null && isWords(ours?.leaf) && dispositionOf(ours?.leaf) !== "attachment",
  },
  {
    rule: "a part of a digest is a message unless it says otherwise (RFC 2046 §5.1.5)",
    explains: ({ ours, theirs }) =>
      theirs === null &&
      ours?.mediaType === "message/rfc822" &&
      ours.leaf?.parent?.type.value === "multipart/digest" &&
      !ours.leaf.node.fields.some(({ name }) => /^content-type$/i.test(name)),
  },
  {
    rule: "an attached message is one file, shown in place or not (RFC 2046 §5.2.1)",
    explains: ({ ours, theirs, opened }) =>
      theirs === null
        ? isOpened(ours?.leaf)
        : ours === null &&
          (opened === null || opened.some(({ content }) => isSame(content, theirs.content))),
  },
  {
    rule: "white space behind a boundary does not count (RFC 2046 §5.1.1)",
    explains: ({ leaves, raw }) => leaves.some(({ parent }) => isPadded(raw, parent)),
  },
  {
    rule: "an empty part is a part (RFC 2046 §5.1)",
    explains: ({ ours, theirs }) => theirs === null && ours?.size === 0,
  },
  {
    rule: "the line end before a boundary belongs to the boundary (RFC 2046 §5.1.1)",
    explains: ({ ours, theirs }) => ours?.size === 0 && theirs !== null && isLineEnd(theirs),
  },
  {
    rule: "a name is UTF-8 where its bytes are, else in the charset it says (RFC 2047 §2, ADR 23)",
    explains: ({ ours, theirs }) =>
      ours !== null && theirs !== null && /=\?(?!utf-?8\?)[^?]*\?[bq]\?/i.test(fieldsOf(ours.leaf)),
  },
  {
    rule: "the pieces of a name are counted from 0 (RFC 2231 §3)",
    explains: ({ ours, theirs }) =>
      ours !== null &&
      theirs !== null &&
      /name\*[1-9]\d*\*?=/i.test(fieldsOf(ours.leaf)) &&
      !/name\*0\*?=/i.test(fieldsOf(ours.leaf)),
  },
  {
    rule: "folders are no part of a file's name (RFC 2183 §2.3)",
    explains: ({ ours, theirs }) =>
      ours !== null &&
      theirs !== null &&
      /[\\/]/.test(fieldsOf(ours.leaf)) &&
      safeFilename(theirs.name, ours.mediaType).endsWith(ours.filename),
  },
  {
    rule: "a mail in one piece of an unknown kind of text is its text (RFC 2046 §4.1.4)",
    explains: ({ ours, leaves: [root] }) =>
      ours === null && root?.parent === null && /^text\//.test(typeOf(root)),
  },
];

/**
 * Compares the files two readers found in one mail: as many, with the same names, once they are safe,
 * and the same bytes. What differs is laid to the deviation that explains it.
 */
export async function compareReaders(
  raw: Buffer,
  { mail, leaves }: { mail: Mail; leaves: Leaf[] },
  theirs: OtherFile[],
): Promise<Agreement> {
  const left = [...theirs];
  const take = (isIt: (file: OtherFile) => boolean) => {
    const found = left.findIndex(isIt);
    return found === -1 ? null : (left.splice(found, 1)[0] ?? null);
  };
  const surplus = mail.attachments.filter(
    (ours) =>
      take(
        ({ name, content }) =>
          safeFilename(name, ours.mediaType) === ours.filename && isSame(content, ours.content),
      ) === null,
  );
  const known = { leaves, raw, opened: await openedFiles(mail, leaves) };
  const agreement: Agreement = { rules: [], unexplained: [] };
  const lay = (difference: Difference) => {
    const deviation = DEVIATIONS.find(({ explains }) => explains(difference));
    if (deviation) agreement.rules.push(deviation.rule);
    else agreement.unexplained.push(inWords(difference));
  };
  for (const ours of surplus) {
    const other =
      take(({ content }) => isSame(content, ours.content)) ??
      (ours.size === 0 ? take(isLineEnd) : null);
    lay({ ours: { ...ours, leaf: leafOf(ours, leaves) }, theirs: other, ...known });
  }
  for (const other of left) lay({ ours: null, theirs: other, ...known });
  return agreement;
}

function leafOf({ range }: MailAttachment, leaves: Leaf[]): Leaf | undefined {
  return leaves.find(
    ({ node }) => node.start === range?.offset && node.end - node.start === range.length,
  );
}

/** The package opens what is to be shown in place. */
function isOpened(leaf: Leaf | undefined): boolean {
  return typeOf(leaf) === "message/rfc822" && dispositionOf(leaf) === "inline";
}

async function openedFiles(mail: Mail, leaves: Leaf[]): Promise<MailAttachment[] | null> {
  const files: MailAttachment[] = [];
  for (const file of mail.attachments) {
    if (!isOpened(leafOf(file, leaves))) continue;
    const inner = file.size === 0 ? null : await parseMail(file.content);
    const innerLeaves = inner && acceptedLeaves(file.content, inner);
    const deeper = inner && innerLeaves && (await openedFiles(inner, innerLeaves));
    if (!inner || !deeper) return null;
    files.push(...inner.attachments, ...deeper);
  }
  return files;
}

function isPadded(raw: Buffer, parent: Leaf["parent"]): boolean {
  if (parent === null) return false;
  const boundary = parent.type.parameters.get("boundary") ?? "";
  const lines = raw.toString("latin1", parent.start, parent.end).split("\n");
  return lines.some((line) => line.startsWith(`--${boundary}`) && /[ \t]\r?$/.test(line));
}

function fieldsOf(leaf: Leaf | undefined): string {
  return (leaf?.node.fields ?? [])
    .filter(({ name }) => /^content-(type|disposition)$/i.test(name))
    .map(({ value }) => value.replace(/^[^;]*/, ""))
    .join("\n");
}

function isLineEnd({ content }: OtherFile): boolean {
  return /^\r?\n$/.test(Buffer.from(content).toString("latin1"));
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function inWords({ ours, theirs }: Difference): string {
  const said = [
    ours && `ours ${ours.filename} (${ours.mediaType}, ${ours.size} bytes)`,
    theirs && `theirs ${theirs.name} (${theirs.mediaType}, ${theirs.content.length} bytes)`,
  ];
  return said.filter(Boolean).join(", ");
}
