export type HeaderLabel = "from" | "date" | "to" | "subject" | "cc" | "other";

// How clients label the head of a mail they quote or forward, in the languages they come in.
const LABELS: Record<HeaderLabel, string> = {
  from: "from|von|de|da|dal|van|från|fra|frå|lähettäjä|od|от|от кого|від|від кого|kimden|gönderen|feladó|de la|expeditor|expeditorul|expéditeur|remitente|remetente|mittente|afzender|avsändare|afsender|avsender|šalje|šalje se od|pošiljatelj|pošiljalec|odosielateľ|odesílatel|nadawca|отправитель|відправник|подател|saatja|kellelt|nuo|siuntėjas|sūtītājs|από|αποστολέας|dari|pengirim|từ|người gửi|送信元|送信者|差出人|发件人|發件人|寄件者|寄件人|보낸사람|보낸 사람|발신|מאת|من",
  date: "sent|date|sent at|date sent|gesendet|gesendet am|datum|envoyé|envoyé le|date d'envoi|fecha|fecha de envío|enviado|enviado el|enviado em|enviada em|enviada|data|dată|data i ora|inviato|verzonden|verzonden op|skickat|skickades|dato|sendt|sendt den|päivämäärä|päiväys|lähetetty|wysłano|wysłane|data wysłania|odesláno|odoslané|odoslané dňa|дата|отправлено|надіслано|изпратено|tarih|gönderme tarihi|gönderilen|gönderildi|gönderim tarihi|dátum|elküldve|küldve|küldés dátuma|trimis|data trimiterii|poslano|poslano dana|poslato|kuupäev|saadetud|išsiųsta|datums|nosūtīts|ημερομηνία|στάλθηκε|tanggal|dikirim|ngày|đã gửi|日時|送信日時|日付|日期|发送时间|发送日期|發送日期|寄件日期|傳送日期|时间|時間|보낸 날짜|날짜|보낸날짜|תאריך|נשלח|تاريخ|التاريخ|نُشر|message du",
  to: "to|an|à|a|para|per|aan|till|til|vastaanottaja|do|pre|prima|za|komu|adresat|кому|до|alıcı|kime|címzett|către|destinatarul|destinatar|destinataire|pour|destinatario|destinatário|mottaker|mottagare|modtager|odbiorca|primatelj|saaja|kellele|kam|gavėjas|προς|kepada|đến|tới|送信先|宛先|收件人|收件者|받는사람|받는 사람|אל|إلى",
  subject:
    "subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|predmet|naslov|zadeva|тема|относно|konu|tárgy|subiect|subiectul|assumpte|teema|tema|temats|θέμα|perihal|subjek|chủ đề|tiêu đề|件名|主题|主旨|主題|标题|제목|נושא|الموضوع",
  cc: "cc|kopie|kopie (cc)|copie|copie à|copia|copia a|cópia|cc/cópia|kopia|kopia (cc)|kopi|kopia till|kopio|kópia|koopia|dw|do wiadomości|udw|kopie an|másolat|másolatot kap|másolat (cc)|копия|копія|копие|bilgi|κοιν|κοινοποίηση|tembusan|抄送|副本|參照|참조|עותק|نسخة",
  other:
    "reply-to|reply to|bcc|antwort an|répondre à|responder a|responder para|rispondi a|risposta|svar till|svar til|antwoord aan|ответить|відповісти|organization|importance|priority|attachments|anlagen|pièces jointes|adjuntos|allegati|bijlagen|list-id|sender|message-id|resent-from|x-mailer|返信先|回复",
};

const BY_NAME = new Map<string, HeaderLabel>();
for (const label of ["other", "cc", "to", "subject", "date", "from"] as const) {
  for (const name of LABELS[label].split("|")) BY_NAME.set(name, label);
}

/** Every label as clients write it at a line's start, the longest first. */
const WRITTEN = [...BY_NAME.keys()]
  .flatMap((name) => [capital(name), name.length <= 3 ? name.toUpperCase() : capital(name)])
  .sort((a, b) => b.length - a.length)
  .map((name) => name.replace(/[()./]/g, "\\$&"));
// A short label inside a word is none; a long one may be glued to what stands before it.
const GLUED = new RegExp(
  `(?:(?<![^\\s>])(?:${[...new Set(WRITTEN)].join("|")})|(?:${[...new Set(WRITTEN.filter((name) => name.length > 3))].join("|")}))\\s?[:：]`,
  "gu",
);
const GLUED_LABELS_MAX = 12;

function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

export type LabelledLine = { label: HeaderLabel; value: string };

/**
 * Reads a line such as `From: Jo <jo@example.com>`, `*Von:* Jo` or `> Oggetto : Ciao`: a known
 * label in any of our languages and what follows it. Null for any other line.
 */
export function readLabelledLine(line: string): LabelledLine | null {
  if (!/[:：]/.test(line)) return null;
  const match =
    /^[\s>*_|]{0,12}([\p{L}\p{M} ()'’./-]{1,28}?)\s?[*_]{0,2}\s?[:：][*_]{0,2}\s?(.{0,1000})/u.exec(
      line,
    );
  if (match === null) return null;
  const [, name = "", value = ""] = match;
  const label = labelNamed(name);
  return label === null ? null : { label, value: value.replace(/[*_]{1,2}$/, "").trim() };
}

/** In lower case, where the Turkish İ keeps a dot of its own. */
function labelNamed(name: string): HeaderLabel | null {
  const key = name.trim().normalize("NFC").toLowerCase();
  return BY_NAME.get(key.replaceAll("\u0307", "").replace("’", "'")) ?? null;
}

/**
 * The labels of a head that stands in one line, as Yahoo's plain text has it: `From: Jo <jo@a.example>To:
 * Ann <ann@b.example>Sent: …Subject: …`. Read until the subject, which goes to the end of the line.
 * Empty unless the line begins with a label.
 */
export function readGluedHead(line: string): Map<HeaderLabel, string> {
  const fields = new Map<HeaderLabel, string>();
  let open: { label: HeaderLabel; start: number } | null = null;
  for (const match of line.matchAll(GLUED)) {
    const label = labelNamed(match[0].replace(/\s?[:：]$/, ""));
    if (label === null || (open === null && match.index > 2)) break;
    if (open !== null) fields.set(open.label, line.slice(open.start, match.index).trim());
    open = { label, start: match.index + match[0].length };
    if (label === "subject" || fields.size >= GLUED_LABELS_MAX) break;
  }
  if (open !== null) fields.set(open.label, line.slice(open.start).trim());
  return fields;
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
