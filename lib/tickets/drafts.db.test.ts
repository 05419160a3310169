import { beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createCustomer, createTicket, createUser } from "../testing/factories";
import type { Actor } from "./access";
import { discardDraft, findDraft, saveDraft } from "./drafts";
import { mergeTicket } from "./merge";
import { addNote } from "./note";
import { replyToTicket } from "./reply";
import { TEXT_MAX } from "./text-max";

useTestDatabase();

let agent: Actor;
let other: Actor;
let number = 0;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  agent = { id: (await createUser()).id, role: "AGENT" };
  other = { id: (await createUser()).id, role: "AGENT" };
  const { id: accountId } = await createAccount({ isDefault: true });
  ({ number } = await createTicket({ accountId }));
});

const reply = (text: string, base: string | null = null, fields: Record<string, string> = {}) =>
  saveDraft(agent, { number, kind: "reply", text, html: null, fields, base });

async function saved(text: string, base: string | null = null): Promise<string> {
  const answer = await reply(text, base);
  if (answer.outcome !== "saved" || !answer.savedAt) throw new Error(answer.outcome);
  return answer.savedAt;
}

it("is kept per agent and kind, with the form's other fields", async () => {
  await reply("Dear customer", null, { cc: "nora@a.example" });
  await saveDraft(agent, {
    ...{ number, kind: "note", text: "Ask Ben", html: "<p>Ask <b>Ben</b></p>" },
    ...{ fields: {}, base: null },
  });
  expect(await findDraft(agent, number, "reply")).toMatchObject({
    ...{ text: "Dear customer", html: null, fields: { cc: "nora@a.example" } },
  });
  expect(await findDraft(agent, number, "note")).toMatchObject({ html: "<p>Ask <b>Ben</b></p>" });
  expect(await findDraft(other, number, "reply")).toBeNull();
});

it("is not overwritten from a tab that has not seen it, which is told what it says", async () => {
  const first = await saved("one");
  const second = await saved("one two", first);
  expect(await reply("one 2", first)).toMatchObject({
    ...{ outcome: "newer", draft: { text: "one two", savedAt: second } },
  });
  expect(await reply("begun blindly")).toMatchObject({ outcome: "newer" });
  expect((await findDraft(agent, number, "reply"))?.text).toBe("one two");
});

it("takes one of two tabs that save at once", async () => {
  const base = await saved("one");
  const answers = await Promise.all([reply("left", base), reply("right", base)]);
  expect(answers.map(({ outcome }) => outcome).sort()).toEqual(["newer", "saved"]);
});

it("does not come back from a tab that saves what another has sent", async () => {
  const base = await saved("one");
  await replyToTicket(agent, { number, text: "one", draftVersion: base });
  expect(await reply("one and more", base)).toEqual({ outcome: "gone" });
  expect(await findDraft(agent, number, "reply")).toBeNull();
});

it("stays when the reply is refused, and when it is not the draft that is sent", async () => {
  const draftVersion = await saved("kept");
  const bad = { number, text: "kept", cc: ["no address"], draftVersion };
  await expect(replyToTicket(agent, bad)).rejects.toThrow();
  // What another tab has saved since is not what was sent.
  const newer = await saved("kept and more", draftVersion);
  await replyToTicket(agent, { number, text: "kept", draftVersion });
  expect(await findDraft(agent, number, "reply")).toMatchObject({ savedAt: newer });
  await replyToTicket(agent, { number, text: "sent by another way" });
  expect((await findDraft(agent, number, "reply"))?.text).toBe("kept and more");
});

it("ends with the note, and leaves the reply alone", async () => {
  await saved("the reply");
  await saveDraft(agent, {
    ...{ number, kind: "note", text: "n", html: null, fields: {}, base: null },
  });
  const draftVersion = (await findDraft(agent, number, "note"))?.savedAt ?? "";
  await addNote(agent, { number, text: "n", draftVersion });
  expect(await findDraft(agent, number, "note")).toBeNull();
  expect(await findDraft(agent, number, "reply")).not.toBeNull();
});

it("is gone when nothing is left of it, and when it is discarded", async () => {
  const base = await saved("one");
  expect(await reply(" \n", base)).toEqual({ outcome: "saved", savedAt: null });
  expect(await findDraft(agent, number, "reply")).toBeNull();
  await saved("two");
  await discardDraft(agent, number, "reply");
  expect(await findDraft(agent, number, "reply")).toBeNull();
});

it("is kept without words where its addresses are wanted", async () => {
  const draft = { number, kind: "reply" as const, text: "", html: null, base: null };
  const alone = { isKeptEmpty: true };
  await saveDraft(agent, { ...draft, fields: { to: "sue@a.test" } }, alone);
  expect(await findDraft(agent, number, "reply")).toMatchObject({
    ...{ text: "", fields: { to: "sue@a.test" } },
  });
  await discardDraft(agent, number, "reply");
  await saveDraft(agent, { ...draft, fields: {} }, alone);
  expect(await findDraft(agent, number, "reply")).toBeNull();
});

it("is found on the ticket that its own was merged into", async () => {
  const base = await saved("begun before");
  const into = await createTicket();
  await mergeTicket(other, { from: number, into: into.number });
  expect((await findDraft(agent, into.number, "reply"))?.text).toBe("begun before");
  const answer = await saveDraft(agent, {
    ...{ number: into.number, kind: "reply", text: "on", html: null, fields: {}, base },
  });
  expect(answer).toMatchObject({ outcome: "saved" });
  expect((await findDraft(agent, into.number, "reply"))?.text).toBe("on");
  expect(await db().prisma.draft.count()).toBe(1);
});

it("is bounded like a reply, and refused to customers and on tickets that are gone", async () => {
  await expect(reply("a".repeat(TEXT_MAX + 1))).rejects.toThrow(/too long/);
  await expect(reply("a", null, { cc: "b".repeat(20_001) })).rejects.toThrow(/too long/);
  const { user } = await createCustomer();
  const customer: Actor = { id: user.id, role: "CUSTOMER" };
  await expect(findDraft(customer, number, "reply")).rejects.toThrow(/Only agents/);
  await expect(findDraft(agent, 999_999, "reply")).rejects.toThrow(/no ticket/);
});
