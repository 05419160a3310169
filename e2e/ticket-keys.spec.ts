import { db } from "@/lib/db/client";
import { createAccount, createContact, createMessage, createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { goTo, heading, sheet } from "./harness/keys";
import { addPerson, type Person } from "./harness/people";

let agent: Person;
let numbers: number[] = [];

withDesk({ name: "ticket-keys" }, async () => {
  agent = await addPerson("AGENT", "Kim Keys", "kim@keys.example");
  await createAccount({ email: "desk@keys.example", isDefault: true });
  const requester = await createContact({ name: "Marta Oliveira", email: "marta@keys.test" });
  for (const subject of ["Third saw", "Second lamp", "First chair"]) {
    const lastMessageAt = new Date(Date.now() - 3600_000 + numbers.length * 60_000);
    const ticket = await createTicket({ subject, lastMessageAt, requesterId: requester.id });
    await createMessage({ ticketId: ticket.id, text: `About the ${subject}.` });
    numbers = [ticket.number, ...numbers];
  }
});

test("from the list through its tickets, an answer taken back, asleep and solved, by keys alone", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  await goTo(page, "/tickets?view=unassigned");
  await page.keyboard.press("j");
  await page.keyboard.press("o");
  await expect(heading(page, "First chair")).toBeVisible();
  await expect(page.getByRole("navigation", { name: "The list" }).last()).toContainText("1 of 3");
  await page.keyboard.press("]");
  await expect(heading(page, "Second lamp")).toBeVisible();
  await page.keyboard.press("]");
  await expect(heading(page, "Third saw")).toBeVisible();
  // That was the last one.
  await page.keyboard.press("]");
  await page.keyboard.press("[");
  await expect(heading(page, "Second lamp")).toBeVisible();

  await page.keyboard.press("r");
  const reply = page.getByRole("textbox", { name: "Reply" });
  await expect(reply).toBeFocused();
  await page.keyboard.type("It is on its way [1].");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText(/^Sending in \d+ s$/)).toBeVisible();
  await reply.blur();
  await page.keyboard.press("z");
  await expect(reply).toHaveValue("It is on its way [1].");
  await expect(reply).toBeFocused();
  await reply.fill("");
  await reply.blur();

  await page.keyboard.press("n");
  await expect(page.getByRole("textbox", { name: "Internal note" })).toBeFocused();
  await page.getByRole("textbox", { name: "Internal note" }).blur();

  await page.keyboard.press("s");
  const menu = page.getByRole("dialog", { name: "Snooze" });
  await expect(menu.getByRole("button").first()).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(menu.getByRole("button", { name: /^Tomorrow/ })).toBeFocused();
  await page.keyboard.press("Enter");
  const snooze = page.locator('[data-command="snooze"]');
  await expect(snooze).toHaveText(/^Asleep until/);
  await expect(snooze).toBeFocused();

  await page.keyboard.press("e");
  await expect(page.getByLabel("Status")).toHaveValue("SOLVED");
  const status = () =>
    db().prisma.ticket.findUnique({ where: { number: numbers[1] }, select: { status: true } });
  await expect.poll(status).toEqual({ status: "SOLVED" });
  await expect(snooze).toBeFocused();
  // And on to the next one.
  await page.keyboard.press("]");
  await expect(heading(page, "Third saw")).toBeVisible();
});

test("the steps through a list can be tabbed to, and keep the focus", async ({ openPage }) => {
  const page = await openPage(agent);
  await goTo(page, "/tickets");
  await page.getByRole("link", { name: "First chair" }).click();
  await expect(heading(page, "First chair")).toBeVisible();
  const next = page.getByRole("link", { name: /^Next ticket/ });
  await expect(next).toHaveAttribute("title", "Next ticket of the list (])");
  await next.press("Enter");
  await expect(heading(page, "First chair")).toHaveCount(0);
  await expect(page.getByRole("link", { name: /^(Next|Previous) ticket/ }).last()).toBeFocused();
  await page.getByRole("link", { name: /^\d of \d$/ }).click();
  await expect(page).toHaveURL(/\/tickets$/);
  // Opened by its address, a ticket has no list.
  const other = await openPage(agent);
  await goTo(other, `/tickets/${numbers[0]}`);
  await expect(other.getByRole("navigation", { name: "The list" })).toHaveCount(0);
});

test("the sheet and the palette know the ticket’s commands", async ({ openPage }) => {
  const page = await openPage(agent);
  await goTo(page, `/tickets/${numbers[0]}`);
  await page.keyboard.press("?");
  for (const words of ["Forward", "Undo", "Next ticket of the list", "Send what is written"])
    await expect(sheet(page).getByText(words, { exact: true })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(sheet(page)).toBeHidden();
  const palette = page.getByRole("dialog", { name: "Search and commands" });
  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("relate");
  await expect(palette.getByRole("option").first()).toContainText("Relate to another ticket");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Related to ticket")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(page.getByLabel("Related to ticket")).toBeHidden();
  await page.keyboard.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await page.keyboard.type("assign to me");
  await expect(palette.getByRole("option").first()).toContainText("Assign to me");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Assignee")).toHaveValue(agent.id);
});
