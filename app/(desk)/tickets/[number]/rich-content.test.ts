import { expect, it } from "vitest";
import { contentOf, htmlOf, isFormatted } from "./rich-content";

it("keeps lines, paragraphs and empty ones, each sign at its place", () => {
  const text = "ab\ncd\n\n\n\ne";
  const { content } = contentOf(text);
  expect(content).toEqual([
    {
      type: "paragraph",
      content: [{ type: "text", text: "ab" }, { type: "hardBreak" }, { type: "text", text: "cd" }],
    },
    { type: "paragraph", content: [] },
    { type: "paragraph", content: [{ type: "text", text: "e" }] },
  ]);
  // The editor counts a sign or line break as one, and the edges of a paragraph as one each.
  const sizes = content.map((paragraph) =>
    (paragraph.content ?? []).reduce(
      (sum, piece) => sum + (piece.type === "text" ? piece.text.length : 1),
      2,
    ),
  );
  expect(1 + (sizes[0] ?? 0) + (sizes[1] ?? 0)).toBe(text.indexOf("e") + 1);
});

it("is HTML with nothing of it taken for a tag", () => {
  expect(htmlOf("a <b> & c\nd\n\ne")).toBe("<p>a &lt;b&gt; &amp; c<br>d</p><p>e</p>");
  expect(isFormatted(htmlOf("<strong>"))).toBe(false);
  expect(isFormatted("<p>a <strong>b</strong></p>")).toBe(true);
});
