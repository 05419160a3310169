import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { contentIdOf, derivedMessageId } from "./content-id";
import { parseMail } from "./parse";

const raw = readFileSync(new URL("fixtures/plain.eml", import.meta.url), "utf8");
const idOf = async (text: string) => contentIdOf(await parseMail(Buffer.from(text, "utf8")));

test("the same mail by another way is the same mail", async () => {
  const id = await idOf(raw);
  const copies = [
    `Received: from a.example by b.example; Sun, 22 Nov 2026 10:06:00 +0100\r\n${raw}`,
    `Return-Path: <jo@customer.example>\r\nDelivered-To: other@example.com\r\n${raw}`,
    raw.replace("To: support@example.com", "To: other@example.com\r\nCc: third@example.com"),
    raw.replaceAll("\r\n", "\n"),
    raw.replace("my printer is", "my printer\r\nis"),
    raw.replace("Jo Doe <jo@", "Jo <JO@"),
  ];
  for (const copy of copies) expect(await idOf(copy)).toBe(id);
});

test("another text, sender, date, subject, id or attachment makes another mail", async () => {
  const id = await idOf(raw);
  const others = [
    raw.replace("on fire. Grüße", "wet. Grüße"),
    raw.replace("jo@customer.example>", "bo@customer.example>"),
    raw.replace("10:05:30", "10:05:31"),
    raw.replace("Subject: Printer", "Subject: Scanner"),
    raw.replace("question-1", "question-2"),
    raw.replace("Jo\r\n", "Jo\r\n\r\n[EXTERNAL]\r\n"),
  ];
  const ids = await Promise.all(others.map(idOf));
  expect(new Set([id, ...ids]).size).toBe(others.length + 1);
});

test("a mail without Message-ID gets the same derived one each time", async () => {
  const id = await idOf(raw.replace(/Message-ID:.*\r\n/, ""));
  expect(derivedMessageId(id)).toMatch(/^[0-9a-f]{40}\.derived@mailroom\.invalid$/);
  expect(derivedMessageId(id)).toBe(derivedMessageId(id));
});
