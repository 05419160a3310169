import type { Page } from "@playwright/test";
import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import type { MailBed } from "@/lib/testing/mail-bed";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "corrections@example.test";
const CUSTOMER = "corinna@customer.test";
const FROM = `Corinna <${CUSTOMER}>`;

let admin: Person;

withDesk({ name: "corrections", worker: true }, async (_desk, { bed }) => {
  admin = await addPerson("ADMIN", "Nora Brandt", "nora@desk.example");
  for (const address of [INBOX, CUSTOMER]) await bed.addUser(address);
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

type Sent = { subject: string; text: string; messageId: string; inReplyTo?: string };

/** A mail of the customer's. @returns the number of the ticket it came to. */
async function write(bed: MailBed, mail: Sent): Promise<number> {
  await bed.append(INBOX, rawMail({ from: FROM, ...mail }));
  const message = () =>
    db().prisma.message.findFirst({
      where: { messageId: mail.messageId },
      select: { ticket: { select: { number: true } } },
    });
  await expect.poll(message).toBeTruthy();
  return (await message())?.ticket.number ?? 0;
}

const mailsOn = (page: Page) => page.getByRole("article", { name: /^Mail from/ });

/** The mail that says this, with its line why it is here. */
const mailWith = (page: Page, text: string) => mailsOn(page).filter({ hasText: text });

test("a second question in an answer gets its own ticket, and later answers follow it", async ({
  openPage,
  servers: { bed },
}) => {
  const lamp = { subject: "The lamp flickers", text: "It flickers.", messageId: "lamp@corr" };
  const number = await write(bed, lamp);
  const page = await openPage(admin);
  await page.goto(`/tickets/${number}`);
  await page.getByText("Wrong ticket?").click();
  await expect(page.getByRole("button", { name: "Move", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Give it its own ticket" })).toHaveCount(0);
  await page.getByRole("textbox", { name: "Reply" }).fill("Since when?");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const [ours] = await bed.waitForMail(CUSTOMER, 1, 60_000);
  const inReplyTo = headerOf(ours?.raw ?? "", "Message-ID")?.replace(/[<>]/g, "") ?? "";
  const bill = { subject: "Re: The lamp flickers", text: "Where is my bill?", inReplyTo };
  expect(await write(bed, { ...bill, messageId: "bill@corr" })).toBe(number);

  const mail = mailWith(page, "Where is my bill?");
  await expect(mail).toContainText(/Linked to #\d+: In-Reply-To names the reply sent on/);
  await mail.getByText("Wrong ticket?").click();
  await mail.getByRole("button", { name: "Give it its own ticket" }).click();
  await expect(page).not.toHaveURL(`/tickets/${number}`);
  await expect(page.getByText(/The mail is on its own ticket now, #\d+\./)).toBeVisible();
  const split = Number(new URL(page.url()).pathname.split("/").at(-1));
  await expect(mailsOn(page)).toHaveCount(1);
  await expect(mailsOn(page)).toContainText(`Split from #${number} by Nora Brandt. Before: Linked`);
  await expect(
    page.getByText(`1 message moved here from #${number}, by Nora Brandt`),
  ).toBeVisible();

  const more = { subject: `Re: The lamp flickers [#${number}]`, text: "The one of May." };
  const follow = { ...more, inReplyTo: "bill@corr", messageId: "may@corr" };
  expect(await write(bed, follow)).toBe(split);
  await expect(mailWith(page, "The one of May.")).toContainText("which an agent put there");

  await page.goto("/admin/mail");
  const receipt = page.getByRole("row").filter({ hasText: "In-Reply-To names the reply sent" });
  await expect(receipt).toContainText(`; split from #${number} by Nora Brandt`);
  await receipt.getByRole("link", { name: `#${split}`, exact: true }).click();

  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(page.getByText(`Undone: back on #${number}.`)).toBeVisible();
  await expect(mailWith(page, "Where is my bill?")).toBeVisible();
  await expect(mailWith(page, "The one of May.")).toBeVisible();
  await expect(page.getByRole("button", { name: "Undo", exact: true })).toHaveCount(0);
  await page.goto(`/tickets/${split}`);
  await expect(page).toHaveURL(`/tickets/${number}`);
});

test("a mail moves to another ticket, tickets merge, and each is undone", async ({
  openPage,
  servers: { bed },
}) => {
  const fan = { subject: "The fan hums", text: "It hums.", messageId: "fan@corr" };
  const fanNumber = await write(bed, fan);
  const more = { subject: "Re: The fan hums", text: "My key is lost.", inReplyTo: "fan@corr" };
  await write(bed, { ...more, messageId: "key@corr" });
  const door = { subject: "The door", text: "It is shut.", messageId: "door@corr" };
  const doorNumber = await write(bed, door);
  const page = await openPage(admin);
  await page.goto(`/tickets/${fanNumber}`);
  const mail = mailWith(page, "My key is lost.");
  await mail.getByText("Wrong ticket?").click();
  const into = mail.getByLabel("Move to ticket");
  await into.fill("the door");
  await mail.getByRole("button", { name: "Move", exact: true }).click();
  await expect(mail.getByRole("alert")).toHaveText("Type the number of a ticket, like #42.");
  await into.fill("#99999");
  await mail.getByRole("button", { name: "Move", exact: true }).click();
  await expect(mail.getByRole("alert")).toHaveText("There is no ticket #99999.");
  await into.fill(`#${doorNumber}`);
  await mail.getByRole("button", { name: "Move", exact: true }).click();
  await expect(page).toHaveURL(`/tickets/${doorNumber}`);
  await expect(mailWith(page, "My key is lost.")).toContainText(
    `Moved from #${fanNumber} by Nora Brandt`,
  );
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(page).toHaveURL(`/tickets/${fanNumber}`);
  await expect(mailWith(page, "My key is lost.")).toBeVisible();

  await page.getByText("Merge into another ticket").click();
  const merge = page.getByRole("form", { name: "Merge into another ticket" });
  await merge.getByLabel("Ticket").fill(String(doorNumber));
  await merge.getByRole("button", { name: "Merge" }).click();
  await expect(page).toHaveURL(`/tickets/${doorNumber}`);
  await expect(mailsOn(page)).toHaveCount(3);
  await expect(page.getByText(`#${fanNumber} was merged into this ticket`)).toBeVisible();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(page).toHaveURL(`/tickets/${fanNumber}`);
  await expect(mailsOn(page)).toHaveCount(2);
});

test("without JavaScript a mail is moved and brought back", async ({
  openPage,
  servers: { bed },
  watch,
}) => {
  // What the browser says of scripts it was told not to run.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const first = { subject: "Tiles", text: "Two are broken.", messageId: "tiles@corr" };
  const number = await write(bed, first);
  const more = { subject: "Re: Tiles", text: "And the sink.", inReplyTo: "tiles@corr" };
  await write(bed, { ...more, messageId: "sink@corr" });
  const page = await openPage(admin, { javaScriptEnabled: false });
  await page.goto(`/tickets/${number}`);
  const mail = mailWith(page, "And the sink.");
  await mail.getByText("Wrong ticket?").click();
  await mail.getByRole("button", { name: "Give it its own ticket" }).click();
  await expect(page).not.toHaveURL(`/tickets/${number}`);
  await expect(mailsOn(page)).toHaveCount(1);
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(page).toHaveURL(`/tickets/${number}`);
  await expect(mailsOn(page)).toHaveCount(2);
});
