import { describe, expect, it } from "vitest";
import { snippetOf } from "./inbound-state";

describe("the line of the list that shows a message", () => {
  it("is its words, folded and cut", () => {
    expect(snippetOf("It\n\n  hums. ")).toBe("It hums.");
    expect(snippetOf("hum ".repeat(100)).length).toBeLessThanOrEqual(160);
  });

  it("leaves out a quote that stands above them, unless there is nothing else", () => {
    expect(snippetOf("> Is it quiet now?\n\nNo, it hums.")).toBe("No, it hums.");
    expect(snippetOf("> Is it quiet now?")).toBe("> Is it quiet now?");
  });
});
