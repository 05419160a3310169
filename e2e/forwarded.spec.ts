import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail, textOf } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "forwards@example.test";
const CUSTOMER = "jonas@customer.test";
const PARTNER = "pia@partner.test";

let agent: Person;

withDesk({ name: "forwarded", worker: true }, async (_desk, { bed }) => {
  agent = await addPerson("AGENT", "Nina Falk", "nina@desk.example");
  await bed.addUser(INBOX);
  await bed.addUser(CUSTOMER);
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

/** A mail that Gmail would make of forwarding the customer's. */
function forward(from: string, about: string): string {
  const head = [`From: Jonas Vik <${CUSTOMER}>`, "Date: Sun, 3 May 2026 at 07:40"];
  return rawMail({
    ...{ from, to: INBOX, subject: `Fwd: ${about}`, messageId: `${about.length}.fwd@example` },
    text: [
      ...["Can you help him?", "", "---------- Forwarded message ---------", ...head],
      ...[`Subject: ${about}`, `To: <${PARTNER}>`, "", "It drips on the floor."],
    ].join("\n"),
  });
}

async function numberOf(subject: string): Promise<number> {
  const find = () => db().prisma.ticket.findFirst({ where: { subject }, select: { number: true } });
  await expect.poll(find, { timeout: 60_000 }).toBeTruthy();
  return (await find())?.number ?? 0;
}

test("a mail that an agent forwards is the customer's ticket at once", async ({
  openPage,
  servers: { bed },
}) => {
  await bed.deliver(agent.email, INBOX, forward(`Nina Falk <${agent.email}>`, "The tap drips"));
  const number = await numberOf("The tap drips");
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  const customer = page.getByRole("complementary", { name: "Customer" });
  await expect(customer.getByRole("heading", { name: "Jonas Vik" })).toBeVisible();
  const mail = page.getByRole("article", { name: "Mail from Nina Falk" });
  await expect(mail).toContainText(
    `New ticket #${number} of ${CUSTOMER}, forwarded by ${agent.email}.`,
  );
  await expect(mail.getByText(`Forwarded from Jonas Vik <${CUSTOMER}>`)).toBeVisible();
  await expect(mail.getByRole("button", { name: "Make Nina Falk the requester" })).toBeVisible();
  await expect(mail.getByText("It drips on the floor.")).toBeVisible();

  await page.getByRole("textbox", { name: "Reply" }).fill("We send somebody tomorrow.");
  await page.getByRole("button", { name: "Send", exact: true }).click();
  const [sent] = await bed.waitForMail(CUSTOMER, 1, 60_000);
  expect(textOf(sent?.raw ?? "")).toContain("We send somebody tomorrow.");
  expect(headerOf(sent?.raw ?? "", "Subject")).toBe(`Re: The tap drips [#${number}]`);
});

test("a mail that somebody else forwards is given to the customer with one click, and back", async ({
  openPage,
  servers: { bed },
}) => {
  await bed.deliver(PARTNER, INBOX, forward(`Pia Lund <${PARTNER}>`, "The roof leaks"));
  const number = await numberOf("Fwd: The roof leaks");
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  const customer = page.getByRole("complementary", { name: "Customer" });
  const mail = page.getByRole("article", { name: "Mail from Pia Lund" });
  await expect(customer.getByRole("heading", { name: "Pia Lund" })).toBeVisible();
  await expect(mail.getByText(`Forwarded from Jonas Vik <${CUSTOMER}>`)).toBeVisible();

  await mail.getByRole("button", { name: "Make them the requester" }).click();
  await expect(customer.getByRole("heading", { name: "Jonas Vik" })).toBeVisible();
  await expect(customer.getByText(PARTNER, { exact: true })).toBeVisible();
  await expect(
    page.getByText("Requester changed from Pia Lund to Jonas Vik", { exact: true }),
  ).toBeVisible();

  await mail.getByRole("button", { name: "Make Pia Lund the requester" }).click();
  await expect(customer.getByRole("heading", { name: "Pia Lund" })).toBeVisible();
  await expect(mail.getByRole("button", { name: "Make them the requester" })).toBeVisible();
});
