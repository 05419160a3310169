import { type HeaderLabel, readLabelledBlock, readLabelledLine } from "./header-labels";
import { isBlank, isQuotedLine, nextInk, withoutMarks } from "./quote-line";

const SEPARATOR_LENGTH_MAX = 300;
const BLOCK_LINES_MAX = 8;
// What clients write between dashes above the copy of an older mail.
const TITLES = [
  "original message|original appointment|original email|ursprüngliche nachricht|originalnachricht",
  "urspr\\. mitteilung|message d'origine|message original|mensaje original|mensagem original",
  "messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|original ?meddelelse",
  "opprinnelig melding|oprindelig (?:meddelelse|besked)|alkuperäinen viesti",
  "wiadomość oryginalna|oryginalna wiadomość|původní (?:zpráva|e-mail)|pôvodná správa",
  "исходное сообщение|пересылаемое сообщение|оригінальне повідомлення|оригинално съобщение",
  "orijinal (?:mesaj|ileti)|eredeti üzenet|mesaj original|mesajul original|izvorna poruka",
  "izvirno sporočilo|αρχικό μήνυμα|הודעה מקורית|الرسالة الأصلية|پیام اصلی|thư gốc|pesan asli",
  "元のメッセージ|原始邮件|原始郵件|원본 메일|원본 메시지|reply message|forwarded message",
  "weitergeleitete nachricht|message transféré|reply above this line",
].join("|");
const SEPARATOR = new RegExp(`^[\\s>*]{0,8}[-_=]{2,40}\\s?(?:${TITLES})[^\\p{L}]{0,60}$`, "iu");
const ANY_TITLE = /^\s{0,8}-{4,40}\s?\p{L}[\p{L}\p{M}' .]{2,50}-{2,40}\s{0,8}$/u;
const SOMEBODY_WROTE =
  /^[\s>]{0,8}-{2,40}\s?\S.{1,250} (?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|schreef|skrev|написал)\s?-{2,40}\s{0,8}$/i;
const RULE = /^\s{0,8}(?:_{3,}|-{3,}|\*{3,}|={3,})\s{0,8}$/;
const LONG_RULE = /^\s{0,8}(?:_{20,}|-{20,})\s{0,8}$/;
const ANY_LABEL = /^\s{0,8}\*{0,2}\p{L}[\p{L}\p{M} -]{0,24}\*{0,2}\s?[:：]\*{0,2}\s\s?\S/u;

/**
 * How many lines at `i` begin the copy of an older mail without `>`: a line such as `-----Original
 * Message-----`, or the head of that mail, with or without a rule above it; 0 when none do.
 */
export function olderMailLength(lines: readonly string[], i: number): number {
  const line = lines[i] ?? "";
  if (isBlank(line) || line.length > SEPARATOR_LENGTH_MAX) return 0;
  if (isSeparator(line) || isHead(lines, i)) return 1;
  const below = nextInk(lines, i + 1);
  if (RULE.test(line) && isHead(lines, below)) return 1;
  if (LONG_RULE.test(line) && isHeadInAnyLanguage(lines, below)) return 1;
  if (ANY_TITLE.test(line) && (isHead(lines, below) || isHeadInAnyLanguage(lines, below))) return 1;
  return 0;
}

/** A line that alone says that a copy of an older mail follows. */
export function isSeparator(line: string): boolean {
  return line.length < SEPARATOR_LENGTH_MAX && (SEPARATOR.test(line) || SOMEBODY_WROTE.test(line));
}

/**
 * Where the body begins of a mail whose head stands at `i`; `i` when no head does. With `from` and
 * two more labels, as Outlook writes it, or with a date, an address and nothing else.
 */
export function endOfHead(lines: readonly string[], i: number): number {
  return isHead(lines, i) ? readLabelledBlock(lines, i).next : i;
}

function isHead(lines: readonly string[], i: number): boolean {
  const line = lines[i] ?? "";
  const label = readLabelledLine(line)?.label;
  if ((label !== "from" && label !== "date") || isQuotedLine(line)) return false;
  const { fields } = readLabelledBlock(lines, i, BLOCK_LINES_MAX);
  if (fields.has("from") && fields.size >= 3) return isOfMail(fields);
  return label === "date" && isDayAndReceiver(fields);
}

/** "From: Berlin, To: Paris, Date: 3 March" is a journey: no subject, no address, no hour. */
function isOfMail(fields: Map<HeaderLabel, string>): boolean {
  const people = `${fields.get("from")} ${fields.get("to")}`;
  return fields.has("subject") || people.includes("@") || hasHour(fields);
}

/** Some clients leave out who wrote it. An hour and an address keep lists of other things out. */
function isDayAndReceiver(fields: Map<HeaderLabel, string>): boolean {
  return hasHour(fields) && (fields.get("to") ?? "").includes("@");
}

function hasHour(fields: Map<HeaderLabel, string>): boolean {
  return /\d{1,2}[:.]\d{2}/.test(withoutMarks(fields.get("date") ?? ""));
}

/** Three labels below a rule, whatever their language, one of them with an address. */
function isHeadInAnyLanguage(lines: readonly string[], i: number): boolean {
  const three = lines.slice(i, i + 3);
  return (
    three.length === 3 &&
    three.every((line) => line.length < 1_000 && ANY_LABEL.test(line)) &&
    three.some((line) => line.includes("@"))
  );
}
