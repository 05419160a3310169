import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { isSendableAddress } from "./address";
import { parseMail } from "./parse";
import { sanitiseHtml } from "./sanitize";
import { wellFormed } from "./text";

const fixture = (name: string) =>
  parseMail(readFileSync(new URL(`fixtures/${name}.eml`, import.meta.url)));
const parse = (raw: string | Uint8Array) => parseMail(Buffer.from(raw));
const head =
  "From: jo@customer.example\r\nSubject: Printer on fire\r\nMessage-ID: <q@c.example>\r\n";
const mixed = (parts: string[]) =>
  `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee files\r\n${parts.join("")}--b--\r\n`;
const file = (name: string, content: string, type = "application/octet-stream") =>
  `--b\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename="${name}"\r\n\r\n${content}\r\n`;
const encodedFile = (name: string, content: Uint8Array, type = "application/octet-stream") =>
  `--b\r\nContent-Type: ${type}\r\nContent-Disposition: attachment; filename="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(content).toString("base64")}\r\n`;

describe("structure", () => {
  test("a part that repeats the boundary of the whole loses neither text nor file", async () => {
    const mail = await fixture("same-boundary-nested");
    expect(mail.text).toContain("it burns");
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(["log.txt"]);
  });

  test("a boundary of a thousand characters is a boundary", async () => {
    expect((await fixture("endless-boundary")).text).toBe("it burns");
  });

  test("ten megabytes of text with 400,000 links are cut and read within two seconds of CPU", async () => {
    const text = "https://hot.example/path \r\n".repeat(400_000);
    const before = process.cpuUsage();
    const flowed = `Content-Type: text/plain; format=flowed; delsp=yes\r\n`;
    const mail = await parse(`${head}${flowed}\r\n${text}`);
    const { user, system } = process.cpuUsage(before);
    expect(Buffer.byteLength(mail.text)).toBeLessThanOrEqual(262_144);
    expect(mail.warnings.join()).toMatch(/text is longer/);
    expect((user + system) / 1000).toBeLessThan(2_000);
  });

  test.each([
    ["text-not-base64", /./],
    ["text-not-quoted-printable", /^100 % = all of it, .*burns$/],
    ["unheard-of-encoding", /^it burns$/],
  ])("%s still gives a mail of its sender", async (name, text) => {
    const mail = await fixture(name);
    expect(mail.from?.address).toBe("jo@customer.example");
    expect(mail.text).toMatch(text);
  });

  test.each(["truncated-base64", "cut-off-in-file"])("%s names the damaged file", async (name) => {
    const { attachments, warnings, text } = await fixture(name);
    expect(text).toBe("see file");
    expect(attachments).toMatchObject([{ filename: "a.pdf" }]);
    expect(warnings).toContain("a.pdf seems to be damaged: its end is missing");
  });

  test("whole files are not called damaged, whatever their length", async () => {
    const sizes = [0, 1, 2, 3, 1000, 1001, 1002];
    const parts = sizes.map((size) => encodedFile(`${size}.bin`, Buffer.alloc(size, 7)));
    const mail = await parse(mixed(parts));
    expect(mail.attachments.map(({ size }) => size)).toEqual(sizes);
    expect(mail.warnings).toEqual([]);
  });

  test("a file of thirty megabytes is kept whole", async () => {
    const bytes = Buffer.alloc(30 * 1024 * 1024, "0123456789");
    const mail = await parse(mixed([encodedFile("big.bin", bytes)]));
    expect(bytes.equals(mail.attachments[0]?.content ?? Buffer.alloc(0))).toBe(true);
    expect(mail.warnings).toEqual([]);
  });

  test("of two thousand files two hundred are shown, with the text, and it is said", async () => {
    const parts = Array.from({ length: 2_000 }, (_, i) => file(`${i}.txt`, "x".repeat(1024)));
    const mail = await parse(mixed(parts));
    expect(mail.text).toBe("see files");
    expect(mail.attachments).toHaveLength(200);
    expect(mail.warnings).toEqual([
      "1800 attachments beyond the first 200 are only in the original",
    ]);
  });

  test("a zip bomb is kept as the bytes it came as, and never unpacked", async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1024 * 1024), { level: 9 });
    const mail = await parse(mixed([encodedFile("bomb.tar.gz", bomb, "application/gzip")]));
    expect(mail.attachments).toMatchObject([{ filename: "bomb.tar.gz", size: bomb.length }]);
  });

  test("mails within mails within a mail are one file, and are not taken apart", async () => {
    const { attachments, text } = await fixture("mails-within-mails");
    expect(text).toBe("see mail");
    expect(attachments).toMatchObject([
      { filename: "forwarded message.eml", mediaType: "message/rfc822" },
    ]);
    expect(Buffer.from(attachments[0]?.content ?? []).toString()).toContain("the innermost words");
  });

  test("an invitation without a text says what, when, where and who", async () => {
    expect((await fixture("invitation-only")).text).toBe(
      "Calendar entry: Repair, second visit\nWhen: 2026-11-24 09:00 UTC to 2026-11-24 10:30 UTC\nWhere: Printer room\nOrganiser: jo@customer.example",
    );
    // Its title stands outside of any event.
    expect((await fixture("calendar-only")).text).toBe("");
  });

  test("alternatives that say different things are told apart, and both are kept", async () => {
    const mail = await fixture("alternatives-that-differ");
    expect(mail.text).toBe("The invoice is paid, thank you.");
    expect(mail.html).toContain("another account");
    expect(mail.htmlText).toBe("Please transfer nine thousand euros to another account");
    expect(mail.warnings).toContain("Its plain text and its HTML say different things");
    const honest = await fixture("alternatives");
    expect([honest.htmlText, honest.warnings]).toEqual([null, []]);
  });
});

describe("characters", () => {
  test.each(["utf7-html", "iso2022-html"])("%s is cleaned after decoding", async (name) => {
    const mail = await fixture(name);
    const { html } = sanitiseHtml(mail.html ?? "", { cidUrl: () => null, loadRemoteImages: true });
    expect(html).toContain("it burns</b>");
    expect(html).not.toMatch(/<script|<[^>]*onerror/i);
  });

  test("a subject is not turned round by the mail, and an emoji in it stays whole", async () => {
    const { subject } = await fixture("reordered-subject");
    expect(subject).toBe("Printer erif no 👨‍🚒");
  });

  test("ten thousand marks on one letter are eight, in subject, name, file name and text", async () => {
    const pile = `Z${"\u0301".repeat(10_000)}algo`;
    const word = `=?utf-8?B?${Buffer.from(pile).toString("base64")}?=`;
    const mail = await parse(
      mixed([file("x", "x")])
        .replace("jo@customer.example", `${pile.slice(0, 900)} <jo@customer.example>`)
        .replace("Printer on fire", word)
        .replace('filename="x"', `filename="${word}"`)
        .replace("see files", pile),
    );
    const shown = [mail.subject, mail.from?.name, mail.attachments[0]?.filename, mail.text];
    for (const text of shown) expect(text?.normalize("NFD")).toMatch(/^Z\u0301{0,8}(algo)?$/);
    expect(mail.text).toBe(`Z${"\u0301".repeat(8)}algo`);
  });

  test("half a character is none, wherever it is cut", async () => {
    const text = "😀".repeat(70_000);
    const utf16 = Buffer.from("\ud83d it burns", "utf16le");
    const cut = await parse(`${head}\r\nx${text}`);
    const lone = await parse(
      Buffer.concat([
        Buffer.from(`${head}Content-Type: text/plain; charset=utf-16le\r\n\r\n`),
        utf16,
      ]),
    );
    for (const mail of [cut, lone]) expect(wellFormed(mail.text)).toBe(mail.text);
    expect(lone.text).toContain("it burns");
  });

  test("a domain in look-alike letters is shown in its ASCII form", async () => {
    expect((await fixture("cyrillic-sender")).from).toEqual({
      name: "Jo Doe",
      address: "jo@xn--bnk-6cd.example",
    });
  });
});

describe("senders and ids", () => {
  test("a lone CR in From makes no second header: both addresses are seen, neither is trusted", async () => {
    const mail = await fixture("lone-cr-in-from");
    expect(mail.from?.address).toBe("jo@customer.example");
    expect(mail.fromIsAmbiguous).toBe(true);
  });

  test.each(["two-at-signs", "fullwidth-at", "quoted-local-part"])(
    "%s is no sender, and what stood there is said",
    async (name) => {
      const mail = await fixture(name);
      expect(mail.from).toBeNull();
      expect(mail.warnings).toContain("From holds no usable address");
    },
  );

  test("a sender in letters beyond ASCII is shown, and is not one we could write to", async () => {
    const { from } = await fixture("unicode-local-part");
    expect(from?.address).toBe("jörg@customer.example");
    expect(isSendableAddress(from?.address ?? "")).toBe(false);
  });

  test("a Reply-To elsewhere leaves the sender the sender, and is suggested with a warning", async () => {
    const mail = await fixture("reply-to-elsewhere");
    expect(mail.from?.address).toBe("jo@customer.example");
    expect(mail.warnings).toEqual([
      "It asks for answers to boss@elsewhere.example (Reply-To). They go to its sender; add that address to Cc if you trust it",
    ]);
    const same = await parse(`${head}Reply-To: JO@customer.example\r\n\r\nx`);
    expect(same.warnings).toEqual([]);
  });

  test("a mail with two Message-IDs is marked, so that nothing is threaded by them", async () => {
    expect((await fixture("two-message-ids")).messageIdIsAmbiguous).toBe(true);
    expect((await fixture("plain")).messageIdIsAmbiguous).toBe(false);
  });
});
