import { describe, expect, test } from "vitest";
import { randomFrom } from "@/lib/testing/random";
import { decodeBase64Lines } from "./base64-lines";

const random = randomFrom(1);

function randomBytes(size: number): Buffer {
  return Buffer.from(Array.from({ length: size }, () => Math.floor(random() * 256)));
}

function inLines(base64: string, length: number, lineEnd: string): string {
  const lines: string[] = [];
  for (let at = 0; at < base64.length; at += length) lines.push(base64.slice(at, at + length));
  return lines.join(lineEnd);
}

const decode = (text: string) => decodeBase64Lines(Buffer.from(text, "latin1"));

describe("base64 in lines of one length", () => {
  const lengths = [1, 3, 60, 75, 76, 998, 300_000];
  test.each(lengths)("is decoded with %i characters a line", (length) => {
    for (const size of [1, 2, 3, 56, 57, 58, 5_000, 120_001]) {
      const bytes = randomBytes(size);
      const base64 = bytes.toString("base64");
      for (const lineEnd of ["\n", "\r\n"]) {
        const text = inLines(base64, length, lineEnd);
        for (const body of [text, `${text}${lineEnd}`, `${text}${lineEnd}${lineEnd}`]) {
          const read = decode(body);
          // A line end within the padding is no line of base64.
          if (read === null && length < 4) continue;
          expect(Buffer.from(read?.bytes ?? []).equals(bytes)).toBe(true);
          expect(read?.symbols).toBe(base64.replaceAll("=", "").length);
          expect(read?.isPadded).toBe(base64.endsWith("="));
          expect(read?.bytes.buffer.byteLength).toBe(size);
        }
      }
    }
  });

  const base64 = inLines(randomBytes(500).toString("base64"), 76, "\r\n");
  test.each([
    ["nothing", ""],
    ["line ends alone", "\r\n\r\n"],
    ["a character that is none", base64.replace(/(?<=.{20})./, "!")],
    ["a space", base64.replace(/(?<=.{20})./, " ")],
    ["a byte beyond ASCII", base64.replace(/(?<=.{20})./, "\u00e9")],
    ["the alphabet of URLs", base64.replace(/(?<=.{20})./, "-")],
    ["its other sign", base64.replace(/(?<=.{20})./, "_")],
    ["padding in the middle", base64.replace(/(?<=.{20})./, "=")],
    ["too much padding", `${base64.replace(/=*$/, "")}===`],
    ["a line that is longer", base64.replace("\r\n", "AAAA\r\n").concat("AAAA")],
    ["a line end of another kind", `AAAA\nAAAA\r\nAAAA`],
    ["one symbol beyond the groups of four", "AAAAA"],
  ])("is not what has %s", (_, body) => {
    expect(decode(body)).toBeNull();
  });

  test("is never told of what every decoder reads in another way", () => {
    const alphabet = "AAAAAAbZ09+/\n\n\r=-_ !";
    for (let i = 0; i < 20_000; i++) {
      const length = Math.floor(random() * 24);
      const pick = () => alphabet.charAt(Math.floor(random() * alphabet.length));
      const body = Array.from({ length }, pick).join("");
      const read = decode(body);
      if (read === null) continue;
      expect(body).toMatch(/^[A-Za-z0-9+/\r\n]*={0,2}\s*$/);
      expect(Buffer.from(read.bytes)).toEqual(Buffer.from(body, "base64"));
      expect(read.symbols).toBe(body.replace(/[^A-Za-z0-9+/]/g, "").length);
      expect(read.isPadded).toBe(body.includes("="));
    }
  });
});
