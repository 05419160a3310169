import { addressKey } from "./address";
import { readNotification } from "./bounce-notification";
import { recipientAddress, recipientsInText, reportedRecipients } from "./bounce-report";
import { recipientsInWords } from "./bounce-text";
import { fieldValue } from "./header-block";
import type { Bounce, BounceRecipient, MailAddress, MailAttachment, MailHeader } from "./mail";
import { bringsMailBack } from "./returned-mail";

const RECIPIENTS_MAX = 100;

export type BounceSource = {
  headers: readonly MailHeader[];
  from: MailAddress | null;
  returnPath: string | null;
  subject: string;
  text: string;
  attachments: readonly MailAttachment[];
  /** The Message-ID of the mail that came back, as far as it is named. */
  aboutMessageId: string | null;
  /** Its subject says that the sender is away, or calls it an automatic reply. */
  isAutoReply: boolean;
};

const SYSTEM_ADDRESS = /^(?:mailer-?daemon|mail-?daemon|postmaster)(?:[+.-][^@]*)?(?:@|$)/i;
const SYSTEM_NAME =
  /^"?(?:(?:internet )?mail deliver[y]? (?:sub)?system|mailer[- ]daemon|(?:mail|system) administrator|internet mail delivery|microsoft outlook|mail system)\b/i;

/** What mail systems call such mail, in whole: people answer and pass it on under other subjects. */
const SYSTEM_SUBJECT =
  /^(?:mail system error - returned mail|undelivered mail returned to sender|returned mail: .{1,80}|failure notice|mail delivery failed: returning (?:message|mail) to sender|delivery status notification \(failure\))$/i;
const RETURNED_IN_TEXT = /^content-type:[ \t]{0,3}message\/rfc822\b/im;

/**
 * What a mail system says of a mail that it could not deliver: a report (RFC 3464), the fields of one
 * in the text, Amazon's notification, or the system's own words. Null when the mail is none, and for
 * reports that say a mail was delivered. Words count only in mail that comes from a mail system, by
 * its sender, its null return path or its type: a customer who quotes a bounce writes no bounce. A
 * recipient is `permanent` when its status is 5.x.x and the server has given up.
 */
export function readBounce(source: BounceSource): Bounce | null {
  const { headers, text, attachments, subject, aboutMessageId } = source;
  const notification = readNotification(headers, text);
  if (notification !== null) return notification;
  const origin = originOf(source);
  if (origin === "person") return null;
  const recipients = firstFound([
    // Some systems send two such parts, the first of them prose.
    () => reportedRecipients(attachments, text),
    () => recipientsInText(text),
    () =>
      origin === "report" || source.isAutoReply
        ? []
        : recipientsInWords({ text, subject, failed: failedRecipients(headers) }),
  ]);
  if (recipients.length === 0) return null;
  // Who administers mail also writes about it: then it takes the words of a server, too.
  if (origin === "postmaster" && recipients.every(({ reason }) => reason === "other")) return null;
  return {
    recipients: distinct(recipients).slice(0, RECIPIENTS_MAX),
    originalMessageId: aboutMessageId,
  };
}

/** Whether this sender is a mail system and no person, by its address or its name. */
export function isMailSystem({ headers, from }: Pick<BounceSource, "headers" | "from">): boolean {
  if (from !== null && SYSTEM_ADDRESS.test(from.address)) return true;
  if (from !== null && SYSTEM_NAME.test(from.name)) return true;
  const raw = fieldValue(headers, "from")?.trim() ?? "";
  // A mail system without an address, or with none on purpose.
  return (
    from === null && (raw === "<>" || /^"?mailer[- ]daemon\b/i.test(raw) || SYSTEM_NAME.test(raw))
  );
}

/**
 * Whether a mail system gives a mail back, by its sender, by what it calls it and by the part with the
 * mail, also where that part stands in the text because the parts could not be told apart. Such a text
 * names the recipient in no safe place.
 */
export function returnsMail({ headers, from, subject, text, attachments }: BounceSource): boolean {
  if (!isMailSystem({ headers, from }) || !SYSTEM_SUBJECT.test(subject.trim())) return false;
  return bringsMailBack(attachments) || RETURNED_IN_TEXT.test(text);
}

type Origin = "system" | "postmaster" | "report" | "person";

/** A report may come by any machine; what a text says counts only from a mail system. */
function originOf(source: BounceSource): Origin {
  const { headers, from, returnPath } = source;
  const isNull = returnPath === "" || /^<?mailer-daemon\b/i.test(returnPath ?? "");
  const isAutomatic = /^\s*auto-/i.test(fieldValue(headers, "auto-submitted") ?? "");
  const isReport = /^\s*multipart\/report\b/i.test(fieldValue(headers, "content-type") ?? "");
  const isNamed = fieldValue(headers, "x-failed-recipients") !== null;
  if (isNull || isNamed) return "system";
  if (!isMailSystem(source)) return isReport || isAutomatic ? "report" : "person";
  if (isReport || isAutomatic || from === null || isDaemon(from)) return "system";
  // Post.Office and its kind write as a postmaster, and give the mail back as a part of theirs.
  const isReturn = SYSTEM_SUBJECT.test(source.subject.trim()) && bringsMailBack(source.attachments);
  return isReturn ? "system" : postmasterOrPerson(source);
}

/** A postmaster is a person as well, who answers and forwards what they got. */
function postmasterOrPerson({ headers, subject }: BounceSource): Origin {
  const isPassedOn = /^(?:re|fwd?|aw|wg|sv|vs|tr|rv|antw)\s?:/i.test(subject);
  return isPassedOn || fieldValue(headers, "in-reply-to") !== null ? "person" : "postmaster";
}

function isDaemon({ address }: MailAddress): boolean {
  return /^mail(?:er)?-?daemon\b/i.test(address);
}

function failedRecipients(headers: readonly MailHeader[]): string[] {
  return headers
    .filter(({ name }) => /^x-failed-recipients$/i.test(name))
    .flatMap(({ value }) => value.split(/[\s,;]+/))
    .flatMap((candidate) => recipientAddress(candidate) ?? []);
}

function firstFound(ways: readonly (() => BounceRecipient[])[]): BounceRecipient[] {
  for (const way of ways) {
    const found = way();
    if (found.length > 0) return found;
  }
  return [];
}

/** Servers report some failures more than once, also in one report: the last word counts. */
function distinct(recipients: readonly BounceRecipient[]): BounceRecipient[] {
  return [...new Map(recipients.map((each) => [addressKey(each.address), each])).values()];
}
