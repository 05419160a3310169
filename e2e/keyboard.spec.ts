import { db } from "@/lib/db/client";
import { createAccount, createContact, createTicket } from "@/lib/testing/factories";
import { changeStatus } from "@/lib/tickets/status";
import { expect, test, withDesk } from "./fixtures";
import { violationsOn } from "./harness/axe";
import { choose, goTo, heading, palette, sheet, subject } from "./harness/keys";
import { addPerson, type Person } from "./harness/people";

let admin: Person;
let agent: Person;
/** The numbers of the open tickets, newest first. */
let numbers: number[] = [];

withDesk({ name: "keyboard" }, async () => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@keyboard.example");
  agent = await addPerson("AGENT", "Ben Agent", "ben@keyboard.example");
  await createAccount({ email: "desk@keyboard.example", isDefault: true });
  const requester = await createContact({ name: "Marta Oliveira", email: "marta@keyboard.test" });
  const subjects = ["Fifth blade", "Fourth drill", "Third saw", "Second lamp", "First chair"];
  for (const [index, subject] of subjects.entries()) {
    const lastMessageAt = new Date(Date.now() - (subjects.length - index) * 3600_000);
    const ticket = await createTicket({ subject, lastMessageAt, requesterId: requester.id });
    numbers = [ticket.number, ...numbers];
  }
});

test("rows: J and K move a focus that can be seen, O and Enter open", async ({ openPage }) => {
  const page = await openPage(agent);
  await goTo(page, "/tickets");
  await page.keyboard.press("j");
  await expect(subject(page, "First chair")).toBeFocused();
  const row = page.getByRole("row").filter({ hasText: "First chair" });
  await expect(row).toHaveCSS("outline-style", "solid");
  await page.keyboard.press("k");
  await expect(subject(page, "First chair")).toBeFocused();
  for (const name of ["Second lamp", "Third saw", "Fourth drill", "Fifth blade", "Fifth blade"]) {
    await page.keyboard.press("j");
    await expect(subject(page, name)).toBeFocused();
  }
  await page.keyboard.press("k");
  await page.keyboard.press("o");
  await expect(heading(page, "Fourth drill")).toBeVisible();
  await page.goBack();
  // Where one was is where one goes on.
  await expect(subject(page, "Fourth drill")).toBeFocused();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await expect(heading(page, "Fifth blade")).toBeVisible();
});

test("G and a second key go to views and pages, the Admin Portal's for admins", async ({
  openPage,
}) => {
  const page = await openPage(admin);
  await goTo(page, "/tickets");
  for (const [key, title] of [
    ["m", "My open"],
    ["u", "Unassigned"],
    ["w", "Waiting on customer"],
    ["z", "Snoozed"],
    ["d", "Solved"],
    ["i", "All open"],
    ["c", "Contacts"],
    ["a", "Email Accounts"],
    ["p", "People"],
  ] as const) {
    await page.keyboard.press("g");
    await page.keyboard.press(key);
    await expect(heading(page, title)).toBeVisible();
  }
  const other = await openPage(agent);
  await goTo(other, "/tickets");
  await other.keyboard.press("g");
  await other.keyboard.press("a");
  await other.keyboard.press("j");
  await expect(subject(other, "First chair")).toBeFocused();
  await expect(other).toHaveURL(/\/tickets$/);
});

test("keys are text in fields, nothing with modifiers or behind a dialog", async ({ openPage }) => {
  const page = await openPage(agent);
  await goTo(page, "/tickets");
  await page.keyboard.press("/");
  const field = page.getByRole("searchbox", { name: "Search tickets" });
  await expect(field).toBeFocused();
  await page.keyboard.type("gij?/x");
  await expect(field).toHaveValue("gij?/x");
  await expect(sheet(page)).toBeHidden();
  await page.keyboard.press("Escape");
  await expect(field).not.toBeFocused();
  await expect(field).toHaveValue("gij?/x");

  for (const combination of ["Control+j", "Alt+j", "Shift+J", "Meta+j"]) {
    await page.keyboard.press(combination);
    await expect(subject(page, "First chair")).not.toBeFocused();
  }
  await page.keyboard.press("?");
  await expect(sheet(page)).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("c");
  await expect(sheet(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toBeHidden();
  await expect(page).toHaveURL(/\/tickets$/);
  await expect(subject(page, "First chair")).not.toBeFocused();

  // What a Russian keyboard says when the key right of H is pressed.
  await page.evaluate(() =>
    document.body.dispatchEvent(
      new KeyboardEvent("keydown", { key: "о", code: "KeyJ", bubbles: true, cancelable: true }),
    ),
  );
  await expect(subject(page, "First chair")).toBeFocused();
  await page.keyboard.press("c");
  await expect(heading(page, "New ticket")).toBeVisible();
});

test("buttons, links and fields say their keys", async ({ openPage }) => {
  const page = await openPage(agent);
  await goTo(page, "/tickets");
  const create = page.getByRole("link", { name: "New ticket" });
  await expect(create).toHaveAttribute("title", "New ticket (C)");
  await expect(create).toHaveAttribute("aria-keyshortcuts", "c");
  const menu = page.getByRole("navigation", { name: "Main" });
  await expect(menu.getByRole("link", { name: "My open" })).toHaveAttribute(
    "title",
    "My open (G then M)",
  );
  await expect(menu.getByRole("link", { name: "Search" })).toHaveAttribute(
    "aria-keyshortcuts",
    "Control+k",
  );
  await page.goto(`/tickets/${numbers[0]}`);
  await expect(page.getByLabel("Assignee")).toHaveAttribute("title", "Assign (A)");
});

test("the focus stays with its ticket while rows come and go", async ({ openPage }) => {
  const page = await openPage(agent);
  await goTo(page, "/tickets");
  for (let i = 0; i < 3; i++) await page.keyboard.press("j");
  await expect(subject(page, "Third saw")).toBeFocused();
  const solve = (index: number) =>
    changeStatus({ id: agent.id, role: "AGENT" }, numbers[index] ?? 0, "SOLVED");
  await solve(0);
  // Reads the page again, as bulk actions do.
  await choose(page, "dark th", "Dark theme");
  await expect(subject(page, "First chair")).toHaveCount(0);
  await expect(subject(page, "Third saw")).toBeFocused();
  await solve(2);
  await choose(page, "light th", "Light theme");
  await expect(subject(page, "Third saw")).toHaveCount(0);
  await expect(subject(page, "Fourth drill")).toBeFocused();
  await page.keyboard.press("k");
  await expect(subject(page, "Second lamp")).toBeFocused();
  for (const index of [0, 2])
    await changeStatus({ id: agent.id, role: "AGENT" }, numbers[index] ?? 0, "OPEN");
});

test("tickets leave the list behind the palette: the focus is on the next one", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  await goTo(page, "/tickets");
  for (let i = 0; i < 3; i++) await page.keyboard.press("j");
  await expect(subject(page, "Third saw")).toBeFocused();
  await page.keyboard.press("Control+k");
  await expect(palette(page).getByRole("combobox")).toBeFocused();
  // One above it, and then itself.
  for (const index of [0, 2]) {
    await changeStatus({ id: agent.id, role: "AGENT" }, numbers[index] ?? 0, "SOLVED");
    // Not by role: what a dialog covers has none.
    const row = page.locator(`main [data-row]:has(a[href$="/tickets/${numbers[index]}"])`);
    await expect(row).toHaveCount(0);
  }
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  await expect(subject(page, "Fourth drill")).toBeFocused();
  for (const index of [0, 2])
    await changeStatus({ id: agent.id, role: "AGENT" }, numbers[index] ?? 0, "OPEN");
});

test("the palette opens tickets, views and searches, and is fetched at first use", async ({
  openPage,
}) => {
  const page = await openPage(admin);
  const scripts: string[] = [];
  page.on("response", (response) => {
    if (/\.js$/.test(new URL(response.url()).pathname)) scripts.push(response.url());
  });
  await page.goto("/tickets", { waitUntil: "networkidle" });
  const before = scripts.length;
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await expect(palette(page).getByRole("combobox")).toBeFocused();
  expect(scripts.length).toBeGreaterThan(before);
  // A toggle would be one way to lose what was typed.
  await page.keyboard.type("nobody-writes-this");
  await page.keyboard.press("Control+k");
  await expect(palette(page).getByRole("option")).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();

  await choose(page, `#${numbers[1]}`, `Open ticket #${numbers[1]}`);
  await expect(heading(page, "Second lamp")).toBeVisible();
  await choose(page, "waiting", "Waiting on customer");
  await expect(heading(page, "Waiting on customer")).toBeVisible();
  await choose(page, "add em", "Add Email Account");
  await expect(page).toHaveURL(/\/admin\/email-accounts\/new$/);
  // Ctrl K is no single key: it works while one types.
  await page.getByLabel("Email").first().focus();
  await choose(page, "chair", "Search tickets for “chair”");
  await expect(page).toHaveURL(/\/tickets\?q=chair$/);
  await expect(subject(page, "First chair")).toBeVisible();
  await choose(page, "new ti", "New ticket");
  await expect(heading(page, "New ticket")).toBeVisible();
  await choose(page, "keyb", "Keyboard shortcuts");
  await expect(sheet(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await choose(page, "dark", "Dark theme");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await choose(page, "theme of", "Theme of the system");
  await expect(page.locator("html")).not.toHaveAttribute("data-theme");

  const leaving = await addPerson("AGENT", "Lee Leaving", "lee@keyboard.example");
  const other = await openPage(leaving);
  await goTo(other, "/tickets");
  await choose(other, "sign o", "Sign out");
  await expect(other).toHaveURL(/\/login/);
});

test("a palette that can't be fetched leaves the page and what is typed there alone", async ({
  openPage,
  watch,
}) => {
  watch.allow(/^request failed: \S+\.js net::ERR_FAILED$/, /^console error: Failed to load/);
  const page = await openPage(agent);
  await goTo(page, "/tickets/new");
  await page.getByLabel("Subject").fill("Half a sentence");
  await page.route("**/*.js", (route) => route.abort());
  await page.keyboard.press("Control+k");
  await expect(page.getByText("This could not be fetched.")).toBeVisible();
  await expect(page.getByLabel("Subject")).toHaveValue("Half a sentence");
});

test("a ticket by keys: note, reply, owner, solved", async ({ openPage }) => {
  const page = await openPage(agent);
  const number = numbers[4] ?? 0;
  await goTo(page, `/tickets/${number}`);
  await page.keyboard.press("n");
  await expect(page.getByRole("textbox", { name: "Internal note" })).toBeFocused();
  await page.getByRole("textbox", { name: "Internal note" }).blur();
  await page.keyboard.press("r");
  await expect(page.getByRole("textbox", { name: "Reply" })).toBeFocused();
  await page.getByRole("textbox", { name: "Reply" }).blur();
  await page.keyboard.press("a");
  await expect(page.getByLabel("Assignee")).toBeFocused();
  await page.keyboard.press("Escape");
  await page.getByLabel("Assignee").blur();
  await page.keyboard.press("e");
  const status = () =>
    db().prisma.ticket.findUnique({ where: { number }, select: { status: true } });
  await expect.poll(status).toEqual({ status: "SOLVED" });
});

test("single keys can be turned off; Ctrl K stays", async ({ openPage }) => {
  const person = await addPerson("AGENT", "Dora Dictates", "dora@keyboard.example");
  const page = await openPage(person);
  await page.goto("/profile");
  await page.getByRole("button", { name: "Show all keys" }).click();
  await expect(sheet(page).getByText("G", { exact: true }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByLabel("Single-key shortcuts").uncheck();
  await page.getByRole("button", { name: "Save shortcuts" }).click();
  await expect(page.getByText("Single keys are off.")).toBeVisible();
  await expect(page.getByLabel("Single-key shortcuts")).not.toBeChecked();

  await page.goto("/tickets");
  await page.keyboard.press("Control+k");
  await expect(palette(page)).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(palette(page)).toBeHidden();
  for (const key of ["j", "?", "c"]) await page.keyboard.press(key);
  await expect(sheet(page)).toBeHidden();
  await expect(page).toHaveURL(/\/tickets$/);
  await expect(subject(page, "Second lamp")).toBeVisible();
  const inTable = page.locator("main [data-row] :focus");
  await expect(inTable).toHaveCount(0);
  await expect(page.getByRole("link", { name: "New ticket" })).not.toHaveAttribute("title");

  await choose(page, "profile", "Your profile");
  await page.getByLabel("Single-key shortcuts").check();
  await page.getByRole("button", { name: "Save shortcuts" }).click();
  await expect(page.getByText("Single keys are on.")).toBeVisible();
  await goTo(page, "/tickets");
  await page.keyboard.press("j");
  await expect(inTable).toHaveCount(1);
});

test("the palette and the sheet have no barrier that axe finds, and fit a phone", async ({
  openPage,
}) => {
  for (const [look, width] of [
    ["light", 1280],
    ["dark", 1280],
    ["light", 360],
    ["dark", 360],
  ] as const) {
    const page = await openPage(admin, { viewport: { width, height: 800 }, colorScheme: look });
    await goTo(page, "/tickets");
    await page.keyboard.press("j");
    const check = async (what: string) => {
      expect.soft(await violationsOn(page, look), `${what} in ${look}, ${width}`).toEqual([]);
      const scrolled = await page.evaluate(() => document.documentElement.scrollWidth);
      expect.soft(scrolled, `the width of ${what}`).toBeLessThanOrEqual(width);
      await page.screenshot({ path: `test-results/keys/${what}-${look}-${width}.png` });
    };
    await check("row");
    await page.keyboard.press("?");
    await expect(sheet(page)).toBeVisible();
    await check("sheet");
    await page.keyboard.press("Escape");
    await expect(sheet(page)).toBeHidden();
    await page.keyboard.press("Control+k");
    await expect(palette(page)).toBeVisible();
    await check("palette");
    await page.keyboard.type("wait");
    await expect(palette(page).getByRole("option")).toHaveCount(2);
    await check("palette-typed");
    await page.keyboard.press("Escape");
    await page.goto("/profile");
    // At its top: what lies half below the sticky head counts as a target that is too small.
    await expect(page.getByRole("button", { name: "Save shortcuts" })).toBeVisible();
    await check("profile");
  }
});

test("before JavaScript the search of the menu leads to the list's", async ({
  openPage,
  watch,
}) => {
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto("/contacts");
  await page.getByRole("link", { name: "Search", exact: true }).click();
  await expect(page).toHaveURL(/\/tickets#search$/);
  await expect(page.locator("#search:target")).toBeVisible();
});

test("list, filter, selected tickets and palette with the keyboard alone", async ({ openPage }) => {
  const page = await openPage(agent);
  await goTo(page, "/contacts");
  const boxes = page.locator("main [data-row] input[name=id]");

  // List and filter.
  await page.keyboard.press("g");
  await page.keyboard.press("i");
  await expect(heading(page, "All open")).toBeVisible();
  await page.keyboard.press("/");
  await page.keyboard.type("lamp");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=lamp/);
  await expect(boxes).toHaveCount(1);
  await page.keyboard.press("Escape");
  await page.keyboard.press("j");
  await expect(subject(page, "Second lamp")).toBeFocused();

  // One ticket, selected and not.
  await page.keyboard.press("x");
  await expect(boxes.first()).toBeChecked();
  await expect(page.locator("[data-command=assign]")).toBeVisible();
  await page.keyboard.press("x");
  await expect(boxes.first()).not.toBeChecked();

  // The palette knows what is selected.
  await page.keyboard.press("x");
  await page.keyboard.press("Control+k");
  await expect(palette(page).getByText("1 selected ticket")).toBeVisible();
  await page.keyboard.type("snooze");
  await expect(palette(page).getByRole("option").first()).toContainText("Snooze");
  await page.keyboard.press("Enter");
  await expect(palette(page)).toBeHidden();
  await expect(page.getByRole("dialog", { name: "Snooze" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog", { name: "Snooze" })).toBeHidden();

  // Solved by one key, and gone from the list.
  await page.keyboard.press("e");
  await expect(page.getByText("1 ticket set to solved.")).toBeVisible();
  await expect(boxes).toHaveCount(0);
});
