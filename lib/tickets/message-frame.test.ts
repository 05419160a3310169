import { describe, expect, it } from "vitest";
import { frameDocument } from "./message-frame";

type Input = Parameters<typeof frameDocument>[0];

const frame = (fields: Partial<Input>) =>
  frameDocument({
    html: "<p>Hello</p>",
    newText: "Hello",
    quotedText: "",
    isForward: false,
    fromName: "Marta",
    fromAddress: "marta@oliveira.example",
    loadRemoteImages: false,
    cidUrl: () => null,
    ...fields,
  });

const QUOTED = [
  '<div class="gmail_quote"><div>On Monday Nora wrote:</div><blockquote>Where is it?</blockquote></div>',
  '<div style="a:b" id="divRplyFwdMsg">From: Nora</div><div>Where is it?</div>',
  '<blockquote type="cite">Where is it?</blockquote>',
];

describe("the document of a mail's frame", () => {
  it.each(QUOTED)("folds what is quoted: %s", (quote) => {
    const document = frame({
      html: `<div>The blade is <b>210 mm</b>.</div>${quote}`,
      newText: "The blade is 210 mm.",
      quotedText: "Where is it?",
    });
    const [fresh, folded] = document.split("<details>");
    expect(fresh).toContain("210 mm");
    expect(fresh).not.toContain("Where is it?");
    expect(folded).toContain("<summary>quoted text</summary>");
    expect(folded).toContain("Where is it?");
  });

  it("keeps the colours of the mail's own page, so that light text stays on dark", () => {
    const html = '<body bgcolor="#101820" style="color:#f0f0f0"><p>Hello</p></body>';
    expect(frame({ html })).toContain(
      '<div id="mail" dir="auto" style="background-color:#101820;color:#f0f0f0"><p>Hello</p>',
    );
    expect(frame({})).toContain('<div id="mail" dir="auto"><p>Hello</p>');
  });

  it.each(QUOTED)("shows all of a mail that somebody forwarded: %s", (quote) => {
    const document = frame({
      ...{ html: `<div>Please take this.</div>${quote}`, newText: "Please take this." },
      ...{ quotedText: "Where is it?", isForward: true },
    });
    expect(document).not.toContain("<details>");
    expect(document).toContain("Where is it?");
  });

  it("shows all of a mail that answers between the quoted lines", () => {
    const document = frame({
      html: "<p>See below.</p><blockquote>Which size?</blockquote><p>210 millimetres it is.</p>",
      newText: "See below.\n210 millimetres it is.",
      quotedText: "> Which size?",
    });
    expect(document).not.toContain("<details>");
    expect(document).toContain("210 millimetres");
  });

  it("does not fold a quote that a mail begins with, nor one in a mail without quoted text", () => {
    const html = "<blockquote>To be or not to be</blockquote>";
    expect(frame({ html, newText: "", quotedText: "To be" })).not.toContain("<details>");
    expect(frame({ html: `<p>Hello</p>${html}` })).not.toContain("<details>");
  });

  it("runs no script, whatever the mail, its sender's name or its quote hold", () => {
    const evil = `<script>alert(1)</script><img src=x onerror=alert(1)>`;
    const document = frame({
      html: `<p>Hello</p>${evil}<blockquote>${evil}</blockquote>`,
      quotedText: "x",
      fromName: `</title>${evil}`,
    });
    expect(document).not.toMatch(/<script|<[^>]*onerror/i);
    expect(document).toContain("<title>Mail from &lt;/title&gt;");
  });

  it("counts the images it blocked, and offers to load them once", () => {
    const html = `<img src="https://a.example/1.png"><img src="http://a.example/2.png">`;
    const blocked = frame({ html });
    expect(blocked).toContain('2 remote images blocked <a href="?images=1">Load once</a>');
    expect(blocked).not.toContain("a.example");
    const loaded = frame({ html, loadRemoteImages: true });
    expect(loaded).toContain("https://a.example/1.png");
    expect(loaded).not.toContain("remote images blocked");
  });

  it("counts an image of the fresh and one of the quoted part once each", () => {
    const html = `<p>Hello</p><img src="https://a.example/1.png"><blockquote><img src="https://a.example/2.png"></blockquote>`;
    expect(frame({ html, quotedText: "x" })).toContain("2 remote images blocked");
  });

  it("shows images of the mail itself", () => {
    const document = frame({
      html: `<img src="cid:logo@a"><img src="cid:other">`,
      cidUrl: (contentId) => (contentId === "logo@a" ? "/api/attachments/1?inline=1" : null),
    });
    expect(document).toContain('src="/api/attachments/1?inline=1"');
    expect(document).not.toContain("cid:");
  });

  it("is made also from a megabyte of quote marks", () => {
    const html = `<p>Hello</p>${"<div class=".repeat(80_000)}`;
    expect(frame({ html, quotedText: "x" })).toContain("<p>Hello</p>");
  });
});
