import type { Page } from "@playwright/test";
import { createContact, createMessage, createTicket } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { addPerson, type Person } from "./harness/people";

let agent: Person;
let bladeNumber: number;

withDesk({ name: "search" }, async () => {
  agent = await addPerson("AGENT", "Nora Brandt", "nora@search-desk.example");
  const people = {
    marta: await createContact({ name: "Marta Oliveira", email: "marta@search-mail.example" }),
    mueller: await createContact({ name: "JÖRG MÜLLER", email: "jm@search-mail.example" }),
    sato: await createContact({ name: "佐藤 由美", email: "sato@search-mail.example" }),
  };
  const say = async (requesterId: string, subject: string, newText: string) => {
    const { id, number } = await createTicket({ subject, requesterId });
    await createMessage({ ticketId: id, subject, newText });
    return number;
  };
  bladeNumber = await say(people.marta.id, "Wrong blade", "The blade of my saw is too long.");
  await say(people.marta.id, "Bulk price", "What do forty blades cost?");
  await say(people.mueller.id, "Rechnung fehlt", "Die Rechnung zur Lieferung fehlt.");
  await say(people.sato.id, "納期について", "電動ドリルの納期を教えてください。");
});

const links = (page: Page) => page.locator("#tickets tbody a");
const field = (page: Page) => page.getByLabel("Search tickets");

async function search(page: Page, words: string): Promise<void> {
  await field(page).fill(words);
  await field(page).press("Enter");
}

test("what was understood stands on chips, each taken off by itself, and the way back leads back", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  await page.goto("/tickets");
  await search(page, 'from:"Marta Oliveira" subject:wrong saw');
  await expect(links(page)).toHaveText(["Wrong blade"]);
  for (const chip of ["From: Marta Oliveira", "Subject: wrong", "Search: saw"])
    await expect(page.getByText(chip, { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "Remove Subject" }).click();
  await expect(page.getByText("Subject: wrong")).toHaveCount(0);
  await page.getByRole("link", { name: "Remove Search" }).click();
  await expect(links(page)).toHaveText(["Bulk price", "Wrong blade"]);
  await page.goBack();
  await page.goBack();
  await expect(field(page)).toHaveValue('from:"Marta Oliveira" subject:wrong saw');
});

test("every language is found in any case, people by a slip, a ticket by its number", async ({
  openPage,
}) => {
  const page = await openPage(agent);
  for (const [words, subjects] of [
    ["müller", ["Rechnung fehlt"]],
    ["電動ドリル", ["納期について"]],
    ["olivera", ["Bulk price", "Wrong blade"]],
    ["blade", ["Bulk price", "Wrong blade"]],
    ["100%_", []],
  ] as const) {
    await page.goto("/tickets");
    await search(page, words);
    await expect(page.getByText(`Search: ${words}`, { exact: true }).first()).toBeVisible();
    await expect(links(page), words).toHaveText([...subjects]);
  }
  await page.goto("/tickets");
  await search(page, `#${bladeNumber}`);
  await expect(page.getByText(`Ticket: #${bladeNumber}`)).toBeVisible();
  await expect(links(page)).toHaveText(["Wrong blade"]);
});

test("what is not understood is said, and looked for as words", async ({ openPage }) => {
  const page = await openPage(agent);
  await page.goto("/tickets?q=is%3Alost+blade");
  await expect(page.getByText("Part of this search was not understood")).toBeVisible();
  await expect(page.getByText(/“is:lost” is not known/)).toBeVisible();
  await page.goto(`/tickets?q=${"x".repeat(9_000)}`);
  await expect(page.getByText("Part of this address was not understood")).toBeVisible();
});

test("it works before JavaScript", async ({ openPage, watch }) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto("/tickets");
  await search(page, "from:marta price");
  await expect(links(page)).toHaveText(["Bulk price"]);
  await page.getByRole("link", { name: "Remove Search" }).click();
  await expect(links(page)).toHaveText(["Bulk price", "Wrong blade"]);
});
