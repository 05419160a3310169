import { describe, expect, test } from "vitest";
import { isKnownCharset } from "./charset";
import { decodeRawHeader, decodeWords } from "./encoded-word";

const utf8AsBytes = (s: string) => Buffer.from(s, "utf8").toString("latin1");

describe("decodeWords", () => {
  const cases: [string, string, string][] = [
    ["plain text", "Hello = world?", "Hello = world?"],
    ["quoted-printable words", "=?utf-8?Q?Caf=C3=A9_cr=C3=A8me?=", "Café crème"],
    ["base64 words", "=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"],
    ["no space between two words", "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"],
    ["the space before plain text", "=?utf-8?Q?a?= b", "a b"],
    ["a character cut in two between words", "=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "café"],
    ["Japanese", "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"],
    ["a language tag", "=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
    ["an unknown charset as UTF-8", "=?x-klingon?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"],
    ["UTF-8 that is labelled Big5", "=?big5?Q?Gr=C3=BC=C3=9Fe=F0=9F=98=80?=", "Grüße😀"],
    ["a word that never ends", "=?utf-8?Q?abc", "=?utf-8?Q?abc"],
  ];
  test.each(cases)("reads %s", (_, value, decoded) => {
    expect(decodeWords(value)).toBe(decoded);
  });

  test("a megabyte of unfinished words is read in one pass", () => {
    expect(decodeWords("=?a?q?".repeat(170_000))).toHaveLength(1_020_000);
  });
});

test("raw 8-bit headers are UTF-8 when they can be, else Windows-1252", () => {
  expect(decodeRawHeader(utf8AsBytes("Grüße 日本"))).toBe("Grüße 日本");
  expect(decodeRawHeader("Gr\u00fc\u00dfe \u0080")).toBe("Grüße €");
});

test("unknown charsets are known to be unknown", () => {
  expect(isKnownCharset("UTF-8")).toBe(true);
  expect(isKnownCharset("iso-8859-15")).toBe(true);
  expect(isKnownCharset("x-klingon")).toBe(false);
});
