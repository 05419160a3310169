import { describe, expect, it } from "vitest";
import { answerBody, ownHtml, withFoot } from "./answer-body";
import { splitQuotes } from "./quote";
import { forwardBelow, quoteBelow } from "./quote-below";

const ann = { name: "Doe, Ann", address: "ann@customer.test" };
const mail = {
  from: ann,
  date: new Date("2026-11-22T10:05:00Z"),
  newText: "Hello\n\n> earlier\nworld\n",
  quotedText: "",
  html: null,
};
const ALL = { withImages: true };
const BY = 'On Sun, 22 November 2026 at 10:05 UTC, "Doe, Ann" <ann@customer.test> wrote:';

describe("a quoted mail", () => {
  it("starts with who wrote it and when", () => {
    expect(quoteBelow(mail).text).toBe(`${BY}\n> Hello\n>\n>> earlier\n> world`);
  });

  it("is told apart from the answer by whoever reads quotes", () => {
    const { text } = answerBody({ text: "It is the bulb.", html: null }, "", quoteBelow(mail));
    expect(splitQuotes(text)).toMatchObject({
      newText: "It is the bulb.",
      quotedText: expect.stringContaining("> world"),
    });
  });

  it("is bounded, in whole lines, however long the mail is", () => {
    const lines = Array.from({ length: 5_000 }, (_, n) => `Zeile ${n} mit Größe`).join("\n");
    const { text, html } = quoteBelow({ ...mail, newText: lines });
    expect(Buffer.byteLength(text)).toBeLessThan(26 * 1024);
    expect(text.split("\n").at(-1)).toBe("> […]");
    expect(text.split("\n").at(-2)).toMatch(/^> Zeile \d+ mit Größe$/);
    expect(html.length).toBeLessThan(40 * 1024);
    const oneLine = quoteBelow({ ...mail, newText: "ü".repeat(100_000) });
    expect(Buffer.byteLength(oneLine.text)).toBeLessThan(21 * 1024);
  });

  it("in HTML has only what its sender wrote, without scripts and foreign images", () => {
    const html =
      '<p>The <b>lamp</b> flickers</p><script>x()</script><img src="https://t.example/1.gif">' +
      '<div class="gmail_quote">On Friday you wrote:<blockquote>secret</blockquote></div>';
    const quoted = quoteBelow({
      ...mail,
      ...{ html, newText: "The lamp flickers", quotedText: "On Friday you wrote:\n> secret" },
    }).html;
    expect(quoted).toContain("<p>The <b>lamp</b> flickers</p>");
    expect(quoted).not.toMatch(/secret|script|t\.example/);
    expect(quoted).toMatch(
      /^<div class="gmail_quote"><p>On Sun, .*&lt;ann@customer\.test&gt; wrote:/,
    );
  });

  it("in HTML falls back to its text where somebody answers between the lines", () => {
    const html =
      "<p>See below</p><blockquote>Which lamp?</blockquote><p>The one in the hall & co</p>";
    const fresh = "See below\n\nThe one in the hall & co";
    const quoted = quoteBelow({ ...mail, html, newText: fresh, quotedText: "> Which lamp?" }).html;
    expect(quoted).toContain("<p>The one in the hall &amp; co</p>");
    expect(quoted).not.toContain("Which lamp");
  });
});

describe("a forwarded mail", () => {
  const forwarded = {
    ...{ from: ann, to: [{ name: "", address: "support@desk.test" }], cc: [] },
    ...{ date: mail.date, subject: "Broken\r\nlamp", text: "It <flickers>.\n", html: null },
  };

  it("has its head above it, one line each", () => {
    expect(forwardBelow(forwarded, ALL).text).toBe(
      [
        "---------- Forwarded message ----------",
        'From: "Doe, Ann" <ann@customer.test>',
        "Date: Sun, 22 November 2026 at 10:05 UTC",
        "Subject: Broken lamp",
        "To: support@desk.test",
        "",
        "It <flickers>.",
      ].join("\n"),
    );
    expect(forwardBelow(forwarded, ALL).html).toContain("<p>It &lt;flickers&gt;.</p>");
  });

  it("keeps its own pictures and loses its scripts", () => {
    const html = '<img src="cid:logo@x"><script>x()</script><p onclick="x()">It flickers.</p>';
    const below = forwardBelow({ ...forwarded, html }, ALL).html;
    expect(below).toContain('src="cid:logo@x"');
    expect(below).not.toMatch(/script|onclick/);
    const bare = forwardBelow({ ...forwarded, html }, { withImages: false }).html;
    expect(bare).not.toContain("cid:");
  });
});

describe("an answer", () => {
  const below = {
    text: "On Friday Ann wrote:\n> Hello",
    html: '<div class="gmail_quote">Hello</div>',
  };

  it("has the signature below the words and the quote below that", () => {
    expect(answerBody({ text: "Yes.", html: null }, "Ben\nLamp Support\n", below)).toEqual({
      text: "Yes.\n\n-- \nBen\nLamp Support\n\nOn Friday Ann wrote:\n> Hello",
      html: null,
      newText: "Yes.",
      quotedText: below.text,
    });
    expect(answerBody({ text: "Yes.", html: null }, " ", null).text).toBe("Yes.");
    expect(answerBody({ text: "Yes.", html: "<p>Yes.</p>" }, "B & C", below).html).toBe(
      '<p>Yes.</p>\n<p class="signature">-- <br>\nB &amp; C</p>\n<div class="gmail_quote">Hello</div>',
    );
  });

  it("takes a foot above its quote, in one signature", () => {
    const signed = answerBody({ text: "Yes.", html: "<p>Yes.</p>" }, "Ben", below);
    expect(withFoot(signed, "Ticket #1")).toEqual({
      text: `Yes.\n\n-- \nBen\n\nTicket #1\n\n${below.text}`,
      html: `<p>Yes.</p>\n<p class="signature">-- <br>\nBen</p>\n<p class="signature">Ticket #1</p>\n${below.html}`,
    });
    expect(withFoot(answerBody({ text: "Yes.", html: null }, "", null), "Ticket #1")).toEqual({
      text: "Yes.\n\n-- \nTicket #1",
      html: null,
    });
    for (const { html } of [signed, withFoot(signed, "Ticket #1")])
      expect(ownHtml(html ?? "")).toBe("<p>Yes.</p>");
    expect(ownHtml("<p>Yes.</p>")).toBe("<p>Yes.</p>");
  });
});
