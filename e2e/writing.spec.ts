import { createHash, randomBytes } from "node:crypto";
import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import {
  createAttachment,
  createContact,
  createAccount as createFactoryAccount,
  createMessage,
  createTicket,
} from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";

const INBOX = "writing@example.test";
const CUSTOMER = "wanda@customer.test";

let agent: Person;
let colleague: Person;
let accountId = "";

withDesk({ name: "writing", worker: true }, async (_desk, { bed }) => {
  agent = await addPerson("AGENT", "Ben Okoye", "ben@writing.example");
  colleague = await addPerson("AGENT", "Zoë Müller", "zoe@customer.test");
  await bed.addUser(colleague.email);
  await bed.addUser(INBOX);
  await bed.addUser(CUSTOMER);
  const account = await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: "" },
      ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapUsername: INBOX, imapPassword: "pw" },
    },
  );
  accountId = account.id;
});

/** A ticket of its own for each test, of the same customer. */
async function newTicket(): Promise<{ id: string; number: number; path: string }> {
  const found = await db().prisma.contact.findUnique({ where: { email: CUSTOMER } });
  const contact = found ?? (await createContact({ email: CUSTOMER, name: "Wanda Kowalska" }));
  const { id, number } = await createTicket({ accountId, requesterId: contact.id });
  await createMessage({ ticketId: id });
  return { id, number, path: `/tickets/${number}?compose=reply` };
}

const replyOn = (page: Page) => page.getByRole("textbox", { name: "Reply", exact: true });
const filesOn = (page: Page) => page.getByRole("list", { name: "Attachments" });
const offered = (page: Page) => page.getByRole("listbox", { name: /^(Canned replies|Agents)$/ });
const send = (page: Page) => page.getByRole("button", { name: "Send", exact: true });
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Drops files onto the reply, or pastes them into it, as a browser does. */
async function give(page: Page, how: "drop" | "paste", name: string, bytes: Buffer) {
  const transfer = await page.evaluateHandle(
    ({ name, base64 }) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: "application/octet-stream" }));
      return transfer;
    },
    { name, base64: bytes.toString("base64") },
  );
  if (how === "drop") {
    await replyOn(page).dispatchEvent("dragenter", { dataTransfer: transfer });
    await expect(page.getByText("Drop the files to attach them.")).toBeVisible();
    await replyOn(page).dispatchEvent("drop", { dataTransfer: transfer });
  } else {
    await replyOn(page).evaluate(
      (element, data) =>
        element.dispatchEvent(
          new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }),
        ),
      transfer,
    );
  }
}

test("files by button, drop and paste go with the reply, stay with the draft, and come back byte by byte", async ({
  openPage,
  servers: { bed },
}) => {
  const { id, path } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  const dropped = randomBytes(300_000);
  await page.getByRole("button", { name: "Attach files" }).first().waitFor();
  await page
    .getByLabel("Files for the reply")
    .setInputFiles({ name: "chosen.txt", mimeType: "text/plain", buffer: Buffer.from("chosen") });
  await give(page, "drop", "dropped.bin", dropped);
  await give(page, "paste", "pasted.bin", Buffer.from("pasted"));
  for (const name of ["chosen.txt", "dropped.bin", "pasted.bin"])
    await expect(filesOn(page).getByRole("link", { name })).toBeVisible();

  await page.reload();
  await expect(filesOn(page).getByRole("listitem")).toHaveCount(3);
  await page.getByRole("button", { name: "Remove pasted.bin" }).click();
  await expect(filesOn(page).getByRole("listitem")).toHaveCount(2);
  await replyOn(page).fill("Both files are here.");
  await send(page).click();
  await expect(replyOn(page)).toHaveValue("");
  const article = page.getByRole("article", { name: /^Reply by/ });
  await expect(article.getByRole("link", { name: /dropped\.bin/ })).toBeVisible();
  await bed.waitForMail(CUSTOMER, 1, 60_000);
  const [mail] = await bed.mailsOf(CUSTOMER);
  expect(mail?.raw.replaceAll("\r\n", "")).toContain(dropped.toString("base64"));

  const download = page.waitForEvent("download");
  await article.getByRole("link", { name: /dropped\.bin/ }).click();
  const stream = await (await download).createReadStream();
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(Buffer.from(part));
  expect(hashOf(Buffer.concat(parts))).toBe(hashOf(dropped));
  expect(await db().prisma.upload.count({ where: { ticketId: id } })).toBe(0);
});

test("a paste of 30 MB is refused kindly, a slow upload shows its progress, and Send waits for it", async ({
  openPage,
}) => {
  const { id, path } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  await replyOn(page).fill("With a film.");
  await expect(page.getByText("Draft saved").first()).toBeVisible();
  await page.evaluate(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([new Uint8Array(30 * 1024 * 1024)], "film.mov"));
    document
      .getElementById("reply-text")
      ?.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));
  });
  await expect(
    filesOn(page).getByText(/Too large: the files of this message may be 2\d(\.\d)? MB together/),
  ).toBeVisible();
  await expect(replyOn(page)).toHaveValue("With a film.");
  await page.getByRole("button", { name: "Remove film.mov" }).click();

  let letGo = () => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  await page.route(/\/api\/uploads\?/, async (route) => {
    await held;
    await route.continue();
  });
  await page
    .getByLabel("Files for the reply")
    .setInputFiles({ name: "slow.bin", mimeType: "", buffer: randomBytes(1_000_000) });
  await expect(page.getByRole("progressbar", { name: "Uploading slow.bin" })).toBeVisible();
  await send(page).click();
  await expect(page.getByText(/^An attachment is still on its way/)).toBeVisible();
  await expect(replyOn(page)).toHaveValue("With a film.");
  letGo();
  await expect(filesOn(page).getByRole("link", { name: "slow.bin" })).toBeVisible();
  await send(page).click();
  await expect(replyOn(page)).toHaveValue("");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(replyOn(page)).toHaveValue("With a film.");
  await expect(filesOn(page).getByRole("link", { name: "slow.bin" }).first()).toBeVisible();
  expect(await db().prisma.upload.count({ where: { ticketId: id } })).toBe(1);
});

test("files are attached before JavaScript: first onto the draft, or with Send", async ({
  watch,
  openPage,
}) => {
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const { path, id } = await newTicket();
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto(path);
  await replyOn(page).fill("Written by hand.");
  const field = page.getByLabel("Files", { exact: true }).first();
  await field.setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("aaa") });
  await page.getByRole("button", { name: "Attach", exact: true }).first().click();
  await expect(replyOn(page)).toHaveValue("Written by hand.");
  await expect(filesOn(page).getByRole("link", { name: "a.txt" })).toBeVisible();
  await field.setInputFiles({ name: "b.txt", mimeType: "text/plain", buffer: Buffer.from("bbb") });
  await send(page).click();
  const article = page.getByRole("article", { name: /^Reply by/ });
  await expect(article.getByRole("link", { name: /a\.txt/ })).toBeVisible();
  await expect(article.getByRole("link", { name: /b\.txt/ })).toBeVisible();
  await expect(replyOn(page)).toHaveValue("");
  expect(await db().prisma.upload.count({ where: { ticketId: id } })).toBe(0);
});

test("Attach before JavaScript keeps the whole form: what is forwarded, to whom, from where, without words", async ({
  watch,
  openPage,
}) => {
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const { id, number } = await newTicket();
  const mail = await db().prisma.message.findFirstOrThrow({ where: { ticketId: id } });
  await createAttachment({ messageRowId: mail.id });
  const other = await createFactoryAccount({ email: `second-${number}@example.test` });
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto(`/tickets/${number}?forward=${mail.id}`);
  const fields = { To: "sue@supplier.test", Cc: "kim@supplier.test", Bcc: "max@supplier.test" };
  const field = (name: string) => page.getByRole("textbox", { name, exact: true });
  for (const [name, text] of Object.entries(fields)) await field(name).fill(text);
  await page.getByRole("combobox", { name: "From" }).selectOption(other.id);
  const along = page.getByRole("checkbox", { name: /^Send its file along/ });
  await along.uncheck();
  await page
    .getByLabel("Files", { exact: true })
    .first()
    .setInputFiles({ name: "a.txt", mimeType: "text/plain", buffer: Buffer.from("aaa") });
  await page.getByRole("button", { name: "Attach", exact: true }).first().click();
  await expect(filesOn(page).getByRole("link", { name: "a.txt" })).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Words above the forwarded mail" })).toBeVisible();
  for (const [name, text] of Object.entries(fields)) await expect(field(name)).toHaveValue(text);
  await expect(page.getByRole("combobox", { name: "From" })).toHaveValue(other.id);
  await expect(along).not.toBeChecked();
  await send(page).click();
  await expect(page.getByRole("article", { name: /^Reply by/ })).toBeVisible();
  const sent = await db().prisma.message.findFirstOrThrow({
    where: { ticketId: id, forwardOfId: mail.id },
    select: { fromAddress: true, toAddresses: true, attachments: { select: { filename: true } } },
  });
  expect(sent).toMatchObject({
    ...{ fromAddress: other.email, toAddresses: [{ address: "sue@supplier.test" }] },
    attachments: [{ filename: "a.txt" }],
  });
  expect(await db().prisma.draft.count({ where: { ticketId: id } })).toBe(0);
});

test("a reply is formatted with the keyboard, sent as HTML and text, and shown so", async ({
  openPage,
  servers: { bed },
}) => {
  const { path, number } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  await replyOn(page).fill("Hello Wanda,\n\nplease restart it.");
  await replyOn(page).evaluate((element: HTMLTextAreaElement) => {
    element.setSelectionRange(element.value.indexOf("restart"), element.value.indexOf(" it."));
  });
  const tools = page.getByRole("toolbar", { name: "Formatting" });
  await tools.getByRole("button", { name: "Bold" }).press("Enter");
  await expect(replyOn(page).locator("strong")).toHaveText("restart");
  await expect(tools.getByRole("button", { name: "Bold" })).toHaveAttribute("aria-pressed", "true");

  await expect(replyOn(page)).toBeFocused();
  await page.keyboard.press("Control+End");
  // The browser tells the editor a moment later where its caret is now; nobody types so fast.
  await expect(tools.getByRole("button", { name: "Bold" })).toHaveAttribute(
    "aria-pressed",
    "false",
  );
  await page.keyboard.press("Enter");
  await tools.getByRole("button", { name: "List", exact: true }).click();
  await page.keyboard.type("press the button");
  await page.keyboard.press("Enter");
  await page.keyboard.type("see the guide");
  await page.keyboard.press("Shift+Control+ArrowLeft");
  await tools.getByRole("button", { name: "Link" }).click();
  await page.getByLabel("Link to").fill("javascript:alert(1)");
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^That is no address a link can lead to/)).toBeVisible();
  await page.getByLabel("Link to").fill("lamps.example/guide");
  await page.keyboard.press("Enter");
  await expect(replyOn(page).getByRole("link", { name: "guide" })).toBeVisible();
  await expect(page.getByText("Draft saved").first()).toBeVisible();

  await page.reload();
  await expect(replyOn(page).locator("strong")).toHaveText("restart");
  await expect(replyOn(page).getByRole("listitem")).toHaveCount(2);
  await replyOn(page).press("Control+Enter");
  const article = page.getByRole("article", { name: /^Reply by/ });
  const frame = article.frameLocator("iframe");
  await expect(frame.locator("strong")).toHaveText("restart");
  await expect(frame.getByRole("link", { name: "guide" })).toHaveAttribute(
    "href",
    "https://lamps.example/guide",
  );
  await expect(replyOn(page)).toHaveValue("");
  // Answers of the journeys before this one come to the same person.
  const mailOfTicket = async () =>
    (await bed.mailsOf(CUSTOMER)).find(({ raw }) => raw.includes(`[#${number}]`))?.raw ?? "";
  await expect.poll(mailOfTicket, { timeout: 40_000 }).not.toBe("");
  const raw = await mailOfTicket();
  expect(raw).toMatch(/multipart\/alternative/);
  expect(raw).toContain("* press the button");
  expect(raw).toContain("(https://lamps.example/guide)");
  expect(raw).toContain("<strong>restart</strong>");
  const sent = await db().prisma.message.findFirstOrThrow({
    where: { kind: "OUTBOUND", ticket: { number } },
  });
  expect(sent.text).toContain("please restart it.");
});

test("who prefers plain text gets it back, and who prefers formatting begins with it", async ({
  openPage,
}) => {
  const { path } = await newTicket();
  const page = await openPage(agent);
  await page.goto(path);
  await replyOn(page).fill("One\ntwo\n\nthree");
  await page.getByRole("button", { name: "Italic" }).click();
  await page.getByRole("button", { name: "Always formatted" }).click();
  await page.reload();
  await expect(replyOn(page)).toHaveValue("One\ntwo\n\nthree");
  await replyOn(page).focus();
  await expect(replyOn(page)).toHaveAttribute("contenteditable", "true");
  await page.keyboard.type("zero ");
  await expect(replyOn(page)).toContainText("zero");
  await page.getByRole("button", { name: "Plain text" }).click();
  await expect(replyOn(page)).toHaveValue(/zero/);
  await page.reload();
  await replyOn(page).focus();
  await expect(page.getByRole("button", { name: "Plain text" })).toBeHidden();
});

test("canned replies are made on their page and found by / with the customer's name filled in", async ({
  openPage,
}) => {
  const { path, number } = await newTicket();
  const page = await openPage(agent);
  await page.goto("/canned-replies");
  await page.getByRole("link", { name: "New canned reply" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("Restart");
  const text = page.getByRole("textbox", { name: "Text" });
  await text.fill("Hello {{customer.fist_name}}");
  await page.getByRole("button", { name: "Save" }).click();
  await expect(
    page.getByText(/\{\{customer\.fist_name\}\} stands for nothing/).first(),
  ).toBeVisible();
  await expect(text).toHaveValue("Hello {{customer.fist_name}}");
  await text.fill(
    "Hello {{customer.first_name|there}},\nplease restart it (#{{ticket.number}}).\n\n{{agent.name}}",
  );
  await page.getByRole("checkbox", { name: /^Share/ }).check();
  await page.getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("Shared with everybody")).toBeVisible();

  await page.goto(path);
  await replyOn(page).click();
  await page.keyboard.type("So: /rest");
  const option = offered(page).getByRole("option", { name: /^Restart/ });
  await expect(option).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Escape");
  await expect(option).toBeHidden();
  await page.keyboard.type(" /res");
  await expect(option).toBeVisible();
  await page.keyboard.press("Enter");
  const filled = `Hello Wanda,\nplease restart it (#${number}).\n\nBen Okoye`;
  await expect(replyOn(page)).toHaveValue(`So: /rest ${filled}`);

  // By the button, with somebody else's browser; a path is no call.
  const other = await openPage(colleague);
  await other.goto(path);
  await replyOn(other).fill("see /etc/hosts");
  await expect(offered(other)).toHaveCount(0);
  await replyOn(other).fill("");
  await other.getByRole("button", { name: "Canned replies" }).first().click();
  await offered(other)
    .getByRole("option", { name: /^Restart/ })
    .click();
  await expect(replyOn(other)).toHaveValue(filled.replace("Ben Okoye", "Zoë Müller"));
});

test("a name behind @ in a note stands out, and that agent is told by mail", async ({
  openPage,
  servers: { bed },
}) => {
  const { number } = await newTicket();
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}?compose=note`);
  const note = page.getByRole("textbox", { name: "Internal note" });
  await note.click();
  await page.keyboard.type("Ask @zo");
  await expect(offered(page).getByRole("option", { name: "Zoë Müller" })).toBeVisible();
  await page.keyboard.press("Enter");
  await page.keyboard.type("about it");
  await expect(note).toHaveValue("Ask @Zoë Müller about it");
  await page.getByRole("button", { name: "Add note" }).click();
  const article = page.getByRole("article", { name: "Internal note by Ben Okoye" });
  await expect(article.locator("b")).toHaveText("@Zoë Müller");
  const [mail] = await bed.waitForMail(colleague.email, 1, 60_000);
  expect(mail?.raw).toContain(`Ben Okoye named you on #${number}`);
});
