import { readLabelledBlock, readLabelledLine } from "./header-labels";

const ATTRIBUTION_LINES_MAX = 5;
const ATTRIBUTION_LENGTH_MAX = 500;
const SIGNATURE_LINES_MAX = 60;

const WROTE =
  "wrote|writes|sent|schrieb|schrieben|geschrieben|geschreven|a écrit|escribió|escribio|escreveu|ha scritto|scrive|schreef|skrev|skriver|kirjoitti|napisał(?:\\(a\\))?|napisała|napísal(?:\\(a\\))?|napsal(?:\\(a\\))?|napsala|написал(?:\\(а\\))?|написала|пишет|пише|написав|написа|yazdı|şunu yazdı|írta|a scris|je napisao|έγραψε|כתב(?:ה)?|كتب|đã viết|menulis|のメール|さんは書きました|写道|寫道|님이 작성|작성";
const BEGINNINGS =
  "on|am|le|el|em|il|in|op|den|på|w dniu|dnia|dne|dňa|в|ср|пн|вт|чт|пт|сб|вс|στις|בתאריך|vào|pada|a|la|kl|mon|tue|wed|thu|fri|sat|sun|date|в відповідь|у|z|ons|tirs|man|fre|lør|søn|ma|di|wo|do|vr|za|zo|lun|mar|mer|jeu|ven|sam|dim|pe|to|ti|ke|su";
const STARTS = new RegExp(`^[\\s>]{0,8}(?:${BEGINNINGS})[\\s.,]`, "iu");
const ENDS = new RegExp(`(?:${WROTE})(?:\\s.{0,120})?\\s{0,3}[:：]\\s{0,3}$`, "iu");
const NAME_WROTE = new RegExp(`\\S.{0,200}\\s(?:${WROTE})(?:\\s.{0,120})?[:：]\\s{0,3}$`, "iu");
const DATE_AND_ADDRESS =
  /^[\s>]{0,8}(?:\d{4}[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\d{2,4}|\d{1,2}\s\p{L}{3,12}\s\d{4}).{0,200}(?:<[^<>\s]{1,200}@[^<>\s]{3,200}>\s{0,3}[:：]?|[^<>\s]{1,64}@[^<>\s]{3,200}.{0,40}[:：])\s{0,3}$/u;
const MAY_START = /^[\s>]{0,8}(?:\d{1,4}[-/.年\s]|"?\p{Lu}.{0,100}<)/u;
const ADDRESS_AT_END = /<[^<>\s]{1,200}@[^<>\s]{3,200}>\s?[:：]\s{0,3}$/;
const HAS_A_DATE = /\d/;
const SEPARATOR =
  /^[\s>*]{0,8}[-_=]{2,40}\s?(?:original message|original appointment|ursprüngliche nachricht|originalnachricht|urspr\. mitteilung|message d'origine|message original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|ursprungligt meddelande|original ?meddelelse|opprinnelig melding|oprindelig meddelelse|alkuperäinen viesti|wiadomość oryginalna|původní zpráva|pôvodná správa|исходное сообщение|пересылаемое сообщение|orijinal (?:mesaj|ileti)|eredeti üzenet|mesaj original|元のメッセージ|原始邮件|原始郵件|원본 메일|원본 메시지|reply message|forwarded message|weitergeleitete nachricht|message transféré|reply above this line)[^\p{L}]{0,60}$/iu;
const SEPARATOR_WROTE =
  /^[\s>]{0,8}-{2,40}\s?\S.{1,250} (?:wrote|schrieb|a écrit|escribió)\s?-{2,40}\s{0,8}$/i;
const LONG_RULE = /^\s{0,8}(?:_{20,}|-{30,}|\*{30,}|={30,})\s{0,8}$/;
const SIGNATURE = /^(?:-- ?|--\s{0,3}|__\s?|—\s?)$/;
const SENT_FROM =
  /^[\s>_*[(]{0,8}(?:sent (?:from|via|with|using) (?:\S{1,40} ?){1,8}$|sent from \[?mail|get \[?outlook for|download outlook|von meinem .{2,40} gesendet|gesendet (?:von|mit|über)|diese nachricht wurde von meinem|envoyé (?:de|depuis) mon|enviado (?:desde|do|de) (?:mi|meu)|inviato (?:da|dal mio)|verstuurd vanaf|verzonden (?:vanaf|met)|skickat från min|sendt fra (?:min|mail)|lähetetty |wysłane? z|odesláno z|отправлено (?:с|из)|gönderildi|iPhone(?:から|傳送|发送)|我的 ?iPhone)/iu;

export type SplitText = { newText: string; quotedText: string };

/**
 * Parts what somebody wrote now from what the mail quotes: `>` lines, the lines that introduce them,
 * the copy clients put below an answer, signatures after `-- `. Nothing is lost: every line is in one
 * of the two. When all of it would count as quoted, all of it is new. Linear in the input.
 */
export function splitQuotes(text: string): SplitText {
  const lines = text.split("\n");
  const quoted = new Array<boolean>(lines.length).fill(false);
  const end = markTail(lines, quoted);
  markQuotes(lines, quoted, end);
  markSignature(lines, quoted);
  const fresh = join(lines, quoted, false);
  if (fresh === "") return { newText: text.trim(), quotedText: "" };
  return { newText: fresh, quotedText: join(lines, quoted, true) };
}

/** Marks the copy of the older mail that begins at a separator, and says where it begins. */
function markTail(lines: string[], quoted: boolean[]): number {
  // A separator above everything is a forward, or an answer written below: keep looking.
  let hasInkBefore = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? "";
    if (hasInkBefore && tailStart(lines, i) > 0) {
      quoted.fill(true, i);
      return i;
    }
    if (!hasInkBefore && isHeaderBlock(lines, i)) i = readLabelledBlock(lines, i).next - 1;
    else hasInkBefore ||= line.trim() !== "" && !isSeparator(line);
  }
  return lines.length;
}

/** How many lines at `i` introduce a copy without `>`; 0 when none do. */
function tailStart(lines: string[], i: number): number {
  const line = lines[i] ?? "";
  if (line.trim() === "") return 0;
  if (isSeparator(line)) return 1;
  if (isHeaderBlock(lines, i)) return 1;
  if (LONG_RULE.test(line) && isHeaderBlock(lines, nextInk(lines, i + 1))) return 1;
  const attribution = attributionLength(lines, i);
  if (attribution === 0) return 0;
  const after = lines[nextInk(lines, i + attribution)];
  return after === undefined || isQuoted(after) ? 0 : attribution;
}

function isSeparator(line: string): boolean {
  return line.length < 300 && (SEPARATOR.test(line) || SEPARATOR_WROTE.test(line));
}

/** `From:` with `Sent:`, `To:` or `Subject:` right below, as Outlook puts above a copy. */
function isHeaderBlock(lines: string[], i: number): boolean {
  const first = readLabelledLine(lines[i] ?? "");
  if (first === null || (first.label !== "from" && first.label !== "date")) return false;
  if (isQuoted(lines[i] ?? "")) return false;
  const { fields } = readLabelledBlock(lines, i, 8);
  return fields.has("from") && fields.size >= 3;
}

/** Marks `>` lines above `end`, and the attribution right before a run of them. */
function markQuotes(lines: string[], quoted: boolean[], end: number): void {
  for (let i = 0; i < end; i++) {
    if (isQuoted(lines[i] ?? "")) {
      quoted[i] = true;
      continue;
    }
    const length = attributionLength(lines, i);
    if (length === 0) continue;
    const after = nextInk(lines, i + length);
    if (after < lines.length && !isQuoted(lines[after] ?? "") && !quoted[after]) continue;
    quoted.fill(true, i, Math.min(i + length, end));
    i += length - 1;
  }
}

/**
 * How many lines from `i` on say who wrote the quote (`On … wrote:`, one line in most clients, up to
 * five where names and addresses wrap); 0 when they do not. A later line that says it alone wins, so
 * that no line of the answer is taken along.
 */
function attributionLength(lines: string[], i: number): number {
  const length = longestAttribution(lines, i);
  for (let skip = 1; skip < length; skip++) {
    const later = lines[i + skip] ?? "";
    if (!STARTS.test(later) || !HAS_A_DATE.test(later)) continue;
    if (longestAttribution(lines, i + skip) === length - skip) return 0;
  }
  return length;
}

function longestAttribution(lines: string[], i: number): number {
  const first = lines[i] ?? "";
  if (first.trim() === "" || first.length > ATTRIBUTION_LENGTH_MAX) return 0;
  if (DATE_AND_ADDRESS.test(first)) return 1;
  if (NAME_WROTE.test(first) && HAS_A_DATE.test(first)) return 1;
  if (ENDS.test(first) && /[<@]/.test(first)) return 1;
  if (STARTS.test(first) && HAS_A_DATE.test(first) && ADDRESS_AT_END.test(first)) return 1;
  if (!STARTS.test(first) && !MAY_START.test(first)) return 0;
  let joined = first;
  for (let n = 1; n <= ATTRIBUTION_LINES_MAX; n++) {
    if (joined.length > ATTRIBUTION_LENGTH_MAX) return 0;
    const whole = HAS_A_DATE.test(joined) || joined.includes("@");
    if (whole && (ENDS.test(joined) || DATE_AND_ADDRESS.test(joined))) return n;
    const next = lines[i + n];
    // One empty line inside happens; a second one, or a quote, ends it.
    if (next === undefined || isGap(next, lines[i + n + 1])) return 0;
    const closesBracket = /^>.{0,40}[:：]\s{0,3}$/.test(next) && joined.includes("<");
    if (isQuoted(next) && !isQuoted(first) && !closesBracket) return 0;
    joined += closesBracket ? next : ` ${next.replace(/^[\s>]{1,8}/, "")}`;
  }
  return 0;
}

function isGap(line: string, following: string | undefined): boolean {
  return line.trim() === "" && (following ?? "").trim() === "";
}

/** Marks the signature at the end of what is left, and "Sent from my …" lines. */
function markSignature(lines: string[], quoted: boolean[]): void {
  let start = -1;
  let hasInkBefore = false;
  for (let i = 0; i < lines.length; i++) {
    if (quoted[i]) continue;
    const line = lines[i] ?? "";
    if (line.length < 200 && SENT_FROM.test(line)) quoted[i] = true;
    else if (hasInkBefore && SIGNATURE.test(line)) start = i;
    else hasInkBefore ||= line.trim() !== "";
  }
  if (start === -1 || lines.length - start > SIGNATURE_LINES_MAX * 10) return;
  for (let i = start, marked = 0; i < lines.length && marked < SIGNATURE_LINES_MAX; i++) {
    if (quoted[i]) continue;
    quoted[i] = true;
    marked++;
  }
}

function isQuoted(line: string): boolean {
  return /^\s{0,8}(?:>|&gt;)/.test(line);
}

function nextInk(lines: string[], start: number): number {
  let i = start;
  while (i < lines.length && i < start + 20 && (lines[i] ?? "").trim() === "") i++;
  return i;
}

function join(lines: string[], quoted: boolean[], which: boolean): string {
  const kept = lines.filter((_, i) => quoted[i] === which);
  return kept
    .join("\n")
    .replace(/^\s*\n/, "")
    .trimEnd();
}
