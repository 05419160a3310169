import { createTransport } from "nodemailer";
import { describe, expect, test } from "vitest";
import { composeMail, type OutgoingMail, textToHtml } from "./compose";

const reply: OutgoingMail = {
  from: { name: "Acme Support", address: "support@example.com" },
  to: [{ name: "Jörg, the customer", address: "jo@example.org" }],
  cc: [],
  subject: "Re: Grüße [#12]",
  text: "Hello Jörg,\n\nit works again.",
  messageId: "0123.mailroom@example.com",
  inReplyTo: "question@example.org",
  references: ["first@example.org", "question@example.org"],
  date: new Date("2026-11-22T10:00:00Z"),
  attachments: [],
};

async function rendered(mail: OutgoingMail): Promise<string> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: "unix" });
  const sent = await transport.sendMail(composeMail(mail));
  return String(sent.message);
}

describe("composeMail", () => {
  test("nodemailer sends what was composed: ids, references, date, sender and recipient", async () => {
    const raw = await rendered(reply);
    expect(raw).toContain("Message-ID: <0123.mailroom@example.com>\n");
    expect(raw).toContain("In-Reply-To: <question@example.org>\n");
    expect(raw.replace(/\n /g, " ")).toContain(
      "References: <first@example.org> <question@example.org>\n",
    );
    expect(raw).toContain("Date: Sun, 22 Nov 2026 10:00:00 +0000\n");
    expect(raw).toContain("From: Acme Support <support@example.com>\n");
    expect(raw).toMatch(/^To: =\?UTF-8\?.*<jo@example\.org>$/m);
    expect(raw).not.toMatch(/X-Auto-Response-Suppress|Auto-Submitted|Precedence/i);
  });

  test("the envelope names each recipient once", () => {
    const { envelope } = composeMail({ ...reply, cc: [...reply.to, ...reply.to] });
    expect(envelope).toEqual({ from: "support@example.com", to: ["jo@example.org"] });
  });

  test("answers are asked for at another address where one is given", async () => {
    const replyTo = { name: "Acme, Support", address: "support+t12@example.com" };
    expect(await rendered({ ...reply, replyTo })).toContain(
      'Reply-To: "Acme, Support" <support+t12@example.com>\n',
    );
    expect(await rendered(reply)).not.toMatch(/^Reply-To:/im);
  });

  test("files and URLs are out of nodemailer's reach", () => {
    expect(composeMail(reply)).toMatchObject({ disableFileAccess: true, disableUrlAccess: true });
  });

  test("a long chain keeps its first id and the newest", () => {
    const references = Array.from({ length: 100 }, (_, i) => `id${i}@example.org`);
    const composed = composeMail({ ...reply, references, inReplyTo: "id99@example.org" });
    expect(composed.references).toHaveLength(20);
    expect(composed.references).toEqual(
      expect.arrayContaining(["<id0@example.org>", "<id81@example.org>", "<id99@example.org>"]),
    );
  });

  test("attachments travel as bytes with their name and content id", async () => {
    const content = new TextEncoder().encode("a,b");
    const attachments = [
      { filename: "Übersicht.csv", mediaType: "text/csv", content, contentId: null },
    ];
    const raw = await rendered({ ...reply, attachments });
    expect(raw).toContain("Content-Type: text/csv");
    expect(raw).toContain(Buffer.from("a,b").toString("base64"));
  });

  const refused: [string, Partial<OutgoingMail>, RegExp][] = [
    ["two addresses in one", { to: [{ name: "", address: "a@x.example, b@y.example" }] }, /^to:/],
    [
      "a line break in an address",
      { to: [{ name: "", address: "a@x.example\r\nBcc: e@e.example" }] },
      /^to:/,
    ],
    [
      "an address in quotes",
      { to: [{ name: "", address: '"a@x.example Bcc: e"@e.example' }] },
      /^to:/,
    ],
    ["a fullwidth at sign", { cc: [{ name: "", address: "a＠evil.example@x.example" }] }, /^cc:/],
    [
      "two addresses to answer to",
      { replyTo: { name: "", address: "a@x.example,b@y.example" } },
      /^replyTo:/,
    ],
    ["a line break in a name", { from: { name: "a\nBcc: b", address: "a@x.example" } }, /^from:/],
    ["a line break in the subject", { subject: "Hi\r\nBcc: e@e.example" }, /^subject:/],
    ["an endless subject", { subject: "x".repeat(1_000) }, /^subject:/],
    ["a line break in the Message-ID", { messageId: "a@b\r\nX: y" }, /^messageId:/],
    ["a line break in In-Reply-To", { inReplyTo: "a@b\r\nX: y" }, /^inReplyTo:/],
    ["a line break in References", { references: ["a@b\nX: y"] }, /^references:/],
    ["no recipient", { to: [] }, /^to:/],
    [
      "a line break in a file name",
      {
        attachments: [{ filename: "a\r\nb", mediaType: "text/plain", content: new Uint8Array() }],
      },
      /^attachments:/,
    ],
  ];
  test.each(refused)("refuses %s, naming the field", (_, change, message) => {
    expect(() => composeMail({ ...reply, ...change })).toThrow(message);
  });

  test("ids of customers that no header could carry are left out", () => {
    const references = ["bad id@x", "ünï@x", "a@b> <c@d", "ok@x"];
    const composed = composeMail({ ...reply, references, inReplyTo: `${"x".repeat(300)}@y` });
    expect(composed.references).toEqual(["<ok@x>"]);
    expect(composed.inReplyTo).toBeUndefined();
  });
});

test("text becomes paragraphs with everything escaped", () => {
  expect(textToHtml('a <b>&"\nc\n\n\nd\u0000')).toBe(
    "<p>a &lt;b&gt;&amp;&quot;<br>\nc</p>\n<p>d</p>",
  );
});
