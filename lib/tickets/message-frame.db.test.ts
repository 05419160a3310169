import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import {
  createAttachment,
  createCustomer,
  createMessage,
  createTicket,
  createUser,
} from "../testing/factories";
import { getMessageFrame } from "./message-frame";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const options = { loadRemoteImages: false, imageUrl: (id: string) => `/image/${id}` };
const notFound = { code: "not-found" };

describe("a mail's HTML", () => {
  it("finds images in the same mail only", async () => {
    const agent = await createUser();
    const html = `<img src="cid:Logo@mail"><img src="cid:foreign@mail">`;
    const message = await createMessage({ html });
    const logo = await createAttachment({
      ...{ messageRowId: message.id, contentId: "logo@mail", isInline: true },
    });
    await createAttachment({ contentId: "foreign@mail", isInline: true });
    const document = await getMessageFrame(agent, message.id, options);
    expect(document.match(/src="[^"]*"/g)).toEqual([`src="/image/${logo.id}"`]);
  });

  it("is there for agents and for the customer whose ticket it is", async () => {
    const owner = await createCustomer();
    const stranger = await createCustomer();
    const ticket = await createTicket({ requesterId: owner.contact.id });
    const { id } = await createMessage({ ticketId: ticket.id, html: "<p>Hello</p>" });
    for (const viewer of [owner.user, await createUser(), await createUser({ role: "ADMIN" })]) {
      expect(await getMessageFrame(viewer, id, options)).toContain("<p>Hello</p>");
    }
    await expect(getMessageFrame(stranger.user, id, options)).rejects.toMatchObject(notFound);
  });

  it("is not found without HTML, for notes seen by a customer, and for nonsense", async () => {
    const { user, contact } = await createCustomer();
    const agent = await createUser();
    const ticket = await createTicket({ requesterId: contact.id });
    const note = await createMessage({ ticketId: ticket.id, kind: "NOTE", html: "<p>x</p>" });
    const plain = await createMessage({ ticketId: ticket.id });
    await expect(getMessageFrame(user, note.id, options)).rejects.toMatchObject(notFound);
    await expect(getMessageFrame(agent, plain.id, options)).rejects.toMatchObject(notFound);
    await expect(getMessageFrame(agent, "nonsense", options)).rejects.toMatchObject(notFound);
  });
});
