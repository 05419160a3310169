import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { parseMail } from "../mail/parse";
import { deliverDue } from "../outbound/deliver";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, makeEverythingDue, pollOnce } from "../testing/pipeline";
import { type RawMail, rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";

useTestDatabase();

const SUPPORT = "support@example.test";
const CUSTOMER = "customer@customer.test";
const LOST = { subject: "A new day, a new subject", text: "It still does not light up." };

let bed: MailBed;
let agent: { id: string; role: "AGENT" };

beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  await emptyDatabase(db().pool);
  for (const user of [SUPPORT, CUSTOMER])
    await bed.doveadm("expunge", "-u", user, "mailbox", "INBOX", "all");
  agent = { id: (await createUser()).id, role: "AGENT" };
});

/** The bed's Postfix takes no password without TLS, and needs none for its own domains. */
const connect = (plusAddressing: boolean) =>
  connectAccount(bed, {
    ...{ email: SUPPORT, name: "Lamp Support", plusAddressing },
    ...{ smtpUsername: "", smtpPassword: "", imapUsername: SUPPORT, imapPassword: "pw" },
  });

/** A customer's mail goes through Postfix into the inbox, and is read from there. */
async function write(to: string, fields: RawMail = {}) {
  const { length } = await bed.mailsOf(SUPPORT);
  await bed.deliver(CUSTOMER, to, rawMail({ to, ...fields }));
  await bed.waitForMail(SUPPORT, length + 1);
  await db().prisma.emailAccount.updateMany({ data: { nextPollAt: new Date(0) } });
  await pollOnce();
  return db().prisma.inboundEmail.findFirstOrThrow({
    orderBy: { uid: "desc" },
    select: { reason: true, message: { select: { ticket: { select: { number: true } } } } },
  });
}

/** A customer has written, an agent has answered. @returns the answer as the customer has it. */
async function answered() {
  const { message } = await write(SUPPORT, { subject: "Broken lamp" });
  const number = message?.ticket.number ?? 0;
  await replyToTicket(agent, { number, text: "Have you tried another bulb?" });
  await makeEverythingDue();
  expect(await deliverDue("test")).toMatchObject({ sent: 1 });
  const [mail] = await bed.waitForMail(CUSTOMER, 1);
  return { number, answer: await parseMail(Buffer.from(mail?.raw ?? "")) };
}

describe("an account that gives each ticket an address", () => {
  it("has an answer that lost its references and its subject on its ticket", async () => {
    await connect(true);
    const { number, answer } = await answered();
    expect(answer.from).toEqual({ name: "Lamp Support", address: SUPPORT });
    expect(answer.replyTo).toEqual([
      {
        name: "Lamp Support",
        address: expect.stringMatching(
          new RegExp(`^support\\+t${number}\\.[0-9a-v]{16}@example\\.test$`),
        ),
      },
    ]);
    const to = answer.replyTo[0]?.address ?? "";
    const back = await write(to, LOST);
    expect(back).toEqual({
      reason: `Linked to #${number}: it was sent to the ticket's own address`,
      message: { ticket: { number } },
    });
    // A blind copy: only the servers on its way say whom it was for.
    const blind = await write(to, { ...LOST, to: "undisclosed-recipients:;" });
    expect(blind.message?.ticket.number).toBe(number);
    expect(await db().prisma.ticket.count()).toBe(1);
    expect(await db().prisma.contact.findMany({ select: { email: true } })).toEqual([
      { email: CUSTOMER },
    ]);
  });

  it("opens a new ticket for a forged one, and for one made for another ticket", async () => {
    await connect(true);
    const { number, answer } = await answered();
    const real = answer.replyTo[0]?.address ?? "";
    const other = real.replace(`+t${number}.`, `+t${number + 1}.`);
    const forged = real.replace(/.@/, (last) => (last === "0@" ? "1@" : "0@"));
    for (const to of [other, forged]) {
      const { message, reason } = await write(to, LOST);
      expect(message?.ticket.number).not.toBe(number);
      expect(reason).toBe(`New ticket #${message?.ticket.number}`);
    }
    expect(await db().prisma.ticket.count()).toBe(3);
  });

  it("knows the addresses it has given out when it gives out none any more", async () => {
    const { id } = await connect(true);
    const { number, answer } = await answered();
    await db().prisma.emailAccount.update({ where: { id }, data: { plusAddressing: false } });
    const back = await write(answer.replyTo[0]?.address ?? "", LOST);
    expect(back.message?.ticket.number).toBe(number);
  });
});

it("an account that does not has its answers sent to its own address", async () => {
  await connect(false);
  const { answer } = await answered();
  expect(answer.replyTo).toEqual([]);
});
