import { describe, expect, test } from "vitest";
import { splitQuotes } from "./quote";

const ADDRESS = "ines@larkfield.example";

// How Gmail, Apple Mail, Thunderbird and Yahoo introduce what they quote, in each language.
const ATTRIBUTIONS: [language: string, answer: string, attribution: string][] = [
  [
    "English",
    "The pump hums again.",
    `On Tue, Mar 3, 2026 at 8:41 AM Ines Lark <${ADDRESS}> wrote:`,
  ],
  [
    "German",
    "Die Pumpe brummt wieder.",
    `Am Di., 3. März 2026 um 08:41 Uhr schrieb Ines Lark <${ADDRESS}>:`,
  ],
  [
    "French",
    "La pompe bourdonne encore.",
    `Le mar. 3 mars 2026 à 08:41, Ines Lark <${ADDRESS}> a écrit :`,
  ],
  [
    "Spanish",
    "La bomba vuelve a zumbar.",
    `El mar, 3 mar 2026 a las 8:41, Ines Lark (<${ADDRESS}>) escribió:`,
  ],
  [
    "Catalan",
    "La bomba torna a brunzir.",
    `Missatge de Ines Lark <${ADDRESS}> del dia dt., 3 de març 2026 a les 8:41:`,
  ],
  [
    "Portuguese",
    "A bomba zumbe de novo.",
    `Em ter., 3 de mar. de 2026 às 08:41, Ines Lark <${ADDRESS}> escreveu:`,
  ],
  [
    "Italian",
    "La pompa ronza di nuovo.",
    `Il giorno mar 3 mar 2026 alle ore 08:41 Ines Lark <${ADDRESS}> ha scritto:`,
  ],
  ["Dutch", "De pomp bromt weer.", `Op di 3 mrt 2026 om 08:41 schreef Ines Lark <${ADDRESS}>:`],
  ["Swedish", "Pumpen brummar igen.", `Den tis 3 mars 2026 kl 08:41 skrev Ines Lark <${ADDRESS}>:`],
  [
    "Danish",
    "Pumpen brummer igen.",
    `Den tirs. 3. mar. 2026 kl. 08.41 skrev Ines Lark <${ADDRESS}>:`,
  ],
  [
    "Norwegian",
    "Pumpen brummer igjen.",
    `tir. 3. mars 2026 kl. 08:41 skrev Ines Lark <${ADDRESS}>:`,
  ],
  [
    "Finnish",
    "Pumppu hurisee taas.",
    `ti 3. maalisk. 2026 klo 8.41 Ines Lark (${ADDRESS}) kirjoitti:`,
  ],
  [
    "Icelandic",
    "Dælan suðar aftur.",
    `Þann þri., 3. mar. 2026 kl. 08:41 skrifaði Ines Lark <${ADDRESS}>:`,
  ],
  ["Polish", "Pompa znowu buczy.", `wt., 3 mar 2026 o 08:41 Ines Lark <${ADDRESS}> napisał(a):`],
  [
    "Czech",
    "Čerpadlo zase bzučí.",
    `út 3. 3. 2026 v 8:41 odesílatel Ines Lark <${ADDRESS}> napsal:`,
  ],
  ["Slovak", "Čerpadlo znova bzučí.", `ut 3. 3. 2026 o 8:41 Ines Lark <${ADDRESS}> napísal(a):`],
  [
    "Hungarian",
    "A szivattyú megint zúg.",
    `Ines Lark <${ADDRESS}> ezt írta (időpont: 2026. márc. 3., K, 8:41):`,
  ],
  [
    "Romanian",
    "Pompa bâzâie din nou.",
    `În mar., 3 mar. 2026 la 08:41, Ines Lark <${ADDRESS}> a scris:`,
  ],
  ["Croatian", "Crpka opet zuji.", `uto, 3. ožu 2026. u 08:41 Ines Lark <${ADDRESS}> napisao je:`],
  [
    "Slovenian",
    "Črpalka spet brni.",
    `V V tor., 3. mar. 2026 ob 08:41 je oseba Ines Lark <${ADDRESS}> napisala:`,
  ],
  ["Russian", "Насос опять гудит.", `вт, 3 мар. 2026 г. в 08:41, Ines Lark <${ADDRESS}>:`],
  ["Ukrainian", "Насос знову гуде.", `вт, 3 бер. 2026 р. о 08:41 Ines Lark <${ADDRESS}> пише:`],
  ["Bulgarian", "Помпата пак бучи.", `На вт, 3.03.2026 г. в 8:41 Ines Lark <${ADDRESS}> написа:`],
  [
    "Greek",
    "Η αντλία βουίζει ξανά.",
    `Στις Τρί 3 Μαρ 2026 στις 8:41 π.μ., ο χρήστης Ines Lark <${ADDRESS}> έγραψε:`,
  ],
  [
    "Turkish",
    "Pompa yine uğulduyor.",
    `Ines Lark <${ADDRESS}>, 3 Mar 2026 Sal, 08:41 tarihinde şunu yazdı:`,
  ],
  [
    "Hebrew",
    "המשאבה מזמזמת שוב.",
    `\u200fבתאריך יום ג׳, 3 במרץ 2026 ב-8:41 מאת \u202aInes Lark\u202c <\u202a${ADDRESS}\u202c>:`,
  ],
  [
    "Arabic",
    "المضخة تطن مرة أخرى.",
    `في الثلاثاء، 3 مارس 2026 في 8:41 ص تمت كتابة ما يلي بواسطة Ines Lark <${ADDRESS}>:`,
  ],
  [
    "Persian",
    "پمپ دوباره وزوز می‌کند.",
    `در تاریخ سه‌شنبه ۳ مارس ۲۰۲۶، ۸:۴۱ Ines Lark <${ADDRESS}> نوشت:`,
  ],
  [
    "Hindi",
    "पंप फिर से गुनगुना रहा है।",
    `मंगल, 3 मार्च 2026 को 8:41 am बजे को Ines Lark <${ADDRESS}> ने लिखा:`,
  ],
  ["Thai", "ปั๊มส่งเสียงอีกแล้ว", `ในวันที่ อ. 3 มี.ค. 2026 เวลา 08:41 Ines Lark <${ADDRESS}> เขียนว่า:`],
  [
    "Vietnamese",
    "Máy bơm lại kêu.",
    `Vào Th 3, 3 thg 3, 2026 vào lúc 08:41 Ines Lark <${ADDRESS}> đã viết:`,
  ],
  [
    "Indonesian",
    "Pompanya berdengung lagi.",
    `Pada tanggal Sel, 3 Mar 2026 pukul 08.41 Ines Lark <${ADDRESS}> menulis:`,
  ],
  ["Japanese", "ポンプがまたうなっています。", `2026年3月3日(火) 8:41 Ines Lark <${ADDRESS}>:`],
  ["Chinese", "水泵又响了。", `Ines Lark <${ADDRESS}> 于2026年3月3日周二 08:41写道：`],
  ["Taiwanese", "幫浦又響了。", `Ines Lark <${ADDRESS}> 於 2026年3月3日 週二 上午8:41寫道：`],
  [
    "Korean",
    "펌프가 또 윙윙거려요.",
    `2026년 3월 3일 (화) 오전 8:41, Ines Lark <${ADDRESS}>님이 작성:`,
  ],
  ["Lithuanian", "Siurblys vėl zvimbia.", `2026-03-03, an, 08:41 Ines Lark <${ADDRESS}> rašė:`],
  [
    "Latvian",
    "Sūknis atkal dūc.",
    `otrd., 2026. g. 3. marts, plkst. 08:41 — lietotājs Ines Lark (<${ADDRESS}>) rakstīja:`,
  ],
  [
    "Estonian",
    "Pump sumiseb jälle.",
    `Ines Lark <${ADDRESS}> kirjutas kuupäeval T, 3. märts 2026 kell 08:41:`,
  ],
];

describe("the line above a quote, in many languages", () => {
  test.each(ATTRIBUTIONS)("%s, above lines with >", (_, answer, attribution) => {
    const text = `${answer}\n\n${attribution}\n\n> Is the pump quiet now?\n> Ines\n`;
    const { newText, quotedText } = splitQuotes(text);
    expect(newText).toBe(answer);
    expect(quotedText).toBe(`${attribution}\n> Is the pump quiet now?\n> Ines`);
  });

  test.each(ATTRIBUTIONS)("%s, above a copy without >", (_, answer, attribution) => {
    const text = `${answer}\n\n${attribution}\n\nIs the pump quiet now?\nInes\n`;
    expect(splitQuotes(text).newText).toBe(answer);
  });

  test.each(ATTRIBUTIONS)("%s, wrapped before the address", (_, answer, attribution) => {
    const wrapped = attribution
      .replace(/ (\(?<?\u202a?ines@)/, "\n$1")
      .replace(" <\u202a", "\n<\u202a");
    const text = `${answer}\n\n${wrapped}\n\n> Is the pump quiet now?\n`;
    expect(splitQuotes(text).newText).toBe(answer);
  });

  test.each(ATTRIBUTIONS)("%s, with the answer below", (_, answer, attribution) => {
    const text = `${attribution}\n\n> Is the pump quiet now?\n> Ines\n\n${answer}\n`;
    expect(splitQuotes(text).newText).toBe(answer);
  });
});

// What Outlook puts above a copy.
const HEADS: [language: string, labels: [string, string, string, string]][] = [
  ["English", ["From", "Sent", "To", "Subject"]],
  ["German", ["Von", "Gesendet", "An", "Betreff"]],
  ["French", ["De", "Envoyé", "À", "Objet"]],
  ["Spanish", ["De", "Enviado", "Para", "Asunto"]],
  ["Portuguese", ["De", "Enviada em", "Para", "Assunto"]],
  ["Italian", ["Da", "Inviato", "A", "Oggetto"]],
  ["Dutch", ["Van", "Verzonden", "Aan", "Onderwerp"]],
  ["Swedish", ["Från", "Skickat", "Till", "Ämne"]],
  ["Danish", ["Fra", "Sendt", "Til", "Emne"]],
  ["Finnish", ["Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"]],
  ["Polish", ["Od", "Wysłane", "Do", "Temat"]],
  ["Czech", ["Od", "Odesláno", "Komu", "Předmět"]],
  ["Russian", ["От", "Отправлено", "Кому", "Тема"]],
  ["Turkish", ["Kimden", "Gönderildi", "Kime", "Konu"]],
  ["Hungarian", ["Feladó", "Elküldve", "Címzett", "Tárgy"]],
  ["Japanese", ["差出人", "送信日時", "宛先", "件名"]],
  ["Chinese", ["发件人", "发送时间", "收件人", "主题"]],
  ["Korean", ["보낸 사람", "보낸 날짜", "받는 사람", "제목"]],
];

describe("the head of a copied mail", () => {
  const head = ([from, sent, to, subject]: [string, string, string, string], mark = "") =>
    [
      `${mark}${from}:${mark} Ines Lark <${ADDRESS}>`,
      `${mark}${sent}:${mark} 03.03.2026 08:41`,
      `${mark}${to}:${mark} Help`,
      `${mark}${subject}:${mark} Pump`,
    ].join("\n");

  test.each(HEADS)("%s, plain, in bold and below a rule", (_, labels) => {
    for (const copy of [head(labels), head(labels, "*"), `${"_".repeat(32)}\n${head(labels)}`])
      expect(splitQuotes(`It hums.\n\n${copy}\n\nIs it quiet now?`).newText).toBe("It hums.");
  });

  test("in a language nobody taught us, below Outlook's rule or a title between dashes", () => {
    const copy = head(["Efeufo", "Wodo", "Na", "Nyati"]);
    for (const above of ["_".repeat(32), "-------- Gbedeasi gbãtɔ --------"])
      expect(splitQuotes(`It hums.\n\n${above}\n${copy}\n\nQuiet?`).newText).toBe("It hums.");
  });

  test("with a day and a receiver only", () => {
    const copy = `Date: Tue, 3 Mar 2026 08:41:02 +0100\nTo: ${ADDRESS}`;
    expect(splitQuotes(`It hums.\n\n${copy}\n\nQuiet?`).newText).toBe("It hums.");
  });

  test.each([
    "What I ordered:\nDate: 3 March\nTo: Berlin\nSubject: two pumps",
    "Name: Ines\nPhone: 0170 1234\nMessage: it hums",
    "----\nThe readings:\nPressure: 3 bar\nMailed to: ines@larkfield.example\n----\nAll fine.",
  ])("%j is none", (text) => {
    expect(splitQuotes(text).newText).toBe(text);
  });
});

const SENT_FROM = [
  "Sent from my iPhone",
  "Sent from my Galaxy. Please excuse typos.",
  "Sent from Yahoo Mail on Android",
  "Sent with Proton Mail secure email.",
  "Get Outlook for Android<https://aka.example/x>",
  "Sent from Outlook for iOS<https://aka.example/x>",
  "(sent from a phone)",
  "Von meinem iPhone gesendet",
  "Gesendet von Outlook für Android<https://aka.example/x>",
  "Gesendet mit der GMX Mail App",
  "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
  "Envoyé de mon iPhone",
  "Envoyé à partir de Outlook pour Android",
  "Enviado desde mi iPhone",
  "Enviado do meu iPhone",
  "Inviato da iPhone",
  "Verstuurd vanaf mijn iPhone",
  "Skickat från min iPhone",
  "Sendt fra min iPhone",
  "Lähetetty iPhonesta",
  "Wysłane z iPhone'a",
  "Odesláno z iPhonu",
  "Odoslané z iPhonu",
  "Отправлено с iPhone",
  "Надіслано з iPhone",
  "iPhone'umdan gönderildi",
  "Trimis de pe iPhone",
  "Poslano z mojega iPhona",
  "Στάλθηκε από το iPhone μου",
  "נשלח מה-iPhone שלי",
  "أُرسلت من الـ iPhone",
  "Đã gửi từ iPhone của tôi",
  "Dikirim dari iPhone saya",
  "iPhoneから送信",
  "发自我的 iPhone",
  "從我的 iPhone 傳送",
  "나의 iPhone에서 보냄",
];

describe("what phones and clients add", () => {
  test.each(SENT_FROM)("%j is folded", (line) => {
    expect(splitQuotes(`It hums.\n\n${line}`).newText).toBe("It hums.");
    const quote = `On 3 Mar 2026, at 08:41, Ines <${ADDRESS}> wrote:\n\n> Is it quiet now?`;
    expect(splitQuotes(`It hums.\n\n${line}\n\n${quote}`).newText).toBe("It hums.");
  });

  test("the older mail that a phone puts below without a mark is folded with it", () => {
    const text = "It hums.\n\nSent from my Wave 2\n\nIs it quiet now?\n\nInes";
    const { newText, quotedText } = splitQuotes(text);
    expect(newText).toBe("It hums.");
    expect(quotedText).toContain("Is it quiet now?");
  });

  test("where quotes are marked, words below the phone's line stay", () => {
    const quote = `On 3 Mar 2026, at 08:41, Ines <${ADDRESS}> wrote:\n\n> Is it quiet now?`;
    const text = `See below.\n\nSent from my iPhone\n\n${quote}\n\nNo, it hums.`;
    expect(splitQuotes(text).newText).toMatch(/^See below\.\n+No, it hums\.$/);
  });

  test.each([
    "Sent from my desk, which is easier to type at than the phone.",
    "It broke.\n\nSent with DHL on Monday, nothing came.\n\nWhat now?",
    "Bonjour,\n\nEnvoyé avec Colissimo lundi.\n\nRien reçu.",
    "Salut,\n\nTrimis din greșeală produsul.\n\nCe fac acum?",
    "Hoi,\n\nVerzonden met PostNL.\n\nNiets ontvangen.",
    "Ciao,\n\nInviato da Torino ieri.\n\nGrazie.",
  ])("%j has no such line", (text) => {
    expect(splitQuotes(text).newText).toBe(text);
  });
});
