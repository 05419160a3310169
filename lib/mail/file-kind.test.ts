import { expect, test } from "vitest";
import { plainKind } from "./file-kind";

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
