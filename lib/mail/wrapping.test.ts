import { expect, test } from "vitest";
import { isWrappingRemark, wrappingRemark, wrappingsOf } from "./wrapping";

const file = (mediaType: string, filename = "x") => ({ mediaType, filename });

test.each([
  ["application/pkcs7-mime", "smime.p7m", ["encrypted"]],
  ["application/pgp-encrypted", "attachment", ["encrypted"]],
  ["application/pkcs7-signature", "smime.p7s", ["signed"]],
  ["application/pgp-signature", "signature.asc", ["signed"]],
  ["application/ms-tnef", "winmail.dat", ["winmail"]],
  ["application/octet-stream", "WINMAIL.DAT", ["winmail"]],
  ["application/pdf", "smime.p7m.pdf", []],
])("%s as %s", (mediaType, filename, expected) => {
  expect(wrappingsOf({ attachments: [file(mediaType, filename)], text: "" })).toEqual(expected);
});

test("PGP in the text itself is known by its first line", () => {
  const wrapped = (text: string) => wrappingsOf({ attachments: [], text });
  expect(wrapped("Hello\n-----BEGIN PGP MESSAGE-----\n\nhQEM")).toEqual(["encrypted"]);
  expect(wrapped("-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nHello")).toEqual(["signed"]);
  expect(wrapped("What does -----BEGIN PGP MESSAGE----- mean?")).toEqual([]);
});

test("a signature deserves no remark, the others one that is known again", () => {
  expect(wrappingRemark("signed")).toBeNull();
  expect(isWrappingRemark(wrappingRemark("encrypted") ?? "")).toBe(true);
  expect(isWrappingRemark(wrappingRemark("winmail") ?? "")).toBe(true);
  expect(isWrappingRemark("Its line ends were broken and have been repaired")).toBe(false);
});
