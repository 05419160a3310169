import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, pathIn, rawMail, textOf } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const SUPPORT = "support@example.test";
const CUSTOMER = "mara@customer.test";
const PASSWORD = "a good long password";

let admin: Person;
let agent: Person;

withDesk({ name: "portal", worker: true }, async (_desk, { bed }) => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
  agent = await addPerson("AGENT", "Amy Agent", "amy@desk.example");
  await bed.addUser(CUSTOMER);
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: SUPPORT, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: SUPPORT },
      ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
      ...{ pollingEnabled: true },
    },
  );
});

/** What a browser says about a page that answers 404. */
const NOT_FOUND = /^console error: Failed to load resource: \S.* status of 404 /;

test("from a mail to the customer's own page: acknowledged, registered, found, answered", async ({
  openPage,
  watch,
  servers: { bed },
}) => {
  watch.allow(NOT_FOUND);
  const write = (from: string, subject: string) =>
    bed.append(
      SUPPORT,
      rawMail({
        ...{ from, to: SUPPORT, subject, text: "It came broken." },
        headers: ["Authentication-Results: mail.example.test; spf=pass; dmarc=pass"],
      }),
    );

  await test.step("an admin turns the acknowledgement on", async () => {
    const page = await openPage(admin);
    await page.goto("/admin/email-accounts");
    await page.getByRole("region", { name: SUPPORT }).getByRole("link", { name: "Edit" }).click();
    await page.getByLabel("Acknowledge new tickets by mail").check();
    await page.getByLabel("Text", { exact: true }).fill("Thank you. It is {{ticket}} now.");
    await page.getByRole("button", { name: "Update Account" }).click();
    await expect(page.getByText(/means nothing here/).first()).toBeVisible();
    await page.getByLabel("Text", { exact: true }).fill("Thank you. It is #{{number}} now.");
    await page.getByRole("button", { name: "Update Account" }).click();
    await expect(page.getByText(`Updated ${SUPPORT}.`)).toBeVisible();
  });

  const path = await test.step("the customer's mail is acknowledged, with a link", async () => {
    await write(`Mara Blum <${CUSTOMER}>`, "Broken vase");
    await write("Sam <stranger@customer.test>", "Somebody else's secret");
    const [mail] = await bed.waitForMail(CUSTOMER, 1, 60_000);
    const raw = mail?.raw ?? "";
    expect(headerOf(raw, "Auto-Submitted")).toBe("auto-replied");
    const ticket = await db().prisma.ticket.findFirstOrThrow({
      where: { subject: "Broken vase" },
      select: { number: true },
    });
    expect(textOf(raw)).toMatch(new RegExp(`^Thank you\\. It is #${ticket.number} now\\.`));
    return pathIn(raw, "/my/");
  });

  const customer = await openPage(null);
  await test.step("it leads to the sign-in, and from there to registering", async () => {
    await customer.goto(path);
    await expect(customer).toHaveURL(/\/login/);
    await customer.getByRole("link", { name: "Register" }).click();
    await customer.getByLabel("Your name").fill("Mara Blum");
    await customer.getByLabel("Email", { exact: true }).fill(CUSTOMER);
    await customer.getByRole("button", { name: "Register" }).click();
    await expect(customer.getByText(`Look into the inbox of ${CUSTOMER}.`)).toBeVisible();
    const [, mail] = await bed.waitForMail(CUSTOMER, 2, 60_000);
    await customer.goto(pathIn(mail?.raw ?? "", "/access/"));
    await customer.getByLabel("New password", { exact: true }).fill(PASSWORD);
    await customer.getByRole("button", { name: "Set password and sign in" }).click();
  });

  await test.step("the earlier ticket of that address is there, and no other", async () => {
    await expect(customer).toHaveURL(/\/my$/);
    await expect(customer.getByRole("link", { name: "Broken vase" })).toBeVisible();
    await expect(customer.getByText("Somebody else's secret")).toHaveCount(0);
    const secret = () =>
      db().prisma.ticket.findFirst({
        where: { subject: "Somebody else's secret" },
        select: { number: true },
      });
    await expect.poll(secret).toBeTruthy();
    const other = await secret();
    for (const address of [
      `/my/${other?.number}`,
      "/tickets",
      "/contacts",
      "/admin/people",
      "/help",
    ])
      expect((await customer.goto(address))?.status(), address).toBe(404);
  });

  await test.step("they answer there; the agent's answer comes by mail with the same link", async () => {
    await customer.goto(path);
    await expect(customer.getByText("Thank you. It is #")).toBeVisible();
    await customer.getByLabel("Your answer").fill("And the lid is missing.");
    await customer.getByRole("button", { name: "Send" }).click();
    await expect(
      customer.getByRole("article").filter({ hasText: "And the lid is missing." }),
    ).toBeVisible();

    const desk = await openPage(agent);
    await desk.goto("/tickets");
    await desk.getByRole("link", { name: "Broken vase" }).click();
    await expect(desk.getByRole("article").filter({ hasText: "the lid is missing" })).toBeVisible();
    await desk.getByRole("textbox", { name: "Reply" }).fill("A new one is on its way.");
    await desk.getByRole("button", { name: "Send", exact: true }).click();
    const [, , mail] = await bed.waitForMail(CUSTOMER, 3, 60_000);
    expect(textOf(mail?.raw ?? "")).toMatch(/^A new one is on its way\./);
    expect(pathIn(mail?.raw ?? "", "/my/")).toBe(path);
  });

  await test.step("and they open a new one", async () => {
    await customer.goto("/my");
    await customer.getByRole("link", { name: "New ticket" }).click();
    await customer.getByLabel("Subject").fill("Another question");
    await customer.getByLabel("How can we help?").fill("Do you repair vases?");
    await customer.getByRole("button", { name: "Send" }).click();
    await expect(customer.getByRole("heading", { name: "Another question" })).toBeVisible();
  });
});

test("an admin closes registration, and the ways to it are gone", async ({ openPage }) => {
  const page = await openPage(admin);
  await page.goto("/admin/people");
  await page.getByRole("button", { name: "Close registration" }).click();
  await expect(page.getByText("Registration is closed.")).toBeVisible();
  const visitor = await openPage(null);
  await visitor.goto("/login");
  await expect(visitor.getByText("Ask us for an invitation.")).toBeVisible();
  await expect(visitor.getByRole("link", { name: "Register" })).toHaveCount(0);
  await visitor.goto("/register");
  await expect(visitor.getByText("Registration is closed here.")).toBeVisible();
  await page.getByRole("button", { name: "Open registration" }).click();
  await expect(page.getByText("Registration is open.")).toBeVisible();
  await visitor.reload();
  await expect(visitor.getByRole("button", { name: "Register" })).toBeVisible();
});
