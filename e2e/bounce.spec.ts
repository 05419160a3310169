import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "returns@example.test";
/** Nobody has this mailbox: Postfix takes mail to it, and then sends a report that it is not there. */
const GONE = "nina.gone@customer.test";

let agent: Person;
let number = 0;

withDesk({ name: "bounce", worker: true }, async (_desk, { bed }) => {
  agent = await addPerson("AGENT", "Ben Okoye", "ben@returns.example");
  await bed.addUser(INBOX);
  const mail = { from: `Nina <${GONE}>`, subject: "My parcel", messageId: "parcel@bounce" };
  await bed.append(INBOX, rawMail({ ...mail, text: "Where is it?" }));
  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: "" },
      ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapUsername: INBOX, imapPassword: "pw" },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
  const first = () => db().prisma.ticket.findFirst({ select: { number: true } });
  await expect.poll(first).toBeTruthy();
  number = (await first())?.number ?? 0;
});

const WARNING = "Mail to this address came back. There is no such address.";

test("a reply that comes back says so, with what to do, and its address is marked until it writes", async ({
  openPage,
  servers: { bed },
}) => {
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  await page.getByRole("textbox", { name: "Reply" }).fill("It left on Monday.");
  await page.getByRole("button", { name: "Send & wait" }).click();

  const trouble = page.getByText(`${GONE} came back (5.1.1): There is no such address.`);
  await expect(trouble).toBeVisible({ timeout: 60_000 });
  await expect(trouble).toContainText("Look for a typing error, or reach the person another way.");
  await expect(page.getByText(WARNING)).toBeVisible();
  await expect(page.getByRole("complementary", { name: "Customer" })).toContainText(
    /Mail to it came back .*\. There is no such address\./,
  );
  expect(await db().prisma.ticket.findMany()).toMatchObject([{ number, status: "PENDING" }]);

  await page.getByRole("link", { name: "Nina", exact: true }).first().click();
  await expect(
    page.getByText(/Mail to it came back .*\. There is no such address\./),
  ).toBeVisible();

  // Their next mail is a ticket of its own; the warning goes from this one while it stands open.
  await page.goto(`/tickets/${number}`);
  await expect(page.getByText(WARNING)).toBeVisible();
  const again = { from: `Nina <${GONE}>`, subject: "My parcel", messageId: "again@bounce" };
  await bed.deliver("nina@customer.test", INBOX, rawMail({ ...again, text: "I am back." }));
  await expect(page.getByText(WARNING)).toHaveCount(0);
});
