import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { db } from "../db/client";
import { env } from "../env";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { assignTicket } from "../tickets/assign";
import { queueAgentNotices } from "./agent-notices";
import { deliverDue } from "./deliver";

useTestDatabase();

const SUPPORT = "support@example.test";

let bed: MailBed;

beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  await emptyDatabase(db().pool);
  await bed.doveadm("expunge", "-u", SUPPORT, "mailbox", "INBOX", "all");
  await connectAccount(bed, {
    ...{ email: SUPPORT, name: "Lamp Support", isDefault: true },
    ...{ smtpUsername: "", smtpPassword: "", imapUsername: SUPPORT, imapPassword: "pw" },
  });
});

/** A customer asks, and the ticket is given to an agent with this address, who is told by mail. */
async function assignedTo(email: string): Promise<{ number: number }> {
  await bed.deliver("customer@customer.test", SUPPORT, rawMail({ subject: "Broken lamp" }));
  await bed.waitForMail(SUPPORT, 1);
  await poll();
  const { number } = await db().prisma.ticket.findFirstOrThrow();
  const admin = { id: (await createUser({ role: "ADMIN" })).id, role: "ADMIN" as const };
  const agent = await createUser({ email, name: "Nora" });
  await assignTicket(admin, number, agent.id);
  await db().pool.query(`UPDATE "AgentNotice" SET "dueAt" = now() - interval '1 second'`);
  expect(await queueAgentNotices()).toBe(1);
  expect(await deliverDue("test")).toMatchObject({ sent: 1 });
  return { number };
}

async function poll(): Promise<void> {
  await db().prisma.emailAccount.updateMany({ data: { nextPollAt: new Date(0) } });
  await pollOnce();
}

/** What became of the second mail in the inbox, once it is there. */
async function secondReceipt() {
  await bed.waitForMail(SUPPORT, 2);
  await poll();
  expect(await db().prisma.ticket.count()).toBe(1);
  expect(await db().prisma.message.count()).toBe(1);
  const receipts = await db().prisma.inboundEmail.findMany({
    orderBy: { uid: "asc" },
    select: { status: true, reason: true, outcome: true },
  });
  expect(receipts).toHaveLength(2);
  return receipts[1];
}

it("an agent's mail says what it is, and where to answer", async () => {
  const user = "nora@example.test";
  await bed.addUser(user);
  const { number } = await assignedTo(user);
  const [mail] = await bed.waitForMail(user, 1);
  const header = (mail?.raw ?? "").split("\r\n\r\n")[0]?.replace(/\r\n[ \t]+/g, " ");
  for (const line of [
    /^From: Lamp Support <support@example\.test>$/m,
    /^To: Nora <nora@example\.test>$/m,
    new RegExp(`^Subject: #${number} is yours: Broken lamp$`, "m"),
    /^Auto-Submitted: auto-generated$/m,
    /^X-Auto-Response-Suppress: All$/m,
    /^List-I[dD]: Ticket news <tickets\.example\.test>$/m,
    /^X-Mailroom-Notice: [0-9a-f]{32}\.mailroom@example\.test$/m,
  ])
    expect(header?.replaceAll("\r", "")).toMatch(line);
  expect(mail?.raw.replace(/=\r\n/g, "")).toContain(`${env().APP_URL}/tickets/${number}`);
});

it("a mail to an agent whose address leads into the desk's own inbox stays out of the desk", async () => {
  await assignedTo("support+nora@example.test");
  expect(await secondReceipt()).toEqual({
    ...{ status: "IGNORED", reason: "A notice of our own.", outcome: null },
  });
  // It was no reply either: nobody is owed another mail.
  expect(await db().prisma.agentNotice.findMany()).toMatchObject([{ replies: 0 }]);
});

it("a mail to an agent that comes back as undeliverable stays out of the desk", async () => {
  await assignedTo("nobody@customer.test");
  expect(await secondReceipt()).toEqual({
    status: "IGNORED",
    reason: "Delivery report about a notice sent to nobody@customer.test",
    outcome: null,
  });
});
