import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeCharset, isKnownCharset } from "./charset";
import { decodeRawHeader, decodeWords } from "./encoded-word";
import { parseMail } from "./parse";

const fixture = (name: string) =>
  parseMail(readFileSync(new URL(`fixtures/${name}.eml`, import.meta.url)));

describe("bodies whose label is wrong, rare or missing", () => {
  const texts: [string, string][] = [
    ["utf8-called-latin1", "Grüße"],
    ["utf8-called-ascii", "Grüße"],
    ["utf8-called-big5", "印表機著火了"],
    ["big5-body", "印表機著火了"],
    ["latin1-called-utf8", "Grüße aus Köln"],
    ["latin1-called-ascii", "Grüße"],
    ["euc-jp-called-iso-2022-jp", "プリンターが燃えています"],
    ["shift-jis-called-iso-2022-jp", "プリンターが燃えています"],
    ["utf7-body", "Grüße"],
    ["cp850-body", "Grüße"],
    ["charset-only-in-html", "привет"],
  ];
  test.each(texts)("%s is read as %s", async (name, text) => {
    const mail = await fixture(name);
    expect(mail.text).toBe(text);
    expect(mail.warnings).toEqual([]);
  });

  test("short text of another alphabet is not taken for UTF-8 by accident", () => {
    const bytes = (text: number[]) => Uint8Array.from(text);
    // "Рё" in Windows-1251 and "联" in GBK are valid UTF-8 as well.
    expect(decodeCharset(bytes([0xd0, 0xb8]), "windows-1251")).toBe("Рё");
    expect(decodeCharset(bytes([0xcd, 0xa8]), "gbk")).toBe("通");
    expect(decodeCharset(bytes([0xff, 0xfe, 0x20]), "utf-8")).toBe("\ufffd\ufffd ");
  });

  test("charsets of browsers, of old systems and none", () => {
    expect(["UTF-8", "iso-8859-15", "utf-7", "cp850", "ks_c_5601-1987"].every(isKnownCharset)).toBe(
      true,
    );
    expect(isKnownCharset("x-klingon")).toBe(false);
  });
});

describe("headers", () => {
  const subjects: [string, string][] = [
    ["gb2312-raw-headers", "打印机着火"],
    ["gb2312-raw-headers-unlabelled", "打印机着火了"],
    ["koi8-raw-headers", "Пожар в принтере"],
    ["words-cut-in-a-character", "Grüße"],
    ["words-cut-in-base64", "Grüße"],
    ["words-with-question-mark", "Was brennt?"],
    ["words-shifting-back-and-forth", "日本"],
  ];
  test.each(subjects)("%s: the subject is %s", async (name, subject) => {
    expect((await fixture(name)).subject).toBe(subject);
  });

  test("a name in raw GB2312 is read like the body", async () => {
    expect((await fixture("gb2312-raw-headers")).from).toEqual({
      name: "王先生",
      address: "jo@customer.example",
    });
  });

  test("raw Latin and Russian are not taken for Chinese", () => {
    const raw = (bytes: Buffer) => decodeRawHeader(bytes.toString("latin1"));
    expect(raw(Buffer.from("Größe für Köln und Düsseldorf, çã", "latin1"))).toBe(
      "Größe für Köln und Düsseldorf, çã",
    );
    const russian = Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2, 0x20, 0xec, 0xe8, 0xf0]);
    expect(raw(russian)).not.toMatch(/[\u4e00-\u9fff]/);
    expect(decodeRawHeader(russian.toString("latin1"), "windows-1251")).toBe("Привет мир");
  });

  const words: [string, string, string][] = [
    ["UTF-8 labelled Latin-1", "=?iso-8859-1?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
    ["UTF-8 labelled ASCII", "=?us-ascii?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
    ["UTF-8 labelled Big5", "=?big5?B?5Y2w6KGo5qmf?=", "印表機"],
    ["words of one text in two encodings", "=?utf-8?Q?Gr=C3?= =?utf-8?B?vMOfZQ==?=", "Grüße"],
    ["an empty word", "=?utf-8?B??= x", " x"],
    ["words without a space between", "=?utf-8?Q?Gr=C3=BC?==?utf-8?Q?=C3=9Fe?=", "Grüße"],
    ["a word with a language", "=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
  ];
  test.each(words)("%s", (_, value, text) => {
    expect(decodeWords(value)).toBe(text);
  });

  test("a megabyte of cut base64 words is read in one pass", () => {
    expect(decodeWords("=?utf-8?B?YQ?= ".repeat(70_000)).length).toBeGreaterThan(10_000);
  });
});
