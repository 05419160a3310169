import { type AttachmentStream, MailParser, type MessageText } from "mailparser";
import type { Part } from "./body";
import type { MailAttachment } from "./mail";
import { cut, oneLine, safeFilename } from "./text";

const ATTACHMENTS_MAX = 200;
const MEDIA_TYPE = /^[a-z0-9][\w.+-]{0,100}\/[a-z0-9][\w.+-]{0,100}$/;

export type MimeTree = {
  root: Part;
  attachments: MailAttachment[];
  /** How many attachments were left out beyond the limit. */
  attachmentsLeftOut: number;
};

// Each of the skipped steps is seconds of CPU or a hole on hostile input; we do none of it this way.
// ignoreEmbedded, an option of mailsplit below mailparser, keeps attached messages in one piece.
const PARSER_OPTIONS = {
  skipHtmlToText: true,
  skipTextToHtml: true,
  skipTextLinks: true,
  skipImageLinks: true,
  keepDeliveryStatus: true,
  ignoreEmbedded: true,
};

/**
 * Takes a mail apart with mailparser. Attached messages and delivery reports stay whole.
 * @throws what mailparser throws: header over 1 MB, over 1000 parts, too deeply nested.
 */
export async function readMimeTree(raw: Uint8Array): Promise<MimeTree> {
  const parser = new MailParser(PARSER_OPTIONS);
  const attachments: MailAttachment[] = [];
  let attachmentsLeftOut = 0;
  await new Promise<void>((resolve, reject) => {
    parser.on("error", reject);
    parser.on("end", () => resolve());
    parser.on("data", (data: AttachmentStream | MessageText) => {
      if (data.type !== "attachment") return;
      const attachment = attachments.length < ATTACHMENTS_MAX ? describeAttachment(data) : null;
      if (attachment === null) attachmentsLeftOut++;
      else attachments.push(attachment);
      collect(data, attachment);
    });
    parser.end(Buffer.from(raw.buffer, raw.byteOffset, raw.length));
  });
  const root = toPart(Reflect.get(parser, "tree"));
  return { root, attachments, attachmentsLeftOut };
}

/** Reads the bytes of an attachment, or lets them go; the parser waits for `release`. */
function collect(data: AttachmentStream, attachment: MailAttachment | null): void {
  const chunks: Uint8Array[] = [];
  data.content.on("data", (chunk: Uint8Array) => {
    if (attachment !== null) chunks.push(chunk);
  });
  data.content.on("end", () => {
    if (attachment !== null) {
      // A copy of its own: small Buffers share memory, which cannot be handed to another thread.
      attachment.content = new Uint8Array(Buffer.concat(chunks));
      attachment.size = attachment.content.length;
    }
    data.release();
  });
}

function describeAttachment(data: AttachmentStream): MailAttachment {
  const declared = data.contentType.toLowerCase().trim();
  const mediaType = MEDIA_TYPE.test(declared) ? declared : "application/octet-stream";
  const contentId = cut(oneLine(data.cid ?? ""), 255);
  return {
    filename: safeFilename(data.filename, mediaType),
    mediaType,
    size: 0,
    contentId: contentId === "" ? null : contentId,
    inline: false,
    content: new Uint8Array(),
  };
}

/** The parser's own tree is in no type declaration, so nothing about it is taken for granted. */
function toPart(node: unknown): Part {
  const isAttachment = field(node, "isAttachment") === true;
  const text = field(node, "textContent");
  const charset = field(node, "charset");
  const mediaType = field(node, "contentType");
  const children = field(node, "children");
  return {
    mediaType: typeof mediaType === "string" ? mediaType.toLowerCase() : "text/plain",
    charset: typeof charset === "string" ? charset : null,
    text: !isAttachment && typeof text === "string" ? text : null,
    children: Array.isArray(children) ? children.map(toPart) : [],
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
