import { isBlank } from "./quote-line";

const LINES_MAX = 60;
const LENGTH_MAX = 200;
const DELIMITER = /^(?:-- ?|--\s{0,3}|__\s?|—\s?)$/;
// Trackers of opened mail leave this sign where their invisible image was.
const TRACKER = /^\s{0,8}\u1427\s{0,8}$/;

const CLIENTS =
  "mobile|\\[?mail|yahoo|outlook|windows|samsung|proton|tutanota|gmail|iphon|ipad|ipod|android|blackberry|airmail|typeapp|bluemail|spark|sparrow|nokia|galaxy|huawei|xiaomi|aol|gmx|web\\.de|k-9|thunderbird|postbox|superhuman|fairemail|mymail";
const ENGLISH = [
  "my [^.!?,<]{1,50}",
  "(?:a|the) (?:\\S{1,20} ){0,2}(?:phone|mobile|tablet|device)",
  `(?:${CLIENTS}).{0,100}`,
].join("|");
const EXCUSE = "(?:[.,!]? {0,3}(?:please|excuse|sorry|pardon|forgive).{0,80})?";
const LINK = "(?:\\s?[<(\\[]\\S{1,120})?";
const SENT_FROM_IN_ENGLISH = new RegExp(
  `^[\\s_*[(<]{0,8}(?:sent (?:from|via|with|using|by) (?:${ENGLISH})|get \\[?outlook for .{1,80}|download outlook .{1,80})${LINK}${EXCUSE}[\\s_*\\])>.]{0,8}$`,
  "iu",
);
// The verbs of other languages; what was sent with parcels is told apart by OWN_DEVICE.
const SENT_FROM = new RegExp(
  `^[\\s_*[(<]{0,8}(?:${[
    "von .{1,60} (?:gesendet|gesandt|geschickt)|gesendet (?:von|mit|über|aus) |diese nachricht wurde ",
    "envoyé (?:de|depuis|à partir de|avec|via) |envia(?:do|t) (?:desde|do|de|a partir do|pelo|através) ",
    "inviat[oa] (?:da|dal|dalla|con) |(?:verstuurd|verzonden) (?:vanaf|met|via|vanuit) ",
    "skickat från |sendt (?:fra|via|med) |lähetetty |sent úr |wysłan[eoay] z |(?:odesláno|odoslané) zo? ",
    "отправлено (?:с|из) |надіслано з |изпратено от |послато са |elküldve ",
    "trimis (?:de pe|din) |poslano (?:s|z|sa|iz) |στάλθηκε από |išsiųsta iš |nosūtīts no |saadetud ",
    "נשלח מ|أُرسلت من |تم الإرسال من |ارسال شده از |đã gửi từ |được gửi từ |dikirim dari |ส่งจาก ?",
    "[发發]自 ?|[从從]我的 ?|我的 ?iPhone",
  ].join("|")})`,
  "iu",
);
// Where the verb stands last, it is looked for in each line; none of them is ASCII.
const SENT_FROM_VERB_LAST =
  /^[\s_*[(<]{0,8}(?:\S.{0,60} gönderildi|.{1,60} küldve|\S.{0,40}から送信|.{1,40}에서 보냄)/iu;
const BEYOND_ASCII = /[\u0080-\uffff]/;
const OWN_DEVICE = new RegExp(
  `${CLIENTS}|mobil|phone|\\bcell\\b|device|laptop|computer|telefon|teléfono|téléphone|telemóvel|celular|cellulare|handy|gerät|tablet|puhelim|készülék|телефон|смартфон|мобил|κινητό|τηλέφωνο|携帯|手机|手機|휴대`,
  "iu",
);

// "my Wave 2", not "my old address".
const OWN_MODEL = /\b[Mm]y (?:\p{Lu}|\S{0,20}\d)/u;

/**
 * Marks what ends an answer without being a part of it: "Sent from my …" with what its client put
 * below it, signatures behind `-- ` (RFC 3676 §4.3), the sign a tracker of opened mail leaves.
 * `quoted` says line by line what is marked already. Linear.
 */
export function markSignatures(lines: readonly string[], quoted: boolean[]): void {
  markSentFrom(lines, quoted);
  let start = -1;
  let hasInkBefore = false;
  for (let i = 0; i < lines.length; i++) {
    if (quoted[i]) continue;
    const line = lines[i] ?? "";
    if (line.length < LENGTH_MAX && TRACKER.test(line)) quoted[i] = true;
    else if (hasInkBefore && DELIMITER.test(line)) start = i;
    else hasInkBefore ||= !isBlank(line);
  }
  if (start === -1 || lines.length - start > LINES_MAX * 10) return;
  for (let i = start, marked = 0; i < lines.length && marked < LINES_MAX; i++) {
    if (quoted[i]) continue;
    quoted[i] = true;
    marked++;
  }
}

/**
 * Below a "Sent from my …" that stands alone comes the older mail, which some phones quote without
 * any mark. In a mail that marks its quotes, what stands there is the sender's, and only the line goes.
 */
function markSentFrom(lines: readonly string[], quoted: boolean[]): void {
  const marksItsQuotes = quoted.includes(true);
  let hasInkBefore = false;
  for (let i = 0; i < lines.length; i++) {
    if (quoted[i]) continue;
    const line = lines[i] ?? "";
    if (!isSentFrom(line)) {
      hasInkBefore ||= !isBlank(line);
    } else if (!marksItsQuotes && hasInkBefore && isBlank(lines[i - 1])) {
      quoted.fill(true, i);
      return;
    } else quoted[i] = true;
  }
}

function isSentFrom(line: string): boolean {
  if (line.length >= LENGTH_MAX) return false;
  // How a line begins rules most of them out at once.
  if (SENT_FROM_IN_ENGLISH.test(line)) return OWN_DEVICE.test(line) || OWN_MODEL.test(line);
  const isSent =
    SENT_FROM.test(line) || (BEYOND_ASCII.test(line) && SENT_FROM_VERB_LAST.test(line));
  return isSent && OWN_DEVICE.test(line);
}
