import { describe, expect, it } from "vitest";
import { accentVariants, hasTrigram, partsOf, wordsQuery } from "./search-words";

const NONE = new Map<string, number>();

describe("words of a search", () => {
  it.each([
    ["Müller", ["müller"]],
    ["yumi@sato.example", ["yumi", "sato", "example"]],
    ["a_b-c", ["a", "b", "c"]],
    ["日本語", ["日本", "本語"]],
    ["語", ["語"]],
    ["x日本3回", ["x", "日本", "3", "回"]],
    ["ΣΟΦΟΣ", ["σοφοσ"]],
    ["%%% '\\:*", []],
  ])("%s are %j", (text, expected) => {
    expect(partsOf(text)).toEqual(expected);
  });

  it("are written with and without accents", () => {
    for (const [word, other] of [
      ["muller", "müller"],
      ["mueller", "müller"],
      ["müller", "muller"],
      ["müller", "mueller"],
      ["strasse", "straße"],
      ["straße", "strasse"],
      ["łodz", "lodz"],
    ] as const)
      expect(accentVariants(word)).toContain(other);
    expect(accentVariants("x".repeat(9))).toEqual([]);
    expect(accentVariants("aeiou".repeat(40)).length).toBeLessThanOrEqual(40);
  });

  it("are the beginnings of longer ones, from three letters on", () => {
    expect(wordsQuery(["xyz"], NONE).tsquery).toContain("'xyz':*");
    expect(wordsQuery(["xx", "日本語"], NONE)).toEqual({
      tsquery: "'xx' & '日本' & '本語'",
      share: null,
    });
    expect(wordsQuery(["!?"], NONE).tsquery).toBe("");
  });

  it("stand for themselves, or for the common words they begin, where these are common", () => {
    const common = new Map([
      ["order", 0.3],
      ["ordered", 0.1],
      ["wine", 0.5],
    ]);
    expect(wordsQuery(["Order"], common)).toEqual({ tsquery: "'order'", share: 0.3 });
    const begun = wordsQuery(["ord"], common);
    expect(begun.tsquery).toBe("('ord' | 'order' | 'ordered')");
    expect(begun.share).toBeCloseTo(0.4);
    expect(wordsQuery(["order", "wine"], common).share).toBeCloseTo(0.3);
    expect(wordsQuery(["order", "zzz"], common).share).toBeNull();
  });

  it("have a trigram from three letters on", () => {
    for (const text of ["abc", "50% d", "@sato"]) expect(hasTrigram(text)).toBe(true);
    for (const text of ["ab", "a b", "%%%", "日本", ""]) expect(hasTrigram(text)).toBe(false);
  });
});
