import { describe, expect, test } from "vitest";
import { cut, cutBytes, pgText, safeFilename } from "./text";

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
