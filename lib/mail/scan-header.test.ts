import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { mutateMail } from "@/lib/testing/mutate-mail";
import { randomFrom } from "@/lib/testing/random";
import { scanHeader, scanMessageId } from "./scan-header";

const MUTANTS = 4_000;
const folder = path.join(import.meta.dirname, "fixtures");
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith(".eml"))
  .map((name) => ({ name, raw: readFileSync(path.join(folder, name)) }));

/** What the whole header says. */
const slowly = (raw: Uint8Array) => scanHeader(raw).messageId;

describe("scanMessageId", () => {
  test.each(fixtures)("reads $name as the whole header is read", ({ raw }) => {
    expect(scanMessageId(raw)).toBe(slowly(raw));
  });

  test("reads mutants as their whole header is read", () => {
    const seeds = fixtures.map(({ raw }) => raw);
    const random = randomFrom(49);
    let found = 0;
    for (let n = 0; n < MUTANTS; n++) {
      const { raw, changes } = mutateMail(seeds, random);
      const id = scanMessageId(raw);
      if (id !== slowly(raw)) expect({ n, changes, id }).toEqual({ n, changes, id: slowly(raw) });
      if (id !== null) found++;
    }
    expect(found).toBeGreaterThan(MUTANTS / 2);
  });

  const field = "Message-ID: <one@x.example>\r\n";
  test.each([
    ["usual", `From: a@b.example\r\nSubject: long\r\n\tand folded\r\n${field}To: c@d\r\n\r\nbody`],
    ["first and last", `${field}\r\nbody`],
    ["nothing behind it", field],
    ["in any case", `MESSAGE-id:<one@x.example>\r\n\r\n`],
    ["a space before the colon", `Message-ID : <two@x>\r\n${field}\r\n`],
    ["twice", `${field}Message-ID: <two@x>\r\n\r\n`],
    ["folded", "Message-ID: <one@\r\n x.example>\r\n\r\n"],
    ["folded behind it", "Message-ID: <one@x.example>\r\n\t(why)\r\n\r\n"],
    ["folded before it", "Message-ID:\r\n <one@x.example>\r\n\r\n"],
    ["an encoded word", "Message-ID: <=?utf-8?Q?one?=@x.example>\r\n\r\n"],
    ["below the header", `Subject: x\r\n\r\n${field}`],
    ["below a line that is no field", `Subject: x\r\nno field\r\n${field}\r\n`],
    ["below a boundary", `Content-Type: multipart/mixed; boundary="a:b"\r\n--a:b\r\n${field}\r\n`],
    ["lone line feeds", "Subject: x\nMessage-ID: <one@x.example>\n\nbody"],
    ["doubled carriage returns", `Subject: x\r\r\n${field}\r\n`],
    ["a mailbox file's first line", `From a@b Sat Nov 28 2026\r\n${field}\r\n`],
    ["empty lines before it", `\r\n\r\n${field}\r\n`],
    ["two ids", "Message-ID: <one@x> <two@x>\r\n\r\n"],
    ["no brackets", "Message-ID: one@x.example\r\n\r\n"],
    ["nothing in brackets", "Message-ID: <>\r\n\r\n"],
    ["no at", "Message-ID: <one>\r\n\r\n"],
    ["8-bit text", "Subject: \xe9\r\nMessage-ID: <on\xe9@x>\r\n\r\n"],
    ["far down", `${"X-Filler: y\r\n".repeat(900)}${field}\r\n`],
    ["below 1,749 short fields", `${"a:\r\n".repeat(1_749)}Message-ID:<a>\r\n\r\n`],
    ["below more fields than are kept", `${"a:\r\n".repeat(2_100)}${field}\r\n`],
    ["cut off behind it", `${"X-Filler: yyyy\r\n".repeat(435)}Message-ID: <one@x>\r\n (b)\r\n\r\n`],
  ])("%s: as the whole header is read", (_, raw) => {
    const bytes = Buffer.from(raw, "latin1");
    expect(scanMessageId(bytes)).toBe(slowly(bytes));
  });

  test("hostile headers take no longer than their whole reading by far", () => {
    for (const raw of [
      "a".repeat(7_000),
      "a:\r\n \r\n".repeat(900),
      `a:${" \r\n".repeat(2_000)}`,
    ]) {
      const bytes = Buffer.from(`${raw}message-id:<${"a".repeat(900)}`, "latin1");
      const times = (read: (raw: Uint8Array) => unknown) => {
        const startedAt = performance.now();
        for (let n = 0; n < 200; n++) read(bytes);
        return performance.now() - startedAt;
      };
      times(slowly);
      expect(times(scanMessageId)).toBeLessThan(10 * times(slowly) + 50);
    }
  });
});
