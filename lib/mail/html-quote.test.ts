import { describe, expect, test } from "vitest";
import { htmlToText } from "./html-text";
import { parseMail } from "./parse";
import { splitQuotes } from "./quote";

const OLDER = "<div>Tloma ke eng?</div><div>Ines</div>";
const CITED = `<blockquote type="cite" style="margin:0">${OLDER}</blockquote>`;
const HEAD = "<b>Efeufo:</b> Ines<br><b>Na:</b> Help";

// What is in each client's HTML below the answer; the words around it are of no language we know.
const CONTAINERS: [client: string, quote: string][] = [
  [
    "Gmail",
    `<div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">Ka Mosupologo</div>${CITED}</div>`,
  ],
  [
    "Outlook on the web",
    `<div id="appendonsend"></div><hr style="width:98%"><div id="divRplyFwdMsg" dir="ltr">${HEAD}</div>${OLDER}`,
  ],
  [
    "Outlook on the desktop",
    `<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">${HEAD}</p></div></div>${OLDER}`,
  ],
  [
    "new Outlook and mobile",
    `<div id="mail-editor-reference-message-container"><div>${HEAD}</div>${OLDER}</div>`,
  ],
  ["Outlook on the Mac", `<span id="OLK_SRC_BODY_SECTION"><div>${HEAD}</div>${OLDER}</span>`],
  [
    "Apple Mail",
    `<div><br><blockquote type="cite"><div>Ka Mosupologo</div><br></blockquote></div>${CITED}`,
  ],
  [
    "Yahoo",
    `<div id="ydp1yahoo_quoted_77" class="ydp1 yahoo_quoted"><div>Ka Mosupologo</div>${CITED}</div>`,
  ],
  ["Thunderbird", `<div class="moz-cite-prefix">Ka Mosupologo<br></div>${CITED}`],
  ["Proton", `<div class="protonmail_quote">Ka Mosupologo<br>${CITED}</div>`],
  [
    "GMX",
    `<div name="quote" style="margin:10px 5px 5px 10px"><div>Ka Mosupologo</div>${OLDER}</div>`,
  ],
  ["Zoho", `<div class="zmail_extra"><div>Ka Mosupologo</div>${CITED}</div>`],
  ["Roundcube", `<p id="reply-intro">Ka Mosupologo</p>${CITED}`],
];

describe("where the HTML says that the older mail begins", () => {
  test.each(CONTAINERS)("%s, text made from the HTML", (_, quote) => {
    const html = `<div>Pompo e a duma.</div><div>Jo</div>${quote}`;
    const { newText, quotedText } = splitQuotes(htmlToText(html), html);
    expect(newText.replace(/\n+Ka Mosupologo$/, "")).toBe("Pompo e a duma.\nJo");
    expect(quotedText).toContain("Tloma ke eng?");
  });

  test.each(CONTAINERS)("%s, a text part without any mark", (_, quote) => {
    const html = `<div>Pompo e a <b>duma</b>.</div><div>Jo</div>${quote}`;
    const text = "Pompo e a *duma*.\n\nJo\n\nKa Mosupologo\n\nTloma ke eng?\nInes\n";
    const isMarkedAsContainer = !quote.includes("<div><br><blockquote");
    const { newText, quotedText } = splitQuotes(text, html);
    expect(newText).toBe(isMarkedAsContainer ? "Pompo e a *duma*.\n\nJo" : text.trim());
    expect(quotedText.includes("Tloma ke eng?")).toBe(isMarkedAsContainer);
  });

  test("whoever answers inside the container is not folded away", () => {
    const html = `<div>See below.</div><div class="gmail_quote">${CITED}<div>It hums.</div>${CITED}</div>`;
    const text = "See below.\nTloma ke eng?\nInes\nIt hums.\nTloma ke eng?\nInes";
    expect(splitQuotes(text, html).newText).toBe(text);
  });

  test("HTML that says something else than the text has no say", () => {
    const html = `<div>Something else.</div><div class="gmail_quote">${OLDER}</div>`;
    expect(splitQuotes("It hums.\nTloma ke eng?", html).newText).toBe("It hums.\nTloma ke eng?");
  });

  test("a mail's own parts are read so", async () => {
    const html = `<div>It hums.</div><div id="appendonsend"></div><div>${HEAD}</div>${OLDER}`;
    const raw = `From: jo@customer.example\nContent-Type: text/html; charset=utf-8\n\n${html}`;
    const mail = await parseMail(Buffer.from(raw));
    expect(mail.newText).toBe("It hums.");
    expect(mail.quotedText).toContain("Tloma ke eng?");
  });

  test.each(["<div ", "<div class=", '<div id="x', "<div style=border:none;", "<p>a</p>"])(
    "a megabyte of %j is read in one pass",
    (piece) => {
      const html = piece.repeat(Math.floor(1_000_000 / piece.length));
      const cpu = (input: string) => {
        const before = process.cpuUsage();
        splitQuotes("a\nb", input);
        const { user, system } = process.cpuUsage(before);
        return user + system;
      };
      const times = (input: string) =>
        [cpu(input), cpu(input), cpu(input)].sort((a, b) => a - b)[1];
      const quarter = Math.max(times(html.slice(0, 250_000)) ?? 0, 5_000);
      expect((times(html) ?? 0) / quarter).toBeLessThan(12);
    },
  );
});
