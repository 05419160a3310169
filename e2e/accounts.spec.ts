import type { Locator, Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import type { AccountInput } from "@/lib/accounts/schema";
import { db } from "@/lib/db/client";
import type { MailBed } from "@/lib/testing/mail-bed";
import { openTicketAsAgent } from "@/lib/tickets/open";
import { expect, test, withDesk } from "./fixtures";
import { type AccountFields, bedFields, fillAccount } from "./harness/account-form";
import { unfold } from "./harness/fold";
import { addPerson, type Person, signIn } from "./harness/people";

let admin: Person;

/** The bed's servers with nobody in particular: what each test connects differs in one thing. */
const accountOf = (bed: MailBed, email: string): AccountInput => ({
  email,
  smtpHost: "127.0.0.1",
  smtpPort: bed.smtpPort,
  smtpUsername: email,
  smtpPassword: "pw",
  imapHost: "127.0.0.1",
  imapPort: bed.imapPort,
});

const asAdmin = () => ({ id: admin.id, role: "ADMIN" as const });
const region = (page: Page, email: string) => page.getByRole("region", { name: email });
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

/** The cause below the stages of a failed test; the failed stage says it as well. */
const causeIn = (place: Page | Locator, text: string | RegExp) =>
  place.getByRole("paragraph").filter({ hasText: text });

/** The form with one account of the bed typed in, apart from what the test is about. */
async function openForm(page: Page, fields: AccountFields): Promise<void> {
  await page.goto("/admin/email-accounts/new");
  await fillAccount(page, fields);
}

async function setEncryption(page: Page, protocol: "SMTP" | "IMAP", label: string): Promise<void> {
  const select = page.getByLabel(`${protocol} Encryption`);
  await unfold(page, "Server settings");
  await select.selectOption({ label });
}

withDesk({ name: "accounts" }, async () => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
});

test.beforeEach(async () => {
  await db().prisma.emailAccount.deleteMany();
  await db().pool.query('DELETE FROM "RateLimit"');
});

test("a wrong password fails both tests, with its cause, a fix and the server's words", async ({
  openPage,
  servers: { bed },
}) => {
  const email = "support@example.test";
  await createAccount(asAdmin(), { ...accountOf(bed, email), smtpPassword: "not the password" });
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  const account = region(page, email);
  for (const [name, headline] of [
    ["Test IMAP", "IMAP connection test failed"],
    ["Test SMTP", "SMTP connection test failed"],
  ] as const) {
    await account.getByRole("button", { name }).click();
    await expect(account.getByText(headline, { exact: true })).toBeVisible();
    await expect(causeIn(account, "127.0.0.1 refused this username or password.")).toBeVisible();
    await expect(account.getByText(/Check both for typos\./)).toBeVisible();
    await account.getByText("What the server said").click();
    await expect(
      account
        .getByText(/authentication fail/i)
        .filter({ visible: true })
        .last(),
    ).toBeVisible();
    await account.getByRole("button", { name: "Close the test's result" }).click();
  }
});

test("a certificate for another name, or one that has expired, is named as the cause", async ({
  openPage,
  servers: { bed },
}) => {
  const page = await openPage(admin);
  const imaps = String(bed.imapsPort);
  await openForm(page, {
    ...bedFields(bed, "support@example.test"),
    ...{ "IMAP Host": "127.0.0.3", "IMAP Port": imaps },
  });
  await setEncryption(page, "IMAP", "SSL/TLS");
  await button(page, "Test IMAP").click();
  await expect(page.getByText("IMAP connection test failed", { exact: true })).toBeVisible();
  await expect(causeIn(page, /The certificate of 127\.0\.0\.3 is for another name/)).toBeVisible();
  await expect(page.getByText("Enter the host name the certificate is made for")).toBeVisible();

  await page.getByLabel("IMAP Host", { exact: true }).fill("127.0.0.2");
  await button(page, "Test IMAP").click();
  await expect(causeIn(page, "The certificate of 127.0.0.2 has expired.")).toBeVisible();

  await page.getByLabel("IMAP Host", { exact: true }).fill("127.0.0.1");
  await button(page, "Test IMAP").click();
  await expect(page.getByText("IMAP connection successful", { exact: true })).toBeVisible();
  expect(await db().prisma.emailAccount.count()).toBe(0);
});

test("a host that does not exist and a port nobody listens on are named as the cause", async ({
  openPage,
  servers: { bed },
}) => {
  const page = await openPage(admin);
  await openForm(page, {
    ...bedFields(bed, "support@example.test"),
    ...{ "SMTP Host": "no-such-host.invalid", "IMAP Port": "1" },
  });
  await button(page, "Test SMTP").click();
  await expect(page.getByText("SMTP connection test failed", { exact: true })).toBeVisible();
  // A machine without DNS can't tell that the name does not exist.
  const cause = /no server called no-such-host\.invalid|no-such-host\.invalid could not be/;
  await expect(causeIn(page, cause)).toBeVisible();
  await button(page, "Test IMAP").click();
  await expect(causeIn(page, "Nothing answers on 127.0.0.1, port 1.")).toBeVisible();
});

test("what is wrong in the form is said at its field, and what was typed stays", async ({
  openPage,
  servers: { bed },
}) => {
  await createAccount(asAdmin(), accountOf(bed, "taken@example.test"));
  const page = await openPage(admin);
  const fields = bedFields(bed, "support@example.test");
  const field = (label: string) => page.getByLabel(label, { exact: true });
  const create = () => button(page, "Create Account").click();
  await openForm(page, { ...fields, "SMTP Port": "0", "IMAP Port": "99999" });
  await create();
  await expect(page.getByText("SMTP Port must be a port from 1 to 65535.").first()).toBeVisible();
  await expect(page.getByText("IMAP Port must be a port from 1 to 65535.").first()).toBeVisible();
  await expect(field("SMTP Port")).toHaveValue("0");
  await expect(field("IMAP Port")).toHaveValue("99999");
  await expect(field("SMTP Port")).toHaveAttribute("aria-invalid", "true");
  await expect(field("Email Address")).toHaveValue("support@example.test");

  await fillAccount(page, { ...fields, "Email Address": "not an address" });
  await create();
  await expect(field("Email Address")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/Email Address must be a whole address/).first()).toBeVisible();

  await fillAccount(page, { ...fields, "Email Address": "Taken@Example.test" });
  await create();
  await expect(page.getByText(/taken@example\.test is already connected\./i).first()).toBeVisible();

  await fillAccount(page, { ...fields, "IMAP Host": "", "IMAP Port": "" });
  await page.getByLabel("Enable Polling").check();
  await create();
  await expect(field("IMAP Host")).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText(/No IMAP server is known for .+; enter it\./).first()).toBeVisible();
  expect(await db().prisma.emailAccount.count()).toBe(1);

  await fillAccount(page, fields);
  await create();
  await expect(region(page, "support@example.test")).toBeVisible();
});

test("the IMAP server of Gmail and Outlook is detected from the SMTP host", async ({
  openPage,
}) => {
  const page = await openPage(admin);
  await openForm(page, { "Email Address": "help@acme.example", "SMTP Host": "smtp.gmail.com" });
  await expect(page.getByText("Detected: imap.gmail.com. Leave blank to use it.")).toBeVisible();
  await fillAccount(page, { "SMTP Host": "smtp.office365.com" });
  await expect(
    page.getByText("Detected: outlook.office365.com. Leave blank to use it."),
  ).toBeVisible();
  await fillAccount(page, { "SMTP Port": "587", "SMTP Username": "help@acme.example" });
  await fillAccount(page, { "SMTP Password": "some password" });
  await button(page, "Create Account").click();
  await expect(region(page, "help@acme.example")).toBeVisible();
  const saved = await db().prisma.emailAccount.findFirstOrThrow();
  expect(saved).toMatchObject({
    ...{ imapHost: "outlook.office365.com", imapPort: 993, imapSecurity: "TLS" },
    ...{ smtpSecurity: "STARTTLS", isDefault: true },
  });
});

test("an address for each ticket is switched on and off, where there is room for one", async ({
  openPage,
  servers: { bed },
}) => {
  const email = "plus@example.test";
  const page = await openPage(admin);
  const box = page.getByRole("checkbox", { name: "An address for each ticket" });
  const edit = () => region(page, email).getByRole("link", { name: "Edit" }).click();
  await openForm(page, { ...bedFields(bed, email), "Email Address": `${"p".repeat(36)}@x.test` });
  await expect(box).not.toBeChecked();
  await box.check();
  await button(page, "Create Account").click();
  await expect(box).toHaveAttribute("aria-invalid", "true");
  await expect(box).toBeChecked();
  await expect(page.getByText(/too long for this: at most 35 characters/).first()).toBeVisible();

  await fillAccount(page, bedFields(bed, email));
  await button(page, "Create Account").click();
  await expect(region(page, email)).toBeVisible();
  const saved = () => db().prisma.emailAccount.findFirstOrThrow();
  expect(await saved()).toMatchObject({ email, plusAddressing: true });
  await edit();
  await expect(box).toBeChecked();
  await box.uncheck();
  await button(page, "Update Account").click();
  await expect(region(page, email)).toBeVisible();
  expect(await saved()).toMatchObject({ plusAddressing: false });
  await edit();
  await expect(box).not.toBeChecked();
});

test("two accounts that read the same inbox are warned about", async ({
  openPage,
  servers: { bed },
}) => {
  await createAccount(asAdmin(), accountOf(bed, "support@example.test"));
  await createAccount(asAdmin(), {
    ...accountOf(bed, "help@example.test"),
    imapUsername: "support@example.test",
    imapPassword: "pw",
  });
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  await expect(
    region(page, "help@example.test").getByText("This inbox is also read by support@example.test."),
  ).toBeVisible();
});

test("no page or answer ever carries a password, and a new host asks for it again", async ({
  openPage,
  servers: { bed },
}) => {
  const canary = "canary-5Vq8-never-shown";
  const email = "billing@example.test";
  const page = await openPage(admin);
  const bodies: Promise<string>[] = [];
  page.context().on("response", (response) => {
    if (/event-stream/.test(response.headers()["content-type"] ?? "")) return;
    // A redirect has no body, and a page that was left gives none any more.
    bodies.push(response.text().catch(() => ""));
  });
  await openForm(page, { ...bedFields(bed, email), "SMTP Password": canary, "SMTP Port": "0" });
  await button(page, "Create Account").click();
  await expect(page.getByText("SMTP Port must be a port from 1 to 65535.").first()).toBeVisible();
  await fillAccount(page, { "SMTP Port": String(bed.smtpPort) });
  await button(page, "Test SMTP").click();
  await expect(page.getByText("SMTP connection test failed", { exact: true })).toBeVisible();
  await fillAccount(page, { "SMTP Password": canary });
  await button(page, "Create Account").click();
  await region(page, email).getByRole("button", { name: "Test IMAP" }).click();
  await expect(page.getByText("IMAP connection test failed", { exact: true })).toBeVisible();
  await page.reload();
  await region(page, email).getByRole("link", { name: "Edit" }).click();
  const password = page.getByLabel("SMTP Password", { exact: true });
  await expect(password).toHaveValue("");

  await fillAccount(page, { "SMTP Host": "localhost" });
  await button(page, "Update Account").click();
  await expect(password).toHaveAttribute("aria-invalid", "true");
  await expect(page).toHaveURL(/\/edit$/);
  await fillAccount(page, { "SMTP Host": "127.0.0.1" });
  await page.getByLabel("Sender Name").fill("Billing");
  await button(page, "Update Account").click();
  await expect(page).toHaveURL(/\/admin\/email-accounts$/);

  const stored = await db().prisma.emailAccount.findFirstOrThrow();
  expect(stored.name).toBe("Billing");
  const sealed = stored.smtpPasswordSealed ?? "";
  expect(sealed).not.toBe("");
  const everything = (await Promise.all(bodies)).join("\n");
  expect(everything).toContain(email);
  expect(everything).not.toContain(canary);
  expect(everything).not.toContain(sealed);
});

test("a deleted account leaves its tickets", async ({ openPage, servers: { bed } }) => {
  const email = "support@example.test";
  const { id } = await createAccount(asAdmin(), accountOf(bed, email));
  const { number } = await openTicketAsAgent(asAdmin(), {
    ...{ subject: "Kept in any case", text: "Text", requesterEmail: "nora@customer.test" },
    ...{ accountId: id, sendByMail: false },
  });
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  await region(page, email).getByRole("link", { name: "Edit" }).click();
  await button(page, "Delete Account").click();
  await page.getByRole("dialog").getByRole("button", { name: "Delete Account" }).click();
  await expect(page.getByText(`Deleted ${email}. Its tickets stay.`)).toBeVisible();
  await expect(region(page, email)).toHaveCount(0);
  await page.goto(`/tickets/${number}`);
  await expect(page.getByRole("heading", { name: /Kept in any case/ })).toBeVisible();
});

test("without JavaScript an account is connected and a ticket answered", async ({
  openPage,
  servers: { bed },
  watch,
}) => {
  // How Chromium says that it leaves scripts out.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const email = "support@example.test";
  const page = await openPage(null, { javaScriptEnabled: false });
  await page.goto("/admin/email-accounts/new");
  await signIn(page, admin);
  await expect(page).toHaveURL(/\/admin\/email-accounts\/new$/);
  await fillAccount(page, bedFields(bed, email));
  await button(page, "Test IMAP").click();
  await expect(page.getByText("IMAP connection successful", { exact: true })).toBeVisible();
  await fillAccount(page, { "SMTP Password": "pw" });
  await button(page, "Create Account").click();
  await region(page, email).getByRole("button", { name: "Enable Polling" }).click();
  await expect(region(page, email).getByText("Polling Enabled", { exact: true })).toBeVisible();

  const { number } = await openTicketAsAgent(asAdmin(), {
    ...{ subject: "By hand", text: "A question", requesterEmail: "nora@customer.test" },
    sendByMail: false,
  });
  await page.goto(`/tickets/${number}`);
  await page.getByRole("textbox", { name: "Reply" }).fill("An answer without JavaScript.");
  await button(page, "Send").click();
  await expect(page.getByRole("article", { name: "Reply by Ada Admin" }).last()).toContainText(
    "An answer without JavaScript.",
  );
  await expect(page.getByText("Queued")).toBeVisible();
  const queued = await db().prisma.outboundEmail.findFirstOrThrow();
  expect(queued.recipients).toMatchObject([{ address: "nora@customer.test" }]);
});
