import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseMail } from "./parse";

const fixture = (name: string) =>
  parseMail(readFileSync(new URL(`fixtures/${name}.eml`, import.meta.url)));
const head = "From: jo@customer.example\r\nSubject: Printer on fire\r\n";
const parse = (text: string) => parseMail(Buffer.from(`${head}${text}`, "latin1"));

/** The text of a mail, and its files as `name: content`. */
async function read(name: string) {
  const { text, attachments } = await fixture(name);
  const files = attachments.map(
    ({ filename, content }) => `${filename}: ${Buffer.from(content).toString("latin1")}`,
  );
  return { text, files };
}

describe("the parts of a mail", () => {
  const cases: [string, string, string[]][] = [
    [
      "digest",
      "",
      [
        "forwarded message.eml: Subject: first\r\n\r\none",
        "forwarded message.eml: Subject: second\r\n\r\ntwo",
      ],
    ],
    ["named-text-part", "it burns", ["log.txt: line of a log"]],
    ["named-bodies", "it burns", []],
    ["spaces-behind-boundary", "it burns", ["a.pdf: x"]],
    ["outer-boundary-ends-inner", "it burns", ["a.pdf: x"]],
    ["no-empty-line-before-boundary", "it burns", []],
    ["parameters-without-semicolon", "it burns", []],
    ["empty-attachment", "it burns", ["photo.png: "]],
    ["part-without-header", "Note: it burns", []],
    ["disposition-without-value", "it burns", ["photo.png: x"]],
  ];
  test.each(cases)("%s", async (name, text, files) => {
    expect(await read(name)).toEqual({ text, files });
  });

  test("a multipart with no part in it is shown as it came", async () => {
    const mail = await parse("Content-Type: multipart/mixed; boundary=b\r\n\r\nit burns\r\n");
    expect(mail.text).toBe("it burns");
  });

  test("an attached mail stays in one piece, boundaries of its own and all", async () => {
    const inner = "Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nin\r\n--i--";
    const { attachments } = await parse(
      `Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--o--`,
    );
    expect(attachments).toHaveLength(1);
    expect(Buffer.from(attachments[0]?.content ?? []).toString()).toBe(inner);
  });

  test("in a nested multipart with the same boundary nothing is lost", async () => {
    const nested = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nin\r\n--b--";
    const { text } = await parse(
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nbefore\r\n--b\r\n${nested}\r\n--b\r\n\r\nafter\r\n--b--\r\n`,
    );
    expect(text).toBe("before\n\nin\n\nafter");
  });

  test("what a file holds is not a view of the whole mail", async () => {
    const [file] = (await fixture("path-in-filename")).attachments;
    expect(file?.content.buffer.byteLength).toBe(4);
  });
});

describe("mails of any structure", () => {
  test("nested at random, closed or not, give every text and every byte of every file", async () => {
    const random = randomFrom(5322);
    for (let n = 0; n < 300; n++) {
      const texts: string[] = [];
      const files: string[] = [];
      const mail = await parse(randomPart(random, texts, files));
      const found = mail.attachments.map(({ content }) => Buffer.from(content).toString("hex"));
      expect(found).toEqual(files);
      for (const text of texts) expect(mail.text).toContain(text);
    }
  });
});

/** A part with its header; what it holds is added to `texts` and, as hex, to `files`. */
function randomPart(random: () => number, texts: string[], files: string[], depth = 0): string {
  if (depth < 4 && random() < 0.4) {
    const boundary = `b${Math.floor(random() * 1e6)}${["", "--", "=", "'x"][Math.floor(random() * 4)]}`;
    const parts = Array.from(
      { length: 1 + Math.floor(random() * 3) },
      () => `--${boundary}\r\n${randomPart(random, texts, files, depth + 1)}\r\n`,
    );
    const end = random() < 0.8 ? `--${boundary}--\r\n` : "";
    return `Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\nold\r\n${parts.join("")}${end}`;
  }
  if (random() < 0.5) {
    const text = `text ${Math.floor(random() * 1e9)}`;
    texts.push(text);
    return `Content-Type: text/plain\r\n\r\n${text}`;
  }
  const bytes = Array.from({ length: Math.floor(random() * 300) }, () =>
    Math.floor(random() * 256),
  );
  const file = Buffer.from(bytes);
  files.push(file.toString("hex"));
  return `Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n${file.toString("base64")}`;
}

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

describe("transfer encodings", () => {
  const cases: [string, string, string[]][] = [
    ["uuencoded", "it burns", ["photo.bin: hello"]],
    ["base64-that-is-none", "it burns", ["a.pdf: (this is plain, not encoded!)"]],
    ["base64-in-pieces", "it burns", []],
    ["base64-with-dashes", "it burns?>? ü", []],
    ["base64-of-urls", "it burns?>? ü", []],
    ["words-behind-base64", "it burns", []],
    ["quoted-printable-loose", "Grüße all\n2 = 2, =ZZ", []],
    ["unknown-transfer-encoding", "it=20burns", []],
  ];
  test.each(cases)("%s", async (name, text, files) => {
    expect(await read(name)).toEqual({ text, files });
  });

  test("a file that is not encoded as it says is named in a warning", async () => {
    expect((await fixture("base64-that-is-none")).warnings.join()).toContain("a.pdf");
  });
});

describe("file names", () => {
  const cases: [string, string][] = [
    ["windows-path-in-filename", "photo.png"],
    ["filename-in-pieces", "Grüße 1.png"],
    ["filename-as-encoded-word", "Grüße.png"],
    ["filename-raw-8bit", "Grüße.png"],
    ["filename-with-spaces-unquoted", "my photo (1).png"],
  ];
  test.each(cases)("%s gives %s", async (name, filename) => {
    expect((await fixture(name)).attachments.map((file) => file.filename)).toEqual([filename]);
  });
});

describe("format=flowed (RFC 3676)", () => {
  test("lines that go on are joined within their quote depth, stuffing goes", async () => {
    expect((await fixture("flowed-reply")).text).toBe(
      "It still burns.\n\n> Did you try water?\n>> deeper\n-- stuffed\n-- \nJo",
    );
  });

  test("with delsp the space at the break goes", async () => {
    expect((await fixture("flowed-delsp")).text).toBe("it burns");
  });
});

describe("hostile structures are read in one pass", () => {
  const megabyte = (piece: string) => piece.repeat(Math.ceil(1_048_576 / piece.length));
  const multipart = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
  const nest = Array.from(
    { length: 2_400 },
    (_, i) => `--b${i}\r\nContent-Type: multipart/mixed; boundary=b${i + 1}\r\n`,
  ).join("");
  const cases: [string, string][] = [
    ["lines that begin like a boundary", `${multipart}--b\r\n\r\n${megabyte("--c\r\n")}`],
    [
      "multiparts without empty lines",
      `Content-Type: multipart/mixed; boundary=b0\r\n${nest}${megabyte("x: y\r\n")}`,
    ],
    [
      "spaces before no line end",
      `Content-Transfer-Encoding: quoted-printable\r\n\r\n${megabyte(" ")}x`,
    ],
    ["equals signs", `Content-Transfer-Encoding: quoted-printable\r\n\r\n${megabyte("= ")}x`],
    ["padding", `Content-Transfer-Encoding: base64\r\n\r\n${megabyte("YQ==")}`],
    ["quote signs, flowed", `Content-Type: text/plain; format=flowed\r\n\r\n${megabyte("> \r\n")}`],
    ["parameters", `Content-Type: text/plain; ${megabyte("a*0=b;").slice(0, 60_000)}\r\n\r\nx`],
    ["open quotes", `Content-Type: text/plain; a="${'\\"'.repeat(30_000)}\r\n\r\nx`],
    ["open brackets", `Content-Type: text/plain${" (".repeat(30_000)}\r\n\r\nx`],
  ];
  test.each(cases)("%s", async (_, text) => {
    // A quadratic reader takes minutes here, and the test's own limit ends it.
    expect((await parse(text)).from?.address).toBe("jo@customer.example");
  });
});
