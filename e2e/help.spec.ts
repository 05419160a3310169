import type { Page } from "@playwright/test";
import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";

let admin: Person;
let agent: Person;
let customer: Person;

withDesk({ name: "help" }, async () => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
  agent = await addPerson("AGENT", "Ben Agent", "ben@desk.example");
  customer = await addPerson("CUSTOMER", "Carla Customer", "carla@customer.test");
});

const GUIDES = [
  ...["email-polling", "email-setup", "gmail-app-password", "sign-in-apps"],
  "email-troubleshooting",
];

/** What the browser itself says about a page that answers 404. */
const NOT_FOUND = /^console error: Failed to load resource: \S.* status of 404 /;

/** Every address inside the desk that the page's text links to. */
function addressesOn(page: Page): Promise<string[]> {
  return page
    .getByRole("main")
    .locator("a[href^='/'], a[href^='#']")
    .evaluateAll((links) =>
      links.map((link) => (link instanceof HTMLAnchorElement ? link.href : "")),
    );
}

test("an agent reads every guide, and every link and picture in it is there", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  await page.goto("/tickets");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Help" }).click();
  await expect(page).toHaveURL(/\/help$/);
  const found = new Set<string>();
  for (const guide of GUIDES) {
    await page.goto("/help");
    await page.getByRole("main").locator(`a[href="/help/${guide}"]`).click();
    await expect(page).toHaveURL(new RegExp(`/help/${guide}$`));
    await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("Help");
    for (const address of await addressesOn(page)) found.add(address);
    for (const picture of await page.getByRole("main").getByRole("img").all()) {
      await picture.scrollIntoViewIfNeeded();
      await expect(picture).toHaveJSProperty("complete", true);
      await expect(picture).not.toHaveJSProperty("naturalWidth", 0);
    }
  }
  for (const address of found) {
    const { hash } = new URL(address);
    await page.goto(address);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    if (hash) await expect(page.locator(hash), address).toBeInViewport();
  }
});

test("an admin finds the guide where it is needed", async ({ openPage }) => {
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts");
  await page.getByRole("main").getByRole("link", { name: "Turn mail into tickets" }).click();
  await expect(page).toHaveURL(/\/help\/email-polling$/);
  await page.goto("/admin/mail");
  await page.getByRole("link", { name: "When mail does not arrive" }).click();
  await expect(page).toHaveURL(/\/help\/email-troubleshooting$/);

  await page.goto("/admin/email-accounts/new");
  await page.getByLabel("SMTP Host", { exact: true }).fill("smtp.gmail.com");
  const toGoogle = page.getByRole("link", { name: "Where to click at Google" });
  await expect(toGoogle).toHaveAttribute("href", "/help/gmail-app-password");
  await page.getByLabel("SMTP Host", { exact: true }).fill("smtp.office365.com");
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "What works with Microsoft" }).click();
  const guide = await opened;
  await expect(guide).toHaveURL(/\/help\/sign-in-apps#microsoft$/);
  await expect(guide.getByText("There is no other way to read such a mailbox.")).toBeVisible();
  // What was typed is still there.
  await expect(page.getByLabel("SMTP Host", { exact: true })).toHaveValue("smtp.office365.com");
});

test("a failed test leads to the part of the guides that is about it", async ({ openPage }) => {
  const page = await openPage(admin);
  await page.goto("/admin/email-accounts/new");
  await page.getByLabel("Email Address", { exact: true }).fill("support@example.test");
  await page.getByLabel("SMTP Host", { exact: true }).fill("smtp.nowhere.invalid");
  await page.getByLabel("SMTP Username", { exact: true }).fill("support@example.test");
  await page.getByLabel("SMTP Password", { exact: true }).fill("pw");
  await page.getByLabel("IMAP Host", { exact: true }).fill("imap.nowhere.invalid");
  await page.getByRole("button", { name: "Test IMAP" }).click();
  await expect(page.getByText("IMAP connection test failed")).toBeVisible();
  const opened = page.context().waitForEvent("page");
  await page.getByRole("link", { name: "What to check" }).click();
  const guide = await opened;
  await expect(
    guide.getByRole("heading", { name: "The IMAP connection test failed" }),
  ).toBeInViewport();
});

test("to customers and to anyone signed out there is no help of the desk", async ({
  openPage,
  watch,
}) => {
  watch.allow(NOT_FOUND);
  const page = await openPage(customer);
  for (const path of ["/help", ...GUIDES.map((guide) => `/help/${guide}`)])
    expect((await page.goto(path))?.status()).toBe(404);
  await expect(page.getByRole("link", { name: "Help" })).toHaveCount(0);
  const nobody = await openPage(null);
  await nobody.goto("/help/email-setup");
  await expect(nobody).toHaveURL(/\/login/);
  expect((await nobody.request.get("/api/guides/account-form-light.png")).status()).toBe(404);
});
