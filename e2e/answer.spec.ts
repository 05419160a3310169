import { createAccount } from "@/lib/accounts/create";
import { db } from "@/lib/db/client";
import { TEXT_MAX } from "@/lib/tickets/text-max";
import { expect, test, withDesk } from "./fixtures";
import { headerOf, rawMail, textOf } from "./harness/mails";
import { addPerson, type Person } from "./harness/people";

const INBOX = "answer@example.test";
const SALES = "answer-sales@example.test";
const ANNA = "answer-anna@customer.test";
const BORIS = "answer-boris@customer.test";
const SUPPLIER = "answer-supplier@customer.test";
const BOSS = "answer-boss@customer.test";

let agent: Person;

withDesk({ name: "answer", worker: true }, async (_desk, { bed }) => {
  agent = await addPerson("AGENT", "Ben Okoye", "ben@desk.example");
  for (const user of [INBOX, SALES, ANNA, BORIS, SUPPLIER, BOSS]) await bed.addUser(user);
  const server = {
    // Postfix takes sign-ins over TLS only; without one it delivers to its own domains.
    ...{ smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpUsername: "" },
    ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapPassword: "pw" },
    ...{ pollingEnabled: true, startMode: "all" as const },
  };
  const owner = { id: null, role: "ADMIN" } as const;
  await createAccount(owner, {
    ...{ ...server, email: INBOX, name: "Lamp Support", imapUsername: INBOX },
    signature: "The lamp people",
  });
  await createAccount(owner, { ...server, email: SALES, name: "Lamp Sales", imapUsername: SALES });
});

type Bed = { deliver: (from: string, to: string, raw: string) => Promise<void> };

/** A new ticket of Anna's, with Boris in Cc. */
async function asked(bed: Bed, subject: string): Promise<number> {
  const mail = { from: `Anna Lund <${ANNA}>`, to: INBOX, subject, text: "It flickers at night." };
  const headers = [`Cc: Boris <${BORIS}>`];
  await bed.deliver(
    ANNA,
    INBOX,
    rawMail({ ...mail, headers, messageId: `${subject.length}.ask@c` }),
  );
  const find = () => db().prisma.ticket.findFirst({ where: { subject }, select: { number: true } });
  await expect.poll(find, { timeout: 60_000 }).toBeTruthy();
  return (await find())?.number ?? 0;
}

test("an answer goes to whom the form shows, with signature and quote", async ({
  openPage,
  servers: { bed },
}) => {
  const number = await asked(bed, "The hall lamp");
  const page = await openPage(agent);

  await page.goto("/profile");
  await page.getByLabel("Signature").fill("Ben Okoye\nLamp Support");
  await page.getByRole("button", { name: "Save signature" }).click();
  await expect(page.getByText("Signature saved.")).toBeVisible();

  await page.goto(`/tickets/${number}`);
  const form = page.getByRole("region", { name: "Reply" });
  const field = (name: string) => form.getByLabel(name, { exact: true });
  await expect(field("To")).toHaveValue(`Anna Lund <${ANNA}>`);
  await expect(field("Cc")).toHaveValue(`Boris <${BORIS}>`);
  await expect(form.getByText("Ben Okoye Lamp Support")).toBeVisible();
  await expect(form.getByRole("checkbox", { name: "Quote the mail from Anna Lund" })).toBeChecked();

  await form.getByRole("textbox", { name: "Reply" }).fill("Change the bulb.");
  await field("Bcc").fill("the boss");
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await expect(form.getByText("“the boss” in Bcc is not an email address.")).toBeVisible();
  await expect(form.getByRole("textbox", { name: "Reply" })).toHaveValue("Change the bulb.");

  await field("Bcc").fill(`Boss <${BOSS}>`);
  await expect(form.getByText(`${BOSS} is new on this ticket`)).toBeVisible();
  await form.getByRole("checkbox", { name: "Send it to them as well" }).check();
  await field("From").selectOption({ label: `Lamp Sales <${SALES}>` });
  await form.getByRole("button", { name: "Send & solve" }).click();
  await expect(form.getByRole("textbox", { name: "Reply" })).toHaveValue("");
  await expect(page.getByText(`bcc Boss`)).toBeVisible();
  const ticket = () => db().prisma.ticket.findUniqueOrThrow({ where: { number } });
  expect(await ticket()).toMatchObject({ status: "SOLVED" });
  for (const user of [ANNA, BORIS, BOSS]) {
    const [mail] = await bed.waitForMail(user, 1, 60_000);
    const raw = mail?.raw ?? "";
    expect(headerOf(raw, "From")).toBe(`Lamp Sales <${SALES}>`);
    expect(headerOf(raw, "To")).toBe(`Anna Lund <${ANNA}>`);
    expect(headerOf(raw, "Cc")).toBe(`Boris <${BORIS}>`);
    expect(headerOf(raw, "Bcc")).toBeNull();
    const text = textOf(raw).replaceAll("\r\n", "\n");
    expect(text).toContain("Change the bulb.\n\n-- \nBen Okoye\nLamp Support\n");
    expect(text).toMatch(/\n\nOn .*, Anna Lund <.*> wrote:\n> It flickers at night\.\s*$/);
  }
  const reply = page.getByRole("article", { name: "Reply by Ben Okoye" });
  await reply.getByText("quoted text, 2 lines").click();
  await expect(reply.getByText("> It flickers at night.")).toBeVisible();
});

test("what is solved with a reply is open again when the reply is taken back", async ({
  openPage,
  servers: { bed },
}) => {
  const number = await asked(bed, "The kitchen lamp");
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  const form = page.getByRole("region", { name: "Reply" });
  await form.getByRole("textbox", { name: "Reply" }).fill("Done.");
  await form.getByLabel("Cc", { exact: true }).fill("");
  await form.getByLabel("Bcc", { exact: true }).fill(BOSS);
  await form.getByRole("button", { name: "Send & solve" }).click();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  await expect(form.getByRole("textbox", { name: "Reply" })).toHaveValue("Done.");
  await expect(form.getByLabel("Cc", { exact: true })).toHaveValue("");
  await expect(form.getByLabel("Bcc", { exact: true })).toHaveValue(BOSS);
  const ticket = await db().prisma.ticket.findUniqueOrThrow({ where: { number } });
  expect(ticket).toMatchObject({ status: "OPEN", awaitingUs: true, assigneeId: null });
});

test("a mail is forwarded to an outsider, whose answer comes back to the ticket", async ({
  openPage,
  servers: { bed },
}) => {
  const number = await asked(bed, "The attic lamp is broken");
  const page = await openPage(agent);
  await page.goto(`/tickets/${number}`);
  const first = page.getByRole("article", { name: "Mail from Anna Lund" });
  await first.getByRole("link", { name: "Forward" }).click();
  const form = page.getByRole("region", { name: "Forward" });
  await expect(form.getByText("Fwd: The attic lamp is broken")).toBeVisible();
  await expect(form.getByLabel("To", { exact: true })).toHaveValue("");
  const words = form.getByRole("textbox", { name: "Words above the forwarded mail" });
  await words.fill("Can you repair it?");
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await expect(form.getByText("To has no address")).toBeVisible();
  await form.getByLabel("To", { exact: true }).fill(`Sue <${SUPPLIER}>`);
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await page.getByRole("button", { name: "Undo", exact: true }).click();
  // Back in the form it was written in.
  await expect(words).toHaveValue("Can you repair it?");
  await expect(form.getByLabel("To", { exact: true })).toHaveValue(`Sue <${SUPPLIER}>`);
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await expect(page.getByRole("region", { name: "Reply" })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(`/tickets/${number}$`));

  const [mail] = await bed.waitForMail(SUPPLIER, 1, 60_000);
  const raw = mail?.raw ?? "";
  expect(headerOf(raw, "Subject")).toBe("Fwd: The attic lamp is broken");
  const text = textOf(raw).replaceAll("\r\n", "\n");
  expect(text).toMatch(/Can you repair it\?\n[\s\S]*Forwarded message -+\nFrom: Anna Lund <.*>\n/);
  expect(text).toContain("It flickers at night.");
  const answer = { from: `Sue <${SUPPLIER}>`, to: INBOX, subject: "Re: Fwd: The attic lamp" };
  const inReplyTo = headerOf(raw, "Message-ID")?.slice(1, -1) ?? "";
  await bed.deliver(SUPPLIER, INBOX, rawMail({ ...answer, inReplyTo, text: "For 20 €." }));
  await expect(
    page.getByText("Sue (answer-supplier@customer.test) is a new participant"),
  ).toBeVisible({ timeout: 60_000 });
  await page
    .getByRole("article", { name: "Mail from Sue" })
    .getByRole("link", { name: "Reply" })
    .click();
  const reply = page.getByRole("region", { name: "Reply" });
  await expect(reply.getByLabel("To", { exact: true })).toHaveValue("");
  await expect(reply.getByText("Not on this ticket yet:")).toBeVisible();
  await expect(reply.getByText("waits for your yes")).toBeVisible();
});

test("a reply of a megabyte is refused with words, and kept", async ({
  openPage,
  servers: { bed },
  watch,
}) => {
  // How Chromium says that it leaves scripts out.
  watch.allow(/^request failed: \S+\/_next\/static\/\S+\.js csp$/);
  const number = await asked(bed, "The cellar lamp");
  const page = await openPage(agent, { javaScriptEnabled: false });
  await page.goto(`/tickets/${number}`);
  const form = page.getByRole("region", { name: "Reply" });
  const text = "x".repeat(1_000_000);
  await form.getByRole("textbox", { name: "Reply" }).fill(text);
  await form.getByLabel("Cc", { exact: true }).fill(`Boss <${BOSS}>`);
  await form.getByRole("button", { name: "Send", exact: true }).click();
  await expect(form.getByText("100,000 characters at most")).toBeVisible();
  expect(await form.getByRole("textbox", { name: "Reply" }).inputValue()).toHaveLength(1_000_000);
  await expect(form.getByLabel("Cc", { exact: true })).toHaveValue(`Boss <${BOSS}>`);

  const quick = await openPage(agent);
  await quick.goto(`/tickets/${number}`);
  const box = quick.getByRole("region", { name: "Reply" }).getByRole("textbox", { name: "Reply" });
  await box.fill("x".repeat(TEXT_MAX + 1));
  await quick.getByRole("button", { name: "Send", exact: true }).click();
  await expect(quick.getByText("100,001 characters, where 100,000 may be sent")).toBeVisible();
  await expect(box).toHaveValue("x".repeat(TEXT_MAX + 1));
});
