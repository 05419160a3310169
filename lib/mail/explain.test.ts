import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { explainMail } from "./explain";
import { parseMail } from "./parse";

const explained = async (name: string) => {
  const raw = readFileSync(new URL(`fixtures/${name}.eml`, import.meta.url));
  return JSON.parse(JSON.stringify(explainMail(`${name}.eml`, await parseMail(raw))));
};

test("a mail is explained in the shape the command line promises", async () => {
  expect(await explained("inline-image")).toEqual({
    file: "inline-image.eml",
    messageId: "question-1@customer.example",
    from: { name: "Jo Doe", address: "jo@customer.example" },
    replyTo: [],
    to: [{ name: "", address: "support@example.com" }],
    cc: [],
    subject: "Printer on fire",
    date: "2026-11-22T09:05:30.000Z",
    text: "see",
    html: '<p>see <img src="cid:photo@customer.example"></p>',
    newText: "see",
    quotedText: "",
    attachments: [
      {
        filename: "photo.png",
        mediaType: "image/png",
        size: 8,
        contentId: "photo@customer.example",
      },
    ],
    automatic: null,
    bounce: null,
    forwarded: null,
    authentication: null,
    warnings: [],
  });
});

test("a forwarded mail and a bounce are explained with their dates as text", async () => {
  expect((await explained("forwarded-as-attachment")).forwarded.date).toBe(
    "2026-11-22T09:05:30.000Z",
  );
  expect((await explained("bounce")).bounce.recipients).toHaveLength(1);
});
