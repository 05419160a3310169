import { cut, oneLine, withoutReordering } from "./text";

const SUBJECT_LENGTH_MAX = 998;
const REPLY_WORDS =
  "re|r|aw|antw|antwort|sv|vs|vá|odp|ref|rif|res|resp|ynt|yan|atb|ats|vedr|απ|σχετ|отв|回复|答复|回覆|回信|답장";
const FORWARD_WORDS =
  "fwd?|wg|tr|rv|enc|doorst|vl|továbbítás|továbbított|i|ilt|i̇lt|pd|vb|videresendt|trs|πρθ|пересл|转发|轉寄|転送|전달";
const REPLY_PREFIX = prefixPattern(REPLY_WORDS);
const ANY_PREFIX = prefixPattern(`${REPLY_WORDS}|${FORWARD_WORDS}`);
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
