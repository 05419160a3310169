import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { createReceipt } from "@/lib/testing/factories";
import { expect, test, withDesk } from "./fixtures";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "kept@example.test";
const from = "Hanna Held <hanna@customer.test>";

let admin: Person;
let accountId = "";

withDesk({ name: "admin-mail", worker: true }, async (_desk, { bed }) => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
  await bed.addUser(INBOX);
  for (const subject of ["First", "Second"])
    await bed.append(INBOX, rawMail({ from, subject, text: "Text" }));
  const account = await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: INBOX },
      ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
  accountId = account.id;
});

const processed = (subject: string) =>
  db().prisma.inboundEmail.count({ where: { status: "PROCESSED", message: { subject } } });

/** As after a reset that brought in more unknown mail than it explains. */
const hold = (subject: string) =>
  createReceipt({
    accountId,
    ...{ status: "HELD", isRelisted: true, reason: "It waits for an admin's yes." },
    bytes: rawMail({ from, subject, text: "Text" }),
  });

const quarantine = (subject: string, reason = "It stopped the parser 2 times.") =>
  createReceipt({
    ...{ accountId, status: "QUARANTINED", reason },
    bytes: rawMail({ from, subject, text: "Text" }),
  });

test("mail on hold is released, one or all, and is not held again", async ({ openPage }) => {
  for (const subject of ["Held one", "Held two", "Held three"]) await hold(subject);
  // A hundred were taken in today: without the admin's yes these would be held again.
  for (let n = 0; n < 100; n++)
    await createReceipt({
      ...{ accountId, isRelisted: true, status: "PROCESSED", outcome: "ticket", bytes: null },
      processedAt: new Date(),
    });
  const page = await openPage(admin);
  await page.goto("/admin/mail?status=HELD");
  await expect(page.getByText(`3 mails of ${INBOX} wait for your yes.`)).toBeVisible();
  const one = page.getByRole("row").filter({ hasText: "Held one" });
  await one.getByRole("button", { name: "Release" }).click();
  await expect(page.getByText("The mail is processed again.")).toBeVisible();
  await expect.poll(() => processed("Held one")).toBe(1);
  await expect(page.getByText(`2 mails of ${INBOX} wait for your yes.`)).toBeVisible();
  await page.getByRole("button", { name: "Release all" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Release all" }).click();
  await expect(page.getByText("2 mails are released.")).toBeVisible();
  for (const subject of ["Held two", "Held three"])
    await expect.poll(() => processed(subject)).toBe(1);
  await expect(page.getByText("wait for your yes")).toHaveCount(0);
});

test("the quarantine is tried again, one or all; what never came is fetched again", async ({
  openPage,
}) => {
  for (const subject of ["Bad one", "Bad two", "Bad three"]) await quarantine(subject);
  await createReceipt({
    ...{ accountId, status: "QUARANTINED", bytes: null },
    reason: "The server could not deliver this mail in 3 tries (UID 9).",
  });
  const page = await openPage(admin);
  await page.goto("/admin/mail?status=QUARANTINED");
  const one = page.getByRole("row").filter({ hasText: "Bad one" });
  await expect(one).toContainText("It stopped the parser 2 times.");
  const download = page.waitForEvent("download");
  await one.getByRole("link", { name: "Original email" }).click();
  expect((await download).suggestedFilename()).toMatch(/\.eml$/);
  await one.getByRole("button", { name: "Retry" }).click();
  await expect.poll(() => processed("Bad one")).toBe(1);
  await page.getByRole("button", { name: "Retry all" }).click();
  await expect(page.getByText("2 mails are processed again.")).toBeVisible();
  for (const subject of ["Bad two", "Bad three"])
    await expect.poll(() => processed(subject)).toBe(1);
  const lost = page.getByRole("row").filter({ hasText: "Never delivered by the server" });
  await lost.getByRole("button", { name: "Fetch again" }).click();
  await expect(lost).toContainText("The folder was reset on the server since.");
});

test("compare now fetches what is missing and says so, here and on the Email Accounts page", async ({
  openPage,
}) => {
  await expect.poll(() => processed("First")).toBe(1);
  const page = await openPage(admin);
  await page.goto("/admin/mail");
  const books = page.getByRole("region", { name: "Compared with the servers" });
  await expect(books).toContainText("server 2 · held 2");
  await expect(books).toContainText("compared");
  const [gone] = await db().prisma.message.findMany({ where: { subject: "First" } });
  await db().prisma.inboundEmail.deleteMany({ where: { messageRowId: gone?.id } });
  await db().prisma.ticket.deleteMany({ where: { subject: "First" } });
  await books.getByRole("button", { name: "Compare now" }).click();
  await expect(books).toContainText(`Asked for a comparison of ${INBOX}.`);
  await expect(books).toContainText("1 was missing here and fetched just then.");
  await expect.poll(() => processed("First")).toBe(1);
  await page.goto("/admin/email-accounts");
  const account = page.getByRole("region", { name: INBOX });
  await expect(account).toContainText("server 2 · held 2");
  await expect(account).toContainText("1 was missing here and fetched just then.");
});
