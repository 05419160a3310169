// What mail programs write above a mail that they pass on, in the languages they come in.

const PHRASES = [
  "forwarded message|begin forwarded message|forwarded mail|forwarded email|forwarded by",
  "weitergeleitete nachricht|anfang der weitergeleiteten nachricht|anfang der weitergeleiteten e-mail|beginn der weitergeleiteten nachricht|weitergeleitete e-mail|weitergeleitete mail",
  "message transféré|message transmis|message réexpédié|début du message transféré|début du message réexpédié|début du message transmis|courriel transféré",
  "mensaje reenviado|inicio del mensaje reenviado|correo reenviado|mensaje remitido",
  "mensagem encaminhada|mensagem reencaminhada|mensagem reenviada|início da mensagem encaminhada|início da mensagem reencaminhada|e-mail encaminhado",
  "messaggio inoltrato|inizio messaggio inoltrato|inizio del messaggio inoltrato",
  "doorgestuurd bericht|begin doorgestuurd bericht|doorgestuurde e-mail",
  "vidarebefordrat meddelande|vidarebefordrat mejl|vidarebefordrat brev|vidarebefordrat meddelande startar här|början på vidarebefordrat meddelande|påbörja vidarebefordrat meddelande|vidarebefordrat e-postmeddelande",
  "videresendt meddelelse|videresendt besked|videresendt mail|start på videresendt besked|start på videresendt meddelelse",
  "videresendt melding|videresendt e-post|start på videresendt e-post|start på videresendt melding|begynnelse på videresendt melding|vidaresend melding",
  "välitetty viesti|välitetty viesti alkaa|edelleenlähetetty viesti|edelleen lähetetty viesti",
  "przekazana wiadomość|przesłana wiadomość|wiadomość przesłana dalej|wiadomość przekazana dalej|początek przekazywanej wiadomości|początek przekazanej wiadomości|początek wiadomości przekazanej dalej|początek przesłanej dalej wiadomości|treść przekazanej wiadomości|przekazywana wiadomość",
  "přeposlaná zpráva|předaná zpráva|přeposílaná zpráva|začátek přeposílané zprávy|začátek přeposlané zprávy",
  "preposlaná správa|preposielaná správa|začiatok preposlanej správy|odovzdaná správa",
  "proslijeđena poruka|započni proslijeđenu poruku|početak proslijeđene poruke|prosleđena poruka|прослеђена порука|posredovano sporočilo|začetek posredovanega sporočila",
  "továbbított üzenet|továbbított levél|továbbított levél kezdete|továbbított üzenet kezdete|a továbbított levél kezdete",
  "mesaj redirecționat|mesaj transmis|mesaj înaintat|mesaj retrimis|începe mesajul redirecționat|început mesaj redirecționat|începutul mesajului redirecționat",
  "iletilen ileti|iletilen mesaj|iletilmiş mesaj|iletilmiş ileti|ileti başlangıcı|iletilen mesaj başlangıcı|iletilmiş mesaj başlangıcı|yönlendirilen ileti|yönlendirilmiş ileti|yönlendirilen mesaj|iletilen e-posta",
  "пересылаемое сообщение|перенаправленное сообщение|пересланное сообщение|переадресованное сообщение|пересылаемое письмо|пересланное письмо|начало переадресованного сообщения|начало пересылаемого сообщения",
  "переслане повідомлення|перенаправлене повідомлення|переадресоване повідомлення|пересланий лист|початок листа, що пересилається|початок переадресованого повідомлення|початок пересланого повідомлення",
  "edastatud kiri|edastatud sõnum|edasisaadetud kiri|edasi saadetud kiri|persiųstas laiškas|persiunčiamas laiškas|persiųsta žinutė|pārsūtīta ziņa|pārsūtītais ziņojums|pārsūtīts ziņojums",
  "προωθημένο μήνυμα|έναρξη προωθημένου μηνύματος|αρχή προωθημένου μηνύματος|препратено съобщение|начало на препратеното съобщение",
  "missatge reenviat|inici del missatge reenviat|mensaxe reenviada|birbidalitako mezua|framsent skeyti|áframsent skeyti",
  "pesan terusan|pesan yang diteruskan|mulai pesan yang diteruskan|mesej yang dimajukan|tin nhắn được chuyển tiếp|thư đã chuyển tiếp|thư chuyển tiếp|ข้อความที่ส่งต่อ",
  "転送されたメッセージ|転送メッセージ|メッセージを転送|転送されたメール|転送メール",
  "转发的邮件|已转发的邮件|被转发邮件|转发邮件|转发邮件信息|转发邮件的开头|轉寄的郵件|轉寄郵件|轉寄訊息|已轉寄的郵件|開始轉寄郵件|以下為轉寄郵件",
  "전달된 메시지|전달된 메일|전달한 메시지|전달된 메시지 시작",
  "הודעה שהועברה|תחילת ההודעה שהועברה|رسالة معاد توجيهها|رسالة تمت إعادة توجيهها|بداية الرسالة المعاد توجيهها",
];
const KNOWN = new Set(PHRASES.flatMap((phrases) => phrases.split("|")).map(folded));
const PHRASE_LENGTH_MAX = 120;

const BETWEEN_RULES =
  /^[\s>*_]{0,8}[-_=]{2,40}\s?([^-_=]\D{2,100}?)\s?[-_=]{2,40}[:：]?\s{0,8}(.*)$/u;
const BEFORE_COLON = /^[\s>*_]{0,8}(\p{L}[^:：]{2,80}?)\s{0,3}[:：][\s*_]{0,8}$/u;
/** Lotus Notes names who forwarded it, and when. */
const BY_SOMEBODY = /^[\s>]{0,8}-{2,40}\s?forwarded by .{1,100}-{2,40}\s{0,8}$/i;

const VERBS =
  "wrote|writes|schrieb|schrieben|geschrieben|a écrit|escribió|escreveu|ha scritto|schreef|geschreven|skrev|skriver|kirjoitti|napisał|napisała|pisze|napsal|napsala|napísal|napísala|napisao|napisala|написал|написала|написав|пишет|пише|yazdı|írta|a scris|kirjutas|rašė|rakstīja|έγραψε|va escriure|menulis|đã viết";
const WROTE = new RegExp(
  `(?<!\\p{L})(?:${VERBS})(?!\\p{L})|のメール|さんは書きました|写道|寫道|작성|כתב|كتب`,
  "iu",
);

/**
 * Whether a line is what a mail program writes above a forwarded mail: `---------- Forwarded message
 * ---------`, `Anfang der weitergeleiteten Nachricht:`. @returns what stands behind it on the same
 * line, else null.
 */
export function readForwardMark(line: string): { rest: string } | null {
  const [, phrase, rest = ""] = BETWEEN_RULES.exec(line) ?? [];
  if (phrase !== undefined && isKnown(phrase)) return { rest };
  if (line.length > PHRASE_LENGTH_MAX) return null;
  const [, alone] = (/[:：]/.test(line) && BEFORE_COLON.exec(line)) || [];
  return (alone !== undefined && isKnown(alone)) || BY_SOMEBODY.test(line) ? { rest: "" } : null;
}

/** Whether words say that somebody wrote something: `schrieb`, `a écrit`, `написал`. */
export function saysWrote(words: string): boolean {
  return WROTE.test(words);
}

/** Thunderbird says it in two languages at once: `Välitetty viesti / Fwd.Msg`. */
function isKnown(phrase: string): boolean {
  return phrase.split("/").some((part) => KNOWN.has(folded(part)));
}

/** In lower case, without the dot of the Turkish İ, cedillas as commas. */
function folded(phrase: string): string {
  return phrase
    .trim()
    .normalize("NFC")
    .toLowerCase()
    .replaceAll("\u0307", "")
    .replaceAll("ţ", "ț")
    .replaceAll("ş", "ș")
    .replace(/\s+/g, " ");
}
