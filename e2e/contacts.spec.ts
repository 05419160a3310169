import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import type { MailBed } from "@/lib/testing/mail-bed";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const HELP = "contacts@example.test";
const HOME = "marta.home@customer.test";
const WORK = "marta.oliveira@customer.test";
const NINA = "nina@customer.test";

let admin: Person;
let agent: Person;

withDesk({ name: "contacts", worker: true }, async (_desk, { bed }) => {
  for (const address of [HELP, HOME, WORK, NINA]) await bed.addUser(address);
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
  agent = await addPerson("AGENT", "Ben Agent", "ben@desk.example");
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: HELP, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: HELP },
      ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
});

type Written = { from: string; subject: string; text?: string; inReplyTo?: string };

/** A customer sends a mail by the real servers. */
async function write(bed: MailBed, { from, ...mail }: Written): Promise<void> {
  const address = /<(.*)>/.exec(from)?.[1] ?? from;
  await bed.deliver(address, HELP, rawMail({ from, to: HELP, text: "By mail", ...mail }));
}

/** The number of the ticket a mail opened. */
async function ticketOf(subject: string): Promise<number> {
  const find = () => db().prisma.ticket.findFirst({ where: { subject } });
  await expect.poll(find).not.toBeNull();
  return (await find())?.number ?? 0;
}

const row = (page: Page, name: string) => page.getByRole("row").filter({ hasText: name });
const search = async (page: Page, words: string) => {
  await page.getByLabel("Search contacts").fill(words);
  await page.getByLabel("Search contacts").press("Enter");
  await page.waitForURL((url) => url.searchParams.get("q") === words);
};

test("two addresses of one person become one contact, from the ticket to the portal", async ({
  openPage,
  servers: { bed },
}) => {
  test.setTimeout(240_000);
  await write(bed, { from: `M. O. <${HOME}>`, subject: "The lamp flickers" });
  await write(bed, { from: `Marta Oliveira <${WORK}>`, subject: "Invoice of May" });
  const lamp = await ticketOf("The lamp flickers");
  const invoice = await ticketOf("Invoice of May");
  const marta = await addPerson("CUSTOMER", "Marta Oliveira", WORK);
  const portal = await openPage(marta);
  await portal.goto("/my");
  await expect(portal.getByRole("link", { name: "Invoice of May" })).toBeVisible();
  await expect(portal.getByText("The lamp flickers")).toHaveCount(0);

  const page = await openPage(agent);
  await page.goto("/tickets");
  await page.getByRole("link", { name: "Contacts" }).click();
  await expect(row(page, WORK)).toContainText("Marta Oliveira");
  await search(page, "nobody-like-it");
  await expect(page.getByText("Nobody’s name or address holds “nobody-like-it”.")).toBeVisible();
  await page.goto(`/tickets/${lamp}`);
  await page.getByRole("complementary").getByRole("link", { name: "M. O." }).click();
  await expect(page.getByRole("heading", { level: 1, name: "M. O." })).toBeVisible();
  await expect(page.getByText("Can’t sign in.")).toBeVisible();
  const oldAddress = page.url();

  await page.getByRole("link", { name: "Merge…" }).click();
  await search(page, "oliv");
  await page.getByRole("link", { name: "Merge into Marta Oliveira" }).click();
  await expect(page.getByText("1 ticket of M. O. moves to Marta Oliveira")).toBeVisible();
  await expect(page.getByText("Marta Oliveira will see all these tickets")).toBeVisible();
  await expect(page.getByText("A merge can’t be undone here.")).toBeVisible();
  await page.getByRole("button", { name: "Merge contacts" }).click();
  await expect(page.getByText(`${HOME} belongs to this contact now.`)).toBeVisible();
  for (const subject of ["The lamp flickers", "Invoice of May"])
    await expect(page.getByRole("link", { name: subject })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: HOME })).toBeVisible();
  const newAddress = page.url();
  await page.goto(oldAddress);
  await expect(page).toHaveURL(newAddress);
  await portal.reload();
  await expect(portal.getByRole("link", { name: "The lamp flickers" })).toBeVisible();

  await page.goto(`/tickets/${lamp}`);
  const to = page.getByLabel("To", { exact: true });
  await expect(to).toHaveValue(`Marta Oliveira <${HOME}>`);
  await page.getByRole("textbox", { name: "Reply" }).fill("Is it the bulb?");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const [sent] = await bed.waitForMail(HOME, 1, 60_000);
  expect(headerOf(sent?.raw ?? "", "To")).toContain(HOME);
  // From the other address, naming the ticket as anyone could.
  await write(bed, { from: WORK, subject: `Re: lamp [#${lamp}]`, text: "It was the bulb." });
  await expect(page.getByText("It was the bulb.")).toBeVisible();
  await expect(to).toHaveValue(`Marta Oliveira <${WORK}>`);
  await write(bed, { from: HOME, subject: "And the fan?" });
  await ticketOf("And the fan?");
  await page.goto(newAddress);
  await expect(page.getByRole("link", { name: "And the fan?" })).toBeVisible();
  expect(invoice).not.toBe(lamp);

  const boss = await openPage(admin);
  await boss.goto(newAddress);
  await boss.getByRole("link", { name: WORK, exact: true }).click();
  await expect(boss).toHaveURL(new RegExp(`/admin/people/${marta.id}$`));
});

test("an agent writes first to somebody known, chosen by a part of their name, and the answer joins", async ({
  openPage,
  servers: { bed },
}) => {
  await write(bed, { from: `Nina Neu <${NINA}>`, subject: "First question" });
  await ticketOf("First question");
  const page = await openPage(agent);
  await page.goto("/tickets/new");
  const field = page.getByLabel("Requester’s email");
  await field.pressSequentially("nina n");
  const offered = page.locator("datalist option");
  await expect(offered).toHaveAttribute("value", NINA);
  await expect(offered).toHaveText("Nina Neu");
  await field.fill(NINA);
  await expect(page.getByText("The address of Nina Neu")).toBeVisible();

  await page.goto("/contacts?q=nina");
  await page.getByRole("link", { name: "Nina Neu" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Nina Neumann");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Nina Neumann" })).toBeVisible();
  await page.getByRole("link", { name: "New ticket" }).click();
  await expect(field).toHaveValue(NINA);
  await expect(page.getByText("The address of Nina Neumann")).toBeVisible();
  await page.getByLabel("Subject").fill("Your call of this morning");
  await page.getByLabel("Text", { exact: true }).fill("As promised, in writing.");
  await page.getByRole("button", { name: "Open ticket" }).click();
  const title = page.getByRole("heading", { name: /Your call of this morning/ });
  await expect(title).toBeVisible();
  const [mail] = await bed.waitForMail(NINA, 1, 60_000);
  const raw = mail?.raw ?? "";
  expect(raw).toContain("As promised, in writing.");
  expect(headerOf(raw, "From")).toContain(HELP);
  expect(headerOf(raw, "To")).toBe(`Nina Neumann <${NINA}>`);
  const inReplyTo = headerOf(raw, "Message-ID")?.slice(1, -1) ?? "";
  const answer = { from: NINA, subject: "Re: your call", inReplyTo, text: "Got it, thanks!" };
  await write(bed, answer);
  await expect(title).toBeVisible();
  await expect(page.getByRole("article").filter({ hasText: "Got it, thanks!" })).toBeVisible();
  expect(await db().prisma.ticket.count({ where: { requester: { email: NINA } } })).toBe(2);
});

test("two people who both sign in stay two, and the page says why", async ({ openPage }) => {
  await addPerson("CUSTOMER", "Kim One", "kim.one@customer.test");
  await addPerson("CUSTOMER", "Kim Two", "kim.two@customer.test");
  const [from, into] = await Promise.all(
    ["kim.one@customer.test", "kim.two@customer.test"].map(async (email) => {
      const user = await db().prisma.user.findUniqueOrThrow({ where: { email } });
      const data = { email, name: user.name, userId: user.id };
      return db().prisma.contact.create({ data });
    }),
  );
  const page = await openPage(agent);
  await page.goto(`/contacts/${from?.id}/merge?into=${into?.id}`);
  await expect(page.getByText("These two can’t be merged")).toBeVisible();
  await expect(
    page.getByText(/^Both can sign in: kim\.one@customer\.test and kim\.two@customer\.test\./),
  ).toBeVisible();
  await expect(page.getByRole("button", { name: "Merge contacts" })).toHaveCount(0);
});

test("without JavaScript people are found, renamed, merged and written to", async ({
  openPage,
  servers: { bed },
  watch,
}) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const names = ["Ola Nordmann", "O. Nordmann"];
  for (const [n, name] of names.entries())
    await db().prisma.contact.create({ data: { name, email: `ola${n}@customer.test` } });
  await bed.addUser("ola0@customer.test");
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto("/contacts?q=nordmann");
  await page.getByRole("link", { name: "O. Nordmann" }).click();
  await page.getByRole("link", { name: "Merge…" }).click();
  await search(page, "ola0");
  await page.getByRole("link", { name: "Merge into Ola Nordmann" }).click();
  await page.getByRole("button", { name: "Merge contacts" }).click();
  await expect(page.getByText("This person has no ticket of their own.")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Ola N.");
  await page.getByRole("button", { name: "Save name" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ola N." })).toBeVisible();
  await page.goto("/tickets/new");
  await page.getByLabel("Requester’s email").fill("ola0@customer.test");
  await page.getByLabel("Subject").fill("Hello");
  await page.getByLabel("Text", { exact: true }).fill("A word first.");
  await page.getByRole("button", { name: "Open ticket" }).click();
  await expect(page.getByRole("heading", { name: /Hello/ })).toBeVisible();
  const [mail] = await bed.waitForMail("ola0@customer.test", 1, 60_000);
  expect(headerOf(mail?.raw ?? "", "To")).toContain("Ola N.");
});
