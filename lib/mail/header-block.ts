import { readParameters } from "./header-parameters";

/** One header field as it came: name in original case, value unfolded, one character per byte. */
export type RawField = { name: string; value: string };

export type HeaderBlock = {
  fields: RawField[];
  /** Where the body starts in the bytes given. */
  bodyStart: number;
  /** False when the body follows the fields without the empty line RFC 5322 §2.1 asks for. */
  separated: boolean;
  /** Fields were left out or shortened, because the block is longer than the limits. */
  cut: boolean;
};

/** The bytes from `start` on in which a header can stand, one character per byte. */
type Head = { text: string; start: number };

type Line = { text: string; next: number; cut: boolean };

const CR = 13;
const LF = 10;
const EMPTY_LINE_LF = Buffer.from("\n\n");
const EMPTY_LINE_CRLF = Buffer.from("\n\r\n");
const CR_CR_LF = Buffer.from("\r\r\n");
const VALUE_LENGTH_MAX = 65_536;
const FIELDS_MAX = 2_000;
const HEADER_BYTES_MAX = 8_388_608;
const LINE_END_PROBE_BYTES = 65_536;
const FIELD = /^([!-9;-~]{1,200})[ \t]*:/;
const USUAL_FIELD =
  /^(from|to|cc|subject|date|received|return-path|reply-to|message-id|mime-version|content-type|content-transfer-encoding|in-reply-to|references|x-[a-z-]{2,60}|sender|delivered-to)[ \t]*:/i;

/**
 * Reads the fields at the top of a mail or MIME part, of at most `bytesMax` bytes. Never throws,
 * linear. A line that is no field belongs to the field before it when usual fields follow (some
 * senders wrap long values without indenting); otherwise it is where the body starts.
 */
export function readHeaderBlock(raw: Uint8Array, bytesMax = HEADER_BYTES_MAX): HeaderBlock {
  const end = Math.min(raw.length, bytesMax);
  const block: HeaderBlock = { fields: [], bodyStart: 0, separated: true, cut: false };
  const isOwnBoundary = boundaryTest(block);
  let lastFieldAt: number | null = null;
  let position = skipEmptyLines(raw, end);
  const head = headFrom(raw, position, end);
  while (position < end) {
    const line = lineAt(head, position);
    block.cut ||= line.cut;
    if (line.text === "") {
      block.bodyStart = line.next;
      return trimmed(block);
    }
    if (isOwnBoundary(line.text)) return startBody(block, position);
    if (!addLine(block, line.text)) {
      lastFieldAt ??= lastUsualFieldAt(head, line.next);
      if (lastFieldAt < position) return startBody(block, position);
      continueField(block, line.text);
    }
    position = line.next;
  }
  block.bodyStart = position;
  block.cut ||= end < raw.length;
  return trimmed(block);
}

/**
 * Line ends as RFC 5322 §2.3 wants them where a sender got them wrong: lone CR as the only line end
 * becomes LF, CR CR LF becomes CR LF. Anything else is returned as it is, the same object.
 */
export function repairLineEnds(raw: Uint8Array): Uint8Array {
  const whole = Buffer.from(raw.buffer, raw.byteOffset, raw.length);
  const probe = whole.subarray(0, LINE_END_PROBE_BYTES);
  if (!probe.includes(CR)) return raw;
  if (!probe.includes(LF)) return raw.map((byte) => (byte === CR ? LF : byte));
  if (!probe.includes(CR_CR_LF)) return raw;
  return Buffer.from(whole.toString("latin1").replaceAll("\r\r\n", "\r\n"), "latin1");
}

/** The value of the first field of that name, which is in lower case; null when there is none. */
export function fieldValue(fields: readonly RawField[], name: string): string | null {
  for (const field of fields) {
    // Names are ASCII: another length is another name, and most have one.
    if (field.name.length === name.length && field.name.toLowerCase() === name) return field.value;
  }
  return null;
}

function startBody(block: HeaderBlock, position: number): HeaderBlock {
  block.bodyStart = position;
  block.separated = false;
  return trimmed(block);
}

/**
 * The first part may begin where the empty line after the header is missing. The boundary is read
 * once: lines that are no fields make Content-Type longer, and each would read it all again.
 */
function boundaryTest({ fields }: HeaderBlock): (text: string) => boolean {
  let boundary: string | null = null;
  let fieldsSeen = 0;
  return (text) => {
    if (!text.startsWith("--")) return false;
    while (boundary === null && fieldsSeen < fields.length) {
      const field = fields[fieldsSeen++];
      if (field?.name.toLowerCase() !== "content-type") continue;
      const isMultipart = /^\s*multipart\//i.test(field.value);
      boundary = (isMultipart && readParameters(field.value).parameters.get("boundary")) || "";
    }
    return boundary !== null && boundary !== "" && boundary === text.slice(2).trimEnd();
  };
}

function addLine(block: HeaderBlock, text: string): boolean {
  if (text.startsWith(" ") || text.startsWith("\t")) {
    continueField(block, text);
    return true;
  }
  // The envelope line of an mbox file, quoted or not.
  if (block.fields.length === 0 && /^>?From /.test(text)) return true;
  const match = FIELD.exec(text);
  if (match === null) return false;
  if (block.fields.length >= FIELDS_MAX) block.cut = true;
  else block.fields.push({ name: match[1] ?? "", value: text.slice(match[0].length) });
  return true;
}

function continueField(block: HeaderBlock, text: string): void {
  const last = block.fields.at(-1);
  if (last === undefined || text.trim() === "") return;
  if (last.value.length >= VALUE_LENGTH_MAX) block.cut = true;
  else last.value += ` ${text.trim()}`;
}

function trimmed(block: HeaderBlock): HeaderBlock {
  for (const field of block.fields) field.value = field.value.trim();
  return block;
}

function skipEmptyLines(raw: Uint8Array, end: number): number {
  let position = 0;
  while (position < end && (raw[position] === CR || raw[position] === LF)) position++;
  return position;
}

/** Up to the first empty line, or to `end`: nothing below it is looked at. */
function headFrom(raw: Uint8Array, start: number, end: number): Head {
  const all = Buffer.from(raw.buffer, raw.byteOffset + start, end - start);
  const crlf = all.indexOf(EMPTY_LINE_CRLF);
  const most = crlf === -1 ? all : all.subarray(0, crlf + 3);
  const lf = most.indexOf(EMPTY_LINE_LF);
  return { text: most.toString("latin1", 0, lf === -1 ? most.length : lf + 2), start };
}

function lineAt(head: Head, position: number): Line {
  const start = position - head.start;
  const found = head.text.indexOf("\n", start);
  const stop = found === -1 ? head.text.length : found;
  let last = stop;
  while (last > start && head.text.charCodeAt(last - 1) === CR) last--;
  const kept = Math.min(last, start + VALUE_LENGTH_MAX);
  const line = head.text.slice(start, kept);
  const text = line.includes("\r") ? line.replaceAll("\r", " ") : line;
  return { text, next: head.start + (found === -1 ? stop : stop + 1), cut: kept < last };
}

function lastUsualFieldAt(head: Head, start: number): number {
  let found = -1;
  for (let position = start; position < head.start + head.text.length; ) {
    const line = lineAt(head, position);
    if (line.text === "") break;
    if (USUAL_FIELD.test(line.text)) found = position;
    position = line.next;
  }
  return found;
}
