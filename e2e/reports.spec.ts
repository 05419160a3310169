import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Page } from "@playwright/test";
import { createAccount, createContact, createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { addPerson, type Person } from "./harness/people";

let nora: Person;
let tom: Person;
let account: { id: string; email: string };

const DAY_MS = 86_400_000;
const HOUR = 3600;
const ago = (days: number) => new Date(Date.now() - days * DAY_MS);

withDesk({ name: "reports" }, async () => {
  nora = await addPerson("AGENT", "Nora Brandt", "nora@report-desk.example");
  tom = await addPerson("AGENT", "Tom Keller", "tom@report-desk.example");
  account = await createAccount({ email: "support@report-desk.example", isDefault: true });
  const sales = await createAccount({ email: "sales@report-desk.example" });
  const { id: requesterId } = await createContact({ email: "marta@report-mail.example" });
  for (let n = 0; n < 60; n++) {
    const days = (n * 0.45) % 27;
    const isSolved = n % 5 !== 0;
    await createTicket({
      ...{ requesterId, accountId: n % 3 ? account.id : sales.id, createdAt: ago(days + 1) },
      ...{ assigneeId: [nora.id, tom.id, null][n % 3] ?? null, subject: `Lamp ${n}` },
      firstResponseAt: ago(days + 0.9),
      firstResponseSeconds: (n + 1) * 600,
      ...(isSolved && { status: "SOLVED", solvedAt: ago(days), resolutionSeconds: n * HOUR }),
    });
  }
  await createTicket({
    ...{ subject: "=1+1", requesterId, accountId: account.id, createdAt: ago(2) },
  });
});

/** Kept for whoever looks at the pages, where PICTURES names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

const figure = (page: Page, name: string) =>
  page.locator("dl > div").filter({ has: page.getByText(name, { exact: true }) });

test("the menu leads to the last 30 days, with charts that say in words what they show", async ({
  openPage,
}) => {
  const page = await openPage(nora);
  await page.goto("/tickets");
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Reports" })
    .click();
  await expect(page.getByRole("heading", { level: 1, name: "Reports" })).toBeVisible();
  await expect(figure(page, "In")).toContainText("61");
  await expect(figure(page, "Solved")).toContainText("48");
  await expect(figure(page, "Backlog")).toContainText("13");
  await expect(figure(page, "First response, median")).toContainText("5 h 5 min");
  await expect(
    page.getByRole("img", { name: /^In and solved, .*In: 0 to \d+ a day/ }),
  ).toBeVisible();
  await expect(page.getByRole("img", { name: /^Backlog, / })).toBeVisible();
  await page.getByText("Every day in numbers").click();
  await expect(page.getByRole("table", { name: "By day" }).getByRole("row")).toHaveCount(31);
  const agents = page.getByRole("table", { name: "By agent" });
  await expect(agents.getByRole("row", { name: /^Nora Brandt 20 / })).toBeVisible();
  await expect(agents.getByRole("row", { name: /^Nobody 21 / })).toBeVisible();
  expect(await violationsOn(page, "light")).toEqual([]);
  await picture(page, "reports-light");
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await violationsOn(page, "dark")).toEqual([]);
  await picture(page, "reports-dark");
});

test("days, account and agent are chosen by a form, and stand in the address", async ({
  openPage,
  watch,
}) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const page = await openPage(nora, { javaScriptEnabled: false });
  await page.goto("/reports");
  const period = page.getByRole("navigation", { name: "Period" });
  await expect(period.getByRole("link", { name: "30 days" })).toHaveAttribute("aria-current");
  await period.getByRole("link", { name: "7 days" }).click();
  await page.getByLabel("Account", { exact: true }).selectOption(account.email);
  await page.getByLabel("Agent", { exact: true }).selectOption("Tom Keller");
  await page.getByRole("button", { name: "Show" }).click();
  await expect(page).toHaveURL(new RegExp(`from=.*account=${account.id}&agent=${tom.id}`));
  await expect(period.getByRole("link", { name: "7 days" })).toHaveAttribute("aria-current");
  const rows = page.getByRole("table", { name: "By agent" }).getByRole("row");
  await expect(rows).toHaveCount(2);
  await page.goto("/reports?from=2020-01-01&until=2020-01-31");
  await expect(page.getByText("No tickets in these days.")).toBeVisible();
  await page.goto("/reports?from=yesterday&account=x");
  await expect(page.getByText("These days make no period")).toBeVisible();
  await expect(page.getByText("Account “x” is not known")).toBeVisible();
});

test("what is shown is a CSV file too, whose cells are no formulas", async ({ openPage }) => {
  const page = await openPage(nora);
  await page.goto("/reports?days=7");
  const download = page.waitForEvent("download");
  await page.getByRole("link", { name: "All tickets that came in as CSV" }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^tickets-\d{4}-\d\d-\d\d-\d{4}-\d\d-\d\d\.csv$/);
  const text = await readFile(await file.path(), "utf8");
  expect(text.charCodeAt(0)).toBe(0xfeff);
  expect(text).toContain(",'=1+1,OPEN,");
});

test("a phone shows it in its width", async ({ openPage }) => {
  const page = await openPage(nora, { viewport: { width: 360, height: 740 }, hasTouch: true });
  await page.goto("/reports");
  await expect(page.getByRole("img", { name: /^Backlog, / })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await violationsOn(page, "light")).toEqual([]);
  await picture(page, "reports-phone");
});
