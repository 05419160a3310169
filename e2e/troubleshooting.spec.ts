import type { Locator, Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { setActive } from "@/lib/accounts/polling";
import type { AccountInput } from "@/lib/accounts/schema";
import { db } from "@/lib/db/client";
import type { MailBed } from "@/lib/testing/mail-bed";
import { expect, test, withDesk } from "./fixtures";
import { type MailParts, rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

// Each problem of the guide's troubleshooting, produced with real servers; its cause is read from
// the Email Accounts page.

const CUSTOMER = "customer@customer.test";
const STRANGER = "stranger@customer.test";

let admin: Person;
const asAdmin = () => ({ id: admin.id, role: "ADMIN" as const });

/** Connects a user of the bed, polled, unless `fields` say otherwise. */
async function connect(bed: MailBed, name: string, fields: Partial<AccountInput> = {}) {
  const email = `${name}@example.test`;
  await bed.addUser(email);
  const account = await createAccount(asAdmin(), {
    ...{ email, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: email },
    ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
    ...{ pollingEnabled: true, startMode: "now" as const },
    ...fields,
  });
  return { ...account, email };
}

/** The account on the page, after its first poll has succeeded. */
async function polled(page: Page, email: string): Promise<Locator> {
  await page.goto("/admin/email-accounts");
  const account = page.getByRole("region", { name: email });
  await expect(account.getByText(/Last polled: (?!Never)\S+/)).toBeVisible();
  return account;
}

/** Unfolds why, by the guide's words for the trouble. */
async function unfold(account: Locator, problem: string): Promise<void> {
  const why = account.locator("summary").filter({ hasText: problem });
  await expect(why).toBeVisible();
  if ((await account.locator("details[open]").count()) === 0) await why.click();
}

async function writeTo(bed: MailBed, to: string, mail: MailParts & { from: string }) {
  const before = await db().prisma.inboundEmail.count({ where: { status: { not: "PENDING" } } });
  await bed.deliver(mail.from, to, rawMail({ to, ...mail }));
  await expect
    .poll(() => db().prisma.inboundEmail.count({ where: { status: { not: "PENDING" } } }))
    .toBe(before + 1);
}

/** A failure that may pass by itself is called one after a minute. */
const passMinute = (id: string) =>
  db().pool.query(
    `UPDATE "EmailAccount" SET "failingSince" = "failingSince" - interval '1 minute' WHERE "id" = $1`,
    [id],
  );

const prepare = async () => {
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
};

test.describe("with a worker", () => {
  withDesk({ name: "trouble", worker: true }, prepare);

  test.beforeEach(async () => {
    await db().prisma.emailAccount.deleteMany();
    await db().prisma.inboundEmail.deleteMany();
    await db().prisma.ticket.deleteMany();
  });

  test("Polling Enabled but no tickets created: the folder is empty, and nothing is said once mail comes", async ({
    openPage,
    servers: { bed },
  }) => {
    const { email } = await connect(bed, "empty");
    const page = await openPage(admin);
    const account = await polled(page, email);
    await expect(account.getByText("INBOX is empty: no mail has arrived there.")).toBeHidden();
    await unfold(account, "Polling Enabled but no tickets created");
    await expect(account.getByText("INBOX is empty: no mail has arrived there.")).toBeVisible();
    await expect(account.getByText(`Send a mail to ${email}.`)).toBeVisible();
    await writeTo(bed, email, { from: CUSTOMER, subject: "Hello", text: "Is this on?" });
    await page.reload();
    await expect(account.getByText("Healthy")).toBeVisible();
    await expect(account.locator("details")).toHaveCount(0);
  });

  test("Polling Enabled but no tickets created: all mail is from before the account's start", async ({
    openPage,
    servers: { bed },
  }) => {
    const old = { internalDate: new Date("2020-02-02T02:02:02Z") };
    await bed.addUser("old@example.test");
    for (const text of ["one", "two"])
      await bed.append("old@example.test", rawMail({ from: CUSTOMER, text }), old);
    const { email } = await connect(bed, "old");
    const account = await polled(await openPage(admin), email);
    await unfold(account, "Polling Enabled but no tickets created");
    await expect(account.getByText(/^2 mails in INBOX are older than .* starts\.$/)).toBeVisible();
    await expect(account.getByText(/add it again with another Start from/)).toBeVisible();
  });

  test("duplicates: one mail to two addresses, the same words twice, two accounts on one inbox", async ({
    openPage,
    servers: { bed },
  }) => {
    const one = await connect(bed, "one");
    const two = await connect(bed, "two");
    const mail = { from: CUSTOMER, to: "all@example.test", messageId: "same.1@customer.test" };
    const same = {
      ...mail,
      subject: "Parcel",
      text: "Where is it?",
      date: new Date().toUTCString(),
    };
    await writeTo(bed, one.email, same);
    await writeTo(bed, two.email, same);
    expect(await db().prisma.ticket.count()).toBe(1);
    await writeTo(bed, one.email, { ...same, messageId: "again.1@customer.test" });
    const page = await openPage(admin);
    const second = await polled(page, two.email);
    await unfold(second, "Emails Creating Duplicate Tickets");
    await expect(
      second.getByText(`1 mail of the last 7 days had come before, through ${one.email}`),
    ).toBeVisible();
    await expect(second.getByRole("link", { name: "Mail seen before" })).toBeVisible();
    const { number } = await db().prisma.ticket.findFirstOrThrow({ orderBy: { number: "asc" } });
    await second.getByRole("link", { name: `#${number}`, exact: true }).click();
    await expect(page.getByRole("heading", { name: `Parcel #${number}` })).toBeVisible();

    const first = await polled(page, one.email);
    await unfold(first, "Emails Creating Duplicate Tickets");
    await expect(first.getByText(/different mails with a Message-ID each/)).toBeVisible();
    await expect(first.getByRole("link", { name: `#${number + 1}`, exact: true })).toBeVisible();

    const twin = await connect(bed, "twin", { smtpUsername: one.email });
    const third = await polled(page, twin.email);
    await expect(third.getByText(`This inbox is also read by ${one.email}.`)).toBeVisible();
    await expect(third.getByText("Disable polling for all but one of them.")).toBeVisible();
  });

  test("Replies Not Linking: a stranger's, one to a mail that never came, one without In-Reply-To", async ({
    openPage,
    servers: { bed },
  }) => {
    const { email } = await connect(bed, "replies");
    await writeTo(bed, email, { from: CUSTOMER, subject: "Parcel", text: "Where is it?" });
    const { number } = await db().prisma.ticket.findFirstOrThrow();
    const named = `Re: Parcel [#${number}]`;
    await writeTo(bed, email, { from: STRANGER, subject: named, text: "Let me in." });
    const lost = { subject: "Re: Invoice", inReplyTo: "lost@customer.test" };
    await writeTo(bed, email, { from: CUSTOMER, ...lost, text: "Here it is." });
    await writeTo(bed, email, { from: CUSTOMER, subject: "Re: Something", text: "Well?" });
    const page = await openPage(admin);
    const account = await polled(page, email);
    await unfold(account, "Replies Not Linking to Original Ticket");
    const cause = account.getByText(/^3 replies of the last 7 days opened their own ticket: /);
    await expect(cause).toContainText("the sender takes no part in the ticket it names");
    await expect(cause).toContainText("the mail it answers never came through Mailroom");
    await expect(cause).toContainText("it has no In-Reply-To header");
    await account.getByRole("link", { name: `#${number + 1}`, exact: true }).click();
    await expect(page.getByRole("heading", { name: /Parcel/ })).toBeVisible();
    await expect(page.getByText(/possible reply to/i).first()).toBeVisible();
  });

  test("IMAP connection test failed: the wrong password, no such folder, nobody there", async ({
    openPage,
    servers: { bed },
  }) => {
    const wrong = await connect(bed, "wrong", { smtpPassword: "not the password" });
    const folder = await connect(bed, "nofolder", { folder: "Nowhere" });
    const gone = await connect(bed, "refused", { imapPort: 1, imapSecurity: "starttls" });
    const failures = async () =>
      (await db().prisma.emailAccount.findUniqueOrThrow({ where: { id: gone.id } }))
        .consecutiveFailures;
    await expect.poll(failures).toBeGreaterThan(2);
    await passMinute(gone.id);
    const page = await openPage(admin);
    await page.goto("/admin/email-accounts");
    const region = (email: string) => page.getByRole("region", { name: email });
    for (const [{ email }, cause] of [
      [wrong, "127.0.0.1 refused this username or password."],
      [folder, "there is no folder “Nowhere”"],
      [gone, "Nothing answers on 127.0.0.1, port 1."],
    ] as const) {
      const account = region(email);
      await expect(account.getByText(cause)).toBeVisible();
      await expect(
        account.getByText("IMAP connection test failed · Last polled: Never"),
      ).toBeVisible();
      await expect(account.getByText("Last polled: Never", { exact: true })).toBeVisible();
    }
    await region(wrong.email).getByText("What the server said").click();
    await expect(region(wrong.email).getByText(/authentication failed/i)).toBeVisible();
    await expect(page.getByText("not the password")).toHaveCount(0);
  });

  test("Polling stopped working: deactivated, another password on the server, the server gone", async ({
    openPage,
    servers: { bed },
  }) => {
    const off = await connect(bed, "off");
    const changed = await connect(bed, "changed");
    const page = await openPage(admin);
    const account = await polled(page, off.email);
    await polled(page, changed.email);
    await setActive(asAdmin(), off.id, false);
    await expect(account.getByText(/^Why: Polling stopped working/)).toBeVisible();
    await expect(account.getByText(/^This account is inactive since .* UTC: /)).toBeVisible();
    await expect(account.getByText(/Edit it and tick Active\./)).toBeVisible();

    await bed.setPassword(changed.email, "another one");
    // A connection that is kept outlives its password, until the server ends it.
    const signOut = () => bed.doveadm("kick", changed.email).catch(() => undefined);
    const other = page.getByRole("region", { name: changed.email });
    const words = "IMAP connection test failed · Polling stopped working";
    await expect(async () => {
      await signOut();
      await expect(other.getByText(words)).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 40_000 });
    await expect(other.getByText("Needs a new password")).toBeVisible();
    await expect(other.getByRole("link", { name: "Enter new password" })).toBeVisible();

    const left = await connect(bed, "left");
    const third = await polled(page, left.email);
    await bed.stopImap();
    try {
      const tries = async () =>
        (await db().prisma.emailAccount.findUniqueOrThrow({ where: { id: left.id } }))
          .consecutiveFailures;
      await expect.poll(tries, { timeout: 45_000 }).toBeGreaterThan(2);
      await expect(third.getByText("Delayed")).toBeVisible();
      await passMinute(left.id);
      await page.reload();
      await expect(third.getByText(/Failing since \d+/)).toBeVisible();
      await expect(third.getByText(words)).toBeVisible();
      await expect(third.getByText(/Nothing answers on 127\.0\.0\.1/)).toBeVisible();
      await expect(third.getByText(/\d+ tries/)).toBeVisible();
    } finally {
      await bed.startImap();
    }
    await expect(third.getByText("Failing")).toHaveCount(0, { timeout: 60_000 });
  });

  test("Cannot enable polling for inactive account: said in these words, with what to do first", async ({
    openPage,
    servers: { bed },
  }) => {
    const { email } = await connect(bed, "idle", { isActive: false, pollingEnabled: false });
    const page = await openPage(admin);
    await page.goto("/admin/email-accounts");
    const account = page.getByRole("region", { name: email });
    await unfold(account, "Cannot enable polling for inactive account");
    await expect(account.getByText(/tick Active first, then press Enable Polling/)).toBeVisible();
    await account.getByRole("button", { name: "Enable Polling" }).click();
    await expect(account.getByRole("alert")).toContainText(
      "Cannot enable polling for inactive account",
    );
    await account.getByRole("button", { name: "Make it active" }).click();
    await unfold(account, "IMAP test works but polling doesn't");
    await expect(
      account.getByText(/not enabled for this account.*: being active alone is not enough/),
    ).toBeVisible();
    await account.getByRole("button", { name: "Enable Polling" }).click();
    await expect(account.getByText(/Last polled: (?!Never)\S+/)).toBeVisible();
  });
});

/** Test IMAP works while nothing is polled, and the page says why. */
async function testsButDoesNotPoll(page: Page, email: string, cause: string): Promise<void> {
  await page.goto("/admin/email-accounts");
  const account = page.getByRole("region", { name: email });
  await account.getByRole("button", { name: "Test IMAP" }).click();
  await expect(account.getByText("IMAP connection successful", { exact: true })).toBeVisible();
  await expect(account.getByText("Last polled: Never", { exact: true })).toHaveCount(1);
  await expect(
    account.getByText("Why: Last polled: Never · IMAP test works but polling doesn't"),
  ).toBeVisible();
  await expect(account.getByText(cause)).toBeVisible();
}

test.describe("without a worker", () => {
  withDesk({ name: "trouble-alone" }, prepare);

  test("IMAP test works but polling doesn't: no worker is running", async ({
    openPage,
    servers: { bed },
  }) => {
    const { email } = await connect(bed, "alone");
    const page = await openPage(admin);
    await testsButDoesNotPoll(page, email, "No worker is running, and only a worker polls.");
    await expect(page.getByText("npm run start:worker").first()).toBeVisible();
  });
});

test.describe("with EMAIL_POLLING_ENABLED=false", () => {
  const env = { EMAIL_POLLING_ENABLED: "false" };
  // Desks of later files inherit this process's environment.
  test.afterAll(() => {
    delete process.env.EMAIL_POLLING_ENABLED;
  });
  withDesk({ name: "trouble-off", worker: true, env }, prepare);

  test("IMAP test works but polling doesn't: polling is off globally", async ({
    openPage,
    servers: { bed },
  }) => {
    const { email } = await connect(bed, "globally");
    const page = await openPage(admin);
    const cause = "EMAIL_POLLING_ENABLED is false on this server, so no account is polled.";
    await testsButDoesNotPoll(page, email, cause);
    await expect(page.getByText("Set EMAIL_POLLING_ENABLED=true and restart.")).toBeVisible();
  });
});
