import { expect, type Locator, type Page } from "@playwright/test";
import { db } from "@/lib/db/client";
import { test, withDesk } from "./fixtures";
import { connectAccount } from "./harness/account-form";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

/** Of this journey alone: the mail servers are shared by all of them. */
const SUPPORT = "garden@example.test";
const CUSTOMER = "ines@customer.test";
/** How many mails the practice mail server starts with. */
const SAMPLES = 15;

const panelOf = (page: Page): Locator => page.getByRole("region", { name: "First steps" });

/** Each step of the list with whether it is ticked off, as it is read out. */
async function ticked(page: Page): Promise<string[]> {
  const lines = await panelOf(page).getByRole("listitem").allTextContents();
  return lines.filter((line) => line.startsWith("Done: ")).map((line) => line.slice(6));
}

const TITLES = [
  "Read a sample ticket",
  "Answer it",
  "See the customer’s answer come back",
  "Connect your own email account",
  "Test it and turn polling on",
  "First mail became a ticket",
  "First answer sent",
];

test.describe("with practice mail", () => {
  let admin: Person;

  withDesk({ name: "first-steps", worker: true, practice: true }, async (_desk, { bed }) => {
    for (const address of [SUPPORT, CUSTOMER]) await bed.addUser(address);
    admin = await addPerson("ADMIN", "Ada Lindgren", "ada@practice.test");
    const ended = () => db().prisma.inboundEmail.count({ where: { status: { not: "PENDING" } } });
    await expect.poll(ended, { timeout: 80_000 }).toBe(SAMPLES);
  });

  test("the list leads from a sample ticket to an own account, and ticks itself off on the way", async ({
    openPage,
    servers: { bed },
  }) => {
    test.setTimeout(300_000);
    const page = await openPage(admin);
    /** Stays on the ticket list all the time, as a second window would. */
    const watching = await openPage(admin);
    await watching.goto("/tickets");
    const untilDone = async (count: number) => {
      const done = TITLES.slice(0, count);
      await expect.poll(() => ticked(watching), { timeout: 40_000 }).toEqual(done);
      await expect(panelOf(watching).getByText(`${count} of 8`, { exact: true })).toBeVisible();
    };
    await untilDone(0);
    await page.goto("/tickets");

    await test.step("Read a sample ticket", async () => {
      await panelOf(page)
        .getByRole("link", { name: /^Open ticket #/ })
        .click();
      await expect(page.getByRole("textbox", { name: "Reply" })).toBeVisible();
      // Reading is quiet: nobody else's page is told of it. Coming back shows it.
      await page.goto("/tickets");
      await expect.poll(() => ticked(page)).toEqual(TITLES.slice(0, 1));
    });

    await test.step("Answer it", async () => {
      await panelOf(page)
        .getByRole("link", { name: /^Open ticket #/ })
        .click();
      await page.getByRole("textbox", { name: "Reply" }).fill("Thank you, we look into it.\nAda");
      await page.getByRole("button", { name: "Send", exact: true }).click();
      await expect(page.getByText(/Accepted: 250/)).toBeVisible();
      await untilDone(2);
    });

    await test.step("See the customer's answer come back", async () => {
      await page.goto("/tickets");
      await panelOf(page).getByRole("link", { name: "Practice mail", exact: true }).click();
      await expect(page).toHaveURL(/\/practice$/);
      const inbox = page.getByRole("region", { name: "The customer's inbox" });
      await inbox.getByText("Answer as the customer").click();
      await inbox.getByRole("textbox").fill("That was quick.");
      await inbox.getByRole("button", { name: "Send answer" }).click();
      await untilDone(3);
      // The practice page says what comes next, too.
      await expect(panelOf(page).getByText("3 of 8", { exact: true })).toBeVisible();
    });

    await test.step("Connect your own email account", async () => {
      await panelOf(page).getByRole("link", { name: "+ Add Email Account" }).click();
      await expect(page).toHaveURL(/\/admin\/email-accounts\/new$/);
      await connectAccount(page, bed, SUPPORT);
      await untilDone(4);
    });

    const account = page.getByRole("region", { name: SUPPORT });

    await test.step("Test it and turn polling on", async () => {
      await expect(panelOf(page).getByText("Press Test SMTP and Test IMAP")).toBeVisible();
      await account.getByRole("button", { name: "Test SMTP" }).click();
      await expect(account.getByText("Connection test successful", { exact: true })).toBeVisible();
      await account.getByRole("button", { name: "Test IMAP" }).click();
      await expect(account.getByText("IMAP connection successful", { exact: true })).toBeVisible();
      await account.getByRole("button", { name: "Enable Polling" }).click();
      await untilDone(5);
      await expect(account.getByText(/Last polled: (?!Never)\S+/)).toBeVisible();
    });

    await test.step("First mail became a ticket", async () => {
      await expect(panelOf(page).getByText(`Send an email to ${SUPPORT}`)).toBeVisible();
      const from = `Ines Kern <${CUSTOMER}>`;
      const subject = "Where is my parcel?";
      await bed.deliver(CUSTOMER, SUPPORT, rawMail({ from, to: SUPPORT, subject, text: "Hello" }));
      await untilDone(6);
    });

    await test.step("First answer sent", async () => {
      await panelOf(watching)
        .getByRole("link", { name: /^Open ticket #/ })
        .click();
      await expect(watching.getByRole("heading", { level: 1 })).toContainText(
        "Where is my parcel?",
      );
      await watching.getByRole("textbox", { name: "Reply" }).fill("It comes tomorrow.");
      await watching.getByRole("button", { name: "Send", exact: true }).click();
      await bed.waitForMail(CUSTOMER, 1, 60_000);
      await watching.goto("/tickets");
      await untilDone(7);
    });

    await test.step("Invite a colleague, and the list is done", async () => {
      await panelOf(watching).getByRole("link", { name: "Add person" }).click();
      await expect(watching).toHaveURL(/\/admin\/people\/new$/);
      await addPerson("AGENT", "Ben Okoye", "ben@practice.test");
      await watching.goto("/tickets");
      await expect(watching.getByText("First steps: all done.")).toBeVisible();
    });

    await test.step("Remove the sample tickets", async () => {
      await watching.getByRole("button", { name: "Remove the sample tickets" }).click();
      const dialog = watching.getByRole("dialog");
      await expect(dialog).toContainText("support@practice.test");
      await dialog.getByRole("button", { name: "Remove the sample tickets" }).click();
      await expect(watching.getByText(/^Removed 1\d sample tickets\./)).toBeVisible();
      const rows = watching.getByRole("table").getByRole("row");
      await expect(rows).toHaveCount(2);
      await expect(rows.last()).toContainText("Where is my parcel?");
      const menu = watching.getByRole("navigation", { name: "Main" });
      await expect(menu.getByRole("link", { name: "Practice mail" })).toHaveCount(0);
      await watching.goto("/practice");
      await expect(watching.getByText("The sample tickets were removed.")).toBeVisible();
      await watching.goto("/admin/email-accounts");
      await expect(watching.getByRole("region", { name: SUPPORT })).toContainText("Default");
      await expect(watching.getByRole("region", { name: "support@practice.test" })).toHaveCount(0);
    });

    await test.step("The note that all is done can be put away", async () => {
      await watching.goto("/tickets");
      await watching.getByRole("button", { name: "Close", exact: true }).last().click();
      await expect(watching.getByText("First steps: all done.")).toHaveCount(0);
      await watching.goto("/help");
      await expect(watching.getByRole("button", { name: "Show first steps" })).toHaveCount(0);
    });
  });
});

test.describe("without practice mail", () => {
  let admin: Person;
  let agent: Person;

  withDesk({ name: "first-steps-plain" }, async () => {
    admin = await addPerson("ADMIN", "Ada Lindgren", "ada@desk.example");
    agent = await addPerson("AGENT", "Ben Okoye", "ben@desk.example");
  });

  test("admins see it with the steps of their own account, agents do not see it", async ({
    openPage,
  }) => {
    const page = await openPage(admin);
    await page.goto("/tickets");
    await expect(panelOf(page).getByText("1 of 5", { exact: true })).toBeVisible();
    expect(await ticked(page)).toEqual(["Invite a colleague"]);
    const agents = await openPage(agent);
    await agents.goto("/tickets");
    await expect(agents.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(panelOf(agents)).toHaveCount(0);
    await agents.goto("/help");
    await expect(agents.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(agents.getByRole("button", { name: "Show first steps" })).toHaveCount(0);
  });

  test("an admin hides it, and Help shows it again", async ({ openPage }) => {
    const page = await openPage(admin);
    await page.goto("/tickets");
    await page.getByRole("button", { name: "Hide first steps" }).click();
    await expect(panelOf(page)).toHaveCount(0);
    await page.goto("/admin/email-accounts");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(panelOf(page)).toHaveCount(0);
    await page.goto("/help");
    await page.getByRole("button", { name: "Show first steps" }).click();
    await expect(page).toHaveURL(/\/tickets$/);
    await expect(panelOf(page)).toBeVisible();
  });

  test("on a phone only the next step stands until the rest is unfolded", async ({ openPage }) => {
    const page = await openPage(admin, { viewport: { width: 360, height: 740 }, hasTouch: true });
    await page.goto("/tickets");
    const panel = panelOf(page);
    await expect(panel.getByRole("link", { name: "+ Add Email Account" })).toBeVisible();
    await expect(panel.getByRole("listitem")).toHaveCount(0);
    const folded = await panel.evaluate((element) => element.getBoundingClientRect().height);
    expect(folded, "the height of the folded panel").toBeLessThan(740 / 3);
    await panel.getByRole("button", { name: "All steps" }).click();
    await expect(panel.getByRole("listitem")).toHaveCount(5);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(360);
    await panel.getByRole("button", { name: "All steps" }).click();
    await expect(panel.getByRole("listitem")).toHaveCount(0);
  });
});
