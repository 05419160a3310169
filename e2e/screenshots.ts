import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { hideFirstSteps } from "@/lib/first-steps";
import { expect, test, withDesk } from "./fixtures";
import { type FilledDesk, fillDesk } from "./harness/fill-desk";
import { fillOffice } from "./harness/fill-office";
import type { Person } from "./harness/people";
import { PICTURE_ENV as ENV, LOOKS, take } from "./harness/pictures";

test.describe("before the first admin", () => {
  withDesk({ name: "screenshots-setup", env: ENV });

  for (const [look, options] of Object.entries(LOOKS)) {
    test(`set-up, ${look}`, async ({ openPage, desk }) => {
      const page = await openPage(null, options);
      const link = /First run: open http:\/\/help\.practice\.test(\S+) to create/;
      await expect.poll(desk.webLog).toMatch(link);
      await page.goto(link.exec(desk.webLog())?.[1] ?? "");
      await page.getByLabel("Your name").fill("Ada Lindgren");
      await page.getByLabel("Email", { exact: true }).fill("ada@practice.test");
      await page.getByLabel("Password", { exact: true }).fill("one two three four");
      await page.getByRole("heading", { level: 1 }).click();
      await take(page, "setup", look);
    });
  }
});

test.describe("a working day", () => {
  let filled: FilledDesk;
  let accountId: string;

  withDesk({ name: "screenshots", worker: true, practice: true, env: ENV }, async () => {
    filled = await fillDesk();
    accountId = await fillOffice(filled);
    // A team that works has put the first steps away.
    await hideFirstSteps({ id: filled.admin.id, role: "ADMIN" });
    await addTroubledAccount(filled.admin);
    await addPollHistory();
  });

  for (const [look, options] of Object.entries(LOOKS)) {
    test(`all pages, ${look}`, async ({ openPage }) => {
      test.setTimeout(120_000);
      const nobody = await openPage(null, options);
      await nobody.goto("/login");
      await take(nobody, "sign-in", look);

      const admin = await openPage(filled.admin, options);
      await admin.goto("/admin/email-accounts");
      await expect(admin.getByText(/Next in|due now/).first()).toBeVisible();
      await take(admin, "email-accounts", look);
      const healthy = admin.getByRole("region", { name: "support@practice.test" });
      await healthy.getByRole("button", { name: "Test IMAP" }).click();
      await expect(healthy.getByText("IMAP connection successful", { exact: true })).toBeVisible();
      await take(admin, "connection-test", look);
      await admin.goto("/admin/email-accounts/new");
      await admin.getByLabel("Email Address", { exact: true }).fill("orders@acme.example");
      await admin.getByLabel("SMTP Host", { exact: true }).fill("smtp.gmail.com");
      await expect(admin.getByText("Detected: imap.gmail.com.")).toBeVisible();
      await admin.getByLabel("SMTP Username", { exact: true }).fill("orders@acme.example");
      await take(admin, "account-form", look);
      await admin.goto("/admin/mail");
      await take(admin, "admin-mail", look);
      await admin.goto("/admin/monitoring");
      await take(admin, "monitoring", look);
      await admin.goto("/admin/alerts");
      await take(admin, "alerts", look);
      await admin.goto("/admin/people");
      await take(admin, "people", look);
      await admin.goto(`/admin/email-accounts/${accountId}/time`);
      await take(admin, "hours", look);
      await admin.goto("/help/email-troubleshooting");
      await take(admin, "help", look);

      const agent = await openPage(filled.agent, options);
      await agent.goto("/tickets");
      await take(agent, "ticket-list", look);
      await takeSelected(agent, look);
      await takePalette(agent, look);
      await agent.goto("/tickets/views");
      await take(agent, "saved-views", look);
      await agent.goto(`/tickets/${filled.ticket}`);
      await take(agent, "ticket", look);
      await takeComposer(agent, filled.htmlTicket, look);
      await agent.goto("/canned-replies");
      await take(agent, "canned-replies", look);
      await agent.goto("/reports");
      await take(agent, "reports", look);
      await agent.goto("/contacts");
      await take(agent, "contacts", look);
      await agent.getByRole("link", { name: "Hannah Vogt" }).first().click();
      await agent.waitForURL(/\/contacts\/.+/);
      await take(agent, "contact", look);
      await agent.goto("/profile");
      await take(agent, "profile", look);
      await agent.goto("/practice");
      if (look === "light")
        await agent.getByRole("button", { name: "Send a practice mail" }).click();
      await expect(agent.getByRole("link", { name: /^ticket #\d+$/ }).first()).toBeVisible();
      await take(agent, "practice", look);

      const customer = await openPage(filled.customer, options);
      await customer.goto(`/my/${filled.ownTicket}`);
      await take(customer, "portal", look);

      const german = await openPage(filled.agent, options);
      await german.goto("/profile");
      await german.getByRole("button", { name: "Deutsch", exact: true }).click();
      await expect(german.locator("html")).toHaveAttribute("lang", "de");
      await german.goto("/tickets");
      await take(german, "ticket-list-german", look);
    });
  }
});

async function takeSelected(page: Page, look: string): Promise<void> {
  const boxes = page
    .getByRole("row")
    .filter({ has: page.getByRole("link") })
    .getByRole("checkbox");
  for (const n of [0, 1, 3]) await boxes.nth(n).check();
  await expect(page.getByRole("form", { name: "Change the selected tickets" })).toBeVisible();
  await take(page, "ticket-list-selected", look);
  await page.getByRole("button", { name: "Clear the selection" }).click();
}

async function takePalette(page: Page, look: string): Promise<void> {
  await page.keyboard.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  await expect(palette.getByRole("option").nth(1)).toBeVisible();
  await take(page, "palette", look);
  await page.keyboard.press("Escape");
}

/** An answer that is being written, with all that a composer can hold. */
async function takeComposer(page: Page, number: number, look: string): Promise<void> {
  await db().prisma.draft.deleteMany({});
  await db().prisma.upload.deleteMany({});
  await page.goto(`/tickets/${number}?compose=reply`);
  const reply = page.getByRole("textbox", { name: "Reply", exact: true });
  await page.getByLabel("Cc", { exact: true }).fill("Dispatch <dispatch@practice.test>");
  await reply.click();
  await page.keyboard.type("Good morning Maria,");
  await page.keyboard.press("Enter");
  const tools = page.getByRole("toolbar", { name: "Formatting" });
  await tools.getByRole("button", { name: "Bold" }).click();
  await expect(reply).toHaveAttribute("contenteditable", "true");
  await expect(reply).toBeFocused();
  await page.keyboard.type("Your order left us this morning. ");
  await tools.getByRole("button", { name: "Bold" }).click();
  await page.keyboard.type("Until it is there:");
  await page.keyboard.press("Enter");
  await tools.getByRole("button", { name: "List", exact: true }).click();
  await page.keyboard.type("the invoice is attached");
  await page.keyboard.press("Enter");
  await page.keyboard.type("the carrier writes to you before it comes");
  const invoice = { name: "invoice-20418.pdf", mimeType: "application/pdf" };
  await page
    .getByLabel("Files for the reply")
    .setInputFiles({ ...invoice, buffer: Buffer.alloc(48_000, "%PDF-1.7 ") });
  await expect(page.getByRole("link", { name: invoice.name })).toBeVisible();
  await expect(page.getByText("Draft saved").first()).toBeVisible();
  await page.locator("#compose").evaluate((element) => element.scrollIntoView({ block: "center" }));
  await take(page, "composer", look);
}

/** An account whose provider refuses its password: a page without trouble shows only half. */
async function addTroubledAccount(admin: Person): Promise<void> {
  const email = "orders@practice.test";
  const { id } = await createAccount(
    { id: admin.id, role: "ADMIN" },
    {
      ...{ email, smtpHost: "smtp.gmail.com", smtpUsername: email },
      ...{ smtpPassword: "abcdefghijklmnop" },
    },
  );
  const hourAgo = new Date(Date.now() - 3_600_000);
  await db().prisma.emailAccount.update({
    where: { id },
    data: {
      ...{ pollingEnabled: true, lastPolledAt: hourAgo, failingSince: hourAgo },
      ...{ lastErrorKind: "auth", consecutiveFailures: 5 },
      lastError: "Google refused this password.",
      lastErrorFix: "Turn on 2-Step Verification, create an App Password, paste its 16 letters.",
      nextPollAt: new Date(Date.now() + 86_400_000),
    },
  });
}

/** A day of polls, with mail in office hours, for the strips of the Email Accounts page. */
async function addPollHistory(): Promise<void> {
  const accounts = await db().prisma.emailAccount.findMany({
    where: { pollingEnabled: true },
    select: { id: true, lastErrorKind: true },
  });
  for (const { id, lastErrorKind } of accounts) {
    const rows = Array.from({ length: 48 }, (_, half) => {
      const startedAt = new Date(Date.now() - (half + 1) * 1_800_000 + 60_000);
      const isFailing = lastErrorKind !== null && half < 2;
      const stored = !isFailing && half % 7 < 3 && half % 4 !== 1 ? (half % 3) + 1 : 0;
      const error = isFailing ? "Google refused this password." : null;
      return { accountId: id, startedAt, finishedAt: startedAt, seen: stored, stored, error };
    });
    await db().prisma.pollRun.createMany({ data: rows });
    const spans = rows.map(({ accountId, startedAt, stored, error }) => ({
      ...{
        accountId,
        startedAt: new Date(Math.floor(startedAt.getTime() / 1_800_000) * 1_800_000),
      },
      ...{ polls: 30, failed: error ? 5 : 0, withMail: stored, mails: stored, tickets: stored },
      ...{ durationMs: 12_000n, durationMsMax: 900 },
    }));
    await db().prisma.pollSpan.createMany({ data: spans, skipDuplicates: true });
  }
}
