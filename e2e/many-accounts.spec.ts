import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import type { MailBed } from "@/lib/testing/mail-bed";
import { expect, test, withDesk } from "./fixtures";
import { fillAccount } from "./harness/account-form";
import { headerOf, rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const FIRST = "many-first@example.test";
const SECOND = "many-second@example.test";
const THIRD = "many-third@example.test";
const FOURTH = "many-fourth@example.test";
const ALIAS = "many-sales@example.test";
const ANNA = "many-anna@customer.test";

let admin: Person;

const region = (page: Page, email: string) => page.getByRole("region", { name: email });
const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const find = (email: string) =>
  db().prisma.emailAccount.findUniqueOrThrow({ where: { email }, include: { aliases: true } });

withDesk({ name: "many-accounts", worker: true }, async (_desk, { bed }) => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
  for (const user of [FIRST, SECOND, THIRD, FOURTH, ANNA]) await bed.addUser(user);
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: FIRST, name: "Lamp Support", signature: "The lamp people", quotesHistory: false },
      // Postfix takes sign-ins over TLS only; without one it delivers to its own domains.
      ...{ smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: "" },
      ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapUsername: FIRST, imapPassword: "pw" },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
});

test("an account like another begins with its settings, and asks for what is its own", async ({
  openPage,
}) => {
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  await page.getByRole("link", { name: `Add an account like ${FIRST}` }).click();
  await expect(page.getByRole("heading", { name: `Add an account like ${FIRST}` })).toBeVisible();
  await expect(field(page, "Email Address")).toHaveValue("");
  await expect(field(page, "SMTP Host")).toHaveValue("127.0.0.1");
  await expect(field(page, "Signature")).toHaveValue("The lamp people");
  await expect(field(page, "SMTP Password")).toHaveValue("");
  await expect(field(page, "Default")).not.toBeChecked();
  await fillAccount(page, {
    ...{ "Email Address": SECOND, "SMTP Username": SECOND, "SMTP Password": "pw" },
  });
  await button(page, "Create Account").click();
  await expect(region(page, SECOND)).toBeVisible();
  expect(await find(SECOND)).toMatchObject({
    ...{ name: "Lamp Support", signature: "The lamp people", quotesHistory: false },
    ...{ pollingEnabled: true, isDefault: false, imapUsername: null },
  });
});

/** A file of three lines: one is wrong, and one has a wrong password. */
function csvFile(bed: MailBed): string {
  const servers = `127.0.0.1,${bed.smtpPort}`;
  const imap = `127.0.0.1,${bed.imapPort}`;
  return [
    "Email Address,SMTP Host,SMTP Port,SMTP Username,SMTP Password,IMAP Host,IMAP Port",
    `${THIRD},${servers},${THIRD},pw,${imap}`,
    `${FOURTH},${servers},${FOURTH},canary-7Kq2-wrong,${imap}`,
    `${FIRST},${servers},${FIRST},pw,${imap}`,
    `many-fifth@example.test,127.0.0.1,99999,x,pw,${imap}`,
  ].join("\r\n");
}

test("accounts come from a CSV file: template, dry run, import, tests", async ({
  openPage,
  servers: { bed },
}) => {
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  await page.getByRole("link", { name: "Import from CSV" }).click();
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "Download the template" }).click();
  const template = await readFile(await (await download).path(), "utf8");
  expect(template).toMatch(/^\uFEFFEmail Address,Sender Name,SMTP Host/);

  const before = await db().prisma.emailAccount.count();
  await field(page, "CSV file").setInputFiles({
    ...{ name: "accounts.csv", mimeType: "text/csv", buffer: Buffer.from(csvFile(bed)) },
  });
  await button(page, "Check the file").click();
  const found = page.getByRole("region", { name: "What the check found" });
  await expect(
    found.getByText("2 accounts can be imported, 2 lines would be left out. Nothing is saved yet."),
  ).toBeVisible();
  await expect(found.getByRole("row", { name: new RegExp(`^4 ${FIRST}`) })).toContainText(
    `Email Address: ${FIRST} is already connected.`,
  );
  await expect(found.getByRole("row", { name: /^5 / })).toContainText("SMTP Port must be a port");
  expect(await db().prisma.emailAccount.count()).toBe(before);
  expect(await page.content()).not.toContain("canary");

  await button(page, "Import 2 accounts").click();
  await expect(page.getByText("2 accounts imported.")).toBeVisible();
  expect(await db().prisma.emailAccount.count()).toBe(before + 2);
  await button(page, "Test the connections").click();
  await expect(page.getByText("2 accounts tested, 1 failed.")).toBeVisible();
  await expect(page.getByText("Receiving: 127.0.0.1 refused this username")).toBeVisible();
  expect(await page.content()).not.toContain("canary");
  await page.getByRole("link", { name: FOURTH }).click();
  await expect(page.getByRole("heading", { name: `Edit ${FOURTH}` })).toBeVisible();
});

test("mail to another address of the account is answered from it, and moved after import", async ({
  openPage,
  servers: { bed },
}) => {
  const page = await openPage(admin);
  const { id } = await find(FIRST);
  await page.goto(`/admin/email-accounts/${id}/edit`);
  await field(page, "Other addresses").fill(`${ALIAS}\n${SECOND}`);
  await field(page, "After import").selectOption({ label: "Move to a folder" });
  await field(page, "Folder to move to").fill("Done");
  await button(page, "List the server’s folders").click();
  await expect(page.getByText(/^\d+ folders found/)).toBeVisible();
  await button(page, "Update Account").click();
  await expect(page.getByText(`${SECOND} is already connected.`).first()).toBeVisible();
  await field(page, "Other addresses").fill(ALIAS);
  await button(page, "Update Account").click();
  await expect(region(page, FIRST)).toBeVisible();
  expect(await find(FIRST)).toMatchObject({
    ...{ aliases: [{ email: ALIAS }], afterImport: "move", afterImportFolder: "Done" },
  });

  const mail = { from: `Anna Lund <${ANNA}>`, to: ALIAS, subject: "A lamp for the hall" };
  await bed.deliver(ANNA, FIRST, rawMail({ ...mail, text: "How much?", messageId: "many.1@c" }));
  const ticket = () => db().prisma.ticket.findFirst({ where: { subject: mail.subject } });
  await expect.poll(ticket, { timeout: 60_000 }).toBeTruthy();
  await page.goto(`/tickets/${(await ticket())?.number}`);
  const form = page.getByRole("region", { name: "Reply" });
  const from = form.getByLabel("From", { exact: true });
  await expect(from.locator("option:checked")).toHaveText(`Lamp Support <${ALIAS}>`);
  await form.getByRole("textbox", { name: "Reply" }).fill("Forty euros.");
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await expect(form.getByRole("textbox", { name: "Reply" })).toHaveValue("");
  const [answer] = await bed.waitForMail(ANNA, 1, 60_000);
  expect(headerOf(answer?.raw ?? "", "From")).toBe(`Lamp Support <${ALIAS}>`);
  const moved = async () => (await bed.mailsOf(FIRST, "Done").catch(() => [])).length;
  await expect.poll(moved, { timeout: 60_000 }).toBe(1);
  expect(await bed.mailsOf(FIRST)).toEqual([]);
});
