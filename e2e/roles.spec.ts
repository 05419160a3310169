import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail } from "./harness/mails";
import { addPerson, type Person, signIn } from "./harness/people";

const HELP = "help@example.test";
const CARLA = "carla@customer.test";

let admin: Person;
let agent: Person;
let carla: Person;

withDesk({ name: "roles", worker: true }, async (_desk, { bed }) => {
  for (const address of [HELP, CARLA]) await bed.addUser(address);
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
  agent = await addPerson("AGENT", "Ben Agent", "ben@desk.example");
  carla = await addPerson("CUSTOMER", "Carla Customer", CARLA);
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: HELP, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: HELP },
      ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
});

/** What the browser itself says about a page that answers 404. */
const NOT_FOUND = /^console error: Failed to load resource: \S.* status of 404 /;

test("an admin adds people, and each sees what their role may see", async ({ openPage, watch }) => {
  watch.allow(NOT_FOUND);
  const page = await openPage(admin);
  const add = async (name: string, email: string, role: string, password: string) => {
    await page.goto("/admin/people");
    await page.getByRole("link", { name: "Add person" }).click();
    await page.getByLabel("Name", { exact: true }).fill(name);
    await page.getByLabel("Email", { exact: true }).fill(email);
    await page.getByLabel("Role", { exact: true }).selectOption(role);
    await page.getByLabel("Password (optional)", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Add person" }).click();
    await expect(page.getByRole("row", { name: new RegExp(email) })).toBeVisible();
  };
  await add("Gwen Agent", "gwen@desk.example", "AGENT", "gwen signs in here");
  await add("Kim Customer", "kim@customer.test", "CUSTOMER", "kim signs in here");

  const gwen = await openPage(null);
  await gwen.goto("/");
  await signIn(gwen, { email: "gwen@desk.example", password: "gwen signs in here" });
  await expect(gwen).toHaveURL(/\/tickets/);
  await expect(gwen.getByRole("link", { name: "Unassigned" })).toBeVisible();
  await expect(gwen.getByText("Admin Portal")).toHaveCount(0);
  for (const path of ["/admin/email-accounts", "/admin/mail", "/admin/people"]) {
    expect((await gwen.goto(path))?.status()).toBe(404);
    await expect(gwen.getByText("There is nothing here")).toBeVisible();
  }

  const kim = await openPage(null);
  await kim.goto("/tickets");
  await expect(kim).toHaveURL(/\/login/);
  await signIn(kim, { email: "kim@customer.test", password: "kim signs in here" });
  await kim.goto("/");
  await expect(kim).toHaveURL(/\/my$/);
  await expect(kim.getByText("You have no tickets yet.")).toBeVisible();
  for (const path of ["/tickets", "/tickets/1", "/tickets/new", "/admin/people"])
    expect((await kim.goto(path))?.status()).toBe(404);
});

test("a deactivated user is out with the next click and can't come back", async ({ openPage }) => {
  const person = await addPerson("AGENT", "Lee Leaving", "lee@desk.example");
  const lee = await openPage(person);
  await lee.goto("/tickets");
  await expect(lee.getByRole("link", { name: "New ticket" })).toBeVisible();

  const page = await openPage(admin);
  await page.goto("/admin/people");
  await page.getByRole("link", { name: "Lee Leaving" }).click();
  await page.getByRole("button", { name: "Deactivate" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
  await expect(page.getByText("Lee Leaving can’t sign in any more.")).toBeVisible();

  await lee.getByRole("link", { name: "New ticket" }).click();
  await expect(lee).toHaveURL(/\/login/);
  await lee.getByLabel("Email", { exact: true }).fill(person.email);
  await lee.getByLabel("Password", { exact: true }).fill(person.password);
  await lee.getByRole("button", { name: "Sign in" }).click();
  await expect(lee.getByText("Wrong email address or password.")).toBeVisible();
});

test("a customer opens a ticket by hand, an agent answers, and the customer reads it", async ({
  openPage,
  servers: { bed },
}) => {
  const customer = await openPage(carla);
  await customer.goto("/my");
  await customer.getByRole("link", { name: "New ticket" }).click();
  await customer.getByLabel("Subject").fill("The door squeaks");
  await customer.getByLabel("How can we help?").fill("Every time it opens.");
  await customer.getByRole("button", { name: "Send" }).click();
  await expect(customer.getByRole("heading", { name: "The door squeaks" })).toBeVisible();

  const desk = await openPage(agent);
  await desk.goto("/tickets");
  await desk.getByRole("link", { name: "The door squeaks" }).click();
  await expect(desk.getByText("Every time it opens.")).toBeVisible();
  await desk.getByRole("link", { name: "Internal note" }).first().click();
  await desk.getByRole("textbox", { name: "Internal note" }).fill("She asked last year as well.");
  await desk.getByRole("button", { name: "Add note" }).click();
  await expect(desk.getByRole("article", { name: /Internal note/ })).toBeVisible();
  await desk.getByRole("link", { name: "Reply" }).first().click();
  await desk.getByRole("textbox", { name: "Reply" }).fill("A drop of oil helps.");
  await desk.getByRole("button", { name: "Send", exact: true }).click();
  await expect(desk.getByText(/Accepted: 250/)).toBeVisible();
  const [mail] = await bed.waitForMail(CARLA, 1, 60_000);
  expect(mail?.raw).toContain("A drop of oil helps.");
  expect(mail?.raw).not.toContain("last year");

  await customer.reload();
  await expect(customer.getByText("A drop of oil helps.")).toBeVisible();
  await expect(customer.getByText("She asked last year")).toHaveCount(0);
  await customer.getByLabel("Your answer").fill("It does, thank you.");
  await customer.getByRole("button", { name: "Send" }).click();
  await expect(
    customer.getByRole("article").filter({ hasText: "It does, thank you." }),
  ).toBeVisible();
  await expect(desk.getByRole("article").filter({ hasText: "It does, thank you." })).toBeVisible();
});

test("a registered user's mail is theirs in the portal; a stranger's is not", async ({
  openPage,
  servers: { bed },
}) => {
  const mail = (from: string, subject: string) =>
    bed.deliver(from, HELP, rawMail({ from, to: HELP, subject, text: "By mail" }));
  await mail(CARLA, "Written in my mail program");
  await mail("stranger@customer.test", "Somebody else's secret");
  await expect.poll(() => db().prisma.ticket.count({ where: { source: "EMAIL" } })).toBe(2);
  const ticket = await db().prisma.ticket.findFirstOrThrow({
    where: { subject: "Written in my mail program" },
    select: { requester: { select: { userId: true } } },
  });
  expect(ticket.requester?.userId).toBe(carla.id);
  const page = await openPage(carla);
  await page.goto("/my");
  await expect(page.getByRole("link", { name: "Written in my mail program" })).toBeVisible();
  await expect(page.getByText("Somebody else's secret")).toHaveCount(0);
});

test("an agent opens a ticket by hand, and the answer to its mail joins it", async ({
  openPage,
  servers: { bed },
}) => {
  const customer = "neele@customer.test";
  await bed.addUser(customer);
  const page = await openPage(agent);
  await page.goto("/tickets/new");
  await page.getByLabel("Requester’s email").fill(customer);
  await page.getByLabel("Requester’s name").fill("Nina Neu");
  await page.getByLabel("Subject").fill("Your call of this morning");
  await page.getByLabel("Text", { exact: true }).fill("As promised, here it is in writing.");
  await expect(page.getByLabel("Send by mail")).toBeChecked();
  await page.getByRole("button", { name: "Open ticket" }).click();
  await expect(page.getByRole("heading", { name: /Your call of this morning/ })).toBeVisible();
  const [sent] = await bed.waitForMail(customer, 1, 60_000);
  expect(headerOf(sent?.raw ?? "", "To")).toContain("Nina Neu");
  const messageId = headerOf(sent?.raw ?? "", "Message-ID")?.slice(1, -1) ?? "";
  await bed.deliver(
    customer,
    HELP,
    rawMail({
      from: customer,
      to: HELP,
      subject: "Re: Your call of this morning",
      inReplyTo: messageId,
      text: "Got it, thanks!",
    }),
  );
  await expect(page.getByText("Got it, thanks!")).toBeVisible();
});
