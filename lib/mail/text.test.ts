import { describe, expect, test } from "vitest";
import { cut, cutBytes, oneLine, pgText, safeFilename, withoutPiles } from "./text";

test("text for Postgres has no NUL, no other control and no lone surrogate", () => {
  expect(pgText("a\u0000b\u0007c\ud800d\r\ne\rf\tg\u001b[31m")).toBe("abc\ufffdd\ne\nf\tg[31m");
});

test("cutting never leaves half a character", () => {
  expect(cut("ab😀", 3)).toBe("ab");
  expect(cut("ab😀", 4)).toBe("ab😀");
  expect(cutBytes("äöü", 5)).toBe("äö");
  expect(cutBytes("a😀", 4)).toBe("a");
  expect(cutBytes("äöü", 6)).toBe("äöü");
});

test("every control goes, and every line end becomes a line feed", () => {
  expect(pgText("a\r\r\nb\n\rc\r\n\r\nd")).toBe("a\n\nb\n\nc\n\nd");
  for (let code = 0; code < 0x100; code++) {
    const character = String.fromCharCode(code);
    const isKept = character === "\r" || character === "\t" || character === "\n";
    if (/\p{Cc}/u.test(character) && !isKept) expect(pgText(`a${character}b`)).toBe("ab");
  }
});

test("of any marks at most eight stay on a letter", () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const mark = String.fromCodePoint(code);
    if (!/\p{M}/u.test(mark)) continue;
    expect(withoutPiles(`a${mark.repeat(12)}b`), code.toString(16)).toBe(`a${mark.repeat(8)}b`);
  }
});

test("one line has single spaces between its words", () => {
  expect(oneLine("plain words, and (signs)!")).toBe("plain words, and (signs)!");
  expect(oneLine(" a  b\t\r\n c\u00a0d\u0000 ")).toBe("a b c d");
  expect(oneLine("\ud800")).toBe("\ufffd");
  expect(oneLine("")).toBe("");
});

describe("safeFilename", () => {
  const cases: [string | null, string, string][] = [
    ["report.pdf", "application/pdf", "report.pdf"],
    ["../../etc/passwd", "text/plain", "passwd"],
    ["..\\..\\boot.ini", "text/plain", "boot.ini"],
    ["C:\\Users\\jo\\x.doc", "application/msword", "x.doc"],
    ["/etc/passwd", "text/plain", "passwd"],
    ["evil\u202egpj.exe", "image/jpeg", "evilgpj.exe"],
    ["\u200b.htaccess", "text/plain", "htaccess"],
    ["a\u0000\r\nX-H: 1.txt", "text/plain", "a X-H_ 1.txt"],
    ["CON", "text/plain", "_CON"],
    ["nul.txt", "text/plain", "_nul.txt"],
    ["invoice.pdf. . .", "application/pdf", "invoice.pdf"],
    [".", "text/plain", "attachment.txt"],
    ["..", "application/zip", "attachment.zip"],
    ["", "application/pdf", "attachment.pdf"],
    [null, "message/rfc822", "forwarded message.eml"],
    [null, "application/x-unheard-of", "attachment"],
    ['<b>"x"|y?.txt', "text/plain", "_b__x__y_.txt"],
  ];
  test.each(cases)("%j (%s) is shown as %j", (name, mediaType, shown) => {
    expect(safeFilename(name, mediaType)).toBe(shown);
  });

  test("an endless name is cut and keeps its real extension", () => {
    const name = safeFilename(`${"a".repeat(5_000)}.tar.exe`, "image/png");
    expect(name).toHaveLength(150);
    expect(name.endsWith(".exe")).toBe(true);
  });
});
