import { createHash } from "node:crypto";
import { readAuthentication } from "./auth-results";
import { detectAutomatic, isAutoReplySubject } from "./automatic";
import { type Body, type Part, readBody } from "./body";
import { readBounce, returnsMail } from "./bounce";
import { reportsSuccess } from "./bounce-report";
import { readCalendar } from "./calendar";
import { calendarText } from "./calendar-summary";
import { decodeCharset, isKnownCharset } from "./charset";
import { readForwarded } from "./forward";
import { type HeaderBlock, readHeaderBlock, repairLineEnds } from "./header-block";
import { markInlineImages } from "./inline-images";
import type { Mail } from "./mail";
import { readHeaderValues } from "./mail-header";
import { readMimeTree } from "./mime-tree";
import { splitQuotes } from "./quote";
import { isPassedOnComplaint, readAboutMessageId } from "./returned-mail";
import { readSpamVerdict } from "./spam-verdict";
import { cutBytes, oneLine, pgText, withoutPiles, withoutReordering } from "./text";
import { wrappingRemark, wrappingsOf } from "./wrapping";

const TEXT_BYTES_MAX = 262_144;
const HTML_BYTES_MAX = 1_048_576;
const OTHER_BYTES_MAX = 65_536;
const WARNINGS_MAX = 50;
const DAMAGED_NAMED_MAX = 5;

/** There is nothing in the bytes that could be a mail; `reason` says what is there instead. */
export class MailUnreadable extends Error {
  constructor(readonly reason: "empty") {
    super(`This is no mail: it is ${reason}`);
    this.name = "MailUnreadable";
  }
}

type Content = Pick<Mail, "text" | "html" | "htmlText" | "attachments"> & {
  /** The charset the first text names, which unlabelled headers may be in as well. */
  charset: string | null;
};

/**
 * Understands a mail from its bytes (RFC 5322, RFC 2045 and what real senders make of them). Every
 * field of the result obeys the limits named in `Mail`, whatever the input. When the MIME structure
 * cannot be taken apart, the header still is, and the text says what happened. The result depends on
 * the bytes alone.
 * @throws MailUnreadable only when there are no bytes but line ends.
 */
export async function parseMail(raw: Uint8Array): Promise<Mail> {
  if (isEmpty(raw)) throw new MailUnreadable("empty");
  const warnings: string[] = [];
  const repaired = repairLineEnds(raw);
  if (repaired !== raw) warnings.push("Its line ends were broken and have been repaired");
  const block = readHeaderBlock(repaired);
  if (!block.separated) warnings.push("No empty line separates header and body");
  if (block.cut) warnings.push("Its header is too long; only a part of it is kept");
  const content = readContent(repaired, block, raw, warnings);
  const values = readHeaderValues(block.fields, warnings, content.charset);
  const { headers, subject, from, returnPath } = values;
  const { html, htmlText, attachments } = content;
  markInlineImages(html, attachments);
  warnAboutWrappings(content, warnings);
  const calendar = readCalendar(attachments, warnings);
  const text = content.text || (calendar ? calendarText(calendar) : "");
  const about = readAboutMessageId({ headers, text, attachments });
  const source = {
    ...{ headers, from, returnPath, subject, text, attachments },
    aboutMessageId: about,
    isAutoReply: isAutoReplySubject(subject),
  };
  const bounce = readBounce(source);
  const automatic = detectAutomatic({
    ...{ headers, from, returnPath, subject, text, bounce },
    reportsSuccess: reportsSuccess(attachments),
    returnsMail: returnsMail(source),
    isComplaint: isPassedOnComplaint(attachments),
  });
  const isAutomatic = automatic !== null && automatic.kind !== "list";
  const { newText, quotedText } = splitQuotes(text, html);
  // Field by field: an object that begins as a copy costs as much again for each field after it.
  return {
    messageId: values.messageId,
    messageIdIsAmbiguous: values.messageIdIsAmbiguous,
    inReplyTo: values.inReplyTo,
    references: values.references,
    from,
    fromIsAmbiguous: values.fromIsAmbiguous,
    replyTo: values.replyTo,
    to: values.to,
    cc: values.cc,
    returnPath,
    subject,
    date: values.date,
    dateHeader: values.dateHeader,
    headers,
    text,
    html,
    htmlText,
    newText,
    quotedText,
    // What was repaired is not what is stored.
    attachments:
      repaired === raw ? attachments : attachments.map((file) => ({ ...file, range: null })),
    calendar,
    automatic,
    bounce,
    aboutMessageId: isReport(automatic) ? (bounce?.originalMessageId ?? about) : null,
    forwarded: readForwarded({ subject, text, attachments, isAutomatic }),
    authentication: readAuthentication(headers),
    spamVerdict: readSpamVerdict(headers),
    warnings: warnings.slice(0, WARNINGS_MAX).map(withoutReordering),
  };
}

/** A report is about one mail; any other mail only answers some. */
function isReport(automatic: Mail["automatic"]): boolean {
  return automatic !== null && /^(bounce|receipt|feedback-report)$/.test(automatic.kind);
}

function readContent(
  mail: Uint8Array,
  block: HeaderBlock,
  original: Uint8Array,
  warnings: string[],
): Content {
  try {
    const { root, attachments, attachmentsLeftOut, undecoded, damaged } = readMimeTree(mail, block);
    if (attachmentsLeftOut > 0) {
      warnings.push(
        `${attachmentsLeftOut} attachments beyond the first 200 are only in the original`,
      );
    }
    for (const filename of undecoded.slice(0, 3)) {
      warnings.push(`${filename} is not encoded as it says; it is kept as it came`);
    }
    warnAboutCharsets(root, warnings);
    for (const filename of damaged.slice(0, DAMAGED_NAMED_MAX)) {
      warnings.push(`${filename} seems to be damaged: its end is missing`);
    }
    const body: Body = isBroken(root)
      ? { text: bodyAsItCame(mail, block, warnings), html: null }
      : readBody(root);
    if (body.htmlText !== undefined)
      warnings.push("Its plain text and its HTML say different things");
    return {
      text: limitText(body.text, warnings),
      html: limitHtml(body.html, warnings),
      htmlText:
        body.htmlText === undefined ? null : cutBytes(pgText(body.htmlText), OTHER_BYTES_MAX),
      attachments,
      charset: [...leaves(root)].find((part) => part.text !== null)?.charset ?? null,
    };
  } catch (error) {
    const reason = oneLine(error instanceof Error ? error.message : String(error)).slice(0, 200);
    warnings.push(`The mail could not be taken apart: ${reason}`);
    const text = unreadableText(original, reason);
    return { text, html: null, htmlText: null, attachments: [], charset: null };
  }
}

/** A multipart whose boundary is missing or never used: nothing could be taken out of it. */
function isBroken(root: Part): boolean {
  return root.mediaType.startsWith("multipart/") && root.children.length === 0;
}

function bodyAsItCame(mail: Uint8Array, { bodyStart }: HeaderBlock, warnings: string[]): string {
  warnings.push("The parts of the mail could not be told apart; its text is shown as it came");
  return decodeCharset(mail.subarray(bodyStart, bodyStart + TEXT_BYTES_MAX), null);
}

/** What stands in place of a text that cannot be read. The fingerprint keeps such mails apart. */
function unreadableText(raw: Uint8Array, reason: string): string {
  const fingerprint = createHash("sha256").update(raw).digest("hex").slice(0, 16);
  return (
    `This mail could not be taken apart (${reason}). The original is kept and can be downloaded: ` +
    `${raw.length} bytes, fingerprint ${fingerprint}.`
  );
}

function limitText(text: string, warnings: string[]): string {
  const clean = withoutPiles(pgText(text));
  const kept = cutBytes(clean, TEXT_BYTES_MAX);
  if (kept !== clean) warnings.push("The text is longer than 256 KB and was cut");
  if (kept.includes("\ufffd")) warnings.push("Some characters could not be decoded");
  return kept.replace(/^(?:[ \t]*\n)+/, "").trimEnd();
}

function limitHtml(html: string | null, warnings: string[]): string | null {
  if (html === null) return null;
  const clean = pgText(html);
  const kept = cutBytes(clean, HTML_BYTES_MAX);
  if (kept === clean) return clean;
  warnings.push("The HTML is longer than 1 MB and was cut");
  const open = kept.lastIndexOf("<");
  return open > kept.lastIndexOf(">") ? kept.slice(0, open) : kept;
}

function warnAboutCharsets(root: Part, warnings: string[]): void {
  const unknown = new Set<string>();
  for (const part of leaves(root)) {
    if (part.text !== null && part.charset !== null && !isKnownCharset(part.charset)) {
      unknown.add(oneLine(part.charset).slice(0, 40));
    }
  }
  for (const charset of [...unknown].slice(0, 5)) {
    warnings.push(`Unknown charset ${charset}; the text was decoded as well as could be`);
  }
}

function warnAboutWrappings(content: Content, warnings: string[]): void {
  for (const wrapping of wrappingsOf(content)) {
    const remark = wrappingRemark(wrapping);
    if (remark) warnings.push(remark);
  }
}

function* leaves(part: Part): Generator<Part> {
  if (part.children.length === 0) yield part;
  for (const child of part.children) yield* leaves(child);
}

function isEmpty(raw: Uint8Array): boolean {
  return raw.every((byte) => byte === 10 || byte === 13);
}
