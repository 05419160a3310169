import { createHash, randomBytes } from "node:crypto";
import { beforeEach, expect, it } from "vitest";
import { openAttachment } from "./attachments";
import { db } from "./db/client";
import { undoReply } from "./outbound/control";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import {
  createAccount,
  createAttachment,
  createCustomer,
  createMessage,
  createTicket,
  createUser,
} from "./testing/factories";
import type { Actor } from "./tickets/access";
import { saveDraft } from "./tickets/drafts";
import { forwardMail } from "./tickets/forward";
import { addNote } from "./tickets/note";
import { replyToTicket } from "./tickets/reply";
import {
  listUploads,
  openUpload,
  removeUpload,
  removeUploads,
  storeUpload,
  sweepUploads,
} from "./uploads";

useTestDatabase();

let agent: Actor;
let other: Actor;
let accountId = "";
let to: { number: number; kind: "reply" | "note" };

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
  other = { id: (await createUser()).id, role: "AGENT" };
  ({ id: accountId } = await createAccount({ isDefault: true }));
  to = { number: (await createTicket({ accountId })).number, kind: "reply" };
});

async function* inPieces(bytes: Buffer, size = 100_000) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const put = (bytes: Buffer, filename = "a.bin", where = to) =>
  storeUpload(agent, where, { filename, mediaType: "image/png", chunks: inPieces(bytes) });

async function bytesOf(file: { chunks: AsyncIterable<Uint8Array> }): Promise<Buffer> {
  const parts = [];
  for await (const part of file.chunks) parts.push(part);
  return Buffer.concat(parts);
}

const MB = 1024 * 1024;

it("goes with the reply, byte by byte, and is on the draft no more", async () => {
  const bytes = randomBytes(3 * MB + 17);
  const one = await put(bytes, "photo.png");
  const two = await put(Buffer.from("two"), "two.txt");
  const { messageRowId } = await replyToTicket(agent, {
    ...{ number: to.number, text: "Here", uploads: [two.id, one.id] },
  });
  const files = await db().prisma.attachment.findMany({
    where: { messageRowId },
    orderBy: { position: "asc" },
  });
  expect(files.map(({ filename, size }) => [filename, size])).toEqual([
    ["two.txt", 3],
    ["photo.png", bytes.length],
  ]);
  const opened = await openAttachment(agent, files[1]?.id ?? "");
  expect(
    createHash("sha256")
      .update(await bytesOf(opened))
      .digest("hex"),
  ).toBe(createHash("sha256").update(bytes).digest("hex"));
  expect(await listUploads(agent, to)).toEqual([]);
});

it("is the owner's alone: nobody else opens, removes or sends it", async () => {
  const { id } = await put(Buffer.from("mine"));
  expect(await bytesOf(await openUpload(agent, id))).toEqual(Buffer.from("mine"));
  await expect(openUpload(other, id)).rejects.toThrow("There is no such file.");
  await removeUpload(other, id);
  await removeUploads(other, to);
  const theft = replyToTicket(other, { number: to.number, text: "x", uploads: [id] });
  await expect(theft).rejects.toThrow(/not there any more/);
  const elsewhere = await createTicket({ accountId });
  const lost = replyToTicket(agent, { number: elsewhere.number, text: "x", uploads: [id] });
  await expect(lost).rejects.toThrow(/not there any more/);
  expect(await listUploads(agent, to)).toHaveLength(1);
  const customer: Actor = { id: (await createCustomer()).user.id, role: "CUSTOMER" };
  await expect(listUploads(customer, to)).rejects.toThrow(/Only agents/);
});

it("stops reading a file that is larger than a mail may carry", async () => {
  let read = 0;
  async function* endless() {
    for (;;) {
      read += MB;
      yield Buffer.alloc(MB);
    }
  }
  const file = { filename: "film.mov", mediaType: "video/quicktime", chunks: endless() };
  await expect(storeUpload(agent, to, file)).rejects.toThrow(
    "“film.mov” is too large: the files of one message may be 25 MB together.",
  );
  expect(read).toBeLessThanOrEqual(26 * MB);
  expect(await db().prisma.blob.count()).toBe(0);
});

it("counts all files of a message, and the server's own limit, which notes do not have", async () => {
  await db().prisma.emailAccount.update({
    where: { id: accountId },
    data: { smtpSizeMax: 5 * MB },
  });
  await put(randomBytes(2 * MB));
  await expect(put(randomBytes(2 * MB))).rejects.toThrow(
    "“a.bin” is too large: the mail server takes files of 3.2 MB together. 1.2 MB of them are left.",
  );
  await put(randomBytes(6 * MB), "n.bin", { ...to, kind: "note" });
  expect(await listUploads(agent, to)).toHaveLength(1);
});

it("two that come at once have no more room than one after the other", async () => {
  const answers = await Promise.allSettled([put(randomBytes(15 * MB)), put(randomBytes(15 * MB))]);
  expect(answers.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
});

it("takes no folder and no odd sign from its name", async () => {
  expect((await put(Buffer.from("a"), "../../etc/pass\nwd")).filename).toBe("pass wd");
  expect((await put(Buffer.from("a"), 'C:\\x\\"q".txt')).filename).toBe("q.txt");
  expect((await put(Buffer.from("a"), "..")).filename).toBe("attachment");
});

it("comes back to the draft when the reply is taken back", async () => {
  const { id } = await put(Buffer.from("again"), "again.txt");
  const { messageRowId } = await replyToTicket(agent, {
    ...{ number: to.number, text: "Soon", html: "<p><b>Soon</b></p>", uploads: [id] },
    undoSeconds: 10,
  });
  const delivery = await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } });
  const undone = await undoReply(agent, { number: to.number, deliveryId: delivery.id });
  expect(undone).toMatchObject({ text: "Soon", html: "<p><b>Soon</b></p>" });
  expect(undone.uploads).toMatchObject([{ filename: "again.txt", size: 5 }]);
  expect(await listUploads(agent, to)).toEqual(undone.uploads);
});

/** The mail of somebody with files, to be passed on. */
async function mailWith(files: { filename: string; bytes: Buffer }[]) {
  const { id: ticketId } = await db().prisma.ticket.findFirstOrThrow();
  const { id } = await createMessage({ ticketId });
  for (const [position, file] of files.entries())
    await createAttachment({ messageRowId: id, position, size: file.bytes.length, ...file });
  return { number: to.number, text: "See", to: ["sue@supplier.test"], messageRowId: id };
}

it("goes with a forwarded mail only as far as its files leave room", async () => {
  await db().prisma.emailAccount.update({
    where: { id: accountId },
    data: { smtpSizeMax: 5 * MB },
  });
  const mail = await mailWith([{ filename: "theirs.bin", bytes: randomBytes(2 * MB) }]);
  const { id } = await put(randomBytes(2 * MB));
  const whole = { ...mail, uploads: [id], withFiles: true };
  await expect(forwardMail(agent, whole)).rejects.toMatchObject({
    ...{ code: "invalid", field: "files" },
    message:
      "The attachments and the forwarded files are too large: the mail server takes files of 3.2 MB together.",
  });
  expect(await listUploads(agent, to)).toHaveLength(1);
  await forwardMail(agent, { ...whole, withFiles: false });

  await createAttachment({ messageRowId: mail.messageRowId, size: 2 * MB });
  await expect(forwardMail(agent, { ...mail, withFiles: true })).rejects.toMatchObject({
    ...{ code: "invalid", field: "withFiles" },
    message: expect.stringContaining("more than the 3.2 MB that the mail server takes"),
  });
});

it.each([true, false])(
  "is told from the forwarded files when that is taken back, sent with them: %s",
  async (withFiles) => {
    const bytes = Buffer.from("the same in both");
    const mail = await mailWith([
      { filename: "a.txt", bytes },
      { filename: "b.txt", bytes: Buffer.from("another") },
    ]);
    const { id } = await put(bytes, "a.txt");
    const sent = { ...mail, uploads: [id], withFiles, undoSeconds: 10 };
    const { messageRowId } = await forwardMail(agent, sent);
    const delivery = await db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } });
    await undoReply(agent, { number: to.number, deliveryId: delivery.id });
    expect(await listUploads(agent, to)).toMatchObject([{ filename: "a.txt", size: bytes.length }]);
  },
);

it("stands on a note, for agents alone", async () => {
  const { id } = await put(Buffer.from("secret"), "s.txt", { ...to, kind: "note" });
  await addNote(agent, { number: to.number, text: "see file", uploads: [id] });
  const { id: attachmentId } = await db().prisma.attachment.findFirstOrThrow();
  expect(await bytesOf(await openAttachment(other, attachmentId))).toEqual(Buffer.from("secret"));
  const customer: Actor = { id: (await createCustomer()).user.id, role: "CUSTOMER" };
  await expect(openAttachment(customer, attachmentId)).rejects.toThrow("There is no such");
});

it("is swept after a week without a draft, with bytes that nothing else names", async () => {
  const old = new Date(Date.now() - 8 * 86_400_000);
  const sent = await put(Buffer.from("shared"));
  await replyToTicket(agent, { number: to.number, text: "x", uploads: [sent.id] });
  await put(Buffer.from("shared"));
  await put(Buffer.from("forgotten"));
  await put(Buffer.from("with a draft"), "d.bin", { ...to, kind: "note" });
  await saveDraft(agent, {
    ...{ number: to.number, kind: "note", text: "d", html: null, fields: {}, base: null },
  });
  await db().prisma.upload.updateMany({ data: { createdAt: old } });
  await put(Buffer.from("new"));
  expect(await sweepUploads()).toBe(2);
  const left = await db().prisma.blob.findMany({ select: { bytes: true } });
  expect(left.map(({ bytes }) => Buffer.from(bytes).toString()).sort()).toEqual([
    "new",
    "shared",
    "with a draft",
  ]);
});
