import { addressKey } from "./address";
import { isMailSystem } from "./bounce";
import { saysFailure } from "./bounce-text";
import { fieldValue } from "./header-block";
import type { Automatic, Bounce, MailAddress, MailHeader } from "./mail";
import { oneLine } from "./text";

const RECEIVED_MAX = 100;

export type AutomaticSource = {
  headers: readonly MailHeader[];
  from: MailAddress | null;
  returnPath: string | null;
  subject: string;
  text: string;
  bounce: Bounce | null;
  /** A delivery report without any failure in it. */
  reportsSuccess: boolean;
  /** A mail system gives a mail back, whether or not it could be told for whom it was. */
  returnsMail: boolean;
  /** It passes on a mail somebody complained about, in Microsoft's form. */
  isComplaint: boolean;
};

const OUT_OF_OFFICE_SUBJECT =
  /^(?:(?:re|aw|antw|sv|vs|fwd?)\s{0,3}:\s{0,3}){0,3}(?:(?:i am |i'm )?out of (?:the )?office|ooo|abwesenheits(?:notiz|meldung|assistent|nachricht)|automatische abwesenheit\S{0,12}|abwesend|ich bin (?:derzeit |zur ?zeit )?nicht im (?:büro|haus)|absence|absente? du bureau|réponse automatique d'absence|message d'absence|(?:estoy )?fuera de (?:la )?oficina|ausencia|fuori (?:sede|ufficio)|assenza dall'ufficio|afwezig(?:heid)?|frånvaro|fravær|poissa(?:olo)?|poza biurem|nieobecność|mimo kancelář|fora do escritório|ausente|вне офиса|nie ma mnie w biurze|mimo pracovisko|nem vagyok az irodában|házon kívül|ofis dışında|ofiste değil|εκτός γραφείου|nu sunt la birou|поза офісом|izvan ureda|kontorist väljas|부재중|休假中|不在办公室|отсутствую|不在通知|外出中|休暇中)(?:\s{1,3}(?:until|from|till|bis|vom|ab|reply|re|notification|message|notice|auto)\b.{0,100}|\s{0,3}[:：(\-–.!,].{0,900}|\s{0,3})$/i;
const AUTO_REPLY_SUBJECT =
  /^(?:automatic reply|auto(?:matic)?[- ]?(?:reply|response|responder)|autoreply|automatische antwort|automatisch antwoord|réponse automatique|respuesta automática|risposta automatica|resposta automática|automatiskt? svar|automaattinen vastaus|odpowiedź automatyczna|autosvar|автоответ|автоматический ответ|自動返信|自動応答|自動回覆|자동 (?:응답|회신)|automatick(?:á|é) odpov[eě]ď|automatikus válasz|otomatik yanıt|αυτόματη απάντηση|răspuns automat|автоматична відповідь|automatski odgovor|automaatvastus|automatisk svar|自动回复|自动答复)\s{0,3}(?:[:\-–：(]|$)/i;

/**
 * Whether a machine wrote a mail, and how we know; null when a human did. By RFC 3834, RFC 3464,
 * RFC 8098, RFC 5965 and by what the world does instead. `ourAddresses` are the addresses of our own
 * accounts. Looks at headers and subject; at what the text says only where a mail system wrote it.
 */
export function detectAutomatic(
  source: AutomaticSource,
  ourAddresses: readonly string[] = [],
): Automatic | null {
  return (
    reported(source) ??
    looping(source) ??
    ownMail(source, ourAddresses) ??
    answered(source) ??
    listed(source) ??
    unreturnable(source)
  );
}

/** Whether a subject says that the sender is away, or calls the mail an automatic reply. */
export function isAutoReplySubject(subject: string): boolean {
  return OUT_OF_OFFICE_SUBJECT.test(subject) || AUTO_REPLY_SUBJECT.test(subject);
}

function reported(source: AutomaticSource): Automatic | null {
  const { headers, bounce, from, reportsSuccess } = source;
  if (bounce !== null) {
    const [first] = bounce.recipients;
    return { kind: "bounce", why: `It reports that mail to ${first?.address} was not delivered` };
  }
  const type = fieldValue(headers, "content-type")?.toLowerCase() ?? "";
  if (/^multipart\/report\b/.test(type)) {
    if (/report-type\s?=\s?"?feedback-report/.test(type)) {
      return { kind: "feedback-report", why: "It is a complaint report (RFC 5965)" };
    }
    if (/report-type\s?=\s?"?disposition-notification/.test(type)) {
      return { kind: "receipt", why: "It is a read receipt (RFC 8098)" };
    }
    if (reportsSuccess) {
      return { kind: "receipt", why: "It reports that a mail was delivered (RFC 3464)" };
    }
    if (/report-type\s?=\s?"?delivery-status/.test(type)) {
      return { kind: "bounce", why: "It is a delivery report (RFC 3464)" };
    }
  }
  if (source.isComplaint) {
    return { kind: "feedback-report", why: "It passes on a mail somebody complained about" };
  }
  if (from !== null && /^(mailer-daemon|mail-daemon)@/i.test(from.address)) {
    return { kind: "bounce", why: `It comes from ${from.address}, a mail system` };
  }
  if (source.returnsMail) {
    return { kind: "bounce", why: "A mail system gives a mail back" };
  }
  if (from === null && isMailSystem(source) && saysFailure(source.subject, source.text)) {
    return { kind: "bounce", why: "A mail system says that a mail was not delivered" };
  }
  return null;
}

function looping({ headers }: AutomaticSource): Automatic | null {
  const hops = headers.filter(({ name }) => /^received$/i.test(name)).length;
  if (hops <= RECEIVED_MAX) return null;
  return { kind: "loop", why: `It went through ${hops} servers, more than ${RECEIVED_MAX}` };
}

function ownMail({ from }: AutomaticSource, ourAddresses: readonly string[]): Automatic | null {
  if (from === null) return null;
  const key = addressKey(from.address);
  const isOurs = ourAddresses.some((address) => addressKey(address) === key);
  return isOurs ? { kind: "own", why: `It comes from our own address ${from.address}` } : null;
}

/** Replies a machine gave: RFC 3834 §5, the headers older responders set, and subjects. */
function answered({ headers, subject }: AutomaticSource): Automatic | null {
  const autoSubmitted = (fieldValue(headers, "auto-submitted") ?? "").trim().toLowerCase();
  const isReply = autoSubmitted.startsWith("auto-replied") || isResponderHeader(headers);
  const isAway = OUT_OF_OFFICE_SUBJECT.test(subject);
  if (isAway) {
    return {
      kind: "out-of-office",
      why: isReply
        ? "It is an automatic reply and its subject says the sender is away"
        : `Its subject says the sender is away: ${oneLine(subject).slice(0, 80)}`,
    };
  }
  if (AUTO_REPLY_SUBJECT.test(subject)) {
    return { kind: "auto-reply", why: "Its subject calls it an automatic reply" };
  }
  if (isReply) return { kind: "auto-reply", why: whyReply(headers, autoSubmitted) };
  if (autoSubmitted !== "" && !/^no\b/.test(autoSubmitted)) {
    return { kind: "bulk", why: `Its Auto-Submitted header says ${firstWord(autoSubmitted)}` };
  }
  return null;
}

function isResponderHeader(headers: readonly MailHeader[]): boolean {
  return responderHeader(headers) !== null;
}

function responderHeader(headers: readonly MailHeader[]): string | null {
  const precedence = (fieldValue(headers, "precedence") ?? "").trim().toLowerCase();
  if (/^auto[_-]?reply/.test(precedence)) return "Precedence";
  const names = [
    "X-Autoreply",
    "X-Auto-Reply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-AutoReply-From",
    "X-Mail-Autoreply",
    "X-POST-MessageClass",
  ];
  for (const name of names) {
    const value = fieldValue(headers, name.toLowerCase());
    if (value === null || /^(no|false|0)?$/i.test(value.trim())) continue;
    if (name !== "X-POST-MessageClass" || /autoresponder/i.test(value)) return name;
  }
  return null;
}

function whyReply(headers: readonly MailHeader[], autoSubmitted: string): string {
  if (autoSubmitted.startsWith("auto-replied"))
    return "Its Auto-Submitted header says auto-replied";
  return `Its ${responderHeader(headers)} header says an automatic responder wrote it`;
}

function listed({ headers }: AutomaticSource): Automatic | null {
  const precedence = (fieldValue(headers, "precedence") ?? "").trim().toLowerCase();
  const listId = fieldValue(headers, "list-id") ?? fieldValue(headers, "x-mailing-list");
  if (listId !== null) {
    return { kind: "list", why: `It was sent through the list ${oneLine(listId).slice(0, 100)}` };
  }
  if (precedence === "list") return { kind: "list", why: "Its Precedence header says list" };
  if (/^(bulk|junk)$/.test(precedence)) {
    return { kind: "bulk", why: `Its Precedence header says ${precedence}` };
  }
  if (fieldValue(headers, "list-unsubscribe") !== null) {
    return { kind: "bulk", why: "It can be unsubscribed from, so it went to many" };
  }
  return null;
}

/** RFC 3834 §2: a mail that must not be answered is no conversation. */
function unreturnable({ headers, returnPath }: AutomaticSource): Automatic | null {
  if (returnPath === "") return { kind: "auto-reply", why: "Its return path is empty" };
  const suppress = (fieldValue(headers, "x-auto-response-suppress") ?? "").toLowerCase();
  if (/\b(all|autoreply)\b/.test(suppress)) {
    return { kind: "bulk", why: "Its X-Auto-Response-Suppress header asks for no answers" };
  }
  return null;
}

function firstWord(text: string): string {
  return oneLine(text.split(/[\s;]/, 1)[0] ?? "").slice(0, 40);
}
