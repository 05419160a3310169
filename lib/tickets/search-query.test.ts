import { describe, expect, it } from "vitest";
import { EVERY_OPEN_TICKET } from "./query";
import { asSearched, parseSearch } from "./search-query";

const NOW = new Date("2026-11-27T10:00:00Z");
const parse = (q: string) => parseSearch(q, NOW);
const terms = (q: string) => parse(q).chips.map(({ term }) => `${term.name}=${term.value}`);

describe("what is typed into the search field", () => {
  it.each([
    ["from:marta", ["from=marta"], ""],
    ["FROM:Marta", ["from=Marta"], ""],
    ["from: marta blade", ["from=marta"], "blade"],
    ['from:"Marta Oliveira" blade', ["from=Marta Oliveira"], "blade"],
    ["from:“Marta Oliveira”", ["from=Marta Oliveira"], ""],
    ['subject:"left open', ["subject=left open"], ""],
    ["blade is:OPEN saw has:attachments", ["is=open", "has=attachment"], "blade saw"],
    ["#123", ["number=123"], ""],
    ["#9999999999", [], "#9999999999"],
    ["88213", [], "88213"],
    ["before:2026-11-27 after:7D", ["before=2026-11-27", "after=7d"], ""],
    ["https://x.example/a:b", [], "https://x.example/a:b"],
    ['"brown fox" jumps', [], '"brown fox" jumps'],
    ["from:a from:b", ["from=a", "from=b"], ""],
    ["", [], ""],
    ['"', [], '"'],
  ])("%s is operators and words", (q, expected, text) => {
    expect(terms(q)).toEqual(expected);
    expect(parse(q).text).toBe(text);
  });

  it("is the same without one operator, or without its words", () => {
    const { chips, withoutText } = parse('blade from:"Marta Oliveira" saw is:open');
    expect(chips.map(({ without }) => without)).toEqual([
      "blade saw is:open",
      'blade from:"Marta Oliveira" saw',
    ]);
    expect(withoutText).toBe('from:"Marta Oliveira" is:open');
    expect(parse("from: marta saw").chips[0]?.without).toBe("saw");
  });

  it("reads days as moments", () => {
    const moments = parse("after:2026-11-20 before:7d").chips.map(({ term }) =>
      "moment" in term ? term.moment.toISOString() : "",
    );
    expect(moments).toEqual(["2026-11-20T00:00:00.000Z", "2026-11-20T10:00:00.000Z"]);
  });

  it("keeps words in quotes together", () => {
    expect(parse('say "brown fox" now')).toMatchObject({
      words: ["say", "brown", "fox", "now"],
      phrases: ["brown fox"],
    });
  });

  it.each([
    ["is:lost", { kind: "unknown-value", operator: "is", value: "lost" }],
    ["has:wings", { kind: "unknown-value", operator: "has", value: "wings" }],
    ["before:soon", { kind: "unknown-value", operator: "before", value: "soon" }],
    ["before:2026-02-31", { kind: "unknown-value", operator: "before", value: "2026-02-31" }],
    ["color:red", { kind: "no-operator", name: "color", text: "color:red" }],
    ["blade from:", { kind: "says-nothing", operator: "from" }],
    ["w ".repeat(13), { kind: "many-words", max: 12 }],
    ["is:open ".repeat(13), { kind: "many-operators", text: "is:open", max: 12 }],
  ])("says what it made of %s", (q, note) => {
    expect(parse(q).notes).toEqual([note]);
  });

  it("is never refused, however long and odd", () => {
    for (const q of [
      '"'.repeat(9_999),
      "from:".repeat(2_000),
      "a:b ".repeat(2_500),
      ":".repeat(10_000),
    ])
      expect(parse(q).words.length).toBeLessThanOrEqual(12);
  });
});

describe("the list a search asks for", () => {
  const searched = (q: string) => asSearched({ ...EVERY_OPEN_TICKET, q });

  it("has the statuses and the view of its operators, and a filter's statuses before them", () => {
    expect(searched("is:solved is:closed").statuses).toEqual(["SOLVED", "CLOSED"]);
    expect(searched("blade is:spam").view).toBe("spam");
    expect(searched("blade")).toEqual({ ...EVERY_OPEN_TICKET, q: "blade" });
    const filtered = asSearched({ ...EVERY_OPEN_TICKET, statuses: ["OPEN"], q: "is:solved" });
    expect(filtered.statuses).toEqual(["OPEN"]);
  });
});
