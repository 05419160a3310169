import { createHash, randomBytes } from "node:crypto";
import { simpleParser } from "mailparser";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { openAttachment } from "../attachments";
import { db } from "../db/client";
import { filesBytesMax } from "../mail/mail-size";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createContact, createTicket, createUser } from "../testing/factories";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, pollOnce } from "../testing/pipeline";
import type { Actor } from "../tickets/access";
import { replyToTicket } from "../tickets/reply";
import { filesLimitOf, storeUpload } from "../uploads";
import { deliverDue } from "./deliver";

useTestDatabase();

const SUPPORT = "support@example.test";
const CUSTOMER = "nora@customer.test";

let bed: MailBed;
let agent: Actor;
let to: { number: number; kind: "reply" };

beforeAll(async () => {
  bed = await startMailBed();
  await bed.addUser(CUSTOMER);
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  await emptyDatabase(db().pool);
  for (const user of [SUPPORT, CUSTOMER])
    await bed.doveadm("expunge", "-u", user, "mailbox", "INBOX", "all");
  const { id: accountId } = await connectAccount(bed, {
    ...{ email: SUPPORT, name: "Lamp Support", isDefault: true },
    ...{ smtpUsername: "", smtpPassword: "", imapUsername: SUPPORT, imapPassword: "pw" },
  });
  agent = { id: (await createUser()).id, role: "AGENT" };
  const { id: requesterId } = await createContact({ email: CUSTOMER });
  to = { number: (await createTicket({ accountId, requesterId })).number, kind: "reply" };
});

const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

async function put(filename: string, mediaType: string, bytes: Buffer): Promise<string> {
  async function* pieces() {
    yield bytes;
  }
  return (await storeUpload(agent, to, { filename, mediaType, chunks: pieces() })).id;
}

it("arrives by Postfix byte by byte, beside text and HTML, and comes back so in an answer", async () => {
  const bytes = randomBytes(2 * 1024 * 1024 + 1);
  const uploads = [
    await put("Grüße 1.bin", "application/x-thing", bytes),
    await put("empty.txt", "text/plain", Buffer.alloc(0)),
    await put("lines.txt", "text/plain", Buffer.from("a\nb\r\n.\r\nFrom x\n")),
  ];
  const html = '<p>See <b>this</b> and <a href="https://lamps.example/?a=1&amp;b=2">that</a></p>';
  await replyToTicket(agent, { number: to.number, text: "ignored", html, uploads });
  expect(await deliverDue("test")).toMatchObject({ sent: 1 });

  const [stored] = await bed.waitForMail(CUSTOMER, 1);
  const raw = Buffer.from(stored?.raw ?? "", "latin1");
  // Another reader than our own says what is in it.
  const mail = await simpleParser(raw);
  expect(mail.text).toMatch(/^See this and that \(https:\/\/lamps\.example\/\?a=1&b=2\)\n/);
  expect(mail.html).toContain(html);
  expect(stored?.raw).toMatch(/multipart\/mixed[\s\S]*multipart\/alternative/);
  expect(
    mail.attachments.map(({ filename, contentType, size }) => [filename, contentType, size]),
  ).toEqual([
    ["Grüße 1.bin", "application/x-thing", bytes.length],
    ["empty.txt", "text/plain", 0],
    ["lines.txt", "text/plain", 15],
  ]);
  expect(hashOf(mail.attachments[0]?.content ?? Buffer.alloc(0))).toBe(hashOf(bytes));
  expect(mail.attachments[2]?.content.toString()).toBe("a\nb\r\n.\r\nFrom x\n");

  // The customer forwards it to us as it is.
  const again = raw
    .toString("latin1")
    .replace(/^From: .*$/m, `From: Nora <${CUSTOMER}>`)
    .replace(/^Message-ID: .*$/m, "Message-ID: <again@customer.test>");
  await bed.deliver(CUSTOMER, SUPPORT, again);
  await bed.waitForMail(SUPPORT, 1);
  await db().prisma.emailAccount.updateMany({ data: { nextPollAt: new Date(0) } });
  await pollOnce();
  const back = await db().prisma.attachment.findFirstOrThrow({
    where: { filename: "Grüße 1.bin", message: { kind: "INBOUND" } },
  });
  const parts = [];
  for await (const part of (await openAttachment(agent, back.id)).chunks) parts.push(part);
  expect(hashOf(Buffer.concat(parts))).toBe(hashOf(bytes));
});

it("is bounded by what the server says it takes, once a mail has gone to it", async () => {
  expect(await filesLimitOf(to)).toBe(25 * 1024 * 1024);
  await replyToTicket(agent, { number: to.number, text: "Hello" });
  await deliverDue("test");
  // message_size_limit of the test bed.
  expect((await db().prisma.emailAccount.findFirstOrThrow()).smtpSizeMax).toBe(31_457_280);
  const limit = await filesLimitOf(to);
  expect(limit).toBe(filesBytesMax(31_457_280));
  const uploads = [
    await put("as-large-as-it-may-be.bin", "application/x-thing", randomBytes(limit)),
  ];
  await replyToTicket(agent, { number: to.number, text: "The largest", uploads });
  expect(await deliverDue("test")).toMatchObject({ sent: 1, failed: 0 });
  await expect(put("one-more.txt", "text/plain", randomBytes(limit + 1))).rejects.toThrow(
    /the mail server takes files of 21.5 MB together/,
  );
});
