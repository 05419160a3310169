import iconv from "iconv-lite";
import type { Dice } from "./dice";

/** How a language's mails are written. */
export type Language = {
  code: string;
  /** What its mails are encoded in, and how often. */
  charsets: readonly (readonly [string, number])[];
  /** Pieces its words are made of. */
  syllables: readonly string[];
  /** Between words, and after sentences; none in Chinese and Japanese. */
  space: string;
  stop: string;
  greeting: string;
  farewell: string;
  /** The line clients put above what they quote. */
  wrote: (date: string, name: string, address: string) => string;
  /** Outlook's labels: from, sent, to, subject. */
  labels: readonly [string, string, string, string];
  replyPrefix: string;
};

const latin = (text: string) => text.split(" ");

/** Characters of a double-byte set by row, so that each can be encoded in it. */
function rows(charset: string, first: number, last: number): string[] {
  const characters: string[] = [];
  for (let row = first; row <= last; row++)
    for (let column = 0xa1; column <= 0xf9; column++)
      characters.push(iconv.decode(Buffer.from([row, column]), charset));
  return characters;
}

const EUROPEAN = { space: " ", stop: ". " };
const EAST_ASIAN = { space: "", stop: "。" };

const LANGUAGES: readonly (readonly [Language, number])[] = [
  [
    {
      ...EUROPEAN,
      code: "en",
      charsets: latinCharsets("windows-1252"),
      syllables: latin(
        "the in er on at re ing or is to and it en ti con ver pro ment der ship work ness ab le st er un com out tion al",
      ),
      ...{ greeting: "Hello,", farewell: "Kind regards", replyPrefix: "Re" },
      wrote: (date, name, address) => `On ${date}, ${name} <${address}> wrote:`,
      labels: ["From", "Sent", "To", "Subject"],
    },
    45,
  ],
  [
    {
      ...EUROPEAN,
      code: "de",
      charsets: latinCharsets("iso-8859-1"),
      syllables: latin(
        "der ei en sch ge be ver ung lich keit ste hen auf an zu ß ä ö ü ten nd ich ber tig wer ein aus für über",
      ),
      ...{ greeting: "Guten Tag,", farewell: "Mit freundlichen Grüßen", replyPrefix: "AW" },
      wrote: (date, name, address) => `Am ${date} schrieb ${name} <${address}>:`,
      labels: ["Von", "Gesendet", "An", "Betreff"],
    },
    15,
  ],
  [
    {
      ...EUROPEAN,
      code: "fr",
      charsets: latinCharsets("iso-8859-15"),
      syllables: latin(
        "le la de ment tion é è ré ç con pour par ou ais eur ance ée qu e il elle sur vous nous tre dans mon",
      ),
      ...{ greeting: "Bonjour,", farewell: "Cordialement", replyPrefix: "Re" },
      wrote: (date, name, address) => `Le ${date}, ${name} <${address}> a écrit :`,
      labels: ["De", "Envoyé", "À", "Objet"],
    },
    10,
  ],
  [
    {
      ...EUROPEAN,
      code: "es",
      charsets: latinCharsets("windows-1252"),
      syllables: latin(
        "el la de ción es os as ar er ir ñ á é í ó por para con que ado ido mente tra ble pre su una com",
      ),
      ...{ greeting: "Buenos días:", farewell: "Saludos cordiales", replyPrefix: "RE" },
      wrote: (date, name, address) => `El ${date}, ${name} <${address}> escribió:`,
      labels: ["De", "Enviado", "Para", "Asunto"],
    },
    8,
  ],
  [
    {
      ...EUROPEAN,
      code: "pl",
      charsets: latinCharsets("iso-8859-2"),
      syllables: latin(
        "nie się na po prze wy za ć ł ą ę ż ó ś owa nia rze czy kto ty do ani ski dzi la wo",
      ),
      ...{ greeting: "Dzień dobry,", farewell: "Z poważaniem", replyPrefix: "Odp" },
      wrote: (date, name, address) => `${date}, ${name} <${address}> napisał(a):`,
      labels: ["Od", "Wysłano", "Do", "Temat"],
    },
    4,
  ],
  [
    {
      ...EUROPEAN,
      code: "ru",
      charsets: [
        ["utf-8", 60],
        ["koi8-r", 20],
        ["windows-1251", 20],
      ],
      syllables: latin(
        "не на по про вы за ств ени ого ать ить но ра ко ли та ми ре то во де ла ный ость при",
      ),
      ...{ greeting: "Здравствуйте!", farewell: "С уважением", replyPrefix: "Re" },
      wrote: (date, name, address) => `${date}, ${name} <${address}> пишет:`,
      labels: ["От", "Отправлено", "Кому", "Тема"],
    },
    6,
  ],
  [
    {
      ...EAST_ASIAN,
      code: "ja",
      charsets: [
        ["utf-8", 55],
        ["iso-2022-jp", 45],
      ],
      syllables: [
        ...rows("euc-jp", 0xb0, 0xb8),
        ..."のにはをたがでてとしれさあるいもすっかなりまらく",
      ],
      ...{ greeting: "お世話になっております。", farewell: "よろしくお願いいたします。" },
      replyPrefix: "Re",
      wrote: (date, name, address) => `${date} ${name} <${address}>:`,
      labels: ["差出人", "送信日時", "宛先", "件名"],
    },
    6,
  ],
  [
    {
      ...EAST_ASIAN,
      code: "zh",
      charsets: [
        ["utf-8", 60],
        ["gb2312", 40],
      ],
      syllables: rows("gb2312", 0xb0, 0xbf),
      ...{ greeting: "您好:", farewell: "谢谢", replyPrefix: "Re" },
      wrote: (date, name, address) => `${name} <${address}> 于${date}写道:`,
      labels: ["发件人", "发送时间", "收件人", "主题"],
    },
    6,
  ],
];

function latinCharsets(legacy: string): readonly (readonly [string, number])[] {
  return [
    ["utf-8", 70],
    [legacy, 30],
  ];
}

/** All languages of the set, English first. */
export const ALL_LANGUAGES = LANGUAGES.map(([language]) => language);

export function pickLanguage(dice: Dice): Language {
  return dice.weighted(LANGUAGES);
}

/** The text's bytes. @throws nothing: what the charset lacks becomes a question mark. */
export function encodeText(text: string, charset: string): Buffer {
  return charset === "iso-2022-jp" ? toIso2022Jp(text) : iconv.encode(text, charset);
}

/** RFC 1468: JIS X 0208 between two escape sequences, ASCII again before each line end. */
function toIso2022Jp(text: string): Buffer {
  const out: number[] = [];
  let isDouble = false;
  for (const character of text) {
    const encoded = iconv.encode(character, "euc-jp");
    // Three bytes are JIS X 0212, which this charset lacks.
    const bytes = encoded.length > 2 ? Buffer.from("?") : encoded;
    const needsDouble = bytes.length === 2;
    if (needsDouble !== isDouble) out.push(0x1b, ...(needsDouble ? [0x24, 0x42] : [0x28, 0x42]));
    isDouble = needsDouble;
    for (const byte of bytes) out.push(byte & 0x7f);
  }
  if (isDouble) out.push(0x1b, 0x28, 0x42);
  return Buffer.from(out);
}
