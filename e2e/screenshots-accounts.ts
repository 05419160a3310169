import type { Locator, Page } from "@playwright/test";
import { expect, test, withDesk } from "./fixtures";
import { bedFields, fillAccount } from "./harness/account-form";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";
import { LOOKS, PICTURE_ENV, take } from "./harness/pictures";

// What an admin sees while connecting accounts: servers that were found, what cannot work, a dry run,
// a file of accounts.

const TRIED = "pictures@example.test";

let admin: Person;

withDesk(
  {
    name: "screenshots-accounts",
    env: PICTURE_ENV,
    zone: {
      "acme.mailbed": { mx: [[1, "aspmx.l.google.com"]] },
      "contoso.mailbed": { mx: [[0, "contoso-mailbed.mail.protection.outlook.com"]] },
    },
  },
  async (_desk, { bed }) => {
    admin = await addPerson("ADMIN", "Ada Lindgren", "ada@practice.test");
    await bed.addUser(TRIED);
    const mail = { from: "Nora Kern <nora@customer.test>", to: TRIED, text: "As written." };
    const lamp = { subject: "The lamp is dark", messageId: "pictures.1@customer.test" };
    await bed.append(TRIED, rawMail({ ...mail, ...lamp }));
    const answer = { subject: "Re: The lamp is dark", inReplyTo: lamp.messageId };
    await bed.append(TRIED, rawMail({ ...mail, ...answer }));
    await bed.append(TRIED, rawMail({ ...mail, subject: "Where is my order?" }));
  },
);

for (const [look, options] of Object.entries(LOOKS)) {
  test(`accounts, ${look}`, async ({ openPage, servers: { bed } }) => {
    test.setTimeout(120_000);
    const page = await openPage(admin, options);
    await typeAddress(page, "orders@acme.mailbed");
    await expect(page.getByText(/Found by acme\.mailbed’s MX record/)).toBeVisible();
    await take(page, "found-servers", look);
    await typeAddress(page, "orders@contoso.mailbed");
    await expect(
      page.getByText("Microsoft 365 takes no passwords. Sign in instead."),
    ).toBeVisible();
    await take(page, "found-microsoft", look);

    await page.goto("/admin/email-accounts/new");
    await fillAccount(page, bedFields(bed, TRIED));
    await page.getByLabel("Enable Polling", { exact: true }).check();
    await page.getByLabel("Start from").selectOption("all");
    await page.getByRole("button", { name: "Try it without changing anything" }).click();
    const run = page.getByRole("region", { name: "Dry run" });
    await expect(run).toContainText("mails would make 2 tickets");
    await run.getByText("Show the mails", { exact: true }).click();
    await takeAt(page, run, "dry-run", look);

    await page.goto("/admin/email-accounts/import");
    await page.getByLabel("CSV file", { exact: true }).setInputFiles({
      ...{ name: "accounts.csv", mimeType: "text/csv", buffer: Buffer.from(CSV) },
    });
    await page.getByRole("button", { name: "Check the file" }).click();
    const found = page.getByRole("region", { name: "What the check found" });
    await takeAt(page, found, "account-import", look);
  });
}

const CSV = [
  "Email Address,SMTP Host,SMTP Port,SMTP Username,SMTP Password,IMAP Host,IMAP Port",
  "sales@acme.example,smtp.acme.example,587,sales@acme.example,secret,imap.acme.example,993",
  "returns@acme.example,smtp.acme.example,587,returns@acme.example,secret,imap.acme.example,993",
  "press@acme.example,smtp.acme.example,99999,press@acme.example,secret,imap.acme.example,993",
].join("\r\n");

async function typeAddress(page: Page, address: string): Promise<void> {
  await page.goto("/admin/email-accounts/new");
  await page.getByLabel("Email Address", { exact: true }).fill(address);
  await page.getByLabel("Email Address", { exact: true }).press("Tab");
}

async function takeAt(page: Page, place: Locator, name: string, look: string): Promise<void> {
  await expect(place).toBeVisible();
  await place.evaluate((element) => element.scrollIntoView({ block: "center" }));
  await take(page, name, look);
}
