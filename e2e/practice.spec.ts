import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";

let agent: Person;

withDesk({ name: "practice", worker: true, practice: true }, async () => {
  agent = await addPerson("AGENT", "Ben Okoye", "ben@practice.test");
});

test("a practice mail becomes a ticket, its answer reaches the customer, and theirs comes back", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  await page.goto("/practice");
  await page.getByLabel("Kind of mail").selectOption({ label: "A mail in Spanish" });
  await page.getByRole("button", { name: "Send a practice mail" }).click();
  const opened = page.getByRole("link", { name: /^ticket #\d+$/ });
  await opened.click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Cobro duplicado en enero");
  const ticket = page.url();
  await page.getByRole("textbox", { name: "Reply" }).fill("Se la devolvemos hoy mismo.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText(/Accepted: 250/)).toBeVisible();

  await page.goto("/practice");
  const inbox = page.getByRole("region", { name: "The customer's inbox" });
  await expect(inbox.getByText("Se la devolvemos hoy mismo.")).toBeVisible();
  await inbox.getByText("Answer as the customer").click();
  await inbox.getByRole("textbox").fill("Muchas gracias.");
  await inbox.getByRole("button", { name: "Send answer" }).click();
  await expect(inbox.getByText("Sent. It joins its ticket")).toBeVisible();
  await page.goto(ticket);
  await expect(page.getByText("Muchas gracias.")).toBeVisible();
});
