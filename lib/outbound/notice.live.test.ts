import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { findLink, latestLink } from "../access-links";
import { updateAccount } from "../accounts/update";
import { db } from "../db/client";
import { env } from "../env";
import { acceptLink, inviteUser } from "../invitations";
import { setRegistrationOpen } from "../portal";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, makeEverythingDue, OWNER, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { replyToTicket } from "../tickets/reply";
import { deliverDue } from "./deliver";

useTestDatabase();

const SUPPORT = "support@example.test";
/** The bed's Postfix takes no password without TLS, and needs none for its own domains. */
const SIGN_IN = {
  ...{ email: SUPPORT, smtpUsername: "", smtpPassword: "" },
  ...{ imapUsername: SUPPORT, imapPassword: "pw" },
};
const NOTHING = { sent: 0, retried: 0, failed: 0, unknown: 0 };

let bed: MailBed;
let admin: { id: string; role: "ADMIN" };

beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  await emptyDatabase(db().pool);
  await connectAccount(bed, { name: "Lamp Support", isDefault: true, ...SIGN_IN });
  admin = { id: (await createUser({ role: "ADMIN" })).id, role: "ADMIN" };
});

/** The newest mail of somebody: its header lines unfolded, and its text. */
async function newestOf(user: string, count: number) {
  const mails = await bed.waitForMail(user, count);
  const raw = mails.at(-1)?.raw ?? "";
  const split = raw.indexOf("\r\n\r\n");
  const header = raw.slice(0, split).replace(/\r\n[ \t]+/g, " ");
  const text = raw
    .slice(split + 4)
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_whole, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return { header, text };
}

const invite = (email: string) => inviteUser(admin, { email, name: "Nora", role: "AGENT" });
const delivery = () => db().prisma.outboundEmail.findFirstOrThrow({ orderBy: { id: "desc" } });
const tokenIn = (text: string) => /\/access\/([A-Za-z0-9_-]{43})/.exec(text)?.[1] ?? "";

describe("an invitation", () => {
  it("arrives, says that a machine wrote it, and its link lets its reader in", async () => {
    const user = "nora@example.test";
    await bed.addUser(user);
    const { id } = await invite(user);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 1 });
    const { header, text } = await newestOf(user, 1);
    for (const line of [
      /^From: Lamp Support <support@example\.test>$/m,
      /^To: Nora <nora@example\.test>$/m,
      /^Auto-Submitted: auto-generated$/m,
      /^X-Auto-Response-Suppress: All$/m,
    ])
      expect(header.replaceAll("\r", "")).toMatch(line);
    expect(text).toContain(`${env().APP_URL}/access/`);
    // What is stored holds no link any more.
    expect(await delivery()).toMatchObject({ status: "SENT", noticeSealed: null });
    expect((await acceptLink(tokenIn(text), "a good long password")).userId).toBe(id);
  });

  it("to an address the server refuses is shown with what it said", async () => {
    const { id } = await invite("hardfail@customer.test");
    expect(await deliverDue("test")).toEqual({ ...NOTHING, failed: 1 });
    const link = await latestLink(id);
    expect(link).toMatchObject({ state: "open", delivery: { status: "FAILED" } });
    expect(link?.delivery?.lastError).toBeTruthy();
    expect(await delivery()).toMatchObject({ noticeSealed: null });
  });

  it("that comes back opens nothing any more, and makes no ticket for agents to read it in", async () => {
    const { id } = await invite("nobody@customer.test");
    const [row] = await db().prisma.accessLink.findMany();
    await deliverDue("test");
    await bed.waitForMail(SUPPORT, 1);
    await pollOnce();
    expect(await db().prisma.inboundEmail.findMany()).toMatchObject([
      { status: "IGNORED", reason: "Delivery report about a notice sent to nobody@customer.test" },
    ]);
    expect(await db().prisma.ticket.count()).toBe(0);
    const after = await db().prisma.accessLink.findUniqueOrThrow({ where: { id: row?.id ?? "" } });
    expect(after.usedAt).not.toBeNull();
    expect((await latestLink(id))?.delivery?.lastError).toContain("came back");
  });

  it("is tried again while its link works, and never sent with a dead one", async () => {
    await bed.addUser("late@example.test");
    await invite("late@example.test");
    const [row] = await db().prisma.accessLink.findMany();
    await db().prisma.emailAccount.updateMany({ data: { smtpPort: 1 } });
    expect(await deliverDue("test")).toEqual({ ...NOTHING, retried: 1 });
    expect((await delivery()).giveUpAt).toEqual(row?.expiresAt);
    expect((await delivery()).noticeSealed).not.toBeNull();
    await db().prisma.emailAccount.updateMany({ data: { smtpPort: bed.smtpPort } });
    await db().prisma.outboundEmail.updateMany({ data: { giveUpAt: new Date(0) } });
    await makeEverythingDue();
    expect(await deliverDue("test")).toEqual({ ...NOTHING, failed: 1 });
    expect(await delivery()).toMatchObject({ lastError: "It could not be sent in time." });
    expect(await bed.mailsOf("late@example.test")).toEqual([]);
  });
});

describe("a ticket by mail", () => {
  /** Puts a question into the support inbox and polls it. @returns the ticket's number. */
  async function asked(headers: string[] = []): Promise<number> {
    await bed.append(SUPPORT, rawMail({ headers, subject: "Broken lamp" }));
    await pollOnce();
    // The inbox holds bounces of the tests before, which get their numbers after the plain mails.
    const asks = { where: { subject: "Broken lamp" }, orderBy: { number: "desc" } } as const;
    return (await db().prisma.ticket.findFirstOrThrow(asks)).number;
  }

  let arrived = 0;
  const nextToCustomer = () => newestOf("customer@customer.test", ++arrived);

  it("is acknowledged by a mail that no machine answers, once", async () => {
    const account = await db().prisma.emailAccount.findFirstOrThrow();
    await updateAccount(OWNER, account.id, {
      ...SIGN_IN,
      ...{ smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpSecurity: "none" },
      ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort },
      ...{ imapSecurity: "none", pollingEnabled: true, startMode: "all", isDefault: true },
      ...{ autoAckEnabled: true, autoAckText: "We have it: #{{number}}." },
    });
    const vouched = "Authentication-Results: mail.example.test; dmarc=pass";
    const number = await asked([vouched]);
    expect(await deliverDue("test")).toEqual({ ...NOTHING, sent: 1 });
    const { header, text } = await nextToCustomer();
    expect(header).toMatch(/^Auto-Submitted: auto-replied\r$/m);
    expect(header).toMatch(new RegExp(`^Subject: Re: Broken lamp \\[#${number}\\]\\r$`, "m"));
    expect(text).toMatch(new RegExp(`^We have it: #${number}\\.`));
    await asked([vouched]);
    expect(await deliverDue("test")).toEqual(NOTHING);
  });

  it("is answered with the way to it in the portal below, for whoever may go there", async () => {
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    const number = await asked();
    const foot = `-- \r\nTicket #${number}: read and answer it online at ${env().APP_URL}/my/${number}`;
    await db().prisma.emailAccount.updateMany({ data: { quotesHistory: false } });
    await replyToTicket(agent, { number, text: "Which lamp?" });
    await deliverDue("test");
    const first = await nextToCustomer();
    expect(first.text.replace(/\s+$/, "")).toBe(`Which lamp?\r\n\r\n${foot}`);
    expect(first.header).not.toMatch(/^Auto-Submitted/m);

    await setRegistrationOpen(admin, false);
    await replyToTicket(agent, { number, text: "Still there?" });
    await deliverDue("test");
    expect((await nextToCustomer()).text.trim()).toBe("Still there?");

    // Registered before it was closed: they may still go there.
    const user = await createUser({ role: "CUSTOMER", email: "customer@customer.test" });
    await db().prisma.contact.updateMany({
      where: { email: user.email },
      data: { userId: user.id },
    });
    await replyToTicket(agent, { number, text: "Hello?" });
    await deliverDue("test");
    expect((await nextToCustomer()).text).toContain(`/my/${number}`);
  });
});

it("a link that is guessed opens nothing", async () => {
  await invite("nora@example.test");
  expect(await findLink("A".repeat(43))).toBeNull();
  expect(await findLink("../../etc/passwd")).toBeNull();
});
