import { readAddressHeader } from "./address-list";
import { parseMailDate } from "./date";
import { decodeRawHeader, decodeWords } from "./encoded-word";
import { readHeaderBlock } from "./header-block";
import { readLabelledBlock, readLabelledLine } from "./header-labels";
import type { Forwarded, MailAttachment } from "./mail";
import { normaliseSubject } from "./subject";

const SCAN_LINES_MAX = 400;
const ATTACHED_HEADER_BYTES_MAX = 65_536;
const FORWARD_SUBJECT =
  /^\s*(?:fwd?|wg|tr|rv|enc|i|doorst|vs|vl|vb|videresendt|továbbítás|továbbított|ilt|i̇lt|pd|přeposláno|fwd :|πρθ|пересл|转发|轉寄|転送|전달)\s?[:：]/iu;
const MARKER =
  /^[\s>*]{0,8}(?:[-_=]{2,40}\s?)?(?:begin forwarded message|forwarded message|forwarded by .{1,100}|anfang der weitergeleiteten (?:nachricht|e-mail)|weitergeleitete nachricht|début du message (?:transféré|réexpédié)|message transféré|mensaje reenviado|inicio del mensaje reenviado|mensagem encaminhada|início da mensagem encaminhada|início da mensagem reencaminhada|messaggio inoltrato|inizio messaggio inoltrato|doorgestuurd bericht|begin doorgestuurd bericht|vidarebefordrat (?:meddelande|mejl)|vidarebefordrat meddelande startar här|videresendt (?:meddelelse|melding|besked)|start på videresendt (?:besked|melding|e-post)|välitetty viesti|välitetty viesti alkaa|przekazana wiadomość|wiadomość przekazana dalej|začátek přeposílané zprávy|přeposlaná zpráva|preposlaná správa|začiatok preposlanej správy|пересылаемое сообщение|начало переадресованного сообщения|перенаправлене повідомлення|початок листа, що пересилається|iletilen (?:mesaj|ileti)|iletilmiş mesaj başlangıcı|továbbított (?:üzenet|levél)( kezdete)?|mesaj redirecționat|început mesaj redirecționat|転送されたメッセージ|转发的邮件|已转发的邮件|轉寄的郵件|전달된 메시지)\s{0,3}[:：]?\s{0,3}[-_=]{0,40}\s{0,8}$/iu;

export type ForwardSource = {
  subject: string;
  text: string;
  attachments: readonly MailAttachment[];
};

/**
 * The head of a mail somebody forwarded: inline below a line such as `Forwarded message`, as a
 * `From:/Sent:/Subject:` block in a mail whose subject says Fwd:, or attached as message/rfc822.
 * Null when the mail is no forward. A basis: it knows the usual clients.
 */
export function readForwarded(source: ForwardSource): Forwarded | null {
  const lines = source.text.split("\n", SCAN_LINES_MAX);
  const saysForward = FORWARD_SUBJECT.test(source.subject);
  for (const [i, line] of lines.entries()) {
    if (line.length < 200 && MARKER.test(line)) {
      const found = readHead(lines, i + 1, 1);
      if (found !== null) return found;
    } else if (saysForward && readLabelledLine(line)?.label === "from") {
      const found = readHead(lines, i, 3);
      if (found !== null) return found;
    }
  }
  return saysForward ? readAttached(source.attachments) : null;
}

function readHead(lines: readonly string[], start: number, fieldsMin: number): Forwarded | null {
  let first = start;
  while (first < start + 4 && /^[\s>]*$/.test(lines[first] ?? "")) first++;
  const { fields } = readLabelledBlock(lines, first);
  const from = fields.get("from");
  if (fields.size < fieldsMin || (from === undefined && !fields.has("subject"))) return null;
  return {
    from: from === undefined ? null : (readSender(from) ?? null),
    subject: fields.has("subject") ? normaliseSubject(fields.get("subject") ?? "") : null,
    date: parseMailDate(fields.get("date") ?? ""),
  };
}

/** Clients write `Jo <jo@x>`, `Jo [mailto:jo@x]` and `Jo <jo@x<mailto:jo@x>>`. */
function readSender(value: string) {
  const plain = value
    .replace(/\[\s?mailto:([^\]\s]{3,254})\s?\]/gi, "<$1>")
    .replace(/<\s?mailto:[^<>]{0,300}>/gi, "");
  return readAddressHeader(plain, 1).addresses[0];
}

function readAttached(attachments: readonly MailAttachment[]): Forwarded | null {
  const attached = attachments.find(({ mediaType }) => mediaType === "message/rfc822");
  if (attached === undefined) return null;
  const { fields } = readHeaderBlock(attached.content.subarray(0, ATTACHED_HEADER_BYTES_MAX));
  const value = (name: string): string | null => {
    const field = fields.find((candidate) => candidate.name.toLowerCase() === name);
    return field === undefined ? null : decodeRawHeader(field.value);
  };
  const subject = value("subject");
  const from = value("from");
  if (subject === null && from === null) return null;
  return {
    from: from === null ? null : (readAddressHeader(from, 1).addresses[0] ?? null),
    subject: subject === null ? null : normaliseSubject(decodeWords(subject)),
    date: parseMailDate(value("date") ?? ""),
  };
}
