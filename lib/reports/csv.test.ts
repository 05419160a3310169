import { describe, expect, it } from "vitest";
import { CSV_BEGIN, type CsvValue, csvLine } from "./csv";

describe("a line of CSV", () => {
  it.each<[CsvValue, string]>([
    ["Lamp", "Lamp"],
    ["", ""],
    [null, ""],
    [0, "0"],
    [-12.5, "-12.5"],
    [Number.NaN, ""],
    [new Date("2026-11-27T09:30:05.123Z"), "2026-11-27 09:30:05"],
    ["Lamp, broken", '"Lamp, broken"'],
    ['The "big" lamp', '"The ""big"" lamp"'],
    ["two\nlines", '"two\nlines"'],
    ["Grüße 😀", "Grüße 😀"],
    [" padded ", '" padded "'],
    ["a\0b", "ab"],
    // Formulas, however they begin.
    ["=1+1", "'=1+1"],
    ["+49 30 1234", "'+49 30 1234"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", '"\'\t=1"'],
    ["\r=1", '"\'\r=1"'],
    ["  =1+1", "'  =1+1"],
    ["\uFEFF=1", "'\uFEFF=1"],
    ["＝1+1", "'＝1+1"],
    ["|calc", "'|calc"],
    ['=HYPERLINK("http://evil.test","x")', `"'=HYPERLINK(""http://evil.test"",""x"")"`],
    ["\0=1", "'=1"],
    // Only the beginning counts, and a semicolon is a column to some.
    ["a=b", "a=b"],
    ["x;=1+1", '"x;=1+1"'],
    ["#42", "#42"],
  ])("%j is %j", (value, cell) => {
    expect(csvLine([value, 1])).toBe(`${cell},1\r\n`);
  });

  it("is read back by a reader of RFC 4180", () => {
    const values = ['a"b', "c,d", "e\r\nf", "", "g"];
    const line = csvLine(values).slice(0, -2);
    const cells = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,"]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain,
    );
    expect(cells).toEqual(values);
  });

  it("begins a file with the mark of UTF-8", () => {
    expect(Buffer.from(CSV_BEGIN)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  });
});
