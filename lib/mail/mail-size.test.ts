import { expect, it } from "vitest";
import { FILES_BYTES_MAX, filesBytesMax, megabytes } from "./mail-size";

it("leaves room for the encoding and the rest of the mail", () => {
  const sizeMax = 30 * 1024 * 1024;
  const bytes = filesBytesMax(sizeMax);
  const encoded = Buffer.alloc(bytes).toString("base64").length;
  expect(encoded + (encoded / 76) * 2).toBeLessThan(sizeMax - 400_000);
  expect(bytes).toBeGreaterThan(20 * 1024 * 1024);
});

it("never promises more than 25 MB, nor less than nothing", () => {
  expect(filesBytesMax(null)).toBe(FILES_BYTES_MAX);
  expect(filesBytesMax(2_000_000_000)).toBe(FILES_BYTES_MAX);
  expect(filesBytesMax(100_000)).toBe(0);
});

it("is said in megabytes, rounded down", () => {
  expect(megabytes(FILES_BYTES_MAX)).toBe("25 MB");
  expect(megabytes(12_999_999)).toBe("12.3 MB");
});
