import { beforeEach, describe, expect, it } from "vitest";
import { mergeContacts } from "./contact-merge";
import { CONTACT_NOTE_MAX, writeContactNote } from "./contact-note";
import { db } from "./db/client";
import { emptyDatabase, useTestDatabase } from "./testing/database";
import { createContact, createCustomer, createUser } from "./testing/factories";
import type { Actor } from "./tickets/access";

useTestDatabase();

let agent: Actor;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser({ name: "Nora" })).id, role: "AGENT" };
});

const reread = (id: string) =>
  db().prisma.contact.findUniqueOrThrow({
    where: { id },
    select: { note: true, noteAt: true, noteById: true },
  });

describe("the note about a person", () => {
  it("is kept with who wrote it and when, and once", async () => {
    const { id: contactId } = await createContact();
    await writeContactNote(agent, { contactId, note: " Prefers\r\nphone ", seenAt: null });
    const first = await reread(contactId);
    expect(first).toMatchObject({ note: "Prefers\nphone", noteById: agent.id });
    await writeContactNote(agent, { contactId, note: "Prefers\nphone", seenAt: null });
    expect(await reread(contactId)).toEqual(first);
    await writeContactNote(agent, { contactId, note: "", seenAt: first.noteAt });
    expect(await reread(contactId)).toMatchObject({ note: "", noteById: agent.id });
  });

  it("is never written over unseen, nor too long", async () => {
    const { id: contactId } = await createContact();
    await writeContactNote(agent, { contactId, note: "Mine", seenAt: null });
    const write = (note: string) => writeContactNote(agent, { contactId, note, seenAt: null });
    await expect(write("Yours")).rejects.toThrow(/Somebody else/);
    await expect(write("x".repeat(CONTACT_NOTE_MAX + 2))).rejects.toThrow(/2 too many/);
    expect(await reread(contactId)).toMatchObject({ note: "Mine" });
  });

  it("is agents' own, about a contact that is there", async () => {
    const { user, contact } = await createCustomer();
    const input = { note: "Hello", seenAt: null };
    const asCustomer = writeContactNote(
      { id: user.id, role: "CUSTOMER" },
      { contactId: contact.id, ...input },
    );
    await expect(asCustomer).rejects.toThrow(/Only agents/);
    const merged = await createContact({ mergedIntoId: contact.id });
    for (const contactId of [merged.id, agent.id, "nonsense"])
      await expect(writeContactNote(agent, { contactId, ...input })).rejects.toThrow(/no such/);
  });

  it("follows a contact that is merged", async () => {
    const [from, into] = [await createContact(), await createContact()];
    await writeContactNote(agent, { contactId: into.id, note: "Older", seenAt: null });
    const other = await createUser();
    await writeContactNote(
      { id: other.id, role: "AGENT" },
      { contactId: from.id, note: "Newer", seenAt: null },
    );
    await mergeContacts(agent, { fromId: from.id, intoId: into.id });
    expect(await reread(into.id)).toMatchObject({ note: "Older\n\nNewer", noteById: other.id });
    expect(await reread(from.id)).toEqual({ note: "", noteAt: null, noteById: null });
  });
});
