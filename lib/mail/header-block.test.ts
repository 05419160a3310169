import { describe, expect, test } from "vitest";
import { readHeaderBlock, repairLineEnds } from "./header-block";
import { scanHeader } from "./scan-header";

const bytes = (s: string) => Buffer.from(s, "latin1");

describe("readHeaderBlock", () => {
  test("folded lines become one value, in the order of the mail", () => {
    const block = readHeaderBlock(bytes("Subject: a\r\n b\r\n\tc\r\nTo: x@y\r\n\r\nbody"));
    expect(block.fields).toEqual([
      { name: "Subject", value: "a b c" },
      { name: "To", value: "x@y" },
    ]);
    expect(block.bodyStart).toBe(31);
    expect(block.separated).toBe(true);
  });

  test("a mail without the empty line shows where its body starts", () => {
    const raw = "From: a@b.example\nSubject: x\nHello there\nhow are you";
    const block = readHeaderBlock(bytes(raw));
    expect(block.fields.map((field) => field.name)).toEqual(["From", "Subject"]);
    expect(block.separated).toBe(false);
    expect(raw.slice(block.bodyStart)).toBe("Hello there\nhow are you");
  });

  test("a long value wrapped without indentation does not end the header", () => {
    const block = readHeaderBlock(bytes("Subject: a\nwrapped\nTo: x@y\n\nbody"));
    expect(block.fields).toEqual([
      { name: "Subject", value: "a wrapped" },
      { name: "To", value: "x@y" },
    ]);
  });

  test("an mbox line before the header is no field", () => {
    expect(readHeaderBlock(bytes("From jo Mon Nov 2\nTo: x@y\n\n")).fields).toHaveLength(1);
  });

  test("fields behind a two-megabyte subject are still read", () => {
    const block = readHeaderBlock(
      bytes(`Subject: ${"x".repeat(2_000_000)}\nFrom: a@b.example\n\n`),
    );
    expect(block.cut).toBe(true);
    expect(block.fields[0]?.value.length).toBeLessThanOrEqual(65_536);
    expect(block.fields[1]).toEqual({ name: "From", value: "a@b.example" });
  });

  test("a Content-Type that boundary lines go on and on after is read once", () => {
    const lines = `--b\r\nConten=b\r\n`.repeat(30_000);
    const { fields } = readHeaderBlock(
      Buffer.from(`Content-Type: multipart/mixed; boundary=x\r\n${lines}X-Last: y\r\n\r\n`),
    );
    expect(fields.map(({ name }) => name)).toEqual(["Content-Type", "X-Last"]);
  });

  test("a header of a hundred thousand lines that are no fields is read in one pass", () => {
    const block = readHeaderBlock(
      bytes(`From: a@b.example\n${"junk\n".repeat(100_000)}To: x@y\n\n`),
    );
    expect(block.fields.at(-1)).toEqual({ name: "To", value: "x@y" });
  });
});

describe("repairLineEnds", () => {
  test("a good mail is left alone", () => {
    const raw = bytes("A: b\r\n\r\nbody\rwith a lone CR");
    expect(repairLineEnds(raw)).toBe(raw);
  });

  test("lone CRs as the only line ends become LFs", () => {
    expect(Buffer.from(repairLineEnds(bytes("A: b\r\rbody\r"))).toString()).toBe("A: b\n\nbody\n");
  });

  test("doubled CRs lose one", () => {
    expect(Buffer.from(repairLineEnds(bytes("A: b\r\r\n\r\r\nx"))).toString()).toBe(
      "A: b\r\n\r\nx",
    );
  });
});

describe("scanHeader", () => {
  test("it notes the first Message-ID, the date as written and the subject", () => {
    const raw =
      "Message-ID: <one@x>\r\nMessage-ID: <two@x>\r\nDate: yesterday\r\n" +
      "Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\r\nMessage-ID: <body@x>";
    expect(scanHeader(bytes(raw))).toEqual({
      messageId: "one@x",
      date: "yesterday",
      subject: "Grüße",
    });
  });

  test.each(["", "\r\n\r\n", "no header at all", "\u0000\u0001\u0002"])("%j gives nulls", (raw) => {
    expect(scanHeader(bytes(raw))).toEqual({ messageId: null, date: null, subject: null });
  });
});
