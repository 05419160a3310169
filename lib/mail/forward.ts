import { readAddressHeader } from "./address-list";
import { parseMailDate } from "./date";
import { decodeRawHeader, decodeWords } from "./encoded-word";
import { readForwardMark, saysWrote } from "./forward-words";
import { fieldValue, readHeaderBlock } from "./header-block";
import {
  type HeaderLabel,
  readGluedHead,
  readLabelledBlock,
  readLabelledLine,
} from "./header-labels";
import type { Forwarded, MailAddress, MailAttachment } from "./mail";
import {
  baseSubject,
  forwardedSubject,
  normaliseSubject,
  type SubjectWay,
  subjectWay,
} from "./subject";

const SCAN_LINES_MAX = 400;
const LINE_LENGTH_MAX = 2_000;
const ATTRIBUTION_LENGTH_MAX = 400;
const ATTRIBUTION_LINES_MAX = 3;
const ATTACHED_HEADER_BYTES_MAX = 65_536;

/** Labels in Finnish, where `VS:` is an answer; elsewhere it is a forward. */
const FINNISH = /^[\s>*]{0,8}(?:lähettäjä|lähetetty|päivämäärä|aihe)(?!\p{L})/iu;
const ADDRESS = /[<([]{1,3}\s?(?:mailto:)?([^\s<>()[\]]{1,64}@[^\s<>()[\]]{1,253})[>)\]]{1,3}/;
/** What clients write between the time and the name. */
const BEFORE_NAME =
  /^[\s,.:;]*(?:(?:[ap]\.?m\.?|uhr|heeft|schreef|schrieb|skrev|používateľ|uživatel|užívateľ|użytkownik|пользователь|користувач|időpontban|korisnik|utilizatorul|el usuario|tarihinde|gmt|utc|[a-z]{3,4}t|[+-]\d{4})(?![\p{L}\p{N}])[\s,.:;]*){0,4}/iu;

export type ForwardSource = {
  subject: string;
  text: string;
  attachments: readonly MailAttachment[];
  /** A machine wrote it: the mails that its reports return were forwarded by nobody. */
  isAutomatic: boolean;
};

/**
 * The head of a mail somebody forwarded: inline below a line such as `Forwarded message`, or below
 * nothing but its own `From: … Subject: …` or `On … Jo wrote:` where the mail's subject says that it
 * is no answer, or attached as message/rfc822. Of forwards within forwards the outermost. Null when
 * the mail is no forward. Reads the first 400 lines, in linear time.
 */
export function readForwarded(source: ForwardSource): Forwarded | null {
  const way = subjectWay(source.subject);
  if (source.isAutomatic && way !== "forwarded") return null;
  return readInline(source, way) ?? readAttached(source, way);
}

function readInline({ subject, text }: ForwardSource, way: SubjectWay): Forwarded | null {
  const lines = text.split("\n", SCAN_LINES_MAX).map((line) => line.slice(0, LINE_LENGTH_MAX));
  let hasInk = false;
  let hasQuote = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    const mark = readForwardMark(line);
    // Below what an answer quotes stands what others forwarded.
    const isOthers = hasQuote && isQuoted(line);
    const marked = mark && !isOthers ? readMarked(lines, i + 1, mark.rest) : null;
    if (marked) return forwardedFrom(marked);
    const head = readHead(lines, i);
    if (head) {
      const isFinnish = FINNISH.test(line);
      return isForward({ way, subject, head, hasInk, isFinnish }) ? forwardedFrom(head) : null;
    }
    const attribution = readAttribution(lines, i);
    if (attribution) {
      if (way !== "forwarded" || hasQuote) return null;
      const from = attributedTo(attribution);
      if (from) return { from, subject: forwardedSubject(subject), date: null };
    }
    hasInk ||= /[\p{L}\p{N}]/u.test(line) && mark === null && !isRule(line);
    hasQuote ||= isQuoted(line) && /[\p{L}\p{N}]/u.test(line);
  }
  return null;
}

type Head = ReadonlyMap<HeaderLabel, string>;

/** The head below a mark, or behind it on the same line. */
function readMarked(lines: readonly string[], start: number, rest: string): Head | null {
  const glued = readGluedHead(rest.trim());
  if (glued.has("from")) return glued;
  let first = start;
  while (first < start + 4 && /^[\s>]*$/.test(lines[first] ?? "")) first++;
  const { fields } = readLabelledBlock(lines, first);
  return fields.has("from") || fields.has("subject") ? fields : null;
}

/** A head that begins at this line, under no mark: of whom, and at least two of when, to whom and of what. */
function readHead(lines: readonly string[], i: number): Head | null {
  const first = readLabelledLine(lines[i] ?? "");
  if (first === null || first.label === "other" || first.label === "cc") return null;
  const { fields } = readLabelledBlock(lines, i);
  const others = (["date", "to", "subject"] as const).filter((label) => fields.has(label));
  return fields.has("from") && others.length >= 2 ? fields : null;
}

/**
 * Whether a mail with another one's head in it passes that one on. Answers have such heads as well:
 * the subject tells, and where it has no prefix, that it is not the other mail's.
 */
function isForward(mail: {
  way: SubjectWay;
  subject: string;
  head: Head;
  hasInk: boolean;
  isFinnish: boolean;
}): boolean {
  switch (mail.way) {
    case "forwarded":
      return true;
    case "answered":
      return false;
    case "either":
      return !mail.isFinnish || !mail.hasInk;
    case "neither": {
      const original = mail.head.get("subject");
      if (original === undefined) return false;
      return !mail.hasInk || baseSubject(original) !== baseSubject(mail.subject);
    }
  }
}

function forwardedFrom(head: Head): Forwarded {
  const subject = head.get("subject");
  return {
    from: readSender(head.get("from") ?? ""),
    subject: subject === undefined ? null : normaliseSubject(subject),
    date: parseMailDate(head.get("date") ?? ""),
  };
}

/**
 * Clients write `Jo <jo@x>`, `Jo [mailto:jo@x]`, `Jo (jo@x)`, `Jo <jo@x<mailto:jo@x>>`, and Outlook
 * `Jo <jo@x> on behalf of desk@x`, of which the first is who wrote.
 */
function readSender(value: string): MailAddress | null {
  const plain = value
    .replace(/ (?:on behalf of|im auftrag von|de la part de|en nombre de|namens) .*$/i, "")
    .replace(/\[\s?(?:mailto:\s?)?([^\]\s@]{1,64}@[^\]\s]{1,253})\s?\]/gi, "<$1>")
    .replace(/[“”„«»]/g, " ");
  const withoutLinks = plain.replace(/<\s?mailto:[^<>]{0,300}>/gi, "");
  const kept = withoutLinks.includes("@") ? withoutLinks : plain;
  const bracketed = kept.includes("<") ? kept : kept.replace(ADDRESS, "<$1>");
  return readAddressHeader(bracketed, 1).addresses[0] ?? null;
}

/** `On … Jo Doe <jo@x> wrote:` in the language of the client, which may wrap over three lines. */
function readAttribution(lines: readonly string[], i: number): string | null {
  const last = lines[i] ?? "";
  if (last.length > ATTRIBUTION_LENGTH_MAX || !/[:：]\s{0,4}$/.test(last)) return null;
  let joined = "";
  for (let n = 0; n < ATTRIBUTION_LINES_MAX; n++) {
    const line = lines[i - n]?.replace(/^[\s>\ufeff]{0,12}/, "").trim();
    if (!line || line.length > ATTRIBUTION_LENGTH_MAX) return null;
    joined = n === 0 ? line : `${line} ${joined}`;
    if (!/\d/.test(joined) || !saysWrote(joined)) continue;
    if (ADDRESS.test(joined) || isQuoted(nextInk(lines, i + 1))) return joined;
  }
  return null;
}

function attributedTo(attribution: string): MailAddress | null {
  const found = ADDRESS.exec(attribution);
  if (found === null) return null;
  const before = attribution.slice(0, found.index);
  const quoted = /["“„«»']\s?([^"“”„«»]{1,100}?)\s?["“”»«']\s*$/.exec(before)?.[1];
  const afterTime = before.replace(/^.*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?/, "");
  const name = quoted ?? afterTime.replace(BEFORE_NAME, "").replace(/^.*\d[^\p{L}]*/u, "");
  return readSender(`${name.replace(/[",;]/g, " ")} <${found[1] ?? ""}>`);
}

function nextInk(lines: readonly string[], start: number): string {
  return lines.slice(start, start + 4).find((line) => line.trim() !== "") ?? "";
}

function isQuoted(line: string): boolean {
  return /^\s{0,8}>/.test(line);
}

function isRule(line: string): boolean {
  return /^[\s>*]{0,8}[-_=]{2}.{0,100}[-_=]{2}\s{0,8}$/.test(line);
}

/** The one mail attached to another; of several only when the subject says that they are forwarded. */
function readAttached({ attachments, subject }: ForwardSource, way: SubjectWay): Forwarded | null {
  if (way === "answered") return null;
  const mails = attachments.filter(isMail);
  const [attached] = mails;
  if (attached === undefined || (mails.length > 1 && way !== "forwarded")) return null;
  const { fields } = readHeaderBlock(attached.content.subarray(0, ATTACHED_HEADER_BYTES_MAX));
  const value = (name: string): string | null => {
    const field = fieldValue(fields, name);
    return field === null ? null : decodeRawHeader(field);
  };
  const from = value("from");
  const original = value("subject");
  if (from === null && (original === null || way !== "forwarded")) return null;
  return {
    from: from === null ? null : (readAddressHeader(from, 1).addresses[0] ?? null),
    subject:
      original === null ? forwardedSubject(subject) : normaliseSubject(decodeWords(original)),
    date: parseMailDate(value("date") ?? ""),
  };
}

/** Some clients attach it as a file like any other. */
function isMail({ mediaType, filename }: MailAttachment): boolean {
  if (mediaType === "message/rfc822" || mediaType === "message/global") return true;
  return mediaType === "application/octet-stream" && /\.eml$/i.test(filename);
}
