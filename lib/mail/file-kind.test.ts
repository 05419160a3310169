import { expect, test } from "vitest";
import { kindWord, mayBePaged, mayBePreviewed, plainKind } from "./file-kind";

test.each([
  ["invoice.pdf.exe", "EXE program"],
  ["invoice.pdf .EXE", "EXE program"],
  ["setup.msi", "MSI program"],
  ["photo.jpg.lnk", "LNK program"],
  ["invoice.pdf.html", "HTML file"],
  ["scan.docx.iso", "ISO file"],
  ["invoice.pdf", null],
  ["invoice.2026.pdf", null],
  ["backup.csv.gz", null],
  ["contract.pdf.p7m", null],
  ["photo.jpg.jpg", null],
  ["archive.tar.gz", null],
  ["Meeting of 3.4. with Jo", null],
  ["README", null],
  ["attachment.", null],
  ["", null],
])("%j: %s", (filename, expected) => {
  expect(plainKind(filename)).toBe(expected);
});

test.each([
  ["invoice.pdf", "application/pdf", "PDF"],
  ["photo", "image/png", "image"],
  ["notes", "text/plain", "plain text"],
  ["page", "text/html", "text"],
  ["forwarded", "message/rfc822", "email"],
  ["data.something-long", "application/octet-stream", "file"],
])("%j, %s: %s", (filename, mediaType, expected) => {
  expect(kindWord(filename, mediaType)).toBe(expected);
});

test.each([
  ["image/PNG", 1000, true],
  ["image/webp", 5_000_000, true],
  ["image/jpeg", 5_000_001, false],
  ["image/png", 0, false],
  ["image/svg+xml", 1000, false],
  ["application/pdf", 1000, false],
])("%s of %i bytes is previewed: %s", (mediaType, size, expected) => {
  expect(mayBePreviewed({ mediaType, size })).toBe(expected);
});

test.each([
  ["invoice.pdf", "application/octet-stream", 1000, true],
  ["scan", "application/pdf", 25_000_000, true],
  ["scan.PDF ", "application/pdf", 25_000_001, false],
  ["invoice.pdf", "application/pdf", 0, false],
  ["invoice.pdf.exe", "application/pdf", 1000, false],
  ["invoice.pdf.html", "application/pdf", 1000, false],
  ["picture.png", "image/png", 1000, false],
])("pages of %j, %s of %i bytes may be shown: %s", (filename, mediaType, size, expected) => {
  expect(mayBePaged({ filename, mediaType, size })).toBe(expected);
});
