import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { createTicket } from "@/lib/testing/factories";
import type { MailBed } from "@/lib/testing/mail-bed";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "manage@example.test";
const CUSTOMER = "greta@customer.test";

let agent: Person;
let colleague: Person;

withDesk({ name: "manage", worker: true }, async (_desk, { bed }) => {
  agent = await addPerson("AGENT", "Nora Brandt", "nora@manage.example");
  colleague = await addPerson("AGENT", "Ben Okoye", "ben@manage.example");
  await bed.addUser(INBOX);
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: "" },
      ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapUsername: INBOX, imapPassword: "pw" },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
});

type Sent = { subject: string; text: string; messageId: string; inReplyTo?: string };

/** A mail of the customer's. @returns the number of the ticket it came to. */
async function write(bed: MailBed, mail: Sent): Promise<number> {
  await bed.append(INBOX, rawMail({ from: `Greta <${CUSTOMER}>`, ...mail }));
  const message = () =>
    db().prisma.message.findFirst({
      where: { messageId: mail.messageId },
      select: { ticket: { select: { number: true } } },
    });
  await expect.poll(message).toBeTruthy();
  return (await message())?.ticket.number ?? 0;
}

const tags = (page: Page) => page.getByRole("list", { name: "Tags" }).getByRole("listitem");
const snoozeButton = (page: Page) => page.locator('[data-command="snooze"]');

test("tags come and go in their place, and the focus stays with them", async ({ openPage }) => {
  const { number } = await createTicket({ subject: "Tagged ticket" });
  const other = await createTicket();
  await db().prisma.ticket.update({
    where: { id: other.id },
    data: { tags: { create: { name: "Returns" } } },
  });
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  const field = page.getByRole("dialog", { name: "Tag" }).getByRole("combobox");
  await expect(field).toBeFocused();
  await expect(page.locator('datalist option[value="Returns"]')).toHaveCount(1);
  await field.fill("returns");
  await field.press("Enter");
  await expect(tags(page)).toHaveText(["Returns"]);
  await expect(field).toHaveValue("");
  await field.fill("عاجل");
  await field.press("Enter");
  await expect(tags(page)).toHaveCount(2);
  await field.press("Enter");
  const menu = page.getByRole("dialog", { name: "Tag" });
  await expect(menu.getByRole("alert")).toHaveText("Type the name of a tag.");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Tag", exact: true })).toBeFocused();
  await expect(page.getByText("Tagged “returns”, tagged “عاجل”")).toBeVisible();

  await page.getByRole("button", { name: "Remove tag عاجل" }).press("Enter");
  await expect(tags(page)).toHaveText(["Returns"]);
  await expect(page.getByRole("button", { name: "Remove tag Returns" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(tags(page)).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Tag", exact: true })).toBeFocused();
});

test("a ticket sleeps until a time, wakes by a click, and by its customer's mail", async ({
  openPage,
  servers: { bed },
}) => {
  const mail = { subject: "Delivery on Monday", text: "At noon.", messageId: "noon@manage" };
  const number = await write(bed, mail);
  const page = await openPage(agent, { timezoneId: "Europe/Berlin" });
  await page.goto(`/tickets/${number}`);
  await snoozeButton(page).click();
  const menu = page.getByRole("dialog", { name: "Snooze" });
  await expect(menu.getByText("Times are in Europe/Berlin.")).toBeVisible();
  await menu.getByRole("button", { name: "Snooze" }).click();
  await expect(menu.getByRole("alert")).toHaveText("Choose a day and a time.");
  await menu.getByRole("button", { name: "Monday" }).click();
  await expect(snoozeButton(page)).toHaveText(/^Asleep until Mon \d+ \w+, 09:00$/);
  await expect(menu).toBeHidden();
  await expect(snoozeButton(page)).toBeFocused();
  await page.goto("/tickets?view=snoozed");
  await expect(page.getByRole("link", { name: mail.subject })).toBeVisible();

  await page.goto(`/tickets/${number}`);
  await page.getByRole("button", { name: "Wake now" }).press("Enter");
  await expect(snoozeButton(page)).toHaveText("Snooze");
  await expect(snoozeButton(page)).toBeFocused();

  await page.keyboard.press("Enter");
  const until = new Date(Date.now() + 100 * 86_400_000);
  const day = until.toISOString().slice(0, "2026-12-01".length);
  await menu.getByLabel("Until a day and a time").fill(`${day}T14:30`);
  await menu.getByLabel("Until a day and a time").press("Enter");
  await expect(snoozeButton(page)).toHaveText(
    new RegExp(`^Asleep until \\w+ ${until.getUTCDate()} \\w+, 14:30$`),
  );
  const more = { subject: "Re: Delivery on Monday", text: "Or at one?", inReplyTo: "noon@manage" };
  expect(await write(bed, { ...more, messageId: "one@manage" })).toBe(number);
  await expect(page.getByText("Or at one?")).toBeVisible();
  await expect(snoozeButton(page)).toHaveText("Snooze");
});

test("related tickets name each other, until one says no more", async ({ openPage }) => {
  const [a, b] = [
    await createTicket({ subject: "The old pump" }),
    await createTicket({ subject: "The new pump" }),
  ];
  const page = await openPage(agent);
  await page.goto(`/tickets/${a.number}`);
  await page.getByRole("button", { name: "Relate", exact: true }).click();
  const form = page.getByRole("form", { name: "Relate to another ticket" });
  const field = form.getByLabel("Related to ticket");
  await expect(field).toBeFocused();
  for (const [typed, answer] of [
    ["the pump", "Type the number of a ticket, like #42."],
    ["#999999", "There is no ticket #999999."],
    [`#${a.number}`, "A ticket can't be related to itself."],
  ] as const) {
    await field.fill(typed);
    await form.getByRole("button", { name: "Relate" }).click();
    await expect(form.getByRole("alert")).toHaveText(answer);
  }
  await field.fill(`#${b.number}`);
  await form.getByRole("button", { name: "Relate" }).click();
  const related = page.getByRole("list", { name: "Related tickets" });
  await expect(related).toContainText(`Related: #${b.number}`);
  await expect(form).toBeHidden();
  await related.getByRole("link").click();
  await expect(page).toHaveURL(`/tickets/${b.number}`);
  await expect(related).toContainText(`Related: #${a.number}`);
  await expect(page.getByText(`Related to #${a.number}`, { exact: true })).toBeVisible();
  await page.getByRole("button", { name: `No longer related to #${a.number}` }).press("Enter");
  await expect(related).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Relate", exact: true })).toBeFocused();
});

test("the requester changes to somebody known, and to somebody new", async ({ openPage }) => {
  const { number } = await createTicket({ subject: "For somebody else" });
  await db().prisma.contact.create({ data: { email: "known@customer.test", name: "Karla Known" } });
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  const column = page.getByRole("complementary", { name: "Customer" });
  await column.getByText("Change requester").first().click();
  const form = column.getByRole("form", { name: "Change requester" });
  await form.getByLabel("Email").pressSequentially("karla");
  await expect(form.locator('option[value="known@customer.test"]')).toHaveCount(1);
  await form.getByRole("button", { name: "Change requester" }).click();
  await expect(form.getByText("“karla” is not an email address.")).toBeVisible();
  await form.getByLabel("Email").fill("known@customer.test");
  await form.getByRole("button", { name: "Change requester" }).click();
  await expect(column.getByRole("heading", { name: "Karla Known" })).toBeVisible();
  await expect(form).toBeHidden();

  await column.getByText("Change requester").first().click();
  await form.getByLabel("Email").fill("brand.new@customer.test");
  await form.getByLabel(/^Name/).fill("Nele New");
  await form.getByRole("button", { name: "Change requester" }).click();
  await expect(column.getByRole("heading", { name: "Nele New" })).toBeVisible();
  await page
    .getByText(/^Requester changed from Person/)
    .first()
    .click();
  await expect(page.getByText(/^Requester changed from Karla Known to Nele New/)).toBeVisible();
});

test("a note about a person stands on each of their tickets, and is not written over unseen", async ({
  openPage,
}) => {
  const one = await createTicket({ subject: "First of two" });
  const two = await createTicket({ subject: "Second of two", requesterId: one.requesterId });
  const page = await openPage(agent);
  await page.goto(`/tickets/${one.number}`);
  const column = page.getByRole("complementary", { name: "Customer" });
  await column.getByText("Write a note").click();
  await column
    .getByRole("textbox", { name: "Note about this person" })
    .fill("Prefers the phone.\nCall after six.");
  await column.getByRole("button", { name: "Save note" }).click();
  await expect(column.getByText(/^Nora Brandt, (just now|.*\d seconds?)/)).toBeVisible();
  await expect(column.getByText("Edit", { exact: true })).toBeFocused();

  const other = await openPage(colleague);
  await other.goto(`/tickets/${two.number}`);
  const theirs = other.getByRole("complementary", { name: "Customer" });
  await expect(theirs.getByText("Prefers the phone.").first()).toBeVisible();
  await theirs.getByText("Edit", { exact: true }).click();
  await theirs.getByRole("textbox", { name: "Note about this person" }).fill("Prefers mail.");

  await column.getByText("Edit", { exact: true }).click();
  await column.getByRole("textbox", { name: "Note about this person" }).fill("Speaks Danish.");
  await column.getByRole("button", { name: "Save note" }).click();
  await expect(theirs.getByText("Speaks Danish.").first()).toBeVisible();
  // What one is writing is not lost by it.
  await expect(theirs.getByRole("textbox", { name: "Note about this person" })).toHaveValue(
    "Prefers mail.",
  );
  await theirs.getByRole("button", { name: "Save note" }).click();
  await expect(theirs.getByRole("alert")).toContainText("Somebody else wrote this note meanwhile");
  await expect(theirs.getByRole("textbox", { name: "Note about this person" })).toHaveValue(
    "Prefers mail.",
  );
  await theirs.getByRole("button", { name: "Save note" }).click();
  await expect(theirs.getByText(/^Ben Okoye, (just now|.*\d seconds?)/)).toBeVisible();
  await expect(column.getByText("Prefers mail.").first()).toBeVisible();
});

test("one's own with one click; a status keeps the focus; an agent who left is refused kindly", async ({
  openPage,
}) => {
  const { number } = await createTicket({ subject: "Nobody’s yet" });
  const leaving = await addPerson("AGENT", "Lena Leaving", "lena@manage.example");
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  const assignee = page.getByLabel("Assignee");
  await page.getByRole("button", { name: "Assign to me" }).press("Enter");
  await expect(assignee).toHaveValue(agent.id);
  await expect(assignee).toBeFocused();
  await expect(page.getByRole("button", { name: "Assign to me" })).toHaveCount(0);

  const status = page.getByLabel("Status");
  await status.focus();
  await status.selectOption("PENDING");
  await expect(page.getByText("Assigned to Nora Brandt, status PENDING")).toBeVisible();
  await expect(status).toHaveValue("PENDING");
  await expect(status).toBeFocused();

  // They leave while the choice is on its way: a page that is read after that offers them no more.
  await page.route(`**/tickets/${number}`, async (route) => {
    if (route.request().method() === "POST")
      await db().prisma.user.update({ where: { id: leaving.id }, data: { isActive: false } });
    await route.continue();
  });
  await assignee.selectOption(leaving.id);
  await expect(page.getByText("Tickets can only be assigned to active agents.")).toBeVisible();
  await expect(assignee).toHaveValue(agent.id);
});

test("the sender is blocked beside the ticket, which stays where it is", async ({
  openPage,
  servers: { bed },
}) => {
  const mail = { subject: "Buy my list", text: "Cheap.", messageId: "list@manage" };
  await bed.append(INBOX, rawMail({ from: "Sally <sally@seller.test>", ...mail }));
  const found = () => db().prisma.ticket.findFirst({ where: { subject: mail.subject } });
  await expect.poll(found).toBeTruthy();
  const page = await openPage(agent);
  await page.goto(`/tickets/${(await found())?.number}`);
  await page.getByRole("button", { name: "Block sender" }).click();
  const dialog = page.getByRole("dialog", { name: "Block sally@seller.test?" });
  await dialog.getByRole("button", { name: "Block" }).click();
  await expect(page.getByText("Mail from sally@seller.test is blocked").first()).toBeVisible();
  await expect(page.getByRole("button", { name: "Block sender" })).toHaveCount(0);
  expect((await found())?.isSpam).toBe(false);
});

test("without JavaScript a ticket is tagged, snoozed and woken", async ({ openPage, watch }) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const { number } = await createTicket({ subject: "Plain and simple" });
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto(`/tickets/${number}`);
  await page.getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByRole("dialog", { name: "Tag" }).getByRole("combobox").fill("plain");
  await page.getByRole("button", { name: "Add tag" }).click();
  await expect(tags(page)).toHaveText(["plain"]);
  await snoozeButton(page).click();
  await page.getByRole("button", { name: "Tomorrow" }).click();
  await expect(snoozeButton(page)).toHaveText(/^Asleep until \w+ \d+ \w+, 09:00 UTC$/);
  await page.getByRole("button", { name: "Wake now" }).click();
  await expect(snoozeButton(page)).toHaveText("Snooze");
});

test("a managed ticket has no barrier that axe finds, and fits a phone", async ({ openPage }) => {
  const { number, id } = await createTicket({ subject: "With everything on it" });
  const other = await createTicket({ subject: "A long subject of a related ticket ".repeat(4) });
  await db().prisma.ticket.update({
    where: { id },
    data: {
      snoozedUntil: new Date(Date.now() + 86_400_000),
      tags: { create: [{ name: "x".repeat(50) }, { name: "vip" }] },
    },
  });
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  await page.getByRole("button", { name: "Relate", exact: true }).click();
  await page.getByLabel("Related to ticket").fill(String(other.number));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Related tickets" })).toBeVisible();
  for (const [look, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
  ] as const) {
    const open = await openPage(agent, { viewport: { width, height: 800 }, colorScheme: look });
    await open.goto(`/tickets/${number}`);
    const check = async (what: string) => {
      expect.soft(await violationsOn(open, look), `${what} in ${look}, ${width}`).toEqual([]);
      const scrolled = await open.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(scrolled, `the width of ${what}`).toBeLessThanOrEqual(width);
      await open.screenshot({ path: `test-results/manage/${what}-${look}-${width}.png` });
    };
    await expect(snoozeButton(open)).toBeVisible();
    await check("ticket");
    await snoozeButton(open).click();
    await expect(open.getByText(/^Times are in/)).toBeVisible();
    await check("snooze");
    await open.keyboard.press("Escape");
    await open.getByRole("button", { name: "Tag", exact: true }).click();
    await check("tag");
    await open.keyboard.press("Escape");
    if (width < 1100) await open.getByRole("button", { name: /Person/ }).click();
    await open.getByText("Write a note").click();
    await open.getByText("Change requester").first().click();
    await check("customer");
  }
});
