import { describe, expect, test } from "vitest";
import { htmlToText } from "./html-text";

describe("htmlToText", () => {
  const cases: [string, string, string][] = [
    ["paragraphs", "<p>Hello</p>\n<p>world</p>", "Hello\n\nworld"],
    ["lines", "Hello<br>world<br/><br>again", "Hello\nworld\n\nagain"],
    ["blocks", "<div>one</div><div>two</div>", "one\ntwo"],
    ["folded white space", "  a \n\t b&nbsp;c <b> d</b>", "a b c d"],
    [
      "entities",
      "&lt;b&gt; &amp; &euro; &#8364; &#x20AC; &auml; &nope; &#0;",
      "<b> & € € € ä &nope; \ufffd",
    ],
    [
      "quotes",
      "Yes<blockquote>Is it?<blockquote>What</blockquote></blockquote>",
      "Yes\n\n> Is it?\n>\n> > What",
    ],
    ["lists", "<ul><li>a</li><li>b</li></ul><ol><li>c<li>d</ol>", "* a\n* b\n\n1. c\n2. d"],
    ["tables", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"],
    ["links without their targets", '<a href="https://x.example">here</a>', "here"],
    ["preformatted text", "<pre>a\n  b\n</pre>", "a\n  b"],
    [
      "no scripts, styles or titles",
      "<title>t</title><style>a{}</style><script>x()</script>b",
      "b",
    ],
    ["no comments", "a<!-- <p>b -->c<![if !vml]>d", "acd"],
    ["nothing hidden", '<div style="display: none">preview <div>x</div></div>Hello', "Hello"],
    ["an attribute that holds a bracket", '<a title="a > b" href=x>c</a>', "c"],
    ["brackets that are no tags", "1 < 2 <3 and 5 > 4", "1 < 2 <3 and 5 > 4"],
    ["upper case tags", "<P>a</P>b<BR>c", "a\n\nb\nc"],
    ["nothing", "<html><head></head><body></body></html>", ""],
  ];
  test.each(cases)("reads %s", (_, html, text) => {
    expect(htmlToText(html)).toBe(text);
  });

  test("a hidden element that is never closed hides nothing", () => {
    expect(htmlToText('Hi<div style="display:none">all of it')).toBe("Hi\nall of it");
  });

  test.each([
    "<div>",
    "<table><tr><td>",
    "<ul><li>",
    "<blockquote>",
    "<b>x",
    "<br>",
    "<",
    "<a ",
    "<!--",
    "<script>",
    "&amp",
    '<a b="',
    "<p>a</p>",
    '<p style="display:none">',
    " ",
    "\u00a0",
    "<pre>\n",
    "<i>x </i>",
  ])("a megabyte of %j is read in one pass", (piece) => {
    const html = piece.repeat(Math.floor(1_048_576 / piece.length));
    expect(htmlToText(html).length).toBeLessThanOrEqual(html.length);
  });

  test("at most half a megabyte of text comes out", () => {
    expect(htmlToText("<p>words</p>".repeat(200_000)).length).toBeLessThan(600_000);
  });
});
