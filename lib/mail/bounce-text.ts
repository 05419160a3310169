import { addressKey } from "./address";
import { recipientAddress } from "./bounce-report";
import { readStatus, reasonFor, replyClass, statusFor, wordedReason } from "./bounce-status";
import type { BounceRecipient } from "./mail";

const TEXT_LENGTH_MAX = 65_536;
const LINE_LENGTH_MAX = 1_000;
const LINES_MAX = 1_000;
const RECIPIENTS_MAX = 100;

/** How mail systems say that a mail did not arrive. */
const FAILURE = [
  String.raw`\b(?:could not|couldn't|cannot|can't|can not|not) (?:yet )?(?:been |be )?\s?(?:be )?(?:delivered|sent|reached)\b`,
  String.raw`\b(?:unable|wasn't able|not able|failed|error|trouble|attempting|problems?)(?: occurred)?(?: while)?(?: trying)?(?: attempting)? (?:to )?deliver`,
  String.raw`\bdelivery (?:to the following .{1,40} |has |to .{1,80} has |of .{1,80} )?(?:failed|been delayed|failure|problems|errors|report)`,
  String.raw`\bundeliver(?:able|ed)\b|\breturned mail\b|\breturning message to sender\b|\bfailure notice\b|\bmail system error\b|\bfailed delivery\b`,
  String.raw`\b(?:permanent fatal errors|delivery status notification|transcript of session|unsent message)\b`,
  String.raw`\bdid not reach\b|\b(?:is|been) delayed for\b|\brejected by a remote\b|\bcould not send\b|\brejected recipient\b`,
  String.raw`^(?:unknown user|invalid final delivery userid|user mailbox exceeds)\b`,
  String.raw`\b(?:received|empfangen) ?(?:>>>|<<<) ?[45]\d\d`,
  "nicht zugestellt|unzustellbar|nicht zustellbar|non remis|n'a pas pu être|échec de (?:la )?remise|no se (?:ha podido|pudo) entregar|no entregado|non recapitabile|impossibile recapitare|não (?:pôde|foi possível) |niet (?:bezorgd|worden bezorgd)|onbestelbaar|nie można dostarczyć|niedostarczon|kunde inte levereras|kunne ikke leveres|не может быть доставлено|не (?:было )?доставлено|недоставленное|送信できません|配信できません|配送できません|送信に失敗|配信不能|未送达|无法投递|退信|無法傳遞",
];
const SAYS_FAILURE = new RegExp(FAILURE.join("|"), "im");

/** The server has not given up yet. */
const SAYS_DELAY =
  /\bdelayed\b|\bwarning (?:message )?only\b|not yet been delivered|temporary failure report|will be retried|delivery attempts will continue|^warning\b|could not send mail for past|verzögert|retardé|retrasad|задерж|遅延/im;
const SAYS_END = /failed permanently|permanent error|given up|not going to try again|has failed\b/i;

/** Where the report ends and what came back begins. */
const ORIGINAL =
  /^[ \t]{0,8}(?:[-*=]{2,}[ \t]*)?(?:(?:below|this|here|enclosed|included|the|a) [^\n]{0,40}\b(?:copy of (?:the|your)|original message(?: follows|$|:)|header of the original)|original (?:message|mail)(?! was\b)|message headers? follow|unsent message|returned message|message header follows|----- ?original)|^(?:received|return-path|dkim-signature|x-received|message-id|content-type)[ \t]?:[ \t]?\S/i;

const ADDRESS = String.raw`[^\s<>"'(),;:[\]@|]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?(?![A-Za-z0-9-])`;
/** A line that begins with the recipient, followed by what happened or by nothing. */
const ENTRY = new RegExp(
  String.raw`^(?:>>>)?[\s*•"'<({-]{0,40}(${ADDRESS})[>"')}\s]{0,40}(?:$|[:([<]|\.\.\.|(?:on|at) \S|,|-+ |[A-Z])`,
);
/** A line that leads up to the recipient. */
const LABELLED = new RegExp(
  String.raw`(?:deliver(?:ed|ing|y)?\b[^\n<@]{0,60}\bto|undeliverable to|unknown user|userid|recipient(?: address)?|addressed to|empfänger|destinataire|destinatario|получател[ьюя]м?|宛先|収件者)\s{0,3}[:：]?\s{0,3}<?(${ADDRESS})>?`,
  "i",
);
/** What was said in the session: the command, or the reply that names the recipient. */
const IN_SESSION = new RegExp(
  String.raw`(?:\brcpt to: ?<|^(?:<<<)?\s?[45]\d\d[ -](?:[45](?:\.\d{1,3}){2} )?<)(${ADDRESS})>`,
  "i",
);
const TO_OF_ORIGINAL = new RegExp(String.raw`^to[ \t]?:[^\n@]{0,200}?(${ADDRESS})`, "im");

export type BounceText = {
  text: string;
  subject: string;
  /** Whom the mail system names in its headers (Exim, Gmail, Mail.Ru). */
  failed: readonly string[];
};

/**
 * What a mail system says in its own words, as Exim, qmail, sendmail, Exchange, Gmail, Yahoo and most
 * others without a report of RFC 3464 do: a sentence that delivery failed, then a line for each
 * recipient, and under it what the server said. Only for mail that comes from a mail system: a
 * customer may quote all of this. Reads 64 KB and 1,000 lines, in linear time.
 */
export function recipientsInWords({ text, subject, failed }: BounceText): BounceRecipient[] {
  const whole = text.slice(0, TEXT_LENGTH_MAX);
  const lines = whole.split("\n", LINES_MAX).map((line) => line.slice(0, LINE_LENGTH_MAX));
  const report = ownWords(lines);
  const said = report.join("\n");
  if (failed.length === 0 && !SAYS_FAILURE.test(subject) && !SAYS_FAILURE.test(unfolded(said)))
    return [];
  const found = failed.length > 0 ? [...failed] : recipientsIn(report, whole);
  const delayed =
    (SAYS_DELAY.test(said) || SAYS_DELAY.test(subject)) && !SAYS_END.test(unfolded(said));
  const sections = sectionsOf(report, found);
  return found.slice(0, RECIPIENTS_MAX).map((address) => {
    const own = sections.get(addressKey(address)) ?? "";
    return recipientFrom(address, own, said, delayed);
  });
}

/** Whether a mail system says that delivery failed, whomever it names. */
export function saysFailure(subject: string, text: string): boolean {
  return SAYS_FAILURE.test(subject) || SAYS_FAILURE.test(unfolded(text.slice(0, 4_000)));
}

function ownWords(lines: readonly string[]): string[] {
  // The first line may be a heading that looks like the end.
  const end = lines.findIndex((line, at) => at > 0 && ORIGINAL.test(line));
  // What is quoted was said by somebody else; a transcript's ">>>" is no quote.
  return (end === -1 ? [...lines] : lines.slice(0, end)).filter(
    (line) => !/^\s?>(?!>>)/.test(line),
  );
}

function unfolded(text: string): string {
  return text.replace(/[’]/g, "'").replace(/[ \t]*\n[ \t]*/g, " ");
}

/** Whom the text names, by the plainest way it does. */
function recipientsIn(report: readonly string[], whole: string): string[] {
  const isSender = (at: number) => /\bsent by$/i.test(report[at - 1]?.trim() ?? "");
  const entries = report.flatMap((line, at) => (isSender(at) ? [] : addressesBy(ENTRY, line)));
  if (entries.length > 0) return distinct(entries);
  const labelled = report.flatMap((line) => addressesBy(LABELLED, line));
  if (labelled.length > 0) return distinct(labelled);
  const inSession = report.flatMap((line) => addressesBy(IN_SESSION, line));
  if (inSession.length > 0) return distinct(inSession);
  return addressesBy(TO_OF_ORIGINAL, whole);
}

function addressesBy(pattern: RegExp, line: string): string[] {
  const address = recipientAddress((pattern.exec(line)?.[1] ?? "").replace(/\.+$/, ""));
  return address === null || /^(?:mailer-daemon|postmaster)@/i.test(address) ? [] : [address];
}

function distinct(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((address) => [addressKey(address), address])).values()];
}

/** For each recipient the lines from where a line names them to where one names another. */
function sectionsOf(report: readonly string[], addresses: readonly string[]): Map<string, string> {
  const known = new Set(addresses.map(addressKey));
  const sections = new Map<string, string>();
  let current: string | null = null;
  for (const line of report) {
    const named = [...line.matchAll(new RegExp(ADDRESS, "gi"))]
      .map(([address]) => addressKey(address.replace(/\.+$/, "")))
      .find((key) => known.has(key));
    current = named ?? current;
    if (current !== null) sections.set(current, `${sections.get(current) ?? ""}${line}\n`);
  }
  return sections;
}

function recipientFrom(
  address: string,
  own: string,
  all: string,
  delayed: boolean,
): BounceRecipient {
  // The address itself may hold such words.
  const words = own.replaceAll(address, "");
  const isClear = readStatus("", own) || replyClass(own) || wordedReason(words);
  // What stands apart from the recipients is said of all of them, or of the only one.
  const heard = isClear ? words : all.replaceAll(address, "");
  const status = readStatus("", heard);
  const worded = wordedReason(heard);
  const givenClass = delayed ? "4" : replyClass(heard);
  const said = status || statusFor(worded ?? "other", givenClass);
  return {
    address,
    status: said,
    permanent: !delayed && said.startsWith("5"),
    delayed,
    reason: status === "" ? (worded ?? "other") : reasonFor(status, heard),
  };
}
