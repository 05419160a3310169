import path from "node:path";
import type { Page } from "@playwright/test";
import { db } from "@/lib/db/client";
import { createAccount, createMessage, createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { addPerson, type Person } from "./harness/people";

let admin: Person;
let nora: Person;
let account: { id: string; email: string };
const numbers: Record<string, number> = {};

const HOUR_MS = 3_600_000;
const ago = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

withDesk({ name: "targets", worker: true }, async () => {
  admin = await addPerson("ADMIN", "Ada Lindgren", "ada@target-desk.example");
  nora = await addPerson("AGENT", "Nora Brandt", "nora@target-desk.example");
  account = await createAccount({
    ...{ email: "support@target-desk.example", isDefault: true },
    ...{ smtpHost: "127.0.0.1", smtpPort: 1 },
  });
  for (const [subject, hours] of [
    ["Fresh lamp", 1],
    ["Late lamp", 6],
    ["Nearly late lamp", 3.5],
  ] as const) {
    const at = ago(hours);
    const ticket = await createTicket({
      ...{ subject, accountId: account.id, assigneeId: nora.id, createdAt: at },
      ...{ lastMessageAt: at, awaitingSince: at },
    });
    await createMessage({ ticketId: ticket.id, createdAt: at, sentAt: at });
    numbers[subject] = ticket.number;
  }
});

/** Kept for whoever looks at the pages, where PICTURES names a folder. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.PICTURES;
  if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}

const row = (page: Page, subject: string) =>
  page.getByRole("row").filter({ has: page.getByRole("link", { name: subject, exact: true }) });

test.describe.configure({ mode: "serial" });

test("an admin sets hours and targets; what is wrong is said, and nothing typed is lost", async ({
  openPage,
  watch,
}) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const page = await openPage(admin, { javaScriptEnabled: false });
  await page.goto(`/admin/email-accounts/${account.id}/edit`);
  await page.getByRole("link", { name: "Hours and targets" }).click();
  await expect(
    page.getByRole("heading", { level: 1, name: /^Hours and targets of/ }),
  ).toBeVisible();
  await page.getByLabel("First response within hours").fill("soon");
  await page.getByLabel("Time zone").fill("Mars/Base");
  await page.getByLabel("Wednesday").fill("nine to five");
  await page.getByLabel("Holidays").fill("25.12.2026");
  await page.getByRole("button", { name: "Save hours and targets" }).click();
  const errors = page.getByRole("alert").getByRole("link");
  await expect(errors).toHaveText([
    "Choose a time zone, such as Europe/Berlin.",
    /^Wednesday must look like 09:00-17:00/,
    /^“25.12.2026” is no date/,
    /^First response must be a number of hours/,
  ]);
  await expect(page.getByLabel("Wednesday")).toHaveValue("nine to five");
  await picture(page, "hours-light");
  await page.getByLabel("First response within hours").fill("4");
  await page.getByLabel("Resolution within hours").fill("24");
  await page.getByLabel("Time zone").fill("Europe/Berlin");
  await page.getByLabel("Wednesday").fill("9-17");
  await page.getByLabel("Holidays").fill("2099-12-25");
  await page.getByRole("button", { name: "Save hours and targets" }).click();
  await expect(page).toHaveURL(/\/edit$/);
  const kept = await db().prisma.accountTime.findUnique({ where: { accountId: account.id } });
  expect(kept).toMatchObject({ firstResponseMinutes: 240, resolutionMinutes: 1440 });
  await page.getByRole("link", { name: "Hours and targets" }).click();
  await expect(page.getByLabel("First response within hours")).toHaveValue("4");
});

test("the page of hours and targets has no barrier, in light, dark and on a phone", async ({
  openPage,
}) => {
  const page = await openPage(admin);
  await page.goto(`/admin/email-accounts/${account.id}/time`);
  await expect(page.getByLabel("Holidays")).toHaveValue("2099-12-25");
  expect(await violationsOn(page, "light")).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await violationsOn(page, "dark")).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
});

test("the list marks what is due soon and overdue, and can be narrowed to it", async ({
  openPage,
}) => {
  const page = await openPage(nora);
  await expect.poll(() => db().prisma.ticket.count({ where: { dueAt: { not: null } } })).toBe(3);
  await page.goto("/tickets");
  await expect(row(page, "Late lamp")).toContainText(/Overdue by 2 h/i);
  await expect(row(page, "Nearly late lamp")).toContainText(/Due in [23]\d min/i);
  await expect(row(page, "Fresh lamp")).not.toContainText(/due/i);
  expect(await violationsOn(page, "light")).toEqual([]);
  await picture(page, "due-list-light");
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await violationsOn(page, "dark")).toEqual([]);
  await picture(page, "due-list-dark");
  await page.setViewportSize({ width: 360, height: 740 });
  await picture(page, "due-list-phone");
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const [due, chip, subject] of [
    ["soon", "Target: Due soon", "Nearly late lamp"],
    ["overdue", "Target: Overdue", "Late lamp"],
  ] as const) {
    await page.goto(`/tickets?due=${due}`);
    await expect(page.locator("#tickets tbody a")).toHaveText([subject]);
    await expect(page.getByText(chip, { exact: true }).first()).toBeVisible();
  }
});

test("the ticket says what it owes, until it is answered and solved", async ({ openPage }) => {
  const page = await openPage(nora);
  await page.goto(`/tickets/${numbers["Late lamp"]}`);
  await expect(page.getByText("First response overdue by 2 h")).toBeVisible();
  await expect(page.getByText(/Resolution due in 1[78] h/)).toBeVisible();
  expect(await violationsOn(page, "light")).toEqual([]);
  await picture(page, "due-ticket-light");
  await page.getByRole("textbox", { name: "Reply" }).fill("We have a new one.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText(/First response/)).toBeHidden();
  await expect(page.getByText(/Resolution due in 1[78] h/)).toBeVisible();
  await page.getByLabel("Status", { exact: true }).selectOption("SOLVED");
  await expect(page.getByText(/Resolution due/)).toBeHidden();
});

test("whoever has the ticket is told by mail before the target is missed, once", async () => {
  const tellAt = () =>
    db().prisma.ticket.findUniqueOrThrow({
      where: { number: numbers["Nearly late lamp"] ?? 0 },
      select: { firstResponseTellAt: true },
    });
  await expect.poll(tellAt).toEqual({ firstResponseTellAt: null });
  const mails = () => db().prisma.outboundEmail.count({ where: { messageRowId: null } });
  await expect.poll(mails).toBe(1);
});
