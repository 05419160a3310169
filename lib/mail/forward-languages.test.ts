import { describe, expect, test } from "vitest";
import { readForwarded } from "./forward";
import type { MailAttachment } from "./mail";

const JO = { name: "Jo Doe", address: "jo@customer.example" };
const FROM = "Jo Doe <jo@customer.example>";
const SUBJECT = "The kettle whistles";

function read(text: string, subject = "", attachments: MailAttachment[] = []) {
  return readForwarded({ subject, text, attachments, isAutomatic: false });
}

const original = { from: JO, subject: SUBJECT };

/** What a client of each language writes above a mail it passes on: From, Date, Subject, To. */
const LANGUAGES: [language: string, mark: string, labels: [string, string, string, string]][] = [
  ["English", "---------- Forwarded message ---------", ["From", "Date", "Subject", "To"]],
  ["German", "-------- Weitergeleitete Nachricht --------", ["Von", "Datum", "Betreff", "An"]],
  ["French", "---------- Message transféré ---------", ["De", "Date", "Objet", "À"]],
  ["Spanish", "---------- Mensaje reenviado ---------", ["De", "Fecha", "Asunto", "Para"]],
  ["Portuguese", "-------- Mensagem reencaminhada --------", ["De", "Data", "Assunto", "Para"]],
  ["Brazilian", "Início da mensagem encaminhada:", ["De", "Data", "Assunto", "Para"]],
  ["Italian", "Inizio messaggio inoltrato:", ["Da", "Data", "Oggetto", "A"]],
  ["Dutch", "---------- Doorgestuurd bericht ---------", ["Van", "Datum", "Onderwerp", "Aan"]],
  ["Swedish", "Vidarebefordrat brev:", ["Från", "Datum", "Ämne", "Till"]],
  ["Danish", "Start på videresendt besked:", ["Fra", "Dato", "Emne", "Til"]],
  ["Norwegian", "-------- Videresendt melding --------", ["Fra", "Dato", "Emne", "Til"]],
  ["Finnish", "Välitetty viesti alkaa:", ["Lähettäjä", "Päiväys", "Aihe", "Vastaanottaja"]],
  ["Polish", "Początek przekazywanej wiadomości:", ["Od", "Data", "Temat", "Do"]],
  ["Czech", "-------- Přeposlaná zpráva --------", ["Od", "Datum", "Předmět", "Komu"]],
  ["Slovak", "Začiatok preposlanej správy:", ["Od", "Dátum", "Predmet", "Komu"]],
  ["Slovene", "-------- Posredovano sporočilo --------", ["Od", "Datum", "Zadeva", "Za"]],
  ["Croatian", "-------- Proslijeđena poruka --------", ["Šalje", "Datum", "Naslov", "Prima"]],
  ["Hungarian", "Továbbított levél kezdete:", ["Feladó", "Dátum", "Tárgy", "Címzett"]],
  ["Romanian", "-------- Mesaj redirecționat --------", ["De la", "Dată", "Subiect", "Către"]],
  ["Turkish", "-------- İletilen İleti --------", ["Kimden", "Tarih", "Konu", "Kime"]],
  ["Russian", "-------- Пересылаемое сообщение --------", ["От", "Дата", "Тема", "Кому"]],
  ["Ukrainian", "Початок листа, що пересилається:", ["Від кого", "Дата", "Тема", "Кому"]],
  ["Bulgarian", "-------- Препратено съобщение --------", ["От", "Дата", "Относно", "До"]],
  ["Greek", "-------- Προωθημένο μήνυμα --------", ["Από", "Ημερομηνία", "Θέμα", "Προς"]],
  ["Estonian", "-------- Edastatud kiri --------", ["Saatja", "Kuupäev", "Teema", "Saaja"]],
  ["Japanese", "---------- メッセージを転送 ---------", ["差出人", "日付", "件名", "宛先"]],
  ["Chinese", "---------- 转发的邮件 ---------", ["发件人", "日期", "主题", "收件人"]],
  ["Taiwanese", "---------- 轉寄的郵件 ---------", ["寄件者", "日期", "主旨", "收件者"]],
  ["Korean", "---------- 전달된 메일 ---------", ["보낸사람", "날짜", "제목", "받는사람"]],
  ["Vietnamese", "------- Thư đã chuyển tiếp -------", ["Từ", "Ngày", "Chủ đề", "Đến"]],
];

function forward(mark: string, [from, date, subject, to]: string[], quote = ""): string {
  const head = [
    ...[`${from}: ${FROM}`, `${date}: 3.5.2026 07:40`, `${subject}: ${SUBJECT}`],
    ...[`${to}: Nora <nora@desk.example>`, "", "It does not stop."],
  ];
  return `Please look.\n\n${quote}${mark}\n${quote}\n${head.map((line) => quote + line).join("\n")}`;
}

describe("a mail forwarded inline", () => {
  test.each(LANGUAGES)("in %s shows who wrote it and about what", (_language, mark, labels) => {
    expect(read(forward(mark, labels))).toMatchObject(original);
    expect(read(forward(mark, labels, "> "))).toMatchObject(original);
  });

  test("is known in at least 23 languages", () => {
    expect(new Set(LANGUAGES.map(([language]) => language)).size).toBeGreaterThanOrEqual(23);
  });

  test.each(LANGUAGES)(
    "in %s without a mark is known by its subject",
    (_language, _mark, labels) => {
      const text = forward("________________________________", labels);
      expect(read(text, `FW: ${SUBJECT}`)).toMatchObject(original);
      expect(read(text, `Re: ${SUBJECT}`)).toBeNull();
    },
  );
});

const HEAD = `From: ${FROM}\nSent: Sunday, May 3, 2026 7:40 AM\nTo: Nora <nora@desk.example>\nSubject: ${SUBJECT}\n\nIt does not stop.`;

describe("a mail forwarded by", () => {
  const clients: [string, string, string][] = [
    ["Outlook on the web", "Fw: x", `________________________________\n${HEAD}`],
    [
      "Outlook in French",
      "TR: x",
      `De : ${FROM}\nEnvoyé : dimanche 3 mai 2026 07:40\nÀ : Nora\nObjet : ${SUBJECT}`,
    ],
    ["Outlook 2013", "FW: x", HEAD.replace(FROM, "Jo Doe [mailto: jo@customer.example]")],
    ["Exchange", "FW: x", HEAD.replace(FROM, "Jo Doe [jo@customer.example]")],
    [
      "Outlook as text",
      "FW: x",
      HEAD.replace(
        FROM,
        "Jo Doe<mailto:jo@customer.example> <jo@customer.example<mailto:jo@customer.example>>",
      ),
    ],
    [
      "Outlook for somebody else",
      "FW: x",
      HEAD.replace(FROM, `${FROM} on behalf of Shop <shop@customer.example>`),
    ],
    ["Outlook in bold", "WG: x", HEAD.replace(/^(\w+:)/gm, "*$1*")],
    ["Outlook with lines that end in CR LF", "FW: x", HEAD.replaceAll("\n", "\r\n")],
    [
      "GMX",
      "Fwd: x",
      `Gesendet: Sonntag, 3. Mai 2026 um 07:40 Uhr\nVon: "Jo Doe" <jo@customer.example>\nAn: nora@desk.example\nBetreff: ${SUBJECT}`,
    ],
    [
      "IONOS",
      "",
      `> ---------- Original Message ----------\n> From: ${FROM}\n> To: nora@desk.example\n> Date: 05/03/2026 7:40 AM EDT\n> Subject: ${SUBJECT}`,
    ],
    [
      "Thunderbird",
      "Fwd: x",
      `-------- Forwarded Message --------\nSubject: \t${SUBJECT}\nDate: \tSun, 3 May 2026 07:40:00 +0200\nFrom: \t${FROM}\nTo: \tnora@desk.example`,
    ],
    [
      "Thunderbird in two languages",
      "",
      `-------- Preposlaná správa --- Forwarded Message --------\nPredmet: \t${SUBJECT}\nOd: \t${FROM}\nPre: \tnora@desk.example`,
    ],
    [
      "Zoho",
      "",
      `============ Forwarded message ============\nFrom: ${FROM}\nTo: <nora@desk.example>\nDate: Sun, 03 May 2026 07:40:00 +0200\nSubject: ${SUBJECT}`,
    ],
    [
      "MailMate",
      "",
      `Forwarded message:\n\n> From: ${FROM}\n> To: nora@desk.example\n> Subject: ${SUBJECT}\n> Date: Sun, 3 May 2026`,
    ],
    [
      "Missive",
      "",
      `---------- Forwarded message ----------\nFrom: Jo Doe <jo@customer.example<mailto:jo@customer.example>>\nDate: May 3, 2026 at 7:40 AM\nTo: nora@desk.example\nSubject: ${SUBJECT}\n\n> It does not stop.`,
    ],
    [
      "Notes",
      "",
      `----- Forwarded by Nora/Desk on 05/03/2026 08:00 AM -----\n\nFrom: ${FROM}\nTo: nora@desk.example\nDate: 05/03/2026 07:40 AM\nSubject: ${SUBJECT}`,
    ],
    [
      "Yahoo, on one line",
      "",
      `   ----- Forwarded Message ----- From: ${FROM}To: "nora@desk.example" <nora@desk.example>Sent: Sunday, May 3, 2026, 07:40:00 AM GMT+2Subject: ${SUBJECT}\n It does not stop.`,
    ],
    [
      "Yahoo in Czech",
      "",
      `----- Přeposlaná zpráva ----- Od: ${FROM}Komu: Nora <nora@desk.example>Datum: neděle 3. května 2026 7:40:00 SELČPředmět: ${SUBJECT}`,
    ],
  ];
  test.each(clients)("%s shows who wrote it and about what", (_client, subject, text) => {
    expect(read(`Please look.\n\n${text}`, subject)).toMatchObject(original);
  });

  const attributions = [
    `\ufeffOn 03/05/2026, 07:40, "Jo Doe" <jo@customer.example> wrote:`,
    `Am 03.05.26, 07:40 schrieb "Jo Doe" <jo@customer.example>:`,
    `Le 03/05/2026 07:40, « Jo Doe » <jo@customer.example> a écrit :`,
    `Op 03-05-2026 07:40 heeft Jo Doe <jo@customer.example> geschreven:`,
    `D. 03/05/2026 07.40 skrev "Jo Doe" <jo@customer.example>:`,
    `Jo Doe <jo@customer.example> skrev følgende den 03/05/2026, 07:40:`,
    `Dne 03/05/2026 7:40, Jo Doe <jo@customer.example> napsal(a):`,
    `03/05/2026 07:40 időpontban Jo Doe (jo@customer.example) ezt írta:`,
    `03/05/2026 7:40 používateľ Jo Doe (<jo@customer.example>) napísal:`,
    `Dnia 03/05/2026, 07:40 użytkownik „Jo Doe” <jo@customer.example> napisał:`,
    `03.05.2026, 07:40 пользователь "Jo Doe" <jo@customer.example> написал:`,
    `"Jo Doe" <jo@customer.example>, 03/05/2026 07:40 tarihinde şunu yazdı:`,
    `On Sun, May 3, 2026 at 7:40 AM Jo Doe\n<jo@customer.example> wrote:`,
  ];
  test.each(attributions)("Outlook for Mac, with %j", (attribution) => {
    const text = `${attribution}\n\n    It does not stop.`;
    expect(read(text, `FW: ${SUBJECT}`)).toEqual({ ...original, date: null });
    expect(read(text, `Re: ${SUBJECT}`)).toBeNull();
    expect(read(text, SUBJECT)).toBeNull();
  });
});

function attached(fields: Partial<MailAttachment> = {}): MailAttachment {
  const content = Buffer.from(`From: ${FROM}\r\nSubject: ${SUBJECT}\r\n\r\nIt does not stop.`);
  return {
    ...{ filename: "forwarded message.eml", mediaType: "message/rfc822", contentId: null },
    ...{ inline: false, range: null, size: content.length, content, ...fields },
  };
}

describe("a mail forwarded as a file", () => {
  test("shows who wrote it, whatever the subject of the mail it came with", () => {
    for (const subject of [`Fwd: ${SUBJECT}`, "", "please have a look"])
      expect(read("Please look.", subject, [attached()])).toEqual({ ...original, date: null });
  });

  test("is known by the name of the file as well", () => {
    const file = attached({ mediaType: "application/octet-stream", filename: "Kettle.EML" });
    expect(read("", "", [file])).toMatchObject(original);
    expect(read("", "", [{ ...file, filename: "kettle.bin" }])).toBeNull();
  });

  test("is none in a report of a machine, in an answer, or among others without a word of it", () => {
    const source = { subject: "", text: "", attachments: [attached()] };
    expect(readForwarded({ ...source, isAutomatic: true })).toBeNull();
    expect(readForwarded({ ...source, text: HEAD, isAutomatic: true })).toBeNull();
    expect(read("Here it is.", `Re: ${SUBJECT}`, [attached()])).toBeNull();
    expect(read("", "A digest", [attached(), attached()])).toBeNull();
    expect(read("", "Fwd: two of them", [attached(), attached()])).toMatchObject(original);
  });
});

describe("what is no forward", () => {
  const answers: [string, string, string][] = [
    [
      "an answer above a quote",
      `Re: ${SUBJECT}`,
      `Thanks.\n\nOn 3 May 2026, at 7:40, ${FROM} wrote:\n\n> It does not stop.`,
    ],
    [
      "an answer without a subject",
      "",
      `Thanks.\n\nOn 3 May 2026, at 7:40, ${FROM} wrote:\n> It does not stop.`,
    ],
    ["an answer above Outlook's copy", `RE: ${SUBJECT}`, `Thanks.\n\n${HEAD}`],
    [
      "an answer whose client adds no Re:",
      SUBJECT,
      `Thanks.\n\n________________________________\n${HEAD}`,
    ],
    [
      "a Finnish answer, which says VS:",
      `VS: ${SUBJECT}`,
      `Kiitos.\n\nLähettäjä: ${FROM}\nLähetetty: 3.5.2026 7:40\nVastaanottaja: Nora\nAihe: ${SUBJECT}`,
    ],
    [
      "an answer to a forward",
      `Re: Fwd: ${SUBJECT}`,
      `Thanks.\n\nOn 3 May 2026, at 9:00, Nora <nora@desk.example> wrote:\n> ---------- Forwarded message ---------\n> From: ${FROM}\n> Subject: ${SUBJECT}`,
    ],
    [
      "an answer below a quoted forward",
      `Re: ${SUBJECT}`,
      `> Please look.\n> -------- Forwarded Message --------\n> From: ${FROM}\n> Subject: ${SUBJECT}\n\nDone.`,
    ],
    [
      "talk of a forwarded message",
      "Question",
      "You got a forwarded message:\nFrom: where did it come?",
    ],
    [
      "a form with a few labels",
      "Order",
      "Order 12\n\nDate: tomorrow\nTo: the shop\nPlease be on time.",
    ],
    ["a subject alone", `Fwd: ${SUBJECT}`, "I meant to send something."],
  ];
  test.each(answers)("is %s", (_what, subject, text) => {
    expect(read(text, subject)).toBeNull();
  });

  test("VS: is a forward in Danish", () => {
    const text = `Se her.\n\nFra: ${FROM}\nSendt: 3. maj 2026 07:40\nTil: Nora\nEmne: ${SUBJECT}`;
    expect(read(text, `VS: ${SUBJECT}`)).toMatchObject(original);
  });
});

describe("a forward of a forward", () => {
  const inner = HEAD.replace(FROM, "Max <max@elsewhere.example>").replace(SUBJECT, "Kettles");
  test("shows the one who wrote what was forwarded last", () => {
    expect(read(`${HEAD}\n\n${inner}`, `FW: FW: ${SUBJECT}`)).toMatchObject(original);
    const mark = "---------- Forwarded message ---------";
    expect(read(`Look.\n\n${mark}\n${HEAD}\n\n${mark}\n${inner}`, "Fwd: x")).toMatchObject(
      original,
    );
  });

  test("of an answer is a forward of that answer", () => {
    expect(read(HEAD.replace(SUBJECT, `Re: ${SUBJECT}`), `FW: RE: ${SUBJECT}`)).toMatchObject({
      ...{ from: JO, subject: `Re: ${SUBJECT}` },
    });
  });
});

describe("a hostile mail", () => {
  const worst: [string, string][] = [
    ["marks", "---------- Forwarded message ---------\n"],
    ["dashes", "-"],
    ["labels", "From: a\n"],
    ["labels on one line", "----- Forwarded message ----- From: a "],
    ["attributions", "On 1 May 2026 Jo <jo@a wrote:\n"],
    ["quote signs", "> "],
    ["brackets", "From: <<[[(("],
    ["letters before colons", "a a:"],
  ];
  test.each(worst)("of a quarter of a megabyte of %s is read in a moment", (_what, piece) => {
    const text = piece.repeat(Math.ceil(262_144 / piece.length));
    const before = process.cpuUsage();
    read(text, `Fwd: ${piece.trim()}`);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(500);
  });
});
