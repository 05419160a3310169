import { cut, oneLine, withoutReordering } from "./text";

const SUBJECT_LENGTH_MAX = 998;
const REPLY_WORDS =
  "re|r|aw|antw|antwort|sv|vs|vá|odp|ref|rif|res|resp|ynt|yan|atb|ats|vedr|απ|σχετ|отв|回复|答复|回覆|回信|답장";
const FORWARD_WORDS =
  "fwd?|wg|tr|rv|enc|doorst|doorgestuurd|vl|továbbítás|továbbított|i|ilt|i̇lt|pd|vb|videresendt?|trs|redir\\.?|přeposláno|preposlané|πρθ|пересл|转发|轉寄|転送|전달";
const REPLY_PREFIX = prefixPattern(REPLY_WORDS);
const ANY_PREFIX = prefixPattern(`${REPLY_WORDS}|${FORWARD_WORDS}`);
const FORWARD_PREFIX = prefixPattern(FORWARD_WORDS);
/** Forwarded in Danish and Norwegian, answered in Finnish. */
const EITHER_PREFIX = prefixPattern("vs");
const BANNER_PREFIX = /^\[(?:external|ext|extern|externe)\]\s*/i;
const TICKET_TOKEN = /\[#(\d{1,10})\]/g;

/**
 * A subject as it is stored and shown: one line, no controls, nothing that reorders what stands
 * beside it, well-formed, ≤ 998 characters.
 */
export function normaliseSubject(subject: string): string {
  const plain = withoutReordering(cut(subject, SUBJECT_LENGTH_MAX * 8));
  return cut(oneLine(plain), SUBJECT_LENGTH_MAX);
}

/**
 * The subject without what clients and desks add: Re:, AW:, SV:, Fwd:, WG: … in any number and
 * order, `Re[2]:`, `[EXTERNAL]`, our `[#123]`, a trailing `(fwd)`. For comparing, not for showing.
 */
export function baseSubject(subject: string): string {
  let rest = oneLine(normaliseSubject(subject).replace(TICKET_TOKEN, " "));
  for (;;) {
    const shorter = rest
      .replace(BANNER_PREFIX, "")
      .replace(ANY_PREFIX, "")
      .replace(/\s*\(fwd\)$/i, "")
      .replace(/^\[fwd: (.*)\]$/i, "$1");
    if (shorter === rest) return rest;
    rest = shorter.trim();
  }
}

/** What the first prefix of a subject says its sender did; `either` is read both ways. */
export type SubjectWay = "forwarded" | "answered" | "either" | "neither";

/** Whether a subject says that its mail passes another one on, or answers one: `Fwd: Re: …` is the first. */
export function subjectWay(subject: string): SubjectWay {
  const plain = withoutBanner(subject);
  if (EITHER_PREFIX.test(plain)) return "either";
  if (REPLY_PREFIX.test(plain)) return "answered";
  return withoutForwardMark(plain) === plain ? "neither" : "forwarded";
}

/** The subject that a mail had before somebody forwarded it, by what forwarding adds to it. */
export function forwardedSubject(subject: string): string {
  return withoutForwardMark(withoutBanner(subject)).replace(EITHER_PREFIX, "").trim();
}

function withoutBanner(subject: string): string {
  return normaliseSubject(subject).replace(BANNER_PREFIX, "");
}

function withoutForwardMark(subject: string): string {
  return subject
    .replace(FORWARD_PREFIX, "")
    .replace(/\s?\(fwd\)$/i, "")
    .replace(/^\[fwd: (.*)\]$/i, "$1");
}

/**
 * The ticket number a subject names as `[#123]`, or null. Of several the last counts: it is the
 * one `replySubject` put there, while earlier ones may come from somebody else's desk.
 */
export function ticketNumberInSubject(subject: string): number | null {
  const tokens = [...normaliseSubject(subject).matchAll(TICKET_TOKEN)];
  const digits = tokens.at(-1)?.[1];
  if (digits === undefined) return null;
  const number = Number(digits);
  return number >= 1 && number <= 2_147_483_647 ? number : null;
}

/** The subject of an answer: `Re: <subject> [#123]`, however often it has been answered. */
export function replySubject(subject: string, number: number): string {
  const token = `[#${number}]`;
  let rest = oneLine(normaliseSubject(subject).replaceAll(token, " "));
  for (let next = ""; ; rest = next) {
    next = rest.replace(REPLY_PREFIX, "").trim();
    if (next === rest) break;
  }
  return oneLine(`Re: ${cut(rest, SUBJECT_LENGTH_MAX - 40)} ${token}`);
}

function prefixPattern(words: string): RegExp {
  return new RegExp(
    `^(?:${words})\\s?(?:\\[\\d{1,3}\\]|\\^\\d{1,3}|\\(\\d{1,3}\\))?\\s?[:：]\\s*`,
    "iu",
  );
}
