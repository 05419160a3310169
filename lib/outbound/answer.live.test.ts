import { randomBytes } from "node:crypto";
import { simpleParser } from "mailparser";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { updateAccount } from "../accounts/update";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAttachment, createUser } from "../testing/factories";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, OWNER, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { getConversation } from "../tickets/conversation";
import { getCustomerConversation } from "../tickets/customer-conversation";
import { forwardMail } from "../tickets/forward";
import { replyToTicket } from "../tickets/reply";
import { getReplyHead } from "../tickets/reply-head";
import { deliverDue } from "./deliver";

useTestDatabase();

const DESK = "answers@example.test";
const ANN = "ann@customer.test";
const BOB = "bob@customer.test";
const SUE = "sue@customer.test";

let bed: MailBed;
let agent: { id: string; role: "AGENT" };

beforeAll(async () => {
  bed = await startMailBed();
  for (const user of [DESK, ANN, BOB, SUE]) await bed.addUser(user);
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  await emptyDatabase(db().pool);
  for (const user of [DESK, ANN, BOB, SUE])
    await bed.doveadm("expunge", "-u", user, "mailbox", "INBOX", "all");
  const { id } = await createUser({ name: "Ben Okoye", signature: "Ben Okoye\nLamp Support" });
  agent = { id, role: "AGENT" };
  await connectAccount(bed, {
    email: DESK,
    name: "Lamps",
    smtpUsername: "",
    smtpPassword: "",
    imapUsername: DESK,
    imapPassword: "pw",
  });
});

/** A mail of Ann's with a copy to Bob, polled into a ticket. */
async function asked(
  raw = rawMail({
    from: `Ann <${ANN}>`,
    to: DESK,
    cc: `Bob <${BOB}>`,
    subject: "Lamp",
    text: "It flickers.",
  }),
) {
  await bed.append(DESK, raw);
  await pollOnce();
  const ticket = await db().prisma.ticket.findFirstOrThrow({ include: { messages: true } });
  return { ...ticket, first: ticket.messages[0]?.id ?? "" };
}

/** What a header says, unfolded; null when the mail has none of that name. */
function header(raw: string, name: string): string | null {
  const block = (raw.split("\r\n\r\n")[0] ?? "").replace(/\r\n[ \t]+/g, " ");
  return new RegExp(`^${name}: (.*)$`, "im").exec(block)?.[1]?.trim() ?? null;
}

async function received(user: string) {
  const mails = await bed.waitForMail(user, 1);
  expect(mails).toHaveLength(1);
  const raw = mails[0]?.raw ?? "";
  return { raw, mail: await simpleParser(raw) };
}

it("a reply with Cc and Bcc comes to each once, with signature and quote, and no word of Bcc", async () => {
  const { number, first } = await asked();
  await replyToTicket(agent, {
    ...{ number, text: "Change the bulb.", isQuotingToNewcomers: true },
    ...{ to: [`Ann <${ANN}>`], cc: [`Bob <${BOB}>`, BOB.toUpperCase()], bcc: [SUE, ANN] },
  });
  expect(await deliverDue("test")).toMatchObject({ sent: 1, failed: 0 });
  const all = await Promise.all([ANN, BOB, SUE].map(received));
  for (const { raw, mail } of all) {
    expect(raw).not.toMatch(/^(?:Resent-)?Bcc:/im);
    // In the headers that a server adds for whom it delivers to, and nowhere in what we wrote.
    const ours = raw.slice(raw.search(/^From: /m));
    expect(ours.toLowerCase()).not.toContain(SUE);
    expect(header(raw, "To")).toBe(`Ann <${ANN}>`);
    expect(header(raw, "Cc")).toBe(`Bob <${BOB}>`);
    expect(mail.text?.replace(/\s+$/, "")).toMatch(
      /^Change the bulb\.\n\n-- \nBen Okoye\nLamp Support\n\nTicket #\d+: [^\n]+\n\nOn [^\n]+, Ann <ann@customer\.test> wrote:\n> It flickers\.$/,
    );
  }
  expect(new Set(all.map(({ raw }) => header(raw, "Message-ID"))).size).toBe(1);
  const { items } = await getConversation(agent, number);
  const sent = items.flatMap((item) => (item.type === "message" ? [item.message] : [])).at(-1);
  expect(sent).toMatchObject({
    ...{ bcc: [{ name: "", address: SUE }], newText: "Change the bulb." },
    quotedText: expect.stringMatching(/wrote:\n> It flickers\.$/),
  });
  expect(sent?.deliveries[0]?.recipients.map(({ address, status }) => [address, status])).toEqual(
    [ANN, BOB, SUE].map((address) => [address, "accepted"]),
  );
  expect(first).not.toBe("");
});

it("of a reply the delivery of one in Bcc may fail, and is shown", async () => {
  const { number } = await asked();
  await replyToTicket(agent, { number, text: "Hello", bcc: ["nobody@nowhere.invalid", SUE] });
  await deliverDue("test");
  const { recipients } = await db().prisma.outboundEmail.findFirstOrThrow();
  expect(recipients).toMatchObject([
    { address: ANN, status: "accepted" },
    { address: "nobody@nowhere.invalid", status: expect.stringMatching(/refused|deferred/) },
    { address: SUE, status: "accepted" },
  ]);
});

describe("a forwarded mail", () => {
  const file = randomBytes(300_000);
  const image = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "base64",
  );
  const lines = (bytes: Buffer) => bytes.toString("base64").replace(/.{76}/g, "$&\r\n");

  const withFiles = () =>
    [
      `From: Ann <${ANN}>`,
      `To: ${DESK}`,
      "Subject: Broken lamp",
      `Message-ID: <files.${Date.now()}@customer.test>`,
      `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
      "MIME-Version: 1.0",
      'Content-Type: multipart/mixed; boundary="m"',
      "",
      "--m",
      'Content-Type: multipart/related; boundary="r"',
      "",
      "--r",
      "Content-Type: text/html; charset=utf-8",
      "",
      '<p>It <b>flickers</b>: <img src="cid:lamp@x"></p>',
      "--r",
      "Content-Type: image/png",
      "Content-Transfer-Encoding: base64",
      "Content-ID: <lamp@x>",
      "Content-Disposition: inline; filename=lamp.png",
      "",
      lines(image),
      "--r--",
      "--m",
      "Content-Type: application/octet-stream",
      "Content-Transfer-Encoding: base64",
      'Content-Disposition: attachment; filename="log Größe.bin"',
      "",
      lines(file),
      "--m--",
      "",
    ].join("\r\n");

  it("has its head, its looks and its exact files; the answer comes back as an aside", async () => {
    const customer = await createUser({ role: "CUSTOMER", email: ANN });
    const { id, number, first } = await asked(withFiles());
    const words = { number, text: "Can you repair it?", to: [`Sue <${SUE}>`] };
    await forwardMail(agent, { ...words, messageRowId: first, withFiles: true });
    await deliverDue("test");
    const { raw, mail } = await received(SUE);
    expect(header(raw, "Subject")).toBe("Fwd: Broken lamp");
    expect(header(raw, "References")).toBeNull();
    expect(mail.text).toContain("Can you repair it?\n\n-- \nBen Okoye\nLamp Support\n\n----------");
    expect(mail.text).toMatch(
      /From: Ann <ann@customer\.test>\nDate: .*\nSubject: Broken lamp\nTo: /,
    );
    expect(mail.html).toContain("<p>Can you repair it?</p>");
    expect(mail.html).toContain("<b>flickers</b>");
    expect(mail.text).not.toContain("/my/");
    const sent = mail.attachments.map(({ filename, content }) => [filename, content]);
    expect(sent).toHaveLength(2);
    expect(mail.attachments.find(({ cid }) => cid === "lamp@x")?.content.equals(image)).toBe(true);
    const copy = mail.attachments.find(({ filename }) => filename?.endsWith(".bin"));
    expect(copy?.content.equals(file)).toBe(true);

    // The next step is still ours, and the customer sees nothing of it.
    const ticket = () => db().prisma.ticket.findUniqueOrThrow({ where: { id } });
    expect(await ticket()).toMatchObject({ awaitingUs: true, messageCount: 2 });

    const inReplyTo = header(raw, "Message-ID")?.slice(1, -1) ?? "";
    const answer = { from: `Sue <${SUE}>`, to: DESK, subject: "Re: Fwd: Broken lamp" };
    await bed.append(DESK, rawMail({ ...answer, inReplyTo, text: "Ann pays too much." }));
    await pollOnce();
    const hers = await db().prisma.message.findFirstOrThrow({ where: { fromAddress: SUE } });
    expect(hers).toMatchObject({ ticketId: id, isNewParticipant: true, isAside: true });
    const seen = await getCustomerConversation({ id: customer.id, role: "CUSTOMER" }, number);
    expect(seen.messages.map(({ isOurs }) => isOurs)).toEqual([false]);

    // Nobody is answered or quoted by mistake; she is offered, not filled in.
    const { requester } = (await getConversation(agent, number)).ticket;
    const onTicket = { id, subject: "", account: null, requester };
    const head = await getReplyHead(agent, onTicket, { mode: "reply", id: null });
    expect(head).toMatchObject({ to: `Ann <${ANN}>`, cc: "", suggestions: [] });
    expect(head.quote?.text).not.toContain("too much");
    const aside = await getReplyHead(agent, onTicket, { mode: "reply", id: hers.id });
    expect(aside).toMatchObject({ to: "", suggestions: [{ address: SUE, isWaiting: true }] });

    // What is answered aside stays aside, and names no mail of the customer's.
    const { messageRowId } = await replyToTicket(agent, {
      ...{ number, text: "How much?", answers: hers.id, to: [SUE] },
    });
    const ours = await db().prisma.message.findUniqueOrThrow({ where: { id: messageRowId } });
    expect(ours).toMatchObject({ isAside: true, inReplyTo: [hers.messageId] });
    expect(ours.references).toEqual([inReplyTo, hers.messageId]);
    expect(await ticket()).toMatchObject({ awaitingUs: true });
  });

  it("leaves its files behind when the agent says so, pictures in the text with them", async () => {
    const { number, first } = await asked(withFiles());
    await forwardMail(agent, {
      ...{ number, text: "", to: [SUE], messageRowId: first, withFiles: false },
    });
    await deliverDue("test");
    const { raw, mail } = await received(SUE);
    expect(mail.attachments).toEqual([]);
    expect(raw).not.toContain("cid:");
    expect(mail.html).toContain("<b>flickers</b>");
  });

  it("is refused for a note, for our own address, and without anybody", async () => {
    const { id, number, first } = await asked();
    const note = await db().prisma.message.create({
      data: { ticketId: id, kind: "NOTE", text: "x" },
    });
    const input = { number, text: "", messageRowId: first, withFiles: true };
    const forwards = (more: object) => forwardMail(agent, { ...input, to: [SUE], ...more });
    await expect(forwards({ messageRowId: note.id })).rejects.toMatchObject({ code: "not-found" });
    await expect(forwards({ to: [] })).rejects.toMatchObject({ field: "to" });
    await expect(forwards({ to: [DESK] })).rejects.toMatchObject({ field: "to" });
    await createAttachment({ messageRowId: first, size: 26 * 1024 * 1024 });
    await expect(forwards({})).rejects.toMatchObject({ field: "withFiles" });
    expect(await db().prisma.outboundEmail.count()).toBe(0);
  });
});

it("a reply of an account whose quoting is off has none", async () => {
  const { number, accountId } = await asked();
  await updateAccount(OWNER, accountId ?? "", {
    ...{ email: DESK, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpSecurity: "none" },
    ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapSecurity: "none" },
    ...{ imapUsername: DESK, isDefault: true, quotesHistory: false, signature: "-- \nThe desk\n" },
  });
  await db().prisma.user.updateMany({ data: { signature: "" } });
  await replyToTicket(agent, { number, text: "Change the bulb." });
  await deliverDue("test");
  const { mail } = await received(ANN);
  expect(mail.text).toMatch(/^Change the bulb\.\n\n-- \nThe desk\n/);
  expect(mail.text).not.toContain("flickers");
});
