import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "spam-desk@example.test";
const EVE = "eve@mail.spam-evil.test";

let agent: Person;
let admin: Person;

withDesk({ name: "spam", worker: true }, async (_desk, { bed }) => {
  agent = await addPerson("AGENT", "Ben Okoye", "ben@desk.example");
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
  await bed.addUser(INBOX);
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      // Postfix takes sign-ins over TLS only; without one it delivers to its own domains.
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: "" },
      ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapUsername: INBOX, imapPassword: "pw" },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
});

type Bed = { deliver: (from: string, to: string, raw: string) => Promise<void> };

/** Somebody's mail by SMTP. @returns the number of the ticket it became. */
async function write(bed: Bed, subject: string, more: { headers?: string[]; from?: string } = {}) {
  const from = more.from ?? EVE;
  const mail = { subject, headers: more.headers ?? [], text: `About: ${subject}` };
  await bed.deliver(from, INBOX, rawMail({ from: `Eve <${from}>`, to: INBOX, ...mail }));
  const found = () => db().prisma.ticket.findFirst({ where: { subject } });
  await expect.poll(found).toBeTruthy();
  return (await found())?.number ?? 0;
}

/** The rows of a view that hold these words. */
async function inView(page: Page, view: string, hasText: string) {
  await page.goto(`/tickets?view=${view}`);
  return page.getByRole("row").filter({ hasText });
}

test("a ticket is put into spam, its sender's domain is blocked, and later mail goes there by itself", async ({
  openPage,
  servers: { bed },
}) => {
  const number = await write(bed, "Cheap pills");
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  await page.getByRole("button", { name: "Mark as spam" }).click();
  await expect(page.getByText("This ticket is in spam")).toBeVisible();
  await expect(page.getByRole("button", { name: `Block ${EVE}`, exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Block everything from spam-evil.test" }).click();
  await expect(page.getByRole("button", { name: "Unblock spam-evil.test" })).toBeVisible();

  const later = await write(bed, "Cheaper pills");
  await expect(await inView(page, "all-open", "pills")).toHaveCount(0);
  await expect(await inView(page, "spam", "pills")).toHaveCount(2);
  await page
    .getByRole("row")
    .filter({ hasText: "Cheaper pills" })
    .getByRole("link")
    .first()
    .click();
  await expect(page).toHaveURL(new RegExp(`/tickets/${later}$`));
  await expect(
    page.getByText(`New ticket #${later} in spam: its sender is blocked.`),
  ).toBeVisible();

  await page.getByRole("button", { name: "Not spam" }).click();
  await expect(page.getByText("Mail from spam-evil.test is blocked")).toBeVisible();
  await expect(page.getByText("Marked as not spam", { exact: true })).toBeVisible();
  await page.getByRole("button", { name: "Unblock spam-evil.test" }).click();
  await expect(page.getByText("Mail from spam-evil.test is blocked")).toHaveCount(0);
  await expect(await inView(page, "all-open", "Cheaper pills")).toHaveCount(1);
});

test("what the mail server takes for spam says so, and an agent decides", async ({
  openPage,
  servers: { bed },
}) => {
  const from = "quinn@spam-quiz.test";
  const first = await write(bed, "You have won", { from, headers: ["X-Spam-Flag: YES"] });
  const second = await write(bed, "A fair question", {
    from,
    headers: ["X-Spam-Status: Yes, 7.1"],
  });
  const page = await openPage(agent);
  await page.goto(`/tickets/${second}`);
  const hint = page.getByText("The mail server takes this for spam");
  await expect(hint).toBeVisible();
  await page.getByRole("button", { name: "Not spam" }).click();
  await expect(hint).toHaveCount(0);
  await expect(page.getByText("Marked as not spam", { exact: true })).toBeVisible();

  await page.goto(`/tickets/${first}`);
  await page.getByText("What the server said").click();
  await expect(page.getByText("X-Spam-Flag: YES")).toBeVisible();
  await page.getByRole("button", { name: "Mark as spam" }).first().click();
  await expect(page.getByText("This ticket is in spam")).toBeVisible();
  await expect(hint).toHaveCount(0);
});

test("it works before JavaScript, and an admin sees and lifts the blocks", async ({
  openPage,
  servers: { bed },
  watch,
}) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  // As long as an address may be, and nothing in it to break a line at.
  const from = `zoe${"x".repeat(61)}@${"long".repeat(15)}.spam-plain.test`;
  const number = await write(bed, "Buy followers", { from });
  const plain = await openPage(agent, { javaScriptEnabled: false });
  await plain.goto(`/tickets/${number}`);
  await plain.getByRole("button", { name: "Mark as spam" }).click();
  await plain.getByRole("button", { name: `Block ${from}`, exact: true }).click();
  await expect(plain.getByRole("button", { name: `Unblock ${from}` })).toBeVisible();

  const page = await openPage(admin);
  await page.setViewportSize({ width: 390, height: 844 });
  for (const path of [`/tickets/${number}`, "/admin/blocked"]) {
    await page.goto(path);
    await expect(page.getByText(from).first()).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, `the width of ${path}`).toBeLessThanOrEqual(390);
  }
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto("/admin/mail");
  await page.getByRole("link", { name: "Blocked senders" }).click();
  const row = page.getByRole("listitem").filter({ hasText: from });
  await expect(row).toContainText("by Ben Okoye");
  const typed = page.getByRole("textbox", { name: "Address or domain" });
  await typed.fill("gmail.com");
  await page.getByRole("button", { name: "Block", exact: true }).click();
  await expect(page.getByText("Anybody may have an address at gmail.com")).toBeVisible();
  await expect(typed).toHaveValue("gmail.com");
  await typed.fill("Spam-More.test");
  await page.getByRole("button", { name: "Block", exact: true }).click();
  await expect(page.getByRole("listitem").filter({ hasText: "spam-more.test" })).toBeVisible();
  await page.getByRole("button", { name: `Unblock ${from}` }).click();
  await expect(row).toHaveCount(0);
  expect(await db().prisma.blockedSender.findMany({ select: { sender: true } })).toEqual([
    { sender: "spam-more.test" },
  ]);
});
