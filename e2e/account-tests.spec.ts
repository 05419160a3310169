import type { Locator, Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { bedFields, fillAccount } from "./harness/account-form";
import { unfold } from "./harness/fold";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

// From a typed account to its first ticket: both tests, one of them failing and put right by the
// click that is offered, a dry run, polling.

const PASSWORD = "c4nary-of-the-tests";

let admin: Person;

withDesk({ name: "account-tests", worker: true }, async () => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
});

test.beforeEach(async () => {
  await db().pool.query('DELETE FROM "RateLimit"');
});

const button = (place: Page | Locator, name: string | RegExp) =>
  place.getByRole("button", { name, exact: typeof name === "string" });

/** The row of a step in a test's result. */
const step = (place: Page | Locator, name: string) =>
  place.getByRole("listitem").filter({ hasText: new RegExp(`^${name}: `) });

async function setEncryption(page: Page, label: string): Promise<void> {
  await unfold(page, "Server settings");
  await page.getByLabel("IMAP Encryption").selectOption({ label });
}

test("an account is tested, put right by a click, tried, and makes its first ticket", async ({
  openPage,
  servers: { bed },
}) => {
  const email = "tests-journey@example.test";
  const port = String(bed.imapPort);
  await bed.addUser(email, PASSWORD);
  const from = "Nora Kern <customer@customer.test>";
  const lamp = { from, to: email, subject: "The lamp is dark", messageId: "lamp.1@customer.test" };
  await bed.append(email, rawMail({ ...lamp, text: "It was bright on Monday." }));
  await bed.append(
    email,
    rawMail({
      ...{ from, to: email, subject: "Re: The lamp is dark" },
      text: "Still dark.",
      inReplyTo: lamp.messageId,
    }),
  );
  const page = await openPage(admin);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);

  await test.step("Test SMTP says each step and the size, and a test mail comes back", async () => {
    await page.goto("/admin/email-accounts/new");
    await fillAccount(page, { ...bedFields(bed, email), "SMTP Password": PASSWORD });
    await button(page, "Test SMTP").click();
    await expect(page.getByText("Connection test successful", { exact: true })).toBeVisible();
    await expect(step(page, "Certificate")).toContainText("Valid until");
    await expect(step(page, "SIZE")).toContainText("Takes mails of up to 30 MB");
    await button(page, "Send a test mail").click();
    await expect(step(page, "Round trip")).toContainText("Arrived in INBOX", { timeout: 40_000 });
    await expect(page.getByText("Connection test successful", { exact: true })).toBeVisible();
  });

  await test.step("Test IMAP fails at TLS, and one click fills in what works", async () => {
    await setEncryption(page, "SSL/TLS");
    await button(page, "Test IMAP").click();
    await expect(page.getByText("IMAP connection test failed", { exact: true })).toBeVisible();
    await expect(step(page, "TLS")).toContainText("Failed");
    await expect(step(page, "INBOX")).toContainText("Not tried");
    await button(page, `Use port ${port} with STARTTLS`).click();
    await expect(page.getByText("Filled in. Press Test IMAP again, then save.")).toBeVisible();
    await expect(page.getByLabel("IMAP Port", { exact: true })).toHaveValue(port);
    await expect(page.getByLabel("IMAP Encryption")).toHaveValue("starttls");
    await button(page, "Test IMAP").click();
    await expect(page.getByText("IMAP connection successful", { exact: true })).toBeVisible();
    await expect(step(page, "INBOX")).toContainText(/3 messages, UIDVALIDITY \d+, IDLE supported/);
  });

  await test.step("the protocol is shown and copied without the password", async () => {
    await unfold(page, "Show protocol log");
    const log = page.getByRole("region", { name: "Protocol log" });
    await expect(log).toContainText("EXAMINE INBOX");
    await expect(log).toContainText(/C: \d+ (AUTHENTICATE|LOGIN)/);
    await expect(log).toContainText("…");
    await button(page, "Copy diagnostics").click();
    await expect(button(page, "Copied")).toBeVisible();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toMatch(/^IMAP connection successful \(/);
    expect(copied).toMatch(/ok +INBOX +\d+ ms +3 messages/);
    expect(copied).toContain("EXAMINE INBOX");
    for (const secret of [PASSWORD, Buffer.from(PASSWORD).toString("base64").slice(0, 16)])
      expect(copied).not.toContain(secret);
  });

  await test.step("a dry run says what the mails would become, and changes nothing", async () => {
    const flags = async () => (await bed.mailsOf(email)).map((mail) => mail.flags.join());
    const before = await flags();
    await page.getByLabel("Enable Polling", { exact: true }).check();
    const run = page.getByRole("region", { name: "Dry run" });
    await button(page, "Try it without changing anything").click();
    await expect(run).toContainText(
      "Of the last 30 days 3 mails would make 1 ticket, 1 would be an answer, 1 is our own.",
    );
    await expect(run).toContainText("From now on none of them makes a ticket");
    await page.getByLabel("Start from").selectOption("all");
    await button(page, "Try it without changing anything").click();
    await expect(run).toContainText("Of all mail in INBOX 3 mails would make 1 ticket");
    await unfold(run, "Show the mails");
    await expect(run.getByRole("listitem").last()).toContainText("New ticket");
    expect(await flags()).toEqual(before);
    expect(await db().prisma.ticket.count()).toBe(0);
  });

  await test.step("saved and polled, the account makes the ticket that was foretold", async () => {
    await button(page, "Create Account").click();
    await expect(page.getByRole("region", { name: email })).toBeVisible();
    await page.goto("/tickets");
    await expect(page.getByRole("link", { name: "The lamp is dark" })).toBeVisible();
    await expect.poll(() => db().prisma.message.count()).toBe(2);
    expect(await db().prisma.ticket.count()).toBe(1);
    const ignored = () =>
      db().prisma.inboundEmail.findMany({
        where: { status: "IGNORED" },
        select: { reason: true },
      });
    await expect.poll(ignored).toEqual([{ reason: "A notice of our own." }]);
    const account = await db().prisma.emailAccount.findFirstOrThrow({ where: { email } });
    expect(account).toMatchObject({ imapSecurity: "STARTTLS", smtpSizeMax: 31_457_280 });
  });
});

test("a connected account is put right from the list", async ({ openPage, servers: { bed } }) => {
  const email = "tests-list@example.test";
  await bed.addUser(email, PASSWORD);
  await createAccount(
    { id: admin.id, role: "ADMIN" },
    {
      ...{ email, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: email },
      ...{ smtpPassword: PASSWORD, imapHost: "127.0.0.1", imapPort: bed.imapPort },
      imapSecurity: "tls",
    },
  );
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  const account = page.getByRole("region", { name: email });
  await account.getByRole("button", { name: "Test IMAP" }).click();
  await expect(account.getByText("IMAP connection test failed", { exact: true })).toBeVisible();
  await account.getByRole("link", { name: `Use port ${bed.imapPort} with STARTTLS` }).click();
  await expect(page.getByLabel("IMAP Encryption")).toHaveValue("starttls");
  await button(page, "Update Account").click();
  await expect(account).toBeVisible();
  await account.getByRole("button", { name: "Test IMAP" }).click();
  await expect(account.getByText("IMAP connection successful", { exact: true })).toBeVisible();
  await account.getByRole("button", { name: "Test SMTP" }).click();
  await account.getByRole("button", { name: "Send a test mail" }).click();
  await expect(step(account, "Round trip")).toContainText("Arrived", { timeout: 40_000 });
});

test("Enter in a field saves, although other buttons stand before the one that does", async ({
  openPage,
  servers: { bed },
}) => {
  const email = "tests-enter@example.test";
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts/new");
  await fillAccount(page, bedFields(bed, email));
  await page.getByLabel("SMTP Host", { exact: true }).press("Enter");
  await expect(page.getByRole("region", { name: email })).toBeVisible();
});
