import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { pathIn } from "./harness/mails";
import { addPerson, type Person, signIn } from "./harness/people";

const SUPPORT = "support@example.test";
const PASSWORD = "a good long password";

let admin: Person;

withDesk({ name: "people", worker: true }, async () => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
});

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

async function choosePassword(page: Page, path: string, password: string) {
  await page.goto(path);
  await page.getByLabel("New password", { exact: true }).fill(password);
  await button(page, "Set password and sign in").click();
}

async function invite(page: Page, name: string, email: string) {
  await page.goto("/admin/people/new");
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Email", { exact: true }).fill(email);
  await button(page, "Add person").click();
}

test("while no account can send, the link is shown to the admin to copy", async ({ openPage }) => {
  const page = await openPage(admin);
  await invite(page, "Hannah Hand", "hannah@desk.example");
  await expect(page.getByText("Hand this link to hannah@desk.example.")).toBeVisible();
  const link = await page.getByLabel("Link", { exact: true }).inputValue();
  await page.getByRole("link", { name: "Back to People" }).first().click();
  const row = page.getByRole("row", { name: /hannah@desk\.example/ });
  await expect(row.getByText("Invited")).toBeVisible();

  const hannah = await openPage(null);
  await hannah.goto("/forgot");
  await expect(hannah.getByText("This help desk can’t send mail at the moment.")).toBeVisible();
  await hannah.goto(link);
  await expect(hannah.getByRole("heading", { name: "Welcome, Hannah Hand" })).toBeVisible();
  await hannah.getByLabel("New password", { exact: true }).fill("short");
  await button(hannah, "Set password and sign in").click();
  await expect(hannah.getByText(/too short/).first()).toBeVisible();
  await choosePassword(hannah, link, PASSWORD);
  await expect(hannah).toHaveURL(/\/tickets/);
  await hannah.goto(link);
  await expect(hannah.getByRole("heading", { name: "This link works no more" })).toBeVisible();
  await page.reload();
  await expect(row.getByText("Active")).toBeVisible();
});

test("an invitation and a forgotten password go by mail, and a reset ends every session", async ({
  openPage,
  servers: { bed },
}) => {
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: SUPPORT, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: SUPPORT },
      ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
    },
  );
  const email = "paula@example.test";
  await bed.addUser(email);
  const page = await openPage(admin);
  await invite(page, "Paula Post", email);
  await expect(page.getByText(`The invitation is on its way to ${email}.`)).toBeVisible();
  const [invitation] = await bed.waitForMail(email, 1, 60_000);
  const first = pathIn(invitation?.raw ?? "", "/access/");
  // It arrives a moment before the desk notes that it has; nothing tells this page.
  const sent = () => db().prisma.outboundEmail.count({ where: { status: "SENT" } });
  await expect.poll(sent).toBe(1);
  await page.getByRole("link", { name: "Paula Post" }).click();
  await expect(page.getByText(/Newest link sent/)).toBeVisible();

  // Thirty minutes later: its own page sends another.
  await db().pool.query(`UPDATE "AccessLink" SET "expiresAt" = now() WHERE "usedAt" IS NULL`);
  const paula = await openPage(null);
  await paula.goto(first);
  await expect(paula.getByRole("heading", { name: "This link is too old" })).toBeVisible();
  await button(paula, "Send a new link").click();
  await expect(paula.getByText("A new link is on its way to the same address.")).toBeVisible();
  const [, second] = await bed.waitForMail(email, 2, 60_000);
  await choosePassword(paula, pathIn(second?.raw ?? "", "/access/"), PASSWORD);
  await expect(paula).toHaveURL(/\/tickets/);

  const forgetful = await openPage(null);
  await forgetful.goto("/login");
  await forgetful.getByRole("link", { name: "Forgot your password?" }).click();
  for (const typed of ["nobody@example.test", email]) {
    await forgetful.goto("/forgot");
    await forgetful.getByLabel("Email", { exact: true }).fill(typed);
    await button(forgetful, "Send the link").click();
    // The same for everybody: it tells nobody who is here.
    await expect(forgetful.getByText(`Look into the inbox of ${typed}.`)).toBeVisible();
  }
  const [, , reset] = await bed.waitForMail(email, 3, 60_000);
  await choosePassword(forgetful, pathIn(reset?.raw ?? "", "/access/"), "another good password");
  await expect(forgetful).toHaveURL(/\/tickets/);
  await paula.goto("/tickets");
  await expect(paula).toHaveURL(/\/login/);
  await signIn(paula, { email, password: "another good password" });
  expect(await bed.mailsOf(email)).toHaveLength(3);
});

test("a profile: name, password and where one is signed in", async ({ openPage }) => {
  const person = await addPerson("AGENT", "Pia Profile", "pia@desk.example");
  const page = await openPage(person);
  const elsewhere = await openPage(null);
  await elsewhere.goto("/login");
  await signIn(elsewhere, person);

  await page.goto("/tickets");
  await page.getByRole("button", { name: "Pia Profile" }).click();
  await page.getByRole("link", { name: "Your profile" }).click();
  await expect(page.getByRole("heading", { name: "Your profile" })).toBeVisible();
  await expect(page.getByText("This browser, now")).toBeVisible();
  await page.getByLabel("Name", { exact: true }).fill("Pia Renamed");
  await button(page, "Change name").click();
  await expect(page.getByText("Name changed.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Pia Renamed" })).toBeVisible();

  await page.getByRole("listitem").filter({ hasText: "Last used" }).getByRole("button").click();
  await expect(page.getByText("Signed out there.")).toBeVisible();
  await elsewhere.goto("/tickets");
  await expect(elsewhere).toHaveURL(/\/login/);

  await page.getByLabel("Current password", { exact: true }).fill("not this one");
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await button(page, "Change password").click();
  await expect(page.getByText("This is not your current password.").first()).toBeVisible();
  await page.getByLabel("Current password", { exact: true }).fill(person.password);
  await page.getByLabel("New password", { exact: true }).fill(PASSWORD);
  await button(page, "Change password").click();
  await expect(page.getByText(/Password changed\./)).toBeVisible();
  await signIn(elsewhere, { email: person.email, password: PASSWORD });
});
