import { describe, expect, it } from "vitest";
import type { TransferEncoding } from "./db/generated/enums";
import { decodeTransfer } from "./transfer-encoding";

async function decode(encoding: TransferEncoding, encoded: string, step: number): Promise<string> {
  async function* pieces() {
    const bytes = Buffer.from(encoded, "latin1");
    for (let from = 0; from < bytes.length; from += step) yield bytes.subarray(from, from + step);
  }
  const decoded: Uint8Array[] = [];
  for await (const chunk of decodeTransfer(encoding, pieces())) decoded.push(chunk);
  return Buffer.concat(decoded).toString("latin1");
}

const BINARY = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * 31) % 256));
const BINARY_LINES = BINARY.toString("base64").replace(/(.{76})/g, "$1\r\n");

describe.each([1, 2, 3, 5, 7, 64, 100_000])("pieces of %i bytes", (step) => {
  it("decode base64 to the same bytes", async () => {
    expect(await decode("BASE64", BINARY_LINES, step)).toBe(BINARY.toString("latin1"));
  });

  it.each([
    ["", ""],
    ["QQ==", "A"],
    ["QQ", "A"],
    ["QUI=\r\n", "AB"],
    ["Q U\tJ D!", "ABC"],
  ])("decode the base64 %j", async (encoded, plain) => {
    expect(await decode("BASE64", encoded, step)).toBe(plain);
  });

  it.each([
    ["", ""],
    ["M=FCller =\r\nund S=F6hne", "M\xfcller und S\xf6hne"],
    ["one  \t \r\ntwo\nthree  ", "one\r\ntwo\nthree  "],
    ["a=3D=3d=\nb=", "a==b"],
    ["not =XY hex, 5=5", "not =XY hex, 5=5"],
  ])("decode the quoted-printable %j", async (encoded, plain) => {
    expect(await decode("QUOTED_PRINTABLE", encoded, step)).toBe(plain);
  });

  it("pass on what is not encoded", async () => {
    expect(await decode("IDENTITY", "a=3D\r\n", step)).toBe("a=3D\r\n");
  });
});

it("decodes a quoted-printable line without an end in pieces", async () => {
  const plain = "\xe4\xf6".repeat(100_000);
  const encoded = "=E4=F6".repeat(100_000);
  expect(await decode("QUOTED_PRINTABLE", encoded, 70_001)).toBe(plain);
});
