export type HeaderLabel = "from" | "date" | "to" | "subject" | "cc" | "other";

// How clients label the head of a mail they quote or forward, in the languages they come in.
const LABELS: Record<HeaderLabel, string> = {
  from: "from|von|de|da|van|från|fra|lähettäjä|od|от|від|kimden|gönderen|feladó|de la|expéditeur|remitente|mittente|afzender|avsändare|afsender|avsender|差出人|发件人|寄件者|寄件人|보낸사람|보낸 사람|מאת|من",
  date: "sent|date|message du|gesendet|datum|envoyé|envoyé le|fecha|enviado|enviado el|enviada em|enviado em|enviada|data|inviato|verzonden|verzonden op|skickat|dato|sendt|sendt den|päivämäärä|päiväys|lähetetty|wysłano|wysłane|odesláno|odoslané|дата|отправлено|надіслано|tarih|gönderme tarihi|gönderildi|dátum|elküldve|küldés dátuma|trimis|data trimiterii|poslano|送信日時|日付|日期|发送时间|发送日期|寄件日期|傳送日期|보낸 날짜|날짜|تاريخ|תאריך|نُشر",
  to: "to|an|à|a|para|per|aan|till|til|vastaanottaja|do|komu|кому|alıcı|kime|címzett|către|destinataire|destinatario|宛先|收件人|收件者|받는사람|받는 사람|אל|إلى|za|prima",
  subject:
    "subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|тема|konu|tárgy|subiect|件名|主题|主旨|主題|제목|נושא|الموضوع",
  cc: "cc|kopie|copie|copie à|copia|kopia|kopi|kopio|dw|kopie an|másolatot kap|копия|копія|bilgi|抄送|副本|참조",
  other:
    "reply-to|bcc|antwort an|répondre à|responder a|rispondi a|risposta|organization|importance|priority|attachments|anlagen|bcc|list-id",
};

const BY_NAME = new Map<string, HeaderLabel>();
for (const label of ["other", "cc", "to", "subject", "date", "from"] as const) {
  for (const name of LABELS[label].split("|")) BY_NAME.set(name, label);
}

export type LabelledLine = { label: HeaderLabel; value: string };

/**
 * Reads a line such as `From: Jo <jo@example.com>`, `*Von:* Jo` or `> Oggetto : Ciao`: a known
 * label in any of our languages and what follows it. Null for any other line.
 */
export function readLabelledLine(line: string): LabelledLine | null {
  const match =
    /^[\s>*_|]{0,12}([\p{L}\p{M} -]{1,24}?)\s?[*_]{0,2}\s?[:：][*_]{0,2}\s?(.{0,1000})/u.exec(line);
  if (match === null) return null;
  const [, name = "", value = ""] = match;
  const label = BY_NAME.get(name.trim().toLowerCase());
  return label === undefined ? null : { label, value: value.replace(/[*_]{1,2}$/, "").trim() };
}

/** The labels found in the lines from `start` on, until a line that has none; at most `linesMax`. */
export function readLabelledBlock(
  lines: readonly string[],
  start: number,
  linesMax = 14,
): { fields: Map<HeaderLabel, string>; next: number } {
  const fields = new Map<HeaderLabel, string>();
  let next = start;
  let last: HeaderLabel | null = null;
  for (let i = start; i < lines.length && i < start + linesMax; i++) {
    const line = lines[i] ?? "";
    const found = readLabelledLine(line);
    if (found !== null) {
      if (!fields.has(found.label)) fields.set(found.label, found.value);
      last = found.label;
      next = i + 1;
    } else if (line.replace(/[>\s]/g, "") === "") {
      // Some clients put empty lines between the labels; others end the block so.
      if (fields.size === 0 || readLabelledLine(lines[i + 1] ?? "") === null) break;
    } else if (last === null || i > next || !isWrapped(line, last, lines[i + 1])) {
      break;
    } else {
      next = i + 1;
    }
  }
  return { fields, next };
}

/** Long values wrap: lists of people over many lines, anything else when a label follows. */
function isWrapped(line: string, last: HeaderLabel, following: string | undefined): boolean {
  if (last === "to" || last === "cc") return true;
  return line.length < 200 && readLabelledLine(following ?? "") !== null;
}
