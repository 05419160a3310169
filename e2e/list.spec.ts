import type { Page } from "@playwright/test";
import { db } from "@/lib/db/client";
import { createAccount, createContact, createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";

let nora: Person;
let tom: Person;
let account: { id: string; email: string };

const DAY_MS = 86_400_000;
const ago = (ms: number) => new Date(Date.now() - ms);

withDesk({ name: "list" }, async () => {
  nora = await addPerson("AGENT", "Nora Brandt", "nora@list-desk.example");
  tom = await addPerson("AGENT", "Tom Keller", "tom@list-desk.example");
  account = await createAccount({ email: "support@list-desk.example" });
  await createAccount({ email: "billing@list-desk.example" });
  const marta = await createContact({ name: "Marta Oliveira", email: "marta@list-mail.example" });
  const recent = (ms: number) => ({ lastMessageAt: ago(ms), awaitingSince: ago(ms) });
  const blade = await createTicket({
    ...{ subject: "Wrong blade", priority: "URGENT", assigneeId: nora.id, accountId: account.id },
    ...{ requesterId: marta.id, lastMessageAt: ago(60_000), awaitingSince: ago(2.2 * DAY_MS) },
    ...{ awaitingUs: true, createdAt: ago(40 * DAY_MS), snippet: "The blade is 210 mm." },
  });
  await db().prisma.tag.create({
    data: { name: "Rücksendung", tickets: { connect: { id: blade.id } } },
  });
  for (const name of ["a tag with a name that is rather long", "third", "fourth"])
    await db().prisma.tag.create({ data: { name, tickets: { connect: { id: blade.id } } } });
  await createTicket({
    ...{ subject: "Bulk price", status: "PENDING", source: "WEB", awaitingUs: false },
    ...{ priority: "LOW", createdAt: ago(3_600_000), ...recent(3_600_000) },
  });
  await createTicket({
    ...{ subject: "Long ago", source: "API", createdAt: ago(40 * DAY_MS), ...recent(40 * DAY_MS) },
    awaitingUs: true,
  });
  await createTicket({
    ...{ subject: "Done", status: "SOLVED", createdAt: ago(DAY_MS), ...recent(DAY_MS) },
  });
});

const links = (page: Page) => page.locator("#tickets tbody a");
const h1 = (page: Page) => page.getByRole("heading", { level: 1 });

/** How wide the page is, for pages that must not be wider than their window. */
const widthOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);

test("every filter works by its address, and is named by a chip that takes it off", async ({
  openPage,
}) => {
  const page = await openPage(nora);
  const cases: [query: string, chip: string, subjects: string[]][] = [
    ["source=EMAIL", "Source: Email", ["Wrong blade"]],
    [`account=${account.id}`, `Account: ${account.email}`, ["Wrong blade"]],
    ["status=SOLVED", "Status: Solved", ["Done"]],
    ["priority=LOW,URGENT", "Priority: Low, Urgent", ["Wrong blade", "Bulk price"]],
    ["assignee=me", "Assignee: Me", ["Wrong blade"]],
    ["assignee=none", "Assignee: Nobody", ["Bulk price", "Long ago"]],
    ["requester=oliveira", "Requester: oliveira", ["Wrong blade"]],
    ["tag=r%C3%9Ccksendung", "Tag: rÜcksendung", ["Wrong blade"]],
    ["created=1d", "Created: Last 24 hours", ["Bulk price"]],
    ["updated=7d", "Updated: Last 7 days", ["Wrong blade", "Bulk price"]],
    ["updated=..2020-01-31", "Updated: until 31 Jan 2020", []],
    ["q=blade", "Search: blade", ["Wrong blade"]],
  ];
  for (const [query, chip, subjects] of cases) {
    await page.goto(`/tickets?${query}`);
    await expect(page.getByText(chip, { exact: true }).first()).toBeVisible();
    await expect(links(page), query).toHaveText(subjects);
  }
  await page.goto("/tickets?source=EMAIL&priority=URGENT");
  await page.getByRole("link", { name: "Remove Source" }).click();
  await expect(page).toHaveURL("/tickets?priority=URGENT");
  await page.getByRole("link", { name: "Remove Priority" }).click();
  await expect(page).toHaveURL("/tickets");
  await expect(links(page)).toHaveText(["Wrong blade", "Bulk price", "Long ago"]);
  await page.goBack();
  await expect(page).toHaveURL("/tickets?priority=URGENT");
  await expect(links(page)).toHaveText(["Wrong blade"]);
});

test("every filter works by the form, which shows what is asked for, and the address can be shared", async ({
  openPage,
}) => {
  const page = await openPage(nora);
  await page.goto("/tickets?sort=wait");
  await page.getByText("Filter", { exact: true }).click();
  await page.getByLabel("Open", { exact: true }).check();
  await page.getByLabel("Urgent", { exact: true }).check();
  await page.getByLabel("Assignee", { exact: true }).selectOption({ label: "Nora Brandt" });
  await page.getByLabel("Requester", { exact: true }).fill("marta@");
  await page.getByLabel("Source", { exact: true }).selectOption({ label: "Email" });
  await page.getByLabel("Account", { exact: true }).selectOption({ label: account.email });
  await page.locator("main details").getByLabel("Tag", { exact: true }).fill("third");
  const created = page.getByRole("group", { name: "Created" });
  await created.getByLabel("From").fill("2026-01-01");
  await created.getByLabel("Until").fill("2099-12-31");
  await page.getByLabel("Updated", { exact: true }).selectOption({ label: "Last 7 days" });
  await page.getByRole("button", { name: "Apply filters" }).click();
  const query =
    `source=EMAIL&status=OPEN&priority=URGENT&assignee=${nora.id}&account=${account.id}` +
    "&requester=marta%40&tag=third&created=2026-01-01..2099-12-31&updated=7d&sort=wait";
  await expect(page).toHaveURL(`/tickets?${query}`);
  await expect(links(page)).toHaveText(["Wrong blade"]);
  await expect(page.getByText("Created: 1 Jan 2026 to 31 Dec 2099")).toBeVisible();

  const other = await openPage(tom);
  await other.goto(`/tickets?${query}`);
  await expect(links(other)).toHaveText(["Wrong blade"]);
  await other.getByText("Filter", { exact: true }).click();
  await expect(other.getByLabel("Urgent", { exact: true })).toBeChecked();
  await expect(other.locator("main details").getByLabel("Tag", { exact: true })).toHaveValue(
    "third",
  );
  const days = other.getByRole("group", { name: "Created" });
  await expect(days.getByLabel("From")).toHaveValue("2026-01-01");
  await expect(other.getByLabel("Updated", { exact: true })).toHaveValue("7d");
  await other.getByRole("link", { name: "Clear filters" }).first().click();
  await expect(other).toHaveURL("/tickets");
});

test("a row says who must act and for how long, and opens in another tab", async ({ openPage }) => {
  const page = await openPage(nora, { viewport: { width: 1500, height: 900 } });
  await page.goto("/tickets");
  const row = page.getByRole("row").filter({ hasText: "Wrong blade" });
  await expect(row).toContainText("2 d 4 h");
  await expect(row).toContainText("Awaiting us");
  await expect(row).toContainText("The blade is 210 mm.");
  await expect(row).toContainText("Urgent priority");
  await expect(row).toContainText("Marta Oliveira");
  await expect(row).toContainText("support@list-desk.example");
  await expect(row).toContainText("+2");
  await expect(page.getByRole("row").filter({ hasText: "Bulk price" })).toContainText(
    "Awaiting customer",
  );
  const tab = page.context().waitForEvent("page");
  await row.getByRole("link").click({ button: "middle" });
  await expect(h1(await tab)).toContainText("Wrong blade");
  await expect(page).toHaveURL("/tickets");
});

test("the list is sorted by the newest mail or the longest wait, and says which", async ({
  openPage,
}) => {
  const page = await openPage(nora);
  await page.goto("/tickets?source=");
  const order = page.getByRole("navigation", { name: "Order" });
  const header = (name: string) => page.getByRole("columnheader", { name });
  await expect(header("Updated")).toHaveAttribute("aria-sort", "descending");
  await order.getByRole("link", { name: "Longest wait" }).click();
  await expect(page).toHaveURL("/tickets?sort=wait");
  await expect(links(page)).toHaveText(["Long ago", "Wrong blade", "Bulk price"]);
  await expect(header("Waiting")).toHaveAttribute("aria-sort", "descending");
  await expect(header("Updated")).not.toHaveAttribute("aria-sort", /./);
  await page.getByRole("searchbox").fill("blade");
  await page.getByRole("searchbox").press("Enter");
  await expect(page).toHaveURL("/tickets?q=blade&sort=wait");
  await page.goBack();
  await order.getByRole("link", { name: "Newest" }).click();
  await expect(page).toHaveURL("/tickets");
  await expect(links(page)).toHaveText(["Wrong blade", "Bulk price", "Long ago"]);
});

test("rows get lower and higher again, and stay so", async ({ openPage }) => {
  const page = await openPage(nora);
  await page.goto("/tickets");
  const row = page.getByRole("row").filter({ hasText: "Wrong blade" });
  const height = async () => Math.round((await row.boundingBox())?.height ?? 0);
  const toggle = page.getByRole("button", { name: "Compact rows" });
  expect(await height()).toBeGreaterThanOrEqual(56);
  await toggle.click();
  await expect(toggle).toHaveAttribute("aria-pressed", "true");
  await expect(row).not.toContainText("The blade is 210 mm.");
  await expect.poll(height).toBeLessThanOrEqual(41);
  await page.goto("/tickets?view=all");
  await expect(toggle).toHaveAttribute("aria-pressed", "true");
  await toggle.click();
  await expect(row).toContainText("The blade is 210 mm.");
});

test("a list is saved, found in the menu, renamed, moved, shared and deleted", async ({
  openPage,
}) => {
  const page = await openPage(nora);
  const menu = page.getByRole("navigation", { name: "Main" });
  await page.goto("/tickets");
  await expect(page.getByRole("link", { name: "Save view" })).toHaveCount(0);
  await page.goto("/tickets?priority=URGENT");
  await page.getByRole("link", { name: "Save view" }).click();
  await expect(page.getByText("All open · Priority: Urgent")).toBeVisible();
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(page.getByRole("alert").getByText("Give the view a name.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Burning");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(h1(page)).toHaveText("Burning");
  await expect(page).toHaveURL("/tickets?priority=URGENT");
  await expect(page.getByRole("link", { name: "Save view" })).toHaveCount(0);
  await expect(menu.getByRole("link", { name: "Burning 1" })).toHaveAttribute(
    "aria-current",
    "page",
  );
  await expect(menu.getByRole("link", { name: /^All open/ })).not.toHaveAttribute(
    "aria-current",
    /./,
  );

  await page.goto("/tickets/views/new?assignee=me");
  await page.getByLabel("Name", { exact: true }).fill("Mine");
  await page.getByLabel("Share with everybody").check();
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(h1(page)).toHaveText("Mine");
  const other = await openPage(tom);
  await other.goto("/tickets");
  const otherMenu = other.getByRole("navigation", { name: "Main" });
  await expect(otherMenu.getByRole("link", { name: "Burning" })).toHaveCount(0);
  // "Me" is whoever looks.
  await otherMenu.getByRole("link", { name: "Mine", exact: true }).click();
  await expect(h1(other)).toHaveText("Mine");
  await expect(other.getByText("No ticket in “All open” matches this filter.")).toBeVisible();
  await other.goto("/tickets/views");
  await expect(other.getByText("Made by Nora Brandt.")).toBeVisible();
  await expect(other.getByRole("button", { name: "Delete" })).toHaveCount(0);

  await menu.getByRole("link", { name: "Edit saved views" }).click();
  await page.getByRole("button", { name: "Share Burning" }).click();
  const shared = page.getByRole("region", { name: "Shared with everybody" });
  await expect(shared.getByRole("listitem")).toHaveCount(2);
  await page.getByRole("button", { name: "Move Burning up" }).click();
  await expect(shared.getByRole("listitem").first()).toContainText("Burning");
  const burning = shared.getByRole("listitem").filter({ hasText: "Burning" });
  await burning.getByText("Rename", { exact: true }).first().click();
  await burning.getByLabel("Name of “Burning”").fill("Mine");
  await burning.getByRole("button", { name: "Rename" }).click();
  await expect(burning.getByText("There is a view “Mine” already")).toBeVisible();
  await burning.getByLabel("Name of “Burning”").fill("On fire");
  await burning.getByRole("button", { name: "Rename" }).click();
  await expect(menu.getByRole("link", { name: "On fire 1" })).toBeVisible();

  await other.goto("/tickets?priority=URGENT");
  await expect(h1(other)).toHaveText("On fire");
  const fire = shared.getByRole("listitem").filter({ hasText: "On fire" });
  await fire.getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Delete view" }).click();
  await expect(fire).toHaveCount(0);
  // Its address stays a list, without the name.
  await other.reload();
  await expect(h1(other)).toHaveText("All open");
  await expect(links(other)).toHaveText(["Wrong blade"]);
});

test("a saved view of what is gone says so, and is empty", async ({ openPage }) => {
  const gone = await createAccount({ email: "old@list-desk.example" });
  await db().prisma.savedView.create({
    data: {
      ...{ name: "Old accounts", ownerId: nora.id, makerId: nora.id },
      query: `account=${gone.id}&tag=no-such-tag`,
    },
  });
  await db().prisma.emailAccount.delete({ where: { id: gone.id } });
  const page = await openPage(nora);
  await page.goto("/tickets");
  await page.getByRole("link", { name: "Old accounts" }).click();
  await expect(h1(page)).toHaveText("Old accounts");
  await expect(page.getByText("The email account it asks for was deleted.")).toBeVisible();
  await expect(page.getByText("There is no tag “no-such-tag” any more.")).toBeVisible();
  await expect(page.getByText("matches all of these filters.")).toBeVisible();
});

test("an address that makes no sense is understood as far as it goes, and says what was left out", async ({
  openPage,
}) => {
  const page = await openPage(nora);
  const cases: [query: string, note: string][] = [
    ["view=toString", "The view “toString” is not known and was left out."],
    ["after=yesterday", "The page “yesterday” is not known and was left out."],
    ["source=FAX", "Source “FAX” is not known and was left out."],
    [`q=${"x".repeat(10_000)}`, "The search is too long: only its first 200 characters count."],
    ["created=5..1&sort=up", "The time of creation “5..1” is not known and was left out."],
  ];
  for (const [query, note] of cases) {
    await page.goto(`/tickets?${query}`);
    await expect(page.getByText("Part of this address was not understood")).toBeVisible();
    await expect(page.getByText(note)).toBeVisible();
  }
  for (const q of ["%", "_", '"', "((", "a & | !", "\\", "'; --"]) {
    await page.goto(`/tickets?q=${encodeURIComponent(q)}`);
    await expect(page.getByRole("searchbox")).toHaveValue(q);
  }
  const last = await db().prisma.ticket.findFirstOrThrow({ orderBy: { lastMessageAt: "asc" } });
  await page.goto(`/tickets?after=${last.lastMessageAt.getTime()}_${last.id}`);
  await expect(page.getByText("There are no further tickets.")).toBeVisible();
  await page.getByRole("link", { name: "First page" }).click();
  await expect(links(page)).toHaveCount(3);
});

test("an empty view says what to do next", async ({ openPage }) => {
  const page = await openPage(tom);
  await page.goto("/tickets?view=my-open");
  await expect(page.getByText("No open ticket is assigned to you.")).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Unassigned" }).click();
  await expect(page).toHaveURL("/tickets?view=unassigned");
  await page.goto("/tickets?view=spam");
  await expect(page.getByText("There is no spam.")).toBeVisible();
  await page.goto("/tickets?view=snoozed&source=EMAIL");
  await page.getByRole("link", { name: "Look in all tickets" }).click();
  await expect(page).toHaveURL("/tickets?view=all&source=EMAIL");
});

test("it all works before JavaScript, page by page", async ({ openPage, watch }) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  await db().prisma.ticket.createMany({
    data: Array.from({ length: 60 }, (_, n) => ({
      ...{ subject: `Pallet ${n}`, source: "API" as const, status: "CLOSED" as const },
      lastMessageAt: new Date(Date.UTC(2026, 0, 1, 0, n)),
    })),
  });
  const page = await openPage(tom, { javaScriptEnabled: false });
  await page.goto("/tickets?view=solved");
  await page.getByText("Filter", { exact: true }).click();
  await page.getByLabel("Source", { exact: true }).selectOption({ label: "API" });
  await page.getByRole("button", { name: "Apply filters" }).click();
  await expect(page).toHaveURL("/tickets?view=solved&source=API");
  await expect(links(page).first()).toHaveText("Pallet 59");
  await page.getByRole("link", { name: "Older" }).click();
  await expect(links(page)).toHaveCount(10);
  await page.getByRole("link", { name: "Newer" }).click();
  await expect(links(page)).toHaveCount(50);
  await page.getByRole("link", { name: "Longest wait" }).click();
  await expect(page).toHaveURL("/tickets?view=solved&source=API&sort=wait");
  await page.getByRole("button", { name: "Compact rows" }).click();
  await expect(page.getByRole("button", { name: "Compact rows" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await page.getByRole("link", { name: "Save view" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Pallets");
  await page.getByRole("button", { name: "Save view" }).click();
  await expect(h1(page)).toHaveText("Pallets");
  await page.getByRole("link", { name: "Edit saved views" }).click();
  const row = page.getByRole("listitem").filter({ hasText: "Pallets" });
  await row.getByText("Rename", { exact: true }).first().click();
  await row.getByLabel("Name of “Pallets”").fill("All pallets");
  await row.getByRole("button", { name: "Rename" }).click();
  await expect(page.getByRole("link", { name: "All pallets", exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Share All pallets" }).click();
  await expect(page.getByRole("button", { name: "Stop sharing All pallets" })).toBeVisible();
});

test("nothing is wider than a window of 360 pixels or more", async ({ openPage }) => {
  const name = "Everything that came by mail and waits";
  await db().prisma.savedView.create({
    data: { name, query: "source=EMAIL", ownerId: nora.id, makerId: nora.id },
  });
  const page = await openPage(nora);
  for (const width of [360, 700, 701, 820, 1100, 1280, 1900]) {
    await page.setViewportSize({ width, height: 800 });
    for (const path of [
      "/tickets?view=all",
      "/tickets?source=EMAIL&priority=URGENT&tag=third&updated=7d&sort=wait",
      "/tickets/views",
      "/tickets/views/new?source=EMAIL",
    ]) {
      await page.goto(path);
      await expect(h1(page)).toBeVisible();
      expect.soft(await widthOf(page), `${path} at ${width}`).toBeLessThanOrEqual(width);
    }
  }
  for (const width of [360, 701, 820]) {
    await page.setViewportSize({ width, height: 640 });
    await page.goto("/tickets?source=EMAIL&priority=URGENT");
    await page.getByText("Filter", { exact: true }).click();
    await expect(page.getByRole("button", { name: "Apply filters" })).toBeVisible();
    expect.soft(await widthOf(page), `the panel at ${width}`).toBeLessThanOrEqual(width);
  }
});
