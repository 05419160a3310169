import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { bedFields, fillAccount } from "./harness/account-form";
import { headerOf, rawMail } from "./harness/mails";

/** The guide names the colours of badges and buttons: tokens of app/globals.css in light. */
const GREEN = "rgb(27, 106, 59)";
const GREEN_FILL = "rgb(30, 117, 65)";
const PURPLE = "rgb(106, 49, 156)";
const RED = "rgb(169, 35, 28)";

const SUPPORT = "support@example.test";
const CUSTOMER = "customer@customer.test";

withDesk({ name: "guide", worker: true });

test("the guide holds, from the first run to an answered ticket and polling disabled", async ({
  page,
  desk,
  servers: { bed },
}) => {
  test.setTimeout(240_000);
  const account = page.getByRole("region", { name: SUPPORT });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const ticketLink = (subject: string) => page.getByRole("link", { name: subject });

  await test.step("a first run leads to the set-up, which wants the token of the log", async () => {
    await page.goto("/");
    await expect(page).toHaveURL(/\/setup$/);
    await expect(page.getByLabel("Your name")).toHaveCount(0);
    await page.goto("/setup?token=guessed");
    await expect(page.getByText("This set-up link is not the current one.")).toBeVisible();
    await expect(page.getByLabel("Your name")).toHaveCount(0);
  });

  await test.step("the first admin is made, and the set-up closes for good", async () => {
    const line = /^INFO: First run: open (\S+\/setup\?token=\S+) to create the admin$/m;
    await expect.poll(desk.webLog).toMatch(line);
    const address = line.exec(desk.webLog())?.[1] ?? "";
    expect(address).toMatch(new RegExp(`^${desk.url}/setup`));
    await page.goto(address);
    await page.getByLabel("Your name").fill("Ada Admin");
    await page.getByLabel("Email", { exact: true }).fill("ada@desk.example");
    await page.getByLabel("Password", { exact: true }).fill("a good long password");
    await button("Create administrator").click();
    await expect(page).toHaveURL(/\/admin\/email-accounts$/);
    await page.getByRole("button", { name: "Ada Admin" }).click();
    await button("Sign out").click();
    await expect(page).toHaveURL(/\/login/);
    await page.goto(address);
    await expect(page).toHaveURL(/\/login/);
  });

  await test.step("Login as Admin", async () => {
    await page.getByLabel("Email", { exact: true }).fill("ada@desk.example");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await button("Sign in").click();
    await expect(page.getByText("Wrong email address or password.")).toBeVisible();
    await page.getByLabel("Password", { exact: true }).fill("a good long password");
    await button("Sign in").click();
    await expect(page).toHaveURL(/\/tickets/);
  });

  await test.step("Admin Portal → Email Accounts → + Add Email Account → Create Account", async () => {
    await expect(page.getByRole("heading", { name: "Admin Portal" })).toBeVisible();
    await page
      .getByRole("navigation", { name: "Main" })
      .getByRole("link", { name: "Email Accounts" })
      .click();
    await page.getByRole("link", { name: "+ Add Email Account" }).click();
    await page.getByLabel("Provider", { exact: true }).selectOption("SMTP");
    await fillAccount(page, bedFields(bed, SUPPORT));
    await page.getByLabel("Active", { exact: true }).check();
    await page.getByLabel("Default", { exact: true }).check();
    await button("Create Account").click();
    await expect(page).toHaveURL(/\/admin\/email-accounts$/);
    await expect(account.getByText("Active", { exact: true })).toBeVisible();
    await expect(account.getByText("Active", { exact: true })).toHaveCSS("color", GREEN);
    await expect(account.getByText("Default", { exact: true })).toBeVisible();
    await expect(account.getByText("Polling Enabled")).toHaveCount(0);
  });

  await test.step("Test SMTP and Test IMAP", async () => {
    await account.getByRole("button", { name: "Test SMTP" }).click();
    await expect(account.getByText("Connection test successful", { exact: true })).toBeVisible();
    await account.getByRole("button", { name: "Test IMAP" }).click();
    await expect(account.getByText("IMAP connection successful", { exact: true })).toBeVisible();
  });

  await test.step("Enable Polling", async () => {
    await expect(account.getByText("Last polled: Never", { exact: true })).toBeVisible();
    const enable = account.getByRole("button", { name: "Enable Polling" });
    await expect(enable).toHaveCSS("background-color", GREEN_FILL);
    await enable.click();
    await expect(page.getByText(`Polling enabled for ${SUPPORT}.`)).toBeVisible();
    const badge = account.getByText("Polling Enabled", { exact: true });
    await expect(badge).toBeVisible();
    await expect(badge).toHaveCSS("color", PURPLE);
    const disable = account.getByRole("button", { name: "Disable Polling" });
    await expect(disable).toHaveCSS("color", RED);
    // The page says so by itself once the worker has been there.
    await expect(account.getByText(/Last polled: (?!Never)\S+/)).toBeVisible();
  });

  const question = rawMail({
    from: `Nora Kern <${CUSTOMER}>`,
    to: SUPPORT,
    subject: "Where is my parcel?",
    messageId: "first.1@customer.test",
    text: "Hello,\nit should have come on Monday.\nNora",
  });

  await test.step("an email to the support address becomes a ticket on the open list", async () => {
    await page.goto("/tickets");
    await expect(page.getByText(`Waiting for the first mail to ${SUPPORT}.`)).toBeVisible();
    await bed.deliver(CUSTOMER, SUPPORT, question);
    await expect(ticketLink("Where is my parcel?")).toBeVisible();
  });

  await test.step("Filter by Source: Email, in the address", async () => {
    await page.getByText("Filter", { exact: true }).click();
    await page.getByLabel("Source", { exact: true }).selectOption({ label: "Email" });
    await button("Apply filters").click();
    await expect(page).toHaveURL(/[?&]source=EMAIL/i);
    await expect(page.getByText("Source: Email")).toBeVisible();
    await expect(ticketLink("Where is my parcel?")).toBeVisible();
    await page.getByText("Filter", { exact: true }).click();
    await page.getByLabel("Source", { exact: true }).selectOption({ label: "Web" });
    await button("Apply filters").click();
    await expect(page.getByText("No ticket in “All open” matches this filter.")).toBeVisible();
    await page.goBack();
    await expect(ticketLink("Where is my parcel?")).toBeVisible();
  });

  await test.step("the ticket shows the mail and its original", async () => {
    await ticketLink("Where is my parcel?").click();
    await expect(page.getByRole("heading", { name: "Where is my parcel? #1" })).toBeVisible();
    await expect(page.getByText("it should have come on Monday.")).toBeVisible();
    await page.getByRole("link", { name: "Original email" }).click();
    await expect(page.getByText("first.1@customer.test").first()).toBeVisible();
    const raw = await page.request.get(
      (await page.getByRole("link", { name: /\.eml/ }).getAttribute("href")) ?? "",
    );
    expect((await raw.body()).toString()).toContain(question);
    await page.goBack();
  });

  const answer = await test.step("an agent's answer goes out, threaded", async () => {
    await page.getByRole("textbox", { name: "Reply" }).fill("It comes tomorrow.\nAda");
    await button("Send").click();
    await expect(page.getByRole("article", { name: "Reply by Ada Admin" })).toContainText(
      "It comes tomorrow.",
    );
    await expect(page.getByText(/^Sent/)).toBeVisible();
    await expect(page.getByText(/Accepted: 250/)).toBeVisible();
    const [mail] = await bed.waitForMail(CUSTOMER, 1, 60_000);
    const raw = mail?.raw ?? "";
    const row = await db().prisma.outboundEmail.findFirstOrThrow({
      select: { messageId: true, status: true },
    });
    expect(row.status).toBe("SENT");
    expect(headerOf(raw, "Message-ID")).toBe(`<${row.messageId}>`);
    expect(row.messageId).toMatch(/@example\.test$/);
    expect(headerOf(raw, "In-Reply-To")).toBe("<first.1@customer.test>");
    expect(headerOf(raw, "References")).toBe("<first.1@customer.test>");
    expect(headerOf(raw, "From")).toContain(SUPPORT);
    expect(headerOf(raw, "To")).toContain(CUSTOMER);
    expect(headerOf(raw, "Subject")).toBe("Re: Where is my parcel? [#1]");
    expect(raw).toContain("It comes tomorrow.");
    return row.messageId;
  });

  await test.step("the customer's answer joins the ticket and reopens it", async () => {
    await page.getByLabel("Status", { exact: true }).selectOption("SOLVED");
    await expect(page.getByText("Awaiting customer")).toHaveCount(0);
    await expect.poll(() => statusOf(1)).toBe("SOLVED");
    await bed.deliver(
      CUSTOMER,
      SUPPORT,
      rawMail({
        from: `Nora Kern <${CUSTOMER}>`,
        to: SUPPORT,
        subject: "Re: Where is my parcel? [#1]",
        messageId: "second.1@customer.test",
        inReplyTo: answer,
        references: `<first.1@customer.test> <${answer}>`,
        text: "Still nothing here!\n\n> It comes tomorrow.\n> Ada",
      }),
    );
    await expect(page.getByText("Still nothing here!")).toBeVisible();
    await expect(page.getByText("Awaiting us")).toBeVisible();
    await expect(page.getByLabel("Status", { exact: true })).toHaveValue("OPEN");
    expect(await db().prisma.ticket.count()).toBe(1);
  });

  await test.step("the log has the guide's two lines", async () => {
    const perAccount =
      /^INFO: Polled account support@example\.test: 1 emails processed, 1 tickets created$/m;
    const perPass = /^INFO: Email polling: 1 emails processed, 1 tickets created$/m;
    await expect.poll(desk.workerLog).toMatch(perAccount);
    await expect.poll(desk.workerLog).toMatch(perPass);
    await expect
      .poll(desk.workerLog)
      .toMatch(/^INFO: Polled account support@example\.test: 1 emails processed, 0 tickets/m);
  });

  await test.step("Disable Polling, and mail stays where it is while sending goes on", async () => {
    await page.goto("/admin/email-accounts");
    await account.getByRole("button", { name: "Disable Polling" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disable Polling" }).click();
    await expect(page.getByText(`Polling disabled for ${SUPPORT}.`)).toBeVisible();
    await expect(account.getByText("Polling Enabled")).toHaveCount(0);
    const text = "Is anybody there?";
    const late = rawMail({ from: CUSTOMER, to: SUPPORT, subject: "Too late", text });
    await bed.deliver(CUSTOMER, SUPPORT, late);
    await bed.waitForMail(SUPPORT, 3, 60_000);
    await page.goto("/tickets/1");
    await page.getByRole("textbox", { name: "Reply" }).fill("We look into it.");
    await button("Send").click();
    await bed.waitForMail(CUSTOMER, 2, 60_000);
    expect(await db().prisma.ticket.count()).toBe(1);
    expect(await db().prisma.inboundEmail.count()).toBe(2);
  });

  await test.step("Cannot enable polling for inactive account", async () => {
    await page.goto("/admin/email-accounts");
    await account.getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Active", { exact: true }).uncheck();
    await button("Update Account").click();
    await expect(account.getByText("Inactive", { exact: true })).toBeVisible();
    await account.getByRole("button", { name: "Enable Polling" }).click();
    await expect(account.getByRole("alert")).toContainText(
      "Cannot enable polling for inactive account",
    );
    await expect(account.getByText("Polling Enabled")).toHaveCount(0);
    await account.getByRole("button", { name: "Make it active" }).click();
    await expect(account.getByText("Active", { exact: true })).toBeVisible();
    await account.getByRole("button", { name: "Enable Polling" }).click();
    await expect(account.getByText("Polling Enabled", { exact: true })).toBeVisible();
    // Polling goes on where it stopped: what came meanwhile is a ticket now.
    await expect.poll(() => db().prisma.ticket.count()).toBe(2);
  });
});

async function statusOf(number: number): Promise<string> {
  const ticket = await db().prisma.ticket.findUniqueOrThrow({
    where: { number },
    select: { status: true },
  });
  return ticket.status;
}
