import { isBlank, isQuotedLine, withoutMarks } from "./quote-line";

const LINES_MAX = 5;
const LENGTH_MAX = 500;
const NAME_LENGTH_MAX = 60;
const SHARED_LENGTH_MAX = 2_000;

// "wrote" as clients say it, in the languages they come in.
const WROTE = [
  "wrote|writes|sent(?=\\s?[:：])|schrieb|schrieben|geschrieben|geschreven|schreef|a écrit|va escriure|missatge de|escribió",
  "escribio|escreveu|ha scritto|scrive|skrev|skriver|kirjoitti|skrifaði|napisał(?:\\(a\\))?",
  "napisała|pisze|napísal(?:\\(a\\)|/a)?|napísala|napsal(?:\\(a\\)|/a)?|napsala|je napisao",
  "je napisala|је написао|је написала|je napisao/la|napisao je|napisala je|je napisal(?:\\(a\\)|/a)?|napisal|napisala",
  "написал(?:\\(а\\))?|написала|пишет|пише|написав|написа|напиша|rašė|rakstīja|kirjutas|yazdı",
  "şunu yazdı|írta|ezt írta|a scris|έγραψε|כתב(?:ה)?|כתב/ה|מאת|كتب|نوشت|ने लिखा|เขียนว่า|đã viết",
  "menulis|tulis|のメール|さんは書きました|さんが書きました|写道|寫道|编写|님이 작성|작성",
].join("|");
const BEGINNINGS = [
  "on|am|le|el|em|il|in|op|den|på|w dniu|dnia|dne|dňa|в|ср|пн|вт|чт|пт|сб|вс|нд|на|στις|בתאריך",
  "ב|في|بتاريخ|در|vào|pada|a|la|kl|date|в відповідь|у|z|v|dana|ons|tirs|tir|man|fre|lør|søn|tor",
  "mon|tue|wed|thu|fri|sat|sun|ma|di|wo|do|vr|za|zo|lun|mar|mer|jeu|ven|sam|dim|pe|to|ti|ke|su",
  "mån|tis|tors|lör|sön|seg|ter|qua|qui|sex|sáb|dom|mié|jue|vie|pon|uto|sri|čet|pet|sub|ned|út|st|čt|pá|so|ne|po",
].join("|");
const STARTS = new RegExp(`^[\\s>]{0,8}(?:${BEGINNINGS})[\\s.,]`, "iu");
const ENDS = new RegExp(`(?:${WROTE})(?:\\s.{0,120})?\\s{0,3}[:：]\\s{0,3}$`, "iu");
const NAME_WROTE = new RegExp(`\\s(?:${WROTE})(?:\\s.{0,120})?\\s{0,3}[:：]\\s{0,3}$`, "iu");
const SOMEBODY_WROTE = new RegExp(`^\\S.{0,80}\\s(?:${WROTE})\\s{0,3}[:：]\\s{0,3}$`, "iu");
const ENDS_WITHOUT_COLON = new RegExp(`\\s(?:${WROTE})\\s{0,3}$`, "iu");
const COLON_AT_END = /[:：]\s{0,3}$/;
const ADDRESS = /[^\s<>@()]{1,64}@[^\s<>@()]{3,200}/;
const ADDRESS_AT_END = /<[^<>\s]{1,200}@[^<>\s]{3,200}>[\s)]{0,2}[:：]\s{0,3}$/;
const ADDRESS_FIRST = /^\s{0,4}[(<][\u202a-\u202e]?[^<>\s]{1,200}@/;
const DATE_AND_ADDRESS =
  /^[\s>]{0,8}(?:\d{4}[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\s?\d{1,2}[-/.]\d{2,4}|\d{1,2}\s\p{L}{3,12}\s\d{4}).{0,200}(?:<[^<>\s]{1,200}@[^<>\s]{3,200}>\s{0,3}[:：]?|[^<>\s]{1,64}@[^<>\s]{3,200}.{0,40}[:：])\s{0,3}$/u;
// Gmail of old, where the address got lost: 2026-11-22 10:05 GMT+01:00 Jo Doe
const STAMP_AND_NAME =
  /^[\s>]{0,8}\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} (?:GMT|UTC)[+-]\d{2}:\d{2} \p{L}.{0,80}$/u;
const MAY_START =
  /^[\s>]{0,8}(?:\d{1,4}[-/.年\s,:]|"?\p{Lu}.{0,100}<|\p{L}{2,12}\.?,?\s\d{1,2}[.\s])/u;
const HAS_A_DATE = /\p{Nd}/u;
const FULL_DATE =
  /(?:^|\P{Nd})(?:(?:19|20)\d{2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}|[۱١][۰-۹٠-٩]{3}|[٢۲][٠۰][٠-٩۰-۹]{2})(?:\P{Nd}|$)/u;
const TIME = /(?:^|[^\p{Nd}.])\p{Nd}{1,2}\s?[:.h]\s?\p{Nd}{2}(?![\p{Nd}.])/u;
// An attribution that a client put right behind the last word of an answer.
const BEHIND_TEXT =
  /\s(?=(?:On|Am|Le|El|Il|Op|Em|Den) (?:\p{L}{2,10}\.?,? )?\d{0,2}\.? ?(?:\p{L}{3,10}\.?|\d))/gu;

/**
 * How many lines from `i` on say who wrote the quote (`On … wrote:`, one line in most clients, up to
 * five where names and addresses wrap); 0 when they do not. A later line that says it alone wins, so
 * that no line of the answer is taken along. Looks at a fixed number of lines and characters.
 */
export function attributionLength(lines: readonly string[], i: number): number {
  const length = longest(lines, i);
  if (length < 2) return length;
  const first = lines[i] ?? "";
  const mayBeAnswer = !isDated(first);
  for (let skip = 1; skip < length; skip++) {
    const later = lines[i + skip] ?? "";
    const isApart = isBlank(lines[i + skip - 1]) || /[.!?]\s{0,3}$/.test(first);
    const isOwn = (mayBeAnswer && isApart) || (STARTS.test(later) && HAS_A_DATE.test(later));
    if (!isOwn) continue;
    if (longest(lines, i + skip) === length - skip) return 0;
  }
  return length;
}

/**
 * As attributionLength(), for a copy without `>`: "On Monday I wrote the following:" says no more than
 * a sender may say of themselves, so there must be an address, or a day with its year or hour.
 */
export function copyAttributionLength(lines: readonly string[], i: number): number {
  const length = attributionLength(lines, i);
  if (length === 0) return 0;
  const words = lines.slice(i, i + length).join(" ");
  if (hasAddress(words)) return length;
  const isDay = FULL_DATE.test(words) && (TIME.test(words) || STARTS.test(words));
  return isDay ? length : 0;
}

/**
 * Whether a line right above a run of `>` introduces it though its language is none we know, or it
 * names no day: it ends in a colon behind an address, a day with an hour, or "Jo wrote". Too weak for
 * a copy without `>`.
 */
export function introducesQuote(line: string): boolean {
  if (line.length > LENGTH_MAX || !COLON_AT_END.test(line)) return false;
  if (ADDRESS_AT_END.test(line) || SOMEBODY_WROTE.test(line)) return true;
  if (!FULL_DATE.test(line)) return false;
  return hasAddress(line) || (TIME.test(line) && MAY_START.test(line));
}

/**
 * Where a line holds the end of an answer and the attribution of the `>` below it, the position of
 * the attribution; -1 for any other line.
 */
export function attributionBehindText(line: string): number {
  if (line.length > SHARED_LENGTH_MAX || !COLON_AT_END.test(line)) return -1;
  for (const match of line.slice(0, SHARED_LENGTH_MAX).matchAll(BEHIND_TEXT)) {
    const rest = line.slice(match.index + 1);
    if (rest.length > LENGTH_MAX || isBlank(line.slice(0, match.index))) continue;
    return FULL_DATE.test(rest) && ENDS.test(rest) ? match.index + 1 : -1;
  }
  return -1;
}

function longest(lines: readonly string[], i: number): number {
  const raw = lines[i] ?? "";
  if (raw.length > LENGTH_MAX || !mayEnd(lines, i) || isBlank(raw)) return 0;
  const first = withoutMarks(raw);
  if (isWhole(first) || (STAMP_AND_NAME.test(first) && isBlank(lines[i + 1]))) return 1;
  if (!mayStart(first, lines[i + 1])) return 0;
  let joined = first;
  for (let n = 1; n <= LINES_MAX; n++) {
    if (joined.length > LENGTH_MAX) return 0;
    if (endsAttribution(joined)) return n;
    const next = lines[i + n];
    // One empty line inside happens; a second one, or a quote, ends it.
    if (next === undefined || next.length > LENGTH_MAX) return 0;
    if (isBlank(next) && isBlank(lines[i + n + 1])) return 0;
    const closesBracket = /^>.{0,40}[:：]\s{0,3}$/.test(next) && joined.includes("<");
    if (isQuotedLine(next) && !isQuotedLine(first) && !closesBracket) return 0;
    joined += closesBracket ? next : ` ${withoutMarks(next).replace(/^[\s>]{1,8}/, "")}`;
  }
  return 0;
}

/** Nearly all lines are words without any of what stands in each attribution, at its end at the latest. */
function mayEnd(lines: readonly string[], i: number): boolean {
  for (let n = 0; n < LINES_MAX; n++) if (/[@:：]/.test(lines[i + n] ?? "")) return true;
  return false;
}

/** Whether lines may be an attribution from this one on: by a day, or by a name above its address. */
function mayStart(first: string, next: string | undefined): boolean {
  if (STARTS.test(first) || MAY_START.test(first)) return true;
  if (FULL_DATE.test(first) && TIME.test(first)) return true;
  return first.length < NAME_LENGTH_MAX && ADDRESS_FIRST.test(next ?? "");
}

/** Whether one line says it all, whatever it begins with. */
function isWhole(line: string): boolean {
  if (DATE_AND_ADDRESS.test(line)) return true;
  if (!COLON_AT_END.test(line)) {
    if (!hasAddress(line) || !STARTS.test(line)) return false;
    return FULL_DATE.test(line) && TIME.test(line) && ENDS_WITHOUT_COLON.test(line);
  }
  if (ADDRESS_AT_END.test(line)) {
    if (FULL_DATE.test(line) && TIME.test(line)) return true;
    if (STARTS.test(line) && HAS_A_DATE.test(line)) return true;
  }
  if (isDated(line) && NAME_WROTE.test(line)) return true;
  return /[<@]/.test(line) && ENDS.test(line);
}

/** Whether lines that begin like an attribution are one by now. */
function endsAttribution(joined: string): boolean {
  if (!isDated(joined)) return false;
  if (DATE_AND_ADDRESS.test(joined)) return true;
  if (!COLON_AT_END.test(joined)) return false;
  if (ENDS.test(joined)) return true;
  return ADDRESS_AT_END.test(joined) && FULL_DATE.test(joined) && TIME.test(joined);
}

/** "On 3 printers …" is no day: a year, a numeric date, an hour or an address it must be. */
function isDated(text: string): boolean {
  return FULL_DATE.test(text) || TIME.test(text) || hasAddress(text);
}

/** Most lines have none, and to look for an "@" costs next to nothing. */
function hasAddress(text: string): boolean {
  return text.includes("@") && ADDRESS.test(text);
}
