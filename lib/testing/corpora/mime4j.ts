import { readFileSync } from "node:fs";
import path from "node:path";
import type { Mail } from "@/lib/mail/mail";
import { compareParts, type ExpectedPart, isShown } from "./attachments";
import { filesBelow } from "./files";
import { addressesIn, readable } from "./reading";
import { type CorpusSet, type Difference, differ, folded } from "./score";

type Node = {
  tag: string;
  fields: { name: string; value: string }[];
  /** File with the decoded body, of a text-body or binary-body. */
  file: string | null;
  children: Node[];
};

/** `choice` is the multipart/alternative it is in. */
type TreePart = ExpectedPart & { isBody: boolean; choice: Node | null };

/**
 * Hard and broken mails with the tree mime4j found in each: attachments with their bytes, From and
 * Subject, and every text that is no attachment shown.
 *
 * Three kinds of trees are left wrong. A boundary that ends in a space, which RFC 2046 forbids, is
 * compared with it: servers take such spaces away. The last bytes of base64 that breaks off within a
 * group of four are dropped. A line that is no field ends the header, and a field below it is in
 * neither header nor text.
 */
export const mime4j: CorpusSet = {
  name: "mime4j",
  read(folder) {
    const root = path.join(folder, "mime4j/core/src/test/resources");
    return filesBelow(root, ".msg").map((file) => ({
      name: file,
      async judge(parse) {
        const mail = await parse(readFileSync(path.join(root, file)));
        const xml = readFileSync(path.join(root, file.replace(/\.msg$/, "_decoded.xml")), "utf8");
        const message = readXml(xml);
        const parts = expectedParts(message, path.join(root, path.dirname(file)));
        const shown = parts.filter(({ isBody }) => isBody);
        return [
          ...compareHeader(message, mail),
          ...compareParts(
            parts.filter(({ isBody }) => !isBody),
            mail,
          ),
          ...shown.flatMap((part) => compareText(part, shown, mail)),
        ];
      },
    }));
  },
};

function compareHeader(message: Node, mail: Mail): Difference[] {
  const values = (wanted: string) =>
    message.fields.filter(({ name }) => name === wanted).map(({ value }) => value);
  const differences: Difference[] = [];
  const [from, second] = values("from");
  if (second === undefined) {
    const addresses = addressesIn(from ?? "");
    const got = mail.from?.address.toLowerCase() ?? null;
    const isSame = got === null ? addresses.length === 0 : addresses.includes(got);
    differences.push(...differ("from", addresses.join(" or ") || null, got, isSame));
  }
  const subject = readable(values("subject")[0] ?? "");
  if (subject !== null && !/[^\t -~]/.test(values("subject")[0] ?? ""))
    differences.push(...differ("subject", folded(subject), folded(mail.subject)));
  return differences;
}

/** Every plain text and HTML is shown; of alternatives one. */
function compareText(part: TreePart, all: TreePart[], mail: Mail): Difference[] {
  const siblings = all.filter(
    (other) => other === part || (part.choice !== null && other.choice === part.choice),
  );
  const isOneShown = siblings.some(
    ({ text }) => isShown(text ?? "", mail) && (text?.trim() || siblings.length === 1),
  );
  return differ("text", folded(part.text ?? ""), folded(mail.text), isOneShown);
}

/** The parts of a message. A message inside a part is one attachment, whatever is in it. */
function expectedParts(
  node: Node,
  folder: string,
  place: { choice: Node | null; isFirst: boolean } = { choice: null, isFirst: false },
): TreePart[] {
  return node.children.flatMap((child, i) => {
    if (child.tag === "message") return [attachedMessage(node)];
    if (child.tag === "text-body" || child.tag === "binary-body")
      return [{ ...filePart(node, child, folder, place.isFirst), choice: place.choice }];
    const isChoice = /^multipart\/alternative/i.test(fieldOf(node, "content-type"));
    const choice = isChoice && child.tag === "multipart" ? child : place.choice;
    return expectedParts(child, folder, { choice, isFirst: node.tag === "multipart" && i === 0 });
  });
}

function attachedMessage(node: Node): TreePart {
  const fixed = { isAttachment: true, isBody: false, choice: null };
  return { ...nameOf(node), ...fixed, bytes: null, text: null, charset: null };
}

function filePart(
  node: Node,
  body: Node,
  folder: string,
  isFirst: boolean,
): Omit<TreePart, "choice"> {
  const bytes = readFileSync(path.join(folder, body.file ?? ""));
  const { filename } = nameOf(node);
  const disposition = fieldOf(node, "content-disposition");
  const isCalled = /^attachment/i.test(disposition);
  // RFC 8621 §4.1.4: of a first part a name in its Content-Type alone makes no file.
  const isNamed = filename !== null && (!isFirst || disposition.includes("name"));
  const isAttachment = isCalled || isNamed;
  const named = { filename, isAttachment };
  if (body.tag === "binary-body")
    return { ...named, isBody: false, bytes, text: null, charset: null };
  const type = fieldOf(node, "content-type");
  const charset = /charset="?([\w-]+)/i.exec(type)?.[1] ?? "utf-8";
  // The body of a mail in one piece is its text, whatever name it has.
  const isWhole = node.tag === "message" && !isCalled;
  const isBody =
    isWhole ||
    (!isAttachment && /^\s*(text\/(plain|html)|[^/]*$|$)/i.test(type.split(";")[0] ?? ""));
  return { ...named, isBody, bytes: null, text: decode(bytes, charset), charset };
}

function decode(bytes: Buffer, charset: string): string {
  try {
    return new TextDecoder(/ascii/i.test(charset) ? "utf-8" : charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** Only names that stand there plainly: the tree has the header, not what it means. */
function nameOf(node: Node): { filename: string | null } {
  const plain = /(?:^|;)\s*(?:file)?name=(?:"([^"=?%\\]*)"|([^\s";=?%]+))/i;
  const found =
    plain.exec(fieldOf(node, "content-disposition").replace(/^[^;]*/, "")) ??
    plain.exec(fieldOf(node, "content-type").replace(/^[^;]*/, ""));
  return { filename: found?.[1] ?? found?.[2] ?? null };
}

function fieldOf(node: Node, name: string): string {
  return node.fields.find((field) => field.name === name)?.value ?? "";
}

/** Reads the plain XML of these trees: no attributes but `name`, no entities but the usual ones. */
function readXml(xml: string): Node {
  const root: Node = { tag: "", fields: [], file: null, children: [] };
  const open: Node[] = [root];
  for (const [, closing, tag = "", attributes = "", text = ""] of xml.matchAll(
    /<(\/?)([a-z-]+)([^>]*)>([^<]*)/g,
  )) {
    const parent = open.at(-1) ?? root;
    if (tag === "field" && !closing) addField(parent, text);
    else if (closing && isNode(tag)) open.pop();
    else if (!closing && isNode(tag)) {
      const file = /name="([^"]*)"/.exec(attributes)?.[1] ?? null;
      const node: Node = { tag, fields: [], file, children: [] };
      parent.children.push(node);
      if (!attributes.endsWith("/")) open.push(node);
    }
  }
  return root.children[0] ?? root;
}

function isNode(tag: string): boolean {
  return /^(message|multipart|body-part|text-body|binary-body)$/.test(tag);
}

function addField(node: Node, text: string): void {
  const plain = text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");
  const field = /^\s*([^\s:]+)\s*:(.*)$/s.exec(plain);
  if (field)
    node.fields.push({ name: (field[1] ?? "").toLowerCase(), value: folded(field[2] ?? "") });
}
