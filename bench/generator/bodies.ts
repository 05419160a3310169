import { spokenDate } from "./headers";
import type { Person } from "./people";

/** What was written before, as a client quotes it. */
export type Quoted = { from: Person; date: Date; subject: string; text: string };

export type BodyInput = {
  author: Person;
  to: string;
  paragraphs: string[];
  quoted: Quoted | null;
  /** Content-ID of the picture in the signature. */
  pictureId: string | null;
};

const LINE = 76;

/** The plain text, with the earlier mail below it as the author's client quotes. */
export function plainText({ author, to, paragraphs, quoted }: BodyInput): string {
  const own = ownLines(author, paragraphs).flatMap(wrap);
  if (!quoted) return `${own.join("\n")}\n`;
  return `${[...own, "", ...quotedLines(author, to, quoted)].join("\n")}\n`;
}

function ownLines(author: Person, paragraphs: string[]): string[] {
  const { greeting, farewell } = author.language;
  const separated = paragraphs.flatMap((paragraph) => [paragraph, ""]);
  return [greeting, "", ...separated, farewell, author.name];
}

function quotedLines(author: Person, to: string, quoted: Quoted): string[] {
  const { language, client } = author;
  const date = spokenDate(quoted.date);
  if (client === "outlook") {
    const [from, sent, recipient, subject] = language.labels;
    return [
      "________________________________",
      `${from}: ${quoted.from.name} <${quoted.from.address}>`,
      `${sent}: ${date}`,
      `${recipient}: ${to}`,
      `${subject}: ${quoted.subject}`,
      "",
      ...quoted.text.split("\n"),
    ];
  }
  const attribution = language.wrote(date, quoted.from.name, quoted.from.address);
  const lines = quoted.text
    .split("\n")
    .map((line) => (line.startsWith(">") ? `>${line}` : `> ${line}`));
  return [attribution, ...(client === "gmail" ? [""] : []), ...lines];
}

/** At spaces where there are any; Chinese and Japanese anywhere. */
function wrap(text: string): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > LINE) {
    const space = rest.lastIndexOf(" ", LINE);
    const at = space > 0 ? space : Math.floor(LINE / 2);
    lines.push(rest.slice(0, at));
    rest = rest.slice(space > 0 ? at + 1 : at);
  }
  return [...lines, rest];
}

/** The same as HTML, in the client's markup. */
export function htmlText(input: BodyInput): string {
  switch (input.author.client) {
    case "gmail":
      return gmail(input);
    case "outlook":
      return outlook(input);
    case "apple":
      return apple(input);
  }
}

function gmail({ author, paragraphs, quoted, pictureId }: BodyInput): string {
  const own = ownLines(author, paragraphs).map((line) => `<div>${escaped(line) || "<br>"}</div>`);
  const quote = quoted
    ? `<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">${escaped(author.language.wrote(spokenDate(quoted.date), quoted.from.name, quoted.from.address))}<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex"><div dir="ltr">${quotedHtml(quoted)}</div></blockquote></div>`
    : "";
  return `<div dir="ltr">${own.join("")}${picture(pictureId)}</div>${quote}\n`;
}

function apple({ author, paragraphs, quoted, pictureId }: BodyInput): string {
  const own = ownLines(author, paragraphs).map((line) => `<div>${escaped(line) || "<br>"}</div>`);
  const quote = quoted
    ? `<div><br><blockquote type="cite"><div>${escaped(author.language.wrote(spokenDate(quoted.date), quoted.from.name, quoted.from.address))}</div><br class="Apple-interchange-newline"><div>${quotedHtml(quoted)}</div></blockquote></div><br>`
    : "";
  return `<html><head><meta http-equiv="Content-Type" content="text/html"></head><body style="overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;">${own.join("")}${picture(pictureId)}${quote}</body></html>\n`;
}

function outlook({ author, to, paragraphs, quoted, pictureId }: BodyInput): string {
  const own = ownLines(author, paragraphs).map(
    (line) =>
      `<p class="MsoNormal"><span style="font-size:11.0pt;font-family:&quot;Calibri&quot;,sans-serif;mso-fareast-language:EN-US">${escaped(line) || "<o:p>&nbsp;</o:p>"}</span></p>`,
  );
  const [from, sent, recipient, subject] = author.language.labels;
  const quote = quoted
    ? `<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>${from}:</b> ${escaped(quoted.from.name)} &lt;${quoted.from.address}&gt;<br><b>${sent}:</b> ${spokenDate(quoted.date)}<br><b>${recipient}:</b> ${to}<br><b>${subject}:</b> ${escaped(quoted.subject)}<o:p></o:p></p></div></div><div>${quotedHtml(quoted)}</div>`
    : "";
  return `${OUTLOOK_HEAD}<body lang="${author.language.code}" link="#0563C1" vlink="#954F72" style="word-wrap:break-word">
<div class="WordSection1">
${own.join("\n")}
${picture(pictureId)}${quote}
</div>
</body>
</html>
`;
}

const OUTLOOK_HEAD = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns:m="http://schemas.microsoft.com/office/2004/12/omml" xmlns="http://www.w3.org/TR/REC-html40">
<head>
<meta name="Generator" content="Microsoft Word 15 (filtered medium)">
<!--[if !mso]><style>v\\:* {behavior:url(#default#VML);}
o\\:* {behavior:url(#default#VML);}
w\\:* {behavior:url(#default#VML);}
.shape {behavior:url(#default#VML);}
</style><![endif]--><style><!--
/* Font Definitions */
@font-face
\t{font-family:"Cambria Math";
\tpanose-1:2 4 5 3 5 4 6 3 2 4;}
@font-face
\t{font-family:Calibri;
\tpanose-1:2 15 5 2 2 2 4 3 2 4;}
/* Style Definitions */
p.MsoNormal, li.MsoNormal, div.MsoNormal
\t{margin:0cm;
\tfont-size:11.0pt;
\tfont-family:"Calibri",sans-serif;
\tmso-ligatures:standardcontextual;}
a:link, span.MsoHyperlink
\t{mso-style-priority:99;
\tcolor:#0563C1;
\ttext-decoration:underline;}
span.EmailStyle19
\t{mso-style-type:personal-reply;
\tfont-family:"Calibri",sans-serif;
\tcolor:windowtext;}
.MsoChpDefault
\t{mso-style-type:export-only;
\tfont-size:10.0pt;}
@page WordSection1
\t{size:612.0pt 792.0pt;
\tmargin:70.85pt 70.85pt 2.0cm 70.85pt;}
div.WordSection1
\t{page:WordSection1;}
--></style><!--[if gte mso 9]><xml>
<o:shapedefaults v:ext="edit" spidmax="1026" />
</xml><![endif]-->
</head>
`;

function quotedHtml({ text }: Quoted): string {
  return text
    .split("\n")
    .map((line) => `${escaped(line)}<br>`)
    .join("\n");
}

function picture(contentId: string | null): string {
  return contentId ? `<p><img width="120" height="40" src="cid:${contentId}" alt="Logo"></p>` : "";
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
