import type { Page } from "@playwright/test";
import { db } from "@/lib/db/client";
import { endAllSessions } from "@/lib/sessions";
import { createAccount, createContact, createMessage, createTicket } from "@/lib/testing/factories";
import { saveDraft } from "@/lib/tickets/drafts";
import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";

let agent: Person;
/** Whose sessions are ended. */
let signedOut: Person;
let accountId = "";

withDesk({ name: "drafts" }, async () => {
  agent = await addPerson("AGENT", "Ben Okoye", "ben@drafts.example");
  signedOut = await addPerson("AGENT", "Mara Weiss", "mara@drafts.example");
  ({ id: accountId } = await createAccount({ isDefault: true, email: "drafts@example.test" }));
});

/** A ticket of its own for each test. */
async function newTicket(): Promise<{ number: number; path: string; messageId: string }> {
  const { id, number } = await createTicket({ accountId });
  const { id: messageId } = await createMessage({ ticketId: id });
  return { number, path: `/tickets/${number}`, messageId };
}

const replyOn = (page: Page) => page.getByRole("textbox", { name: "Reply" });
const saved = (page: Page) => page.getByText("Draft saved", { exact: true }).first();
const kept = (number: number) =>
  db().prisma.draft.findMany({
    where: { ticket: { number } },
    select: { kind: true, body: true, fields: true },
    orderBy: { kind: "desc" },
  });

test("a draft comes back on reload and on another computer, with its Cc, and is gone once it is sent", async ({
  openPage,
}) => {
  const { number, path } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  await replyOn(page).fill("Dear customer,\n\nwe will look");
  await page.getByRole("textbox", { name: "Cc", exact: true }).fill("nora@drafts.example");
  await expect(saved(page)).toBeVisible();
  await expect
    .poll(async () => (await kept(number))[0]?.fields)
    .toMatchObject({ cc: "nora@drafts.example" });
  await page.getByRole("link", { name: "Internal note" }).first().click();
  await page.getByRole("textbox", { name: "Internal note" }).fill("Ask Ada first");
  await expect.poll(async () => (await kept(number)).length).toBe(2);

  await page.reload();
  await expect(replyOn(page)).toHaveValue("Dear customer,\n\nwe will look");
  const elsewhere = await openPage(agent);
  await elsewhere.goto(path);
  await expect(replyOn(elsewhere)).toHaveValue("Dear customer,\n\nwe will look");
  await expect(elsewhere.getByRole("textbox", { name: "Cc", exact: true })).toHaveValue(
    "nora@drafts.example",
  );

  await elsewhere.getByRole("button", { name: "Send", exact: true }).click();
  await expect(replyOn(elsewhere)).toHaveValue("");
  expect((await kept(number)).map(({ kind }) => kind)).toEqual(["note"]);
  // Time enough for the page to be read again.
  await db().pool.query(`UPDATE "OutboundEmail" SET "nextAttemptAt" = now() + interval '1 minute'`);
  await elsewhere.goto(`${path}?compose=reply`);
  await expect(elsewhere.getByRole("article", { name: /^Reply by/ })).toBeVisible();
  await expect(replyOn(elsewhere)).toHaveValue("");

  // Taken back, it is a draft again.
  await expect(elsewhere.getByText(/^Sending in \d+ s$/)).toBeVisible();
  await elsewhere.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(replyOn(elsewhere)).toHaveValue("Dear customer,\n\nwe will look");
  await expect.poll(async () => (await kept(number)).length).toBe(2);
});

test("a draft survives kill -9 of the web process, which the page says and sits out", async ({
  desk,
  watch,
  openPage,
}) => {
  watch.allow(/ERR_CONNECTION|Failed to fetch|ERR_EMPTY_RESPONSE|ERR_INCOMPLETE|ERR_NETWORK/);
  const { number, path } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  await replyOn(page).fill("Before the crash.");
  await expect(saved(page)).toBeVisible();
  await desk.killWeb();
  expect((await kept(number)).map(({ body }) => body)).toEqual(["Before the crash."]);

  await replyOn(page).fill("Before the crash. And while it was away.");
  await expect(page.getByText("This draft is not saved on the server.")).toBeVisible();
  await desk.startWeb();
  await expect(saved(page)).toBeVisible();
  await expect(page.getByText("This draft is not saved on the server.")).toBeHidden();
  expect((await kept(number)).map(({ body }) => body)).toEqual([
    "Before the crash. And while it was away.",
  ]);
  await page.reload();
  await expect(replyOn(page)).toHaveValue("Before the crash. And while it was away.");
});

test("a lost session costs no word: not by Send, and the draft is there after the next sign-in", async ({
  watch,
  openPage,
}) => {
  watch.allow(/status of 401/);
  // Who is there, and what happens, is told to nobody who is signed out.
  watch.allow(/status of 404 \(Not Found\) \(\S+\/api\/(presence\/\d+|events\?\S+)\)/);
  const { path } = await newTicket();
  const page = await openPage(signedOut);
  await page.goto(path);
  await replyOn(page).fill("Written before.");
  await expect(saved(page)).toBeVisible();
  await endAllSessions(signedOut.id);
  await replyOn(page).fill("Written before. And after.");
  await expect(page.getByText("You are signed out.", { exact: false })).toBeVisible();
  await expect(page.getByRole("link", { name: "Sign in in a new tab" })).toBeVisible();

  await page.getByRole("button", { name: "Send", exact: true }).click();
  await page.waitForURL(/\/login/);
  await page.getByLabel("Email").fill(signedOut.email);
  await page.getByLabel("Password", { exact: true }).fill(signedOut.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.waitForURL(`**${path}`);
  await expect(replyOn(page)).toHaveValue("Written before. And after.");
  await expect(saved(page)).toBeVisible();
});

test("two tabs do not overwrite each other: the second is told and chooses", async ({
  openPage,
}) => {
  const { number, path } = await newTicket();
  const left = await openPage(agent);
  await left.goto(path);
  const right = await openPage(agent);
  await right.goto(path);
  await replyOn(left).fill("From the left");
  await expect(saved(left)).toBeVisible();
  await replyOn(right).fill("From the right");
  await expect(right.getByText(/^Another draft of yours was saved meanwhile/)).toBeVisible();
  expect((await kept(number)).map(({ body }) => body)).toEqual(["From the left"]);
  await right.getByRole("button", { name: "Keep this one" }).click();
  await expect.poll(async () => (await kept(number))[0]?.body).toBe("From the right");

  await replyOn(left).fill("From the left again");
  await left.getByRole("button", { name: "Use the other one" }).click();
  await expect(replyOn(left)).toHaveValue("From the right");

  await left.getByRole("button", { name: "Send", exact: true }).click();
  await expect(replyOn(left)).toHaveValue("");
  await replyOn(right).fill("From the right, too late");
  await expect(right.getByText("This draft was sent or discarded in another tab.")).toBeVisible();
  expect(await kept(number)).toEqual([]);
});

test("a draft is discarded, and that can be undone", async ({ openPage }) => {
  const { number, path } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  await replyOn(page).fill("Away with it");
  await expect(saved(page)).toBeVisible();
  await page.getByRole("button", { name: "Discard", exact: true }).click();
  await expect(replyOn(page)).toHaveValue("");
  await expect.poll(async () => (await kept(number)).length).toBe(0);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(replyOn(page)).toHaveValue("Away with it");
  await expect.poll(async () => (await kept(number)).length).toBe(1);
});

test("what was typed a moment ago leaves with the page", async ({ openPage }) => {
  const { number, path } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  await expect(page.getByRole("button", { name: "Send", exact: true })).toBeEnabled();
  await replyOn(page).pressSequentially("Just typed");
  await page.goto("/help");
  await expect.poll(async () => (await kept(number))[0]?.body).toBe("Just typed");
  await page.goBack();
  await expect(replyOn(page)).toHaveValue("Just typed");
});

test("a draft stands in the form before JavaScript, and is gone once it is sent there", async ({
  watch,
  openPage,
}) => {
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const { number, path } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  await replyOn(page).fill("Begun with, ended without");
  await expect(saved(page)).toBeVisible();
  const plain = await openPage(agent, { javaScriptEnabled: false });
  await plain.goto(path);
  await expect(replyOn(plain)).toHaveValue("Begun with, ended without");
  await plain.getByRole("button", { name: "Send", exact: true }).click();
  await expect(plain.getByRole("article", { name: /^Reply by/ })).toBeVisible();
  expect(await kept(number)).toEqual([]);
});

test("words that are changed before JavaScript are sent, not what was formatted before", async ({
  watch,
  openPage,
}) => {
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const { number, path } = await newTicket();
  await saveDraft(
    { id: agent.id, role: "AGENT" },
    {
      ...{ number, kind: "reply", text: "We pay", html: "<p>We <b>pay</b></p>" },
      ...{ fields: {}, base: null },
    },
  );
  const plain = await openPage(agent, { javaScriptEnabled: false });
  await plain.goto(path);
  await replyOn(plain).fill("We do not pay");
  await plain.getByRole("button", { name: "Send", exact: true }).click();
  await expect(plain.getByRole("article", { name: /^Reply by/ })).toBeVisible();
  const sent = await db().prisma.message.findFirstOrThrow({
    where: { kind: "OUTBOUND", ticket: { number } },
  });
  expect(sent).toMatchObject({ newText: "We do not pay", html: null });
});

test("a draft above a forwarded mail never fills an answer with its addresses, and says what it was begun as", async ({
  watch,
  openPage,
}) => {
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const { number, path, messageId } = await newTicket();
  const page = await openPage(agent);
  const field = (name: string) => page.getByRole("textbox", { name, exact: true });
  const above = page.getByRole("textbox", { name: "Words above the forwarded mail" });
  const warning = page.getByText("This draft was begun above a forwarded mail.");
  await page.goto(path);
  const requester = await field("To").inputValue();
  await page.goto(`${path}?forward=${messageId}`);
  await field("To").fill("sue@supplier.test");
  await above.fill("They pay too much.");
  await expect(saved(page)).toBeVisible();
  await expect
    .poll(async () => (await kept(number))[0]?.fields)
    .toMatchObject({ to: "sue@supplier.test", forwards: messageId });

  await page.goto(path);
  await expect(replyOn(page)).toHaveValue("They pay too much.");
  await expect(field("To")).toHaveValue(requester);
  await expect(warning).toBeVisible();
  await page.getByRole("link", { name: "Go on with it there" }).click();
  await expect(above).toHaveValue("They pay too much.");
  await expect(field("To")).toHaveValue("sue@supplier.test");
  await expect(warning).toBeHidden();
  await page.getByRole("link", { name: "Don’t forward" }).click();
  await expect(field("To")).toHaveValue(requester);
  await expect(warning).toBeVisible();

  // Before JavaScript as well.
  const plain = await openPage(agent, { javaScriptEnabled: false });
  await plain.goto(path);
  await expect(plain.getByRole("textbox", { name: "To", exact: true })).toHaveValue(requester);
  await expect(plain.getByText("This draft was begun above a forwarded mail.")).toBeVisible();
});

test("somebody who was taken out of Cc stays out when the draft comes back", async ({
  openPage,
}) => {
  const { number, path, messageId } = await newTicket();
  const { ticketId } = await db().prisma.message.findUniqueOrThrow({ where: { id: messageId } });
  const contact = await createContact({ email: `copy-${number}@drafts.example` });
  await db().prisma.ticketParticipant.create({
    data: { ticketId, contactId: contact.id, role: "CC", isNew: false, getsCopies: true },
  });
  const page = await openPage(agent);
  const cc = page.getByRole("textbox", { name: "Cc", exact: true });
  await page.goto(path);
  await expect(cc).toHaveValue(new RegExp(contact.email));
  await replyOn(page).fill("Between us:");
  await cc.fill("");
  await expect.poll(async () => (await kept(number))[0]?.fields).toMatchObject({ cc: "" });
  await page.reload();
  await expect(replyOn(page)).toHaveValue("Between us:");
  await expect(cc).toHaveValue("");
});
