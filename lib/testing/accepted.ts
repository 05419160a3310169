import { readHeaderBlock } from "@/lib/mail/header-block";
import type { Mail } from "@/lib/mail/mail";
import { type MimeNode, splitMime } from "@/lib/mail/mime-split";

/** A part without parts, and the multipart it stands in. */
export type Leaf = { node: MimeNode; parent: MimeNode | null };

const STRUCTURE =
  /line ends were broken|No empty line|header is too long|beyond the first|not encoded as it says|damaged|told apart|taken apart/;
const FIELD_OR_FOLD = /^(?:[!-9;-~]+[ \t]*:[^\r]*|[ \t]+[^\s][^\r]*)$/;
// RFC 2045 §5.1: tokens, and quotes around everything else; RFC 2183 §2 says the same of its field.
const TOKEN = "[\\w!#$%&'*+.^`{|}~-]+";
const PARAMETERS = `(?:\\s*;\\s*${TOKEN}=(?:${TOKEN}|"(?:[^"\\\\\\x80-\\xff]|\\\\.)*"))*\\s*;?\\s*`;
const TYPE = new RegExp(`^${TOKEN}/${TOKEN}${PARAMETERS}$`);
const DISPOSITION = new RegExp(`^${TOKEN}${PARAMETERS}$`);
const PLAIN = /^(7bit|8bit|binary)?$/i;
const ENCODING = /^(7bit|8bit|binary|base64|quoted-printable)?$/i;

/**
 * The leaves of a mail that is accepted wholly, so that any two readers of RFC 2045 and 2046 find the
 * same files in it; null for any other. Every file is a range of the mail and nothing in its
 * structure was warned of. Each header is fields up to an empty line. Content-Type,
 * -Disposition and -Transfer-Encoding stand in it once at most, in the grammar of their RFCs. Every
 * multipart is closed, has parts, and is not encoded; nothing else has a boundary.
 */
export function acceptedLeaves(raw: Uint8Array, mail: Mail): Leaf[] | null {
  if (mail.attachments.some(({ range }) => range === null)) return null;
  if (mail.warnings.some((warning) => STRUCTURE.test(warning))) return null;
  const bytes = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const root = splitMime(raw, readHeaderBlock(raw));
  const leaves: Leaf[] = [];
  const head = bytes.toString("latin1", 0, root.start);
  return isSound(bytes, { node: root, parent: null }, head, leaves) ? leaves : null;
}

function isSound(raw: Buffer, leaf: Leaf, head: string, leaves: Leaf[]): boolean {
  const { node } = leaf;
  if (!isHeader(head) || !areFieldsSound(node)) return false;
  const boundary = node.type.parameters.get("boundary");
  if (!node.type.value.startsWith("multipart/")) {
    leaves.push(leaf);
    return boundary === undefined;
  }
  if (!boundary || node.children.length === 0) return false;
  const lines = raw.toString("latin1", node.start, node.end).trimEnd();
  if (lines.slice(lines.lastIndexOf("\n") + 1) !== `--${boundary}--`) return false;
  return node.children.every((child) => {
    const delimiter = raw.lastIndexOf(`--${boundary}`, child.start, "latin1");
    const start = raw.indexOf("\n", delimiter) + 1;
    const childHead = raw.toString("latin1", start, child.start);
    return isSound(raw, { node: child, parent: node }, childHead, leaves);
  });
}

/** Fields and their continued lines up to an empty line, or nothing but that. */
function isHeader(head: string): boolean {
  const lines = head.split(/\r?\n/);
  // Behind the empty line nothing of the header follows.
  if (lines.pop() !== "" || lines.pop() !== "") return false;
  return lines.every((line) => FIELD_OR_FOLD.test(line)) && !/^[ \t]/.test(lines[0] ?? "");
}

function areFieldsSound({ fields, type }: MimeNode): boolean {
  const values = (name: string) =>
    fields.filter((field) => field.name.toLowerCase() === name).map(({ value }) => value);
  const types = values("content-type");
  const dispositions = values("content-disposition");
  const encodings = values("content-transfer-encoding");
  if (Math.max(types.length, dispositions.length, encodings.length) > 1) return false;
  const encoding = type.value.startsWith("multipart/") ? PLAIN : ENCODING;
  return (
    types.every((value) => TYPE.test(value)) &&
    dispositions.every((value) => DISPOSITION.test(value)) &&
    encodings.every((value) => encoding.test(value))
  );
}
