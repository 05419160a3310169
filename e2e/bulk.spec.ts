import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { db } from "@/lib/db/client";
import type { TicketUncheckedCreateInput } from "@/lib/db/generated/models";
import { createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";

let agent: Person;
let mara: Person;

withDesk({ name: "bulk" }, async () => {
  agent = await addPerson("AGENT", "Nora Brandt", "nora@bulk.example");
  mara = await addPerson("AGENT", "Mara Weiss", "mara@bulk.example");
});

/** Tickets of a test's own, found by the word in their subjects; the newest is the first row. */
async function fill(
  word: string,
  count: number,
  fields: Partial<TicketUncheckedCreateInput> = {},
): Promise<string> {
  for (let n = 1; n <= count; n++) await createTicket({ subject: `${word} ${n}`, ...fields });
  return `/tickets?q=${word}`;
}

const rows = (page: Page) => page.getByRole("row").filter({ has: page.getByRole("link") });
const boxes = (page: Page) => page.locator('input[name="id"]');
const bar = (page: Page) => page.getByRole("form", { name: "Change the selected tickets" });
const ticked = (page: Page) => page.locator('input[name="id"]:checked');

const ticketsOf = (word: string) =>
  db().prisma.ticket.findMany({
    where: { subject: { startsWith: word } },
    include: { assignee: true, tags: true },
    orderBy: { number: "asc" },
  });

/** Opens a menu of the bar and chooses in it. */
async function choose(page: Page, menu: string, choice: string | RegExp) {
  await bar(page).getByRole("button", { name: menu, exact: true }).click();
  await page.getByRole("dialog", { name: menu }).getByRole("button", { name: choice }).click();
}

test("rows are selected one by one, by a range and all at once", async ({ openPage }) => {
  const address = await fill("Ranges", 6);
  const page = await openPage(agent);
  await page.goto(address);
  await expect(bar(page)).toBeHidden();
  await boxes(page).nth(1).click();
  await expect(bar(page)).toContainText("1 selected");
  await boxes(page)
    .nth(4)
    .click({ modifiers: ["Shift"] });
  await expect(bar(page)).toContainText("4 selected");
  await boxes(page)
    .nth(3)
    .click({ modifiers: ["Shift"] });
  await expect(ticked(page)).toHaveCount(2);
  await page.getByRole("checkbox", { name: "Select all on this page" }).click();
  await expect(ticked(page)).toHaveCount(6);
  await bar(page).getByRole("button", { name: "Clear the selection" }).click();
  await expect(ticked(page)).toHaveCount(0);
  await expect(bar(page)).toBeHidden();
  await expect(page.getByRole("checkbox", { name: "Select all on this page" })).toBeFocused();
  // A checkbox in a row that is a link leads nowhere.
  expect(new URL(page.url()).pathname).toBe("/tickets");
});

test("a change of the selected is told, and undone where nobody changed it since", async ({
  openPage,
}) => {
  const address = await fill("Parcels", 4);
  const page = await openPage(agent);
  await page.goto(address);
  for (const n of [0, 1, 2]) await boxes(page).nth(n).click();
  await choose(page, "Status", "Solved");
  await expect(page.getByText("3 tickets set to solved.")).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await expect(bar(page)).toBeHidden();

  const [, second] = await ticketsOf("Parcels");
  await db().prisma.ticket.update({ where: { id: second?.id }, data: { status: "PENDING" } });
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone. 1 of 3 was changed since and stays.")).toBeVisible();
  await expect(rows(page)).toHaveCount(4);
  expect((await ticketsOf("Parcels")).map(({ status }) => status)).toEqual([
    ...["OPEN", "PENDING", "OPEN", "OPEN"],
  ]);
});

test("each command does what it says", async ({ openPage }) => {
  const address = await fill("Commands", 2);
  const page = await openPage(agent, { timezoneId: "Europe/Berlin" });
  await page.goto(address);
  const selectBoth = async () => {
    for (const n of [0, 1]) await boxes(page).nth(n).check();
  };
  await selectBoth();
  await choose(page, "Assign", "Mara Weiss");
  await expect(page.getByText("2 tickets assigned.")).toBeVisible();
  expect((await ticketsOf("Commands")).map(({ assigneeId }) => assigneeId)).toEqual([
    ...[mara.id, mara.id],
  ]);
  await selectBoth();
  await choose(page, "Priority", "Urgent");
  await expect(page.getByText("2 tickets set to urgent priority.")).toBeVisible();
  await selectBoth();
  await bar(page).getByRole("button", { name: "Tag", exact: true }).click();
  await page
    .getByRole("textbox", { name: "Tag" })
    .or(page.getByLabel("Tag", { exact: true }))
    .last()
    .fill("Returns");
  await page.keyboard.press("Enter");
  await expect(page.getByText("2 tickets tagged “Returns”.")).toBeVisible();
  await selectBoth();
  await bar(page).getByRole("button", { name: "Snooze", exact: true }).click();
  await expect(page.getByText("Times are in Europe/Berlin.")).toBeVisible();
  await page.getByRole("button", { name: /^Tomorrow/ }).click();
  await expect(
    page.getByText(/2 tickets snoozed until .*, 09:00 \(Europe\/Berlin\)\./),
  ).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await page.goto(`/tickets?view=snoozed&q=Commands`);
  await selectBoth();
  await choose(page, "Snooze", "Wake now");
  await expect(page.getByText("2 tickets woken.")).toBeVisible();
  await page.goto(address);
  await selectBoth();
  await bar(page).getByRole("button", { name: "Spam", exact: true }).click();
  await expect(page.getByText("2 tickets put into spam.")).toBeVisible();
  await page.goto(`/tickets?view=spam&q=Commands`);
  await selectBoth();
  await bar(page).getByRole("button", { name: "Not spam", exact: true }).click();
  await expect(page.getByText("2 tickets taken out of spam.")).toBeVisible();
  await page.goto(address);
  await selectBoth();
  await choose(page, "Merge", "Into the oldest of them");
  const [oldest, merged] = await ticketsOf("Commands");
  await expect(page.getByText(`1 ticket was merged into #${oldest?.number}.`)).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).last().click();
  await expect(page.getByText("Undone: 1 ticket.")).toBeVisible();
  expect(merged).toMatchObject({ priority: "URGENT", tags: [{ name: "Returns" }] });
  await page.goto(`/tickets/${oldest?.number}`);
  await page
    .getByText(/more change|changes/)
    .first()
    .click()
    .catch(() => undefined);
  await expect(page.getByText(/Snoozed until .* \(Europe\/Berlin\)/).first()).toBeVisible();
});

test("all that match are changed batch by batch, and undone", async ({ openPage }) => {
  const address = await fill("Flood", 214);
  const page = await openPage(agent);
  await page.goto(address);
  await boxes(page).first().click();
  await bar(page).getByRole("checkbox", { name: "Select all 214" }).click();
  await expect(bar(page)).toContainText("214 selected");
  await expect(ticked(page)).toHaveCount(50);
  const seen = page.evaluate(
    () =>
      new Promise<string[]>((resolve) => {
        const texts: string[] = [];
        const observer = new MutationObserver(() => {
          const text = document.querySelector("#bulk [role=status]")?.textContent ?? "";
          if (/ of 214$/.test(text)) texts.push(text);
          if (text === "200 of 214") resolve([...new Set(texts)]);
        });
        const form = document.querySelector("#bulk");
        if (form) observer.observe(form, { subtree: true, childList: true, characterData: true });
      }),
  );
  await choose(page, "Priority", "High");
  expect(await seen).toEqual(["100 of 214", "200 of 214"]);
  await expect(page.getByText("214 tickets set to high priority.")).toBeVisible();
  const high = () =>
    db().prisma.ticket.count({ where: { subject: { startsWith: "Flood" }, priority: "HIGH" } });
  expect(await high()).toBe(214);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone: 214 tickets.")).toBeVisible();
  expect(await high()).toBe(0);
});

test("what is refused is said in the bar, and the selection stays", async ({ openPage }) => {
  const address = await fill("Refusals", 2);
  const page = await openPage(agent);
  await page.goto(address);
  await boxes(page).first().click();
  await choose(page, "Merge", "Into the oldest of them");
  await expect(bar(page).getByRole("alert")).toContainText("Select two tickets or more");
  await bar(page).getByRole("button", { name: "Tag", exact: true }).click();
  await page.getByRole("button", { name: "Add tag" }).click();
  await expect(bar(page).getByRole("alert")).toHaveText("Type the name of a tag.");
  await expect(ticked(page)).toHaveCount(1);
  await choose(page, "Status", "Pending");
  await expect(page.getByText("1 ticket set to pending.")).toBeVisible();
});

test("a keyboard opens a menu and leaves it, and the page stays where it is", async ({
  openPage,
}) => {
  const address = await fill("Keys", 50);
  const page = await openPage(agent);
  await page.goto(address);
  await boxes(page).first().focus();
  await page.keyboard.press("Space");
  const snooze = page.locator('[data-command="snooze"]');
  await snooze.focus();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("dialog", { name: "Snooze" });
  await expect(menu.getByRole("button").first()).toBeFocused();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
    expect(
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`)),
    ).toEqual([]);
  }
  await page.keyboard.press("Escape");
  await expect(menu).toBeHidden();
  await expect(snooze).toBeFocused();
  expect(await page.evaluate(() => window.scrollY)).toBe(0);
});

test("without JavaScript rows are changed by a form, and undone", async ({ openPage, watch }) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const address = await fill("Plain", 3);
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto(address);
  await expect(bar(page)).toBeHidden();
  for (const n of [0, 1]) await boxes(page).nth(n).check();
  await expect(bar(page)).toBeVisible();
  await choose(page, "Status", "Solved");
  await expect(page.getByText("2 tickets set to solved.")).toBeVisible();
  await expect(page).toHaveURL(address);
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(page.getByText("Undone: 2 tickets.")).toBeVisible();
  await expect(rows(page)).toHaveCount(3);

  await boxes(page).first().check();
  await bar(page).getByRole("checkbox", { name: "Select all 3" }).check();
  await bar(page).getByRole("button", { name: "Tag", exact: true }).click();
  await bar(page).locator('input[name="tag"]').fill("Plain");
  await page.keyboard.press("Enter");
  await expect(page.getByText("3 tickets tagged “Plain”.")).toBeVisible();
  await boxes(page).first().check();
  await choose(page, "Merge", "Into the oldest of them");
  await expect(bar(page).getByRole("alert")).toContainText("Select two tickets or more");
});

test("it fits a phone", async ({ openPage }) => {
  const address = await fill("Pocket", 3);
  const page = await openPage(agent, {
    viewport: { width: 360, height: 740 },
    hasTouch: true,
  });
  await page.goto(address);
  await boxes(page).first().tap();
  await expect(bar(page)).toBeVisible();
  await expect(page).toHaveURL(address);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  for (const button of await bar(page).locator("[data-command]:visible").all()) {
    const box = await button.boundingBox();
    expect(box?.height, (await button.textContent()) ?? "").toBeGreaterThanOrEqual(40);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
  }
  // In the evening it is not today any more.
  await choose(page, "Snooze", /^(Later today|In 3 hours)/);
  await expect(page.getByText(/1 ticket snoozed until/)).toBeVisible();
});
