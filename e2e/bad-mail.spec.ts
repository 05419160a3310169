import { chown, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "odd@example.test";
/** The bed's mail store belongs to this user and group. */
const MAIL_OWNER = 5000;

let admin: Person;

withDesk({ name: "bad-mail", worker: true }, async (_desk, { bed }) => {
  await bed.addUser(INBOX);
  admin = await addPerson("ADMIN", "Ada Admin", "ada@desk.example");
});

const from = "Otto Odd <otto@customer.test>";
const id = (name: string) => `${name}@customer.test`;
const twice = rawMail({ from, subject: "Twice", messageId: id("twice"), text: "The same" });

/** Mails that some program really sends, and the subject under which each must be found. */
const ODD: { subject: string; raw: string | Buffer }[] = [
  {
    subject: "NUL bytes",
    raw: rawMail({
      from,
      subject: "NUL bytes",
      messageId: id("nul"),
      text: "be\0fore and af\0ter",
    }),
  },
  {
    subject: "Encoded NUL bytes",
    raw: rawMail({
      from,
      subject: "=?utf-8?Q?Encoded_NUL=00_bytes?=",
      text: "be=00fore and af=00ter",
    }).replace("8bit", "quoted-printable"),
  },
  {
    subject: "Unknown charset",
    raw: rawMail({
      from,
      subject: "Unknown charset",
      messageId: id("set"),
      text: "Gr\xfc\xdfe",
    }).replace("charset=utf-8", "charset=x-klingon"),
  },
  { subject: "No Message-ID", raw: rawMail({ from, subject: "No Message-ID", text: "Text" }) },
  { subject: "No From", raw: rawMail({ subject: "No From", messageId: id("nf"), text: "Text" }) },
  {
    subject: "No Date",
    raw: rawMail({ from, subject: "No Date", messageId: id("nd"), date: null, text: "Text" }),
  },
  {
    subject: "Text only says it is HTML",
    raw: rawMail({
      from,
      subject: "Text only says it is HTML",
      messageId: id("h"),
      text: "<b>",
    }).replace("text/plain", "text/html"),
  },
  { subject: "Twice", raw: twice },
  { subject: "Twice", raw: twice },
];

test("every odd mail ends as a ticket or visibly in the quarantine, and none delays the next", async ({
  openPage,
  servers: { bed },
}) => {
  for (const { raw } of ODD) await bed.append(INBOX, raw);
  // No IMAP server takes an empty mail; broken disks make them all the same.
  const empty = join(bed.dir, "mail", INBOX, "Maildir", "new", "1700000000.M1P1.bed");
  await writeFile(empty, "");
  await chown(empty, MAIL_OWNER, MAIL_OWNER);
  await bed.append(INBOX, "\r\n\r\n");
  await bed.append(INBOX, rawMail({ from, subject: "The one after all that", text: "Text" }));
  const received = ODD.length + 3;

  await createAccount(
    { id: null, role: "ADMIN" },
    {
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: INBOX },
      ...{ smtpPassword: "pw", imapHost: "127.0.0.1", imapPort: bed.imapPort },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
  const ended = () => db().prisma.inboundEmail.count({ where: { status: { not: "PENDING" } } });
  await expect.poll(ended, { timeout: 30_000 }).toBe(received);

  const page = await openPage(admin);
  const titles = new Set(ODD.map(({ subject }) => subject)).add("The one after all that");
  await page.goto("/tickets");
  for (const title of titles)
    await expect(page.getByRole("link", { name: title, exact: true })).toHaveCount(1);
  await expect(page.getByText("Unknown sender")).toHaveCount(1);
  await page.getByRole("link", { name: "Encoded NUL bytes" }).click();
  await expect(page.getByText("before and after")).toBeVisible();

  await page.goto("/admin/mail");
  await expect(page.getByRole("row").filter({ has: page.getByRole("cell") })).toHaveCount(received);
  await expect(page.getByRole("cell", { name: "Seen before" })).toHaveCount(1);
  await page.getByRole("link", { name: "Quarantine", exact: true }).click();
  await expect(page).toHaveURL(/status=QUARANTINED/);
  const quarantined = page.getByRole("row").filter({ has: page.getByRole("cell") });
  await expect(quarantined).toHaveCount(2);
  await expect(quarantined.filter({ hasText: "the server holds 0 bytes for it" })).toHaveCount(1);
  const unreadable = quarantined.filter({ hasText: "Can't be read as a mail" });
  await unreadable.getByRole("button", { name: "Retry" }).click();
  await expect(page.getByText("The mail is processed again.")).toBeVisible();
  await expect(unreadable).toBeVisible();
  await expect.poll(ended).toBe(received);

  const counts = await db().prisma.inboundEmail.groupBy({ by: ["status"], _count: true });
  const byStatus = Object.fromEntries(counts.map(({ status, _count }) => [status, _count]));
  expect(byStatus).toEqual({ PROCESSED: received - 3, DUPLICATE: 1, QUARANTINED: 2 });
});
