import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail, textOf } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "undo@example.test";
const CUSTOMER = "ulla@customer.test";

let agent: Person;
let accountId = "";
let number = 0;

withDesk({ name: "undo-send", worker: true }, async (_desk, { bed }) => {
  agent = await addPerson("AGENT", "Ben Okoye", "ben@desk.example");
  await bed.addUser(INBOX);
  await bed.addUser(CUSTOMER);
  const mail = {
    from: `Ulla <${CUSTOMER}>`,
    subject: "The lamp flickers",
    messageId: "ask@customer",
  };
  await bed.append(INBOX, rawMail({ ...mail, text: "It flickers at night." }));
  const account = await createAccount(
    { id: null, role: "ADMIN" },
    {
      // Postfix takes sign-ins over TLS only; without one it delivers to its own domains.
      ...{ email: INBOX, smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: "" },
      ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapUsername: INBOX, imapPassword: "pw" },
      ...{ pollingEnabled: true, startMode: "all" },
    },
  );
  accountId = account.id;
  const first = () => db().prisma.ticket.findFirst({ select: { number: true } });
  await expect.poll(first).toBeTruthy();
  number = (await first())?.number ?? 0;
});

const deliveries = () => db().prisma.outboundEmail.findMany({ orderBy: { id: "asc" } });
const ticket = () => db().prisma.ticket.findUniqueOrThrow({ where: { number } });

test("a reply is taken back within ten seconds, and leaves when it is not", async ({
  openPage,
  servers: { bed },
}) => {
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  const reply = page.getByRole("textbox", { name: "Reply" });

  await reply.fill("Change the bulp.");
  await page.getByRole("button", { name: "Send & wait" }).click();
  await expect(page.getByText(/^Sending in \d+ s$/)).toBeVisible();
  await expect(reply).toHaveValue("");
  expect(await ticket()).toMatchObject({ status: "PENDING", assigneeId: agent.id });
  await reply.fill("Begun since.");
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(reply).toHaveValue("Change the bulp.\n\nBegun since.");
  await expect(page.getByText("Ben Okoye stopped it before it was sent.")).toBeVisible();
  expect(await ticket()).toMatchObject({
    ...{ status: "OPEN", assigneeId: null, awaitingUs: true, snippet: "It flickers at night." },
  });

  await reply.fill("Change the bulb.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const [mail] = await bed.waitForMail(CUSTOMER, 1, 60_000);
  expect(textOf(mail?.raw ?? "")).toContain("Change the bulb.");
  expect(headerOf(mail?.raw ?? "", "In-Reply-To")).toBe("<ask@customer>");
  expect(headerOf(mail?.raw ?? "", "References")).toBe("<ask@customer>");
  await expect(page.getByText(/^Sent /)).toBeVisible();
  expect((await deliveries()).map(({ status }) => status)).toEqual(["CANCELLED", "SENT"]);
  expect(await bed.mailsOf(CUSTOMER)).toHaveLength(1);
});

test("a mail that waits is cancelled, and tried again under the same Message-ID", async ({
  openPage,
  servers: { bed },
}) => {
  const setActive = (isActive: boolean) =>
    db().prisma.emailAccount.update({ where: { id: accountId }, data: { isActive } });
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  await page.getByRole("textbox", { name: "Reply" }).fill("And switch it off first.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByText(/^Sending in \d+ s$/)).toBeVisible();
  await setActive(false);
  await expect(page.getByText(`${INBOX} is not active, so nothing is sent from it.`)).toBeVisible();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await expect.poll(async () => (await deliveries()).at(-1)?.status).toBe("CANCELLED");
  const cancelled = (await deliveries()).at(-1);

  await setActive(true);
  // The first one is on the reply that was taken back before.
  const tryAgain = page.getByRole("button", { name: "Try again", exact: true });
  await expect(tryAgain).toHaveCount(2);
  await tryAgain.last().click();
  const mails = await bed.waitForMail(CUSTOMER, 2, 60_000);
  expect(headerOf(mails.at(-1)?.raw ?? "", "Message-ID")).toBe(`<${cancelled?.messageId}>`);
  await expect.poll(async () => (await deliveries()).at(-1)?.status).toBe("SENT");
});
