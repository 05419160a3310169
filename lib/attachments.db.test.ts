import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import {
  type OpenFile,
  openAttachment,
  openInlineImage,
  openRawMail,
  readRawMailStart,
} from "./attachments";
import { db } from "./db/client";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import {
  createAttachment,
  createContact,
  createCustomer,
  createMessage,
  createReceipt,
  createTicket,
  createUser,
} from "./testing/factories";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

async function bytesOf(file: OpenFile): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of file.chunks) {
    expect(part.length).toBeLessThanOrEqual(1024 * 1024);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const PNG = Buffer.from("89504e470d0a1a0a0000000d49484452", "hex");
/** Bytes in no order that a shifted slice could hide in. */
const large = Buffer.from(Array.from({ length: 2_500_000 }, (_, i) => (i * 7 + (i >> 8)) % 251));
const notFound = { code: "not-found" };

describe("an attachment", () => {
  it("comes back as it was uploaded, slice by slice", async () => {
    const agent = await createUser();
    const { id } = await createAttachment({ bytes: large, filename: "Zeichnung.dwg" });
    const file = await openAttachment(agent, id);
    expect(file).toMatchObject({ filename: "Zeichnung.dwg", contentLength: large.length });
    expect(sha256(await bytesOf(file))).toBe(sha256(large));
  });

  it.each([
    ["BASE64", large.toString("base64").replace(/(.{76})/g, "$1\r\n"), large],
    [
      "QUOTED_PRINTABLE",
      "M=FCller =\r\nund S=F6hne",
      Buffer.from("M\xfcller und S\xf6hne", "latin1"),
    ],
    ["IDENTITY", "as it is", Buffer.from("as it is")],
  ] as const)("is decoded from its range of the raw mail: %s", async (encoding, encoded, plain) => {
    const agent = await createUser();
    const head = "Content-Type: multipart/mixed\r\n\r\n--b\r\n\r\n";
    const receipt = await createReceipt({ bytes: `${head}${encoded}\r\n--b--\r\n` });
    const range = { offset: head.length, length: encoded.length, encoding };
    const { id } = await createAttachment({ raw: { receiptId: receipt.id, ...range } });
    expect(sha256(await bytesOf(await openAttachment(agent, id)))).toBe(sha256(plain));
  });

  it("may be empty", async () => {
    const agent = await createUser();
    const { id } = await createAttachment({ bytes: "" });
    expect((await bytesOf(await openAttachment(agent, id))).length).toBe(0);
  });

  it("is open to every agent and admin, and to the customer whose ticket it is", async () => {
    const { user, contact } = await createCustomer();
    const ticket = await createTicket({ requesterId: contact.id });
    const message = await createMessage({ ticketId: ticket.id });
    const { id } = await createAttachment({ messageRowId: message.id, bytes: "mine" });
    for (const viewer of [await createUser(), await createUser({ role: "ADMIN" }), user]) {
      expect((await bytesOf(await openAttachment(viewer, id))).toString()).toBe("mine");
    }
  });

  it("is not there for other customers, nor for anyone on a deleted ticket", async () => {
    const owner = await createCustomer();
    const stranger = await createCustomer();
    const ticket = await createTicket({ requesterId: owner.contact.id });
    const message = await createMessage({ ticketId: ticket.id });
    const { id } = await createAttachment({ messageRowId: message.id });
    await expect(openAttachment(stranger.user, id)).rejects.toMatchObject(notFound);
    await db().prisma.ticket.update({ where: { id: ticket.id }, data: { deletedAt: new Date() } });
    for (const viewer of [owner.user, await createUser({ role: "ADMIN" })]) {
      await expect(openAttachment(viewer, id)).rejects.toMatchObject(notFound);
    }
  });

  it("of a note is for agents only, and so is one of a ticket without a requester", async () => {
    const { user, contact } = await createCustomer();
    const ticket = await createTicket({ requesterId: contact.id });
    const note = await createMessage({ ticketId: ticket.id, kind: "NOTE" });
    const nobodys = await createMessage({
      ticketId: (await createTicket({ requesterId: null })).id,
    });
    const agent = await createUser();
    for (const messageRowId of [note.id, nobodys.id]) {
      const { id } = await createAttachment({ messageRowId });
      await expect(openAttachment(user, id)).rejects.toMatchObject(notFound);
      await openAttachment(agent, id);
    }
  });

  it("is not open to a customer who merely has the ticket's contact as namesake", async () => {
    const { user } = await createCustomer();
    const unlinked = await createContact({ email: `x-${user.email}`, name: user.name });
    const ticket = await createTicket({ requesterId: unlinked.id });
    const message = await createMessage({ ticketId: ticket.id });
    const { id } = await createAttachment({ messageRowId: message.id });
    await expect(openAttachment(user, id)).rejects.toMatchObject(notFound);
  });

  it.each(["", "1", "../etc/passwd", "0198d3a4-5b6c-7d8e-9f00-112233445566"])(
    "with the id %j is not found",
    async (id) => {
      await expect(openAttachment(await createUser(), id)).rejects.toMatchObject(notFound);
    },
  );
});

describe("an image in place", () => {
  it.each([
    ["image/png", PNG],
    ["image/jpeg", Buffer.from("ffd8ffe000104a464946", "hex")],
    ["image/gif", Buffer.from("GIF89a\x01\x00\x01\x00;", "latin1")],
    ["image/webp", Buffer.from("RIFF\x10\x00\x00\x00WEBPVP8 ", "latin1")],
  ])("is a %s by its first bytes, whatever the mail calls it", async (mediaType, bytes) => {
    const agent = await createUser();
    const { id } = await createAttachment({ bytes, mediaType: "text/html" });
    const file = await openInlineImage(agent, id);
    expect(file.mediaType).toBe(mediaType);
    expect(await bytesOf(file)).toEqual(bytes);
  });

  it("of fifty thousand pixels each way is passed on as it came: nothing here decodes it", async () => {
    const side = Buffer.from("0000c350", "hex");
    const bytes = Buffer.concat([PNG, side, side, Buffer.from("0802000000", "hex")]);
    const { id } = await createAttachment({ bytes, mediaType: "image/png" });
    expect(await bytesOf(await openInlineImage(await createUser(), id))).toEqual(bytes);
  });

  it.each(["<html><script>alert(1)</script>", "<svg xmlns='http://www.w3.org/2000/svg'/>", ""])(
    "is never %j, even when the mail calls it a PNG",
    async (bytes) => {
      const agent = await createUser();
      const { id } = await createAttachment({ bytes, mediaType: "image/png" });
      await expect(openInlineImage(agent, id)).rejects.toMatchObject(notFound);
    },
  );
});

describe("the original mail", () => {
  it("comes back byte by byte", async () => {
    const agent = await createUser();
    const receipt = await createReceipt({ bytes: large, status: "PROCESSED" });
    const file = await openRawMail(agent, receipt.id);
    expect(file).toMatchObject({ mediaType: "message/rfc822", contentLength: large.length });
    expect(sha256(await bytesOf(file))).toBe(sha256(large));
  });

  it("can be read from its start", async () => {
    const agent = await createUser();
    const receipt = await createReceipt({ bytes: "Subject: a\r\n\r\nb" });
    const { start, size } = await readRawMailStart(agent, receipt.id, 10);
    expect(Buffer.from(start).toString()).toBe("Subject: a");
    expect(size).toBe(15);
  });

  it("is never for customers, not even their own mail", async () => {
    const { user, contact } = await createCustomer();
    const ticket = await createTicket({ requesterId: contact.id });
    const message = await createMessage({ ticketId: ticket.id });
    const receipt = await createReceipt({ messageRowId: message.id });
    await expect(openRawMail(user, receipt.id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(readRawMailStart(user, receipt.id, 9)).rejects.toMatchObject({
      code: "forbidden",
    });
  });

  it("is not found when the mail never came", async () => {
    const agent = await createUser();
    const receipt = await createReceipt({ bytes: null, status: "QUARANTINED" });
    await expect(openRawMail(agent, receipt.id)).rejects.toMatchObject(notFound);
    await expect(openRawMail(agent, "nonsense")).rejects.toMatchObject(notFound);
  });
});
