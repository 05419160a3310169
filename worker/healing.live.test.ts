import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { updateAccount } from "@/lib/accounts/update";
import { db } from "@/lib/db/client";
import { startWorkerProcess, type WorkerProcess } from "@/lib/testing/child-process";
import { useTestDatabase } from "@/lib/testing/database";
import { createUser } from "@/lib/testing/factories";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { connectAccount, makeEverythingDue, OWNER } from "@/lib/testing/pipeline";
import { rawMail } from "@/lib/testing/raw-mail";
import { replyToTicket } from "@/lib/tickets/reply";

// What goes wrong at the server while a real worker polls and sends, and how it heals.

useTestDatabase();

const PATIENTLY = { timeout: 60_000, interval: 50 };

let bed: MailBed;
let worker: WorkerProcess;
let agent: { id: string; role: "AGENT" };

beforeAll(async () => {
  bed = await startMailBed();
  agent = { id: (await createUser()).id, role: "AGENT" };
  worker = await startWorkerProcess({
    NODE_EXTRA_CA_CERTS: bed.caFile,
    EMAIL_POLLING_INTERVAL: "1",
  });
});
afterAll(async () => {
  await worker?.kill();
  await bed?.stop();
});

type Settings = { email: string; smtpPassword: string; isDefault?: boolean };

const settingsOf = ({ email, smtpPassword, isDefault = false }: Settings) => ({
  ...{ email, smtpUsername: email, smtpPassword, isDefault },
  ...{ smtpHost: "127.0.0.1", smtpPort: bed.smtpsPort, smtpSecurity: "tls" as const },
  ...{ imapHost: "127.0.0.1", imapPort: bed.imapsPort, imapSecurity: "tls" as const },
  ...{ pollingEnabled: true, startMode: "all" as const },
});

/** One of the bed's users, whose first mail is a ticket already. */
async function connect(email: string) {
  await bed.append(email, rawMail({ to: email }));
  const { id } = await connectAccount(bed, settingsOf({ email, smtpPassword: "pw" }));
  const where = { id };
  const account = () => db().prisma.emailAccount.findUniqueOrThrow({ where });
  /** A connection that is kept lives on, whatever becomes of the password: the server has to end it. */
  const signedOutAccount = async () => {
    // It fails when there is none at the moment.
    await bed.doveadm("kick", email).catch(() => undefined);
    return account();
  };
  const messages = () =>
    db().prisma.message.count({ where: { receipts: { some: { accountId: id } } } });
  await expect.poll(messages, PATIENTLY).toBe(1);
  const { number } = await db().prisma.ticket.findFirstOrThrow({ where: { accountId: id } });
  const answer = async () => {
    const { messageRowId } = await replyToTicket(agent, { number, text: "Have you tried a lamp?" });
    return () => db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } });
  };
  /** Every mail of the inbox became one message, and the account has nothing to complain about. */
  const expectHealed = async () => {
    const healthy = { lastError: null, lastErrorFix: null, consecutiveFailures: 0 };
    const mails = (await bed.mailsOf(email)).length;
    await expect.poll(messages, PATIENTLY).toBe(mails);
    await expect.poll(account, PATIENTLY).toMatchObject(healthy);
    expect(await db().prisma.inboundEmail.count({ where: { accountId: id } })).toBe(mails);
  };
  return { id, email, account, signedOutAccount, answer, expectHealed };
}

describe("a worker", () => {
  it("that is refused for a changed password says so both ways, and goes on with the new one at once", async () => {
    const { id, email, account, signedOutAccount, answer, expectHealed } =
      await connect("support@example.test");
    await bed.setPassword(email, "another one");
    await bed.append(email, rawMail());
    const refused = {
      lastError: "127.0.0.1 refused this username or password.",
      lastErrorFix: expect.stringContaining("Check both for typos."),
    };
    await expect
      .poll(signedOutAccount, PATIENTLY)
      .toMatchObject({ ...refused, lastErrorKind: "auth" });
    const delivery = await answer();
    await expect.poll(delivery, PATIENTLY).toMatchObject({ ...refused, status: "QUEUED" });
    expect((await account()).lastErrorSaid).toMatch(/authentication failed/i);
    // Its next tries are a minute away; saving the form makes them due.
    const settings = settingsOf({ email, smtpPassword: "another one", isDefault: true });
    await updateAccount(OWNER, id, settings);
    await expect.poll(delivery, PATIENTLY).toMatchObject({ status: "SENT", lastError: null });
    expect(await delivery()).toMatchObject({ attempts: 2 });
    await expectHealed();
    expect(worker.output()).not.toContain("another one");
  });

  it("finds IMAP switched off for the user, says so, sends on, and polls again when it is on", async () => {
    const { email, signedOutAccount, answer, expectHealed } = await connect("billing@example.test");
    await bed.allowImap(email, false);
    await expect.poll(signedOutAccount, PATIENTLY).toMatchObject({
      lastError: "IMAP is switched off for billing@example.test on 127.0.0.1.",
      lastErrorFix: expect.stringContaining("Switch IMAP on in the mailbox's settings"),
      lastErrorSaid: "Login disabled for this user",
      lastErrorKind: "config",
    });
    const delivery = await answer();
    await expect.poll(delivery, PATIENTLY).toMatchObject({ status: "SENT" });
    await bed.deliver("a@b.test", email, rawMail());
    await bed.allowImap(email, true);
    await expectHealed();
  });

  it("finds the server gone, says so both ways, and goes on by itself when it is back", async () => {
    const { email, account, answer, expectHealed } = await connect("agent@example.test");
    await bed.stopImap();
    await expect.poll(account, PATIENTLY).toMatchObject({
      lastError: `Nothing answers on 127.0.0.1, port ${bed.imapsPort}.`,
      lastErrorFix: expect.stringContaining("the server is down or a firewall refuses us"),
      lastErrorKind: "transient",
    });
    const delivery = await answer();
    // Postfix asks Dovecot about passwords: it can't say whether this one is right, or hangs up.
    const noAnswer = /The password may well be right|closed the connection/;
    const waiting = { status: "QUEUED", lastError: expect.stringMatching(noAnswer) };
    await expect.poll(delivery, PATIENTLY).toMatchObject(waiting);
    await bed.deliver("a@b.test", email, rawMail());
    await bed.startImap();
    await makeEverythingDue();
    await expect.poll(delivery, PATIENTLY).toMatchObject({ status: "SENT", lastError: null });
    await bed.waitForMail(email, 2);
    await expectHealed();
  });
});
