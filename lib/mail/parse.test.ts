import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Mail } from "./mail";
import { MailUnreadable, parseMail } from "./parse";

const fixture = (name: string) =>
  parseMail(readFileSync(new URL(`fixtures/${name}.eml`, import.meta.url)));
const parse = (text: string) => parseMail(Buffer.from(text, "utf8"));
const head =
  "From: jo@customer.example\r\nSubject: Printer on fire\r\nMessage-ID: <q@c.example>\r\n";

describe("a usual mail", () => {
  test("says who wrote what to whom, and when", async () => {
    const mail = await fixture("plain");
    expect(mail).toMatchObject({
      messageId: "question-1@customer.example",
      from: { name: "Jo Doe", address: "jo@customer.example" },
      fromIsAmbiguous: false,
      to: [{ name: "", address: "support@example.com" }],
      subject: "Printer on fire",
      date: new Date("2026-11-22T09:05:30Z"),
      text: "Hello,\n\nmy printer is on fire. Grüße\n\n-- \nJo",
      html: null,
      newText: "Hello,\n\nmy printer is on fire. Grüße",
      automatic: null,
      bounce: null,
      aboutMessageId: null,
      forwarded: null,
      authentication: null,
      warnings: [],
    });
    expect(mail.headers.map(({ name }) => name).slice(0, 3)).toEqual(["From", "To", "Subject"]);
  });

  test("a reply names the mails it answers, and parts new from quoted", async () => {
    expect(await fixture("reply")).toMatchObject({
      inReplyTo: ["0123.mailroom@example.com"],
      references: ["question-1@customer.example", "0123.mailroom@example.com"],
      newText: "It still burns.",
      quotedText: expect.stringContaining("> Did you try water?"),
    });
  });

  test("alternatives give the plain words to read and the rich ones to show", async () => {
    expect(await fixture("alternatives")).toMatchObject({
      text: "the plain words",
      html: "<p>the <b>rich</b> words</p>",
    });
  });

  test("HTML alone gives a text as well", async () => {
    expect((await fixture("html-only")).text).toBe("it burns\n\ngrüße");
  });

  test("a footer beside the HTML is in both", async () => {
    const mail = await fixture("html-with-list-footer");
    expect(mail.text).toBe("it burns\n\nfooter <of the list>");
    expect(mail.html).toContain("footer &lt;of the list&gt;");
  });

  test("an image that the HTML shows stands inside the text, any other is a file", async () => {
    expect((await fixture("inline-and-loose-images")).attachments).toMatchObject([
      { filename: "shown.gif", inline: true },
      { filename: "loose.gif", inline: false },
      { filename: "drawing.svg", inline: false },
    ]);
  });

  test("an inline image is known by its content id", async () => {
    expect((await fixture("inline-image")).attachments).toMatchObject([
      { filename: "photo.png", contentId: "photo@customer.example", inline: true, size: 8 },
    ]);
  });

  test("the receiving server's verdict is read", async () => {
    expect((await fixture("authenticated")).authentication).toEqual({
      spf: "pass",
      dkim: "pass",
      dmarc: "pass",
      server: "mx.example.com",
    });
  });
});

describe("a broken structure (MAIL.md §3, 1 to 25)", () => {
  test("no bytes, and nothing but line ends, are no mail", async () => {
    await expect(parse("")).rejects.toBeInstanceOf(MailUnreadable);
    await expect(fixture("only-line-ends")).rejects.toMatchObject({ reason: "empty" });
  });

  const readable: [string, Partial<Mail>][] = [
    ["no-header-at-all", { from: null, text: "Hello there\nthis is only text" }],
    ["no-empty-line-after-header", { subject: "Printer on fire", text: "Hello, it burns.\nBye" }],
    ["bare-lf", { subject: "Printer on fire", text: "it burns" }],
    ["bare-cr", { subject: "Printer on fire", text: "it burns" }],
    ["doubled-cr", { subject: "Printer on fire", text: "it burns" }],
    ["multipart-without-boundary", { text: "it burns" }],
    ["boundary-never-closed", { text: "it burns" }],
    ["invalid-utf8", { text: "it \ufffd\ufffd burns" }],
    ["unknown-charset", { text: "it burns" }],
    ["latin1-body", { text: "Grüße" }],
    ["nul-in-subject-and-body", { subject: "Printer on fire", text: "it burns" }],
    ["nul-quoted-printable", { text: "it burns" }],
  ];
  test.each(readable)("%s is read all the same", async (name, expected) => {
    expect(await fixture(name)).toMatchObject(expected);
  });

  test.each([
    ["bare-cr", /line ends were broken/],
    ["no-empty-line-after-header", /No empty line/],
    ["multipart-without-boundary", /could not be told apart/],
    ["unknown-charset", /Unknown charset x-klingon/],
    ["invalid-utf8", /could not be decoded/],
    ["winmail-dat", /winmail\.dat/],
    ["encrypted", /encrypted/],
  ])("%s comes with a warning", async (name, warning) => {
    expect((await fixture(name)).warnings.join("; ")).toMatch(warning);
  });

  test("a header beyond what the parser takes still gives sender, subject and a text", async () => {
    const mail = await parse(`Subject: ${"x".repeat(2_000_000)}\r\n${head}\r\nit burns`);
    expect(mail.from?.address).toBe("jo@customer.example");
    expect(mail.messageId).toBe("q@c.example");
    expect(mail.subject).toHaveLength(998);
    expect(mail.text).toMatch(/could not be taken apart .* original is kept/);
    expect(mail.newText).toBe(mail.text);
  });

  test("fifty thousand parts and endless nesting give the header and a text", async () => {
    const wide = `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${"--b\r\n\r\nx\r\n".repeat(50_000)}`;
    const levels = Array.from(
      { length: 5_000 },
      (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`,
    );
    for (const raw of [wide, `${head}${levels.join("")}\r\nx`]) {
      const mail = await parse(raw);
      expect(mail.subject).toBe("Printer on fire");
      expect(mail.warnings.join()).toMatch(/could not be taken apart/);
    }
  });

  test("two mails that cannot be taken apart do not look alike", async () => {
    const broken = (n: number) => `${head}X: ${"x".repeat(2_000_000)}\r\n\r\n${n}`;
    expect((await parse(broken(1))).text).not.toBe((await parse(broken(2))).text);
  });

  test("a megabyte of nested blocks is read like other mail", async () => {
    const mail = await parse(`${head}Content-Type: text/html\r\n\r\n${"<div>".repeat(200_000)}hot`);
    expect(mail.text).toBe("hot");
  });

  test("text and HTML are cut at their limits, and it is said", async () => {
    const html = await parse(
      `${head}Content-Type: text/html\r\n\r\n${"<p>hot</p>".repeat(900_000)}`,
    );
    expect(Buffer.byteLength(html.html ?? "")).toBeLessThanOrEqual(1_048_576);
    expect(Buffer.byteLength(html.text)).toBeLessThanOrEqual(262_144);
    expect(html.warnings.join()).toMatch(/HTML is longer.*|text is longer/);
    const plain = await parse(`${head}\r\n${"http://hot.example/ ".repeat(100_000)}`);
    expect(Buffer.byteLength(plain.text)).toBeLessThanOrEqual(262_144);
    expect(plain.warnings.join()).toMatch(/text is longer/);
  });

  test("nine hundred attachments give two hundred and a warning", async () => {
    const part = (i: number) =>
      `--b\r\nContent-Disposition: attachment; filename=${i}\r\n\r\nx\r\n`;
    const parts = Array.from({ length: 900 }, (_, i) => part(i)).join("");
    const mail = await parse(
      `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b--\r\n`,
    );
    expect(mail.attachments).toHaveLength(200);
    expect(mail.warnings.join()).toMatch(/700 attachments beyond/);
  });
});

describe("attachments", () => {
  const names: [string, string][] = [
    ["reversed-filename", "invoicegpj.exe"],
    ["path-in-filename", "passwd"],
    ["controls-in-filename", "a X-Evil_ 1.txt"],
    ["unnamed-attachment", "attachment.pdf"],
    ["winmail-dat", "winmail.dat"],
    ["encrypted", "smime.p7m"],
    ["calendar-only", "attachment.ics"],
    ["forwarded-as-attachment", "forwarded message.eml"],
    ["truncated-base64", "a.pdf"],
  ];
  test.each(names)("%s is offered as %s", async (name, filename) => {
    expect((await fixture(name)).attachments.map((file) => file.filename)).toEqual([filename]);
  });

  test("their bytes are kept as they are", async () => {
    const [file] = (await fixture("path-in-filename")).attachments;
    expect(Buffer.from(file?.content ?? []).toString()).toBe("root");
  });
});

describe("senders and ids (MAIL.md §3, 35 to 72)", () => {
  test("a mail without sender is read, with nobody as sender", async () => {
    expect((await fixture("no-from")).from).toBeNull();
    expect((await fixture("from-without-domain")).from).toBeNull();
  });

  test.each(["two-froms", "two-addresses-in-from"])("%s is ambiguous", async (name) => {
    const mail = await fixture(name);
    expect(mail.from?.address).toBe("jo@customer.example");
    expect(mail.fromIsAmbiguous).toBe(true);
  });

  test("a name that shows another address is not shown", async () => {
    const mail = await fixture("name-shows-another-address");
    expect(mail.from).toEqual({ name: "", address: "jo@customer.example" });
    expect(mail.warnings.join()).toContain("boss@good.example");
  });

  test("the first of two Message-IDs counts, and one without brackets is an id", async () => {
    expect((await fixture("two-message-ids")).messageId).toBe("question-1@customer.example");
    expect((await fixture("message-id-without-brackets")).messageId).toBe(
      "question-1@customer.example",
    );
    expect((await fixture("no-message-id")).messageId).toBeNull();
  });

  test.each(["date-invalid", "date-in-year-9999", "date-in-year-1"])(
    "%s gives no date but what stood there",
    async (name) => {
      const mail = await fixture(name);
      expect(mail.date).toBeNull();
      expect(mail.dateHeader).toMatch(/day after|9999|0001/);
    },
  );

  test("an empty return path is told apart from none", async () => {
    expect((await fixture("null-return-path")).returnPath).toBe("");
    expect((await fixture("plain")).returnPath).toBeNull();
  });

  test("hidden recipients are nobody", async () => {
    expect((await fixture("undisclosed-recipients")).to).toEqual([]);
  });

  test("raw 8-bit headers are read", async () => {
    expect(await fixture("raw-8bit-headers")).toMatchObject({
      from: { name: "Jörg" },
      subject: "Grüße",
    });
  });

  test("of thousands of addresses and ids the limits are kept", async () => {
    const to = Array.from({ length: 10_000 }, (_, i) => `u${i}@c.example`).join(", ");
    const ids = Array.from({ length: 5_000 }, (_, i) => `<${i}@c.example>`).join(" ");
    const mail = await parse(`${head}To: ${to}\r\nReferences: ${ids}\r\n\r\nx`);
    expect(mail.to).toHaveLength(50);
    expect(mail.references).toHaveLength(50);
    expect(mail.warnings.join()).toMatch(/To names more than 50/);
  });

  test("header names that mean something to JavaScript do no harm", async () => {
    const { headers } = await fixture("hostile-header-names");
    expect(headers).toContainEqual({ name: "__proto__", value: "x" });
    expect(headers).toContainEqual({ name: "constructor", value: "y" });
  });
});

describe("what kind of mail it is", () => {
  const kinds: [string, string | undefined][] = [
    ["plain", undefined],
    ["reply", undefined],
    ["auto-reply", "auto-reply"],
    ["out-of-office", "out-of-office"],
    ["null-return-path", "auto-reply"],
    ["mailing-list", "list"],
    ["read-receipt", "receipt"],
    ["complaint", "feedback-report"],
    ["bounce", "bounce"],
    ["bounce-by-header", "bounce"],
    ["delayed", "bounce"],
    ["delivered-report", "receipt"],
  ];
  test.each(kinds)("%s is %s", async (name, kind) => {
    expect((await fixture(name)).automatic?.kind).toBe(kind);
  });

  const bounces: [string, string, boolean, string][] = [
    ["bounce", "5.1.1", true, "no-address"],
    ["bounce-with-headers-only", "5.2.2", true, "full"],
    ["bounce-by-header", "5.1.1", true, "no-address"],
    ["delayed", "4.4.1", false, "unreachable"],
  ];
  test.each(bounces)(
    "%s names recipient, status and the mail it is about",
    async (name, status, permanent, reason) => {
      const delayed = name === "delayed";
      expect((await fixture(name)).bounce).toEqual({
        recipients: [{ address: "jo@customer.example", status, permanent, delayed, reason }],
        originalMessageId: "0123.mailroom@example.com",
      });
    },
  );

  test("a report of success is no bounce", async () => {
    expect((await fixture("delivered-report")).bounce).toBeNull();
  });

  const forwards: [string, string | null][] = [
    ["forwarded-inline", "2026-11-22T10:05:30.000Z"],
    ["forwarded-by-outlook", "2026-11-22T10:05:00.000Z"],
    ["forwarded-as-attachment", "2026-11-22T09:05:30.000Z"],
  ];
  test.each(forwards)("%s shows whose mail was forwarded", async (name, date) => {
    expect((await fixture(name)).forwarded).toEqual({
      from: { name: "Jo Doe", address: "jo@customer.example" },
      subject: "Printer on fire",
      date: date === null ? null : new Date(date),
    });
  });
});
