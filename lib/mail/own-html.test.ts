import { expect, it } from "vitest";
import { cleanOwnHtml, ownHtmlToText } from "./own-html";

it("keeps what the composer can write", () => {
  const html =
    '<p>One <strong>bold</strong> <em>word</em></p><ul><li><p>a</p></li></ul><ol start="3"><li><p>b</p></li></ol><blockquote><p>q</p></blockquote><pre><code>x &lt; y</code></pre><p><a href="https://a.example/?b=c">here</a></p>';
  expect(cleanOwnHtml(html)).toBe(html);
});

it.each([
  ['<p onclick="x()">a <b>b</b></p><script>alert(1)</script>', "<p>a <b>b</b></p>"],
  ['<p><a href="javascript:alert(1)">a</a></p>', "<p><a>a</a></p>"],
  [
    '<p style="position:fixed"><em class="x">a</em><img src="https://t.example/p.gif"></p>',
    "<p><em>a</em></p>",
  ],
  ["<ul><li><p><b>a</b></p></li></ul><p></p><p><br></p>", "<ul><li><p><b>a</b></p></li></ul>"],
  ['<p><a href="//evil.example" target="_top">a</a></p>', "<p><a>a</a></p>"],
])("drops the rest of %s", (html, clean) => {
  expect(cleanOwnHtml(html)).toBe(clean);
});

it("is nothing without formatting", () => {
  expect(cleanOwnHtml("<p>Just</p><p>words<br>and lines</p>")).toBeNull();
  expect(cleanOwnHtml('<p><span style="color:red">red</span></p>')).toBeNull();
});

it("is read as text with the targets of its links", () => {
  const html =
    '<p>Hello <strong>Nora</strong>,</p><ul><li><p>one</p></li><li><p>two</p></li></ul><p>see <a href="https://a.example/x?a=1&amp;b=2">the page</a> or <a href="https://b.example">https://b.example</a> or <a href="mailto:c@d.example">c@d.example</a></p>';
  expect(ownHtmlToText(html)).toBe(
    "Hello Nora,\n\n* one\n* two\n\nsee the page (https://a.example/x?a=1&b=2) or https://b.example or c@d.example",
  );
});
