import type { Part } from "./body";
import { breaksOff, countBase64 } from "./breaks-off";
import { decodeCharset } from "./charset";
import { decodeRawHeader, decodeWords } from "./encoded-word";
import { unflow } from "./flowed";
import { fieldValue, type HeaderBlock } from "./header-block";
import type { MailAttachment, RawRange } from "./mail";
import { type MimeNode, splitMime } from "./mime-split";
import { cut, oneLine, safeFilename } from "./text";
import { type Decoded, decodeTransfer } from "./transfer-encoding";

const ATTACHMENTS_MAX = 200;
const META_SEARCH_BYTES = 2_048;
const MEDIA_TYPE = /^[a-z0-9][\w.+-]{0,100}\/[a-z0-9][\w.+-]{0,100}$/;

export type MimeTree = {
  root: Part;
  attachments: MailAttachment[];
  /** How many attachments were left out beyond the limit. */
  attachmentsLeftOut: number;
  /** Names of attachments whose transfer encoding was a lie; they are as they came. */
  undecoded: string[];
  /** Names of attachments whose end is missing. */
  damaged: string[];
};

/**
 * Takes a mail apart. Attached messages and delivery reports stay whole. Plain text and HTML are
 * read as text unless they are called attachments or are files beside a body; the rest is files.
 * `block` is the mail's header.
 * @throws what splitMime throws: a header over 1 MB, more than 2500 parts, 8 MB of their headers.
 */
export function readMimeTree(raw: Uint8Array, block: HeaderBlock): MimeTree {
  const tree = splitMime(raw, block);
  const reader = new TreeReader(raw);
  const root = reader.read(tree, { isBody: true, isRoot: true });
  const { attachments, attachmentsLeftOut, undecoded, damaged } = reader;
  return { root, attachments, attachmentsLeftOut, undecoded, damaged };
}

/**
 * Where a part stands: where a body is (one of alternatives, or first without a name in its
 * Content-Disposition); alone.
 */
type Place = { isBody: boolean; isRoot: boolean };

class TreeReader {
  readonly attachments: MailAttachment[] = [];
  readonly undecoded: string[] = [];
  readonly damaged: string[] = [];
  attachmentsLeftOut = 0;

  constructor(private readonly raw: Uint8Array) {}

  read(node: MimeNode, place: Place): Part {
    const mediaType = node.type.value;
    const part: Part = { mediaType, charset: charsetOf(node), text: null, children: [] };
    if (mediaType.startsWith("multipart/")) {
      const isChoice = mediaType === "multipart/alternative";
      part.children = node.children.map((child, i) =>
        this.read(child, {
          isBody: isChoice || (i === 0 && !child.disposition.parameters.has("filename")),
          isRoot: false,
        }),
      );
    } else if (isText(node, place)) part.text = textOf(node, this.decoded(node));
    else this.attach(node, place.isRoot);
    return part;
  }

  private attach(node: MimeNode, isRoot: boolean): void {
    if (this.attachments.length >= ATTACHMENTS_MAX) {
      this.attachmentsLeftOut++;
      return;
    }
    const decoded = this.decoded(node);
    const declared = node.type.value;
    const mediaType = MEDIA_TYPE.test(declared) ? declared : "application/octet-stream";
    const contentId = contentIdOf(node);
    const filename = safeFilename(filenameOf(node) ?? decoded.filename, mediaType);
    if (decoded.isAsItCame) this.undecoded.push(filename);
    else if (this.isDamaged(node, decoded, isRoot)) this.damaged.push(filename);
    const range = rangeOf(node, decoded);
    this.attachments.push({
      filename,
      mediaType,
      size: decoded.bytes.length,
      contentId,
      inline: false,
      range,
      content: this.own(decoded.bytes),
    });
  }

  /** Memory of its own: a view would keep the whole mail, and cannot be handed to a thread. */
  private own(bytes: Uint8Array): Uint8Array {
    const isView = bytes.buffer === this.raw.buffer || bytes.length < bytes.buffer.byteLength;
    return isView ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer);
  }

  private isDamaged(node: MimeNode, { count }: Decoded, isRoot: boolean): boolean {
    if (!/^[\s"']*base64/i.test(fieldOf(node, "content-transfer-encoding"))) return false;
    const isOpen = !isRoot && node.end === this.raw.length;
    return breaksOff(count ?? countBase64(this.raw.subarray(node.start, node.end)), isOpen);
  }

  private decoded(node: MimeNode): Decoded {
    return decodeTransfer(
      this.raw.subarray(node.start, node.end),
      fieldOf(node, "content-transfer-encoding"),
    );
  }
}

/**
 * What is read as the words of the mail (RFC 8621 §4.1.4): plain text and HTML that nobody calls an
 * attachment, with a file name only where a body stands. Any text where the mail has no parts.
 */
function isText(node: MimeNode, { isBody, isRoot }: Place): boolean {
  if (node.disposition.value === "attachment") return false;
  const type = node.type.value;
  if (isRoot) return type.startsWith("text/") && type !== "text/calendar";
  return /^text\/(plain|html)$/.test(type) && (isBody || filenameOf(node) === null);
}

function textOf(node: MimeNode, { bytes }: Decoded): string {
  const isHtml = node.type.value === "text/html";
  const text = decodeCharset(bytes, charsetOf(node) ?? (isHtml ? charsetInHtml(bytes) : null));
  const flowed = /^flowed$/i.test(node.type.parameters.get("format")?.trim() ?? "");
  if (isHtml || !flowed) return text;
  return unflow(text, /^yes$/i.test(node.type.parameters.get("delsp")?.trim() ?? ""));
}

function charsetInHtml(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, META_SEARCH_BYTES)).toString("latin1");
  return /<meta[^>]{1,200}charset\s?=\s?["']?([\w.:-]{2,40})/i.exec(head)?.[1] ?? null;
}

function charsetOf(node: MimeNode): string | null {
  return node.type.parameters.get("charset")?.trim() || null;
}

function filenameOf(node: MimeNode): string | null {
  const { disposition, type } = node;
  return disposition.parameters.get("filename") || type.parameters.get("name") || null;
}

/** Bytes that are no encoding's at all, or base64 about which no two decoders disagree. */
function rangeOf(node: MimeNode, { encoding }: Decoded): RawRange | null {
  if (encoding === null) return null;
  return { offset: node.start, length: node.end - node.start, encoding };
}

function contentIdOf(node: MimeNode): string | null {
  const value = decodeWords(decodeRawHeader(fieldOf(node, "content-id")));
  return cut(oneLine(value.trim().replace(/^<|>$/g, "")), 255) || null;
}

function fieldOf(node: MimeNode, name: string): string {
  return fieldValue(node.fields, name) ?? "";
}
