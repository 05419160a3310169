import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { disablePolling, enablePolling } from "../accounts/polling";
import type { AccountInput } from "../accounts/schema";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { saveMails } from "../testing/maildir";
import { connectAccount, OWNER, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";

useTestDatabase();

const USER = "support@example.test";
const SEEN = { emailsProcessed: 0, ticketsCreated: 0, duplicates: 0, failed: [] };

let bed: MailBed;
let folder = "";
let folders = 0;

beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());

/** Every test has a folder of its own in one mail user's inbox. */
beforeEach(async () => {
  await emptyDatabase(db().pool);
  folders += 1;
  folder = `T${folders}`;
  await bed.doveadm("mailbox", "create", "-u", USER, folder);
});

const connect = (fields: Partial<AccountInput> = {}) =>
  connectAccount(bed, { folder, email: `${folder}@example.test`, smtpUsername: USER, ...fields });

const append = (raw: string | Buffer = rawMail(), opts: Parameters<MailBed["append"]>[2] = {}) =>
  bed.append(USER, raw, { folder, ...opts });

const setUidValidity = (value: number) =>
  bed.doveadm("mailbox", "update", "--uid-validity", String(value), "-u", USER, folder);

async function recreateFolder(): Promise<void> {
  await bed.doveadm("mailbox", "delete", "-u", USER, folder);
  await bed.doveadm("mailbox", "create", "-u", USER, folder);
}

const subjects = async () => {
  const tickets = await db().prisma.ticket.findMany({ orderBy: { number: "asc" } });
  return tickets.map(({ subject }) => subject);
};

const statuses = async () => {
  const receipts = await db().prisma.inboundEmail.findMany({ orderBy: { id: "asc" } });
  return receipts.map(({ status }) => status);
};

describe("reading a folder", () => {
  it("imports every mail once, in order, and reads on where it stopped", async () => {
    await connect();
    for (const subject of ["one", "two", "three"]) await append(rawMail({ subject }));
    expect(await pollOnce()).toMatchObject({ ...SEEN, emailsProcessed: 3, ticketsCreated: 3 });
    expect(await subjects()).toEqual(["one", "two", "three"]);
    expect(await pollOnce()).toMatchObject(SEEN);
    await append(rawMail({ subject: "four" }));
    expect(await pollOnce()).toMatchObject({ ...SEEN, emailsProcessed: 1, ticketsCreated: 1 });
    expect(await subjects()).toEqual(["one", "two", "three", "four"]);
    const runs = await db().prisma.pollRun.findMany({ orderBy: { startedAt: "asc" } });
    expect(runs.map(({ seen, stored, created }) => [seen, stored, created])).toEqual([
      [3, 3, 3],
      [0, 0, 0],
      [1, 1, 1],
    ]);
  });

  it("imports what another client has read already, and changes no flag itself", async () => {
    await connect();
    await append(rawMail({ subject: "read" }), { flags: ["\\Seen"] });
    await append(rawMail({ subject: "unread" }));
    await pollOnce();
    expect(await subjects()).toEqual(["read", "unread"]);
    const flags = (await bed.mailsOf(USER, folder)).map((mail) => mail.flags.includes("\\Seen"));
    expect(flags).toEqual([true, false]);
  });

  it("keeps the exact bytes", async () => {
    await connect();
    const raw = Buffer.from(`${rawMail()}\xe4\xf6\xfc end without a line end`, "latin1");
    await append(raw);
    await pollOnce();
    const { rows } = await db().pool.query<{ bytes: Buffer }>('SELECT "bytes" FROM "RawMail"');
    expect(rows[0]?.bytes.equals(raw)).toBe(true);
  });

  it("knows the same mail in two accounts that are polled at once", async () => {
    await connect();
    await connect({ folder: "Copies", email: "copies@example.test" });
    const raw = rawMail();
    await append(raw);
    await append(raw, { folder: "Copies" });
    const pass = { ...SEEN, emailsProcessed: 2, ticketsCreated: 1, duplicates: 1 };
    expect(await pollOnce()).toMatchObject(pass);
    const receipts = await db().prisma.inboundEmail.findMany();
    expect(new Set(receipts.map(({ messageRowId }) => messageRowId)).size).toBe(1);
    expect(new Set(receipts.map(({ accountId }) => accountId)).size).toBe(2);
  });

  it("makes one ticket of a conversation that lies in the folder newest first", async () => {
    await connect();
    const from = "Ann <ann@customer.test>";
    const head = { from, subject: "Re: lamp" };
    await append(rawMail({ ...head, messageId: "chain.3@c.test", inReplyTo: "chain.2@c.test" }));
    await append(rawMail({ ...head, messageId: "chain.2@c.test", inReplyTo: "chain.1@c.test" }));
    await append(rawMail({ from, subject: "lamp", messageId: "chain.1@c.test" }));
    await pollOnce();
    expect(await subjects()).toEqual(["lamp"]);
    expect(await db().prisma.message.count()).toBe(3);
  });
});

describe("where a new account starts", () => {
  const old = { internalDate: new Date("2020-02-02T02:02:02Z") };

  it("from now: leaves old mail alone, and takes mail of the very second it was enabled in", async () => {
    await append(rawMail({ subject: "old" }), old);
    const { id } = await connect({ startMode: "now" });
    const { startFrom } = await db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
    const second = Math.floor((startFrom?.getTime() ?? 0) / 1000) * 1000;
    await append(rawMail({ subject: "a second before" }), {
      internalDate: new Date(second - 1000),
    });
    await append(rawMail({ subject: "the same second" }), { internalDate: new Date(second) });
    expect(await pollOnce()).toMatchObject({ emailsProcessed: 1 });
    expect(await subjects()).toEqual(["the same second"]);
    await append(rawMail({ subject: "later" }));
    await pollOnce();
    expect(await subjects()).toEqual(["the same second", "later"]);
    const counted = { folderMails: true, skipped: true, stored: true };
    const runs = { select: counted, orderBy: { startedAt: "asc" as const } };
    expect(await db().prisma.pollRun.findMany(runs)).toEqual([
      { folderMails: 3, skipped: 2, stored: 1 },
      { folderMails: 4, skipped: 0, stored: 1 },
    ]);
  });

  it("from a date: takes mail received since then, whatever the mail itself claims", async () => {
    await connect({ startMode: "date", startDate: "2024-05-01" });
    await append(rawMail({ subject: "before" }), {
      internalDate: new Date("2024-04-30T23:59:59Z"),
    });
    await append(rawMail({ subject: "since", date: new Date("2001-01-01") }), {
      internalDate: new Date("2024-05-01T00:00:00Z"),
    });
    await pollOnce();
    expect(await subjects()).toEqual(["since"]);
  });

  it("from the beginning: takes everything", async () => {
    await append(rawMail({ subject: "old" }), old);
    await connect({ startMode: "all" });
    await pollOnce();
    expect(await subjects()).toEqual(["old"]);
  });

  it("is where it stopped when polling is turned off and on again", async () => {
    const { id } = await connect({ startMode: "now" });
    await pollOnce();
    await disablePolling(OWNER, id);
    await append(rawMail({ subject: "meanwhile" }));
    expect(await pollOnce()).toMatchObject({ accounts: 0 });
    await enablePolling(OWNER, id);
    await pollOnce();
    expect(await subjects()).toEqual(["meanwhile"]);
  });
});

describe("a folder that was reset", () => {
  it("by another UIDVALIDITY doubles nothing and loses nothing", async () => {
    await connect();
    await append(rawMail({ subject: "one" }));
    await append(rawMail({ subject: "two" }));
    await pollOnce();
    await setUidValidity(4711);
    await append(rawMail({ subject: "three" }));
    const pass = { ...SEEN, emailsProcessed: 3, ticketsCreated: 1, duplicates: 2 };
    expect(await pollOnce()).toMatchObject(pass);
    expect(await subjects()).toEqual(["one", "two", "three"]);
    expect(await pollOnce()).toMatchObject(SEEN);
  });

  it("by being deleted and made anew doubles nothing and loses nothing", async () => {
    await connect();
    const mails = [rawMail({ subject: "one" }), rawMail({ subject: "two" })];
    for (const raw of mails) await append(raw);
    await pollOnce();
    await recreateFolder();
    for (const raw of [...mails, rawMail({ subject: "three" })]) await append(raw);
    await pollOnce();
    expect(await subjects()).toEqual(["one", "two", "three"]);
    expect((await statuses()).filter((status) => status === "DUPLICATE")).toHaveLength(2);
  });

  it("to an older state of the server loses no mail that gets an old UID", async () => {
    await connect();
    await setUidValidity(5000);
    for (let n = 0; n < 3; n++) await append(rawMail());
    await pollOnce();
    await recreateFolder();
    await setUidValidity(5000);
    await append(rawMail({ subject: "after the restore" }));
    expect(await pollOnce()).toMatchObject({ ...SEEN, emailsProcessed: 1, ticketsCreated: 1 });
    expect((await subjects()).at(-1)).toBe("after the restore");
  });

  it("so that a UID has other bytes than before is read again from the start", async () => {
    await connect();
    await setUidValidity(6000);
    await append(rawMail({ subject: "one" }));
    await pollOnce();
    await recreateFolder();
    await setUidValidity(6000);
    await append(rawMail({ subject: "another one" }));
    // As after a restore of our own database: the receipt is there, the cursor is behind it.
    await db().prisma.folderCursor.updateMany({ data: { lastUid: 0 } });
    expect(await pollOnce()).toMatchObject({ ...SEEN, emailsProcessed: 1, ticketsCreated: 1 });
    expect(await subjects()).toEqual(["one", "another one"]);
    expect(await db().prisma.emailAccount.findFirst()).toMatchObject({ epoch: 2 });
  });

  it("still leaves out what is older than the start by both dates", async () => {
    const { id } = await connect({ startMode: "date", startDate: "2024-05-01" });
    await pollOnce();
    await setUidValidity(7000);
    const long = { internalDate: new Date("2020-02-02T02:02:02Z") };
    await append(rawMail({ subject: "old", date: new Date("2020-02-02") }), long);
    await append(rawMail({ subject: "restored", date: new Date("2024-06-01") }), long);
    await append(rawMail({ subject: "moved here", date: new Date("2020-02-02") }));
    await pollOnce([id]);
    expect(await subjects()).toEqual(["restored", "moved here"]);
  });
});

describe("mails that can't be fetched whole", () => {
  afterEach(() => {
    delete process.env.EMAIL_MAX_MESSAGE_MB;
    reloadEnv();
  });

  it("larger than EMAIL_MAX_MESSAGE_MB become a ticket with their headers and a notice", async () => {
    process.env.EMAIL_MAX_MESSAGE_MB = "1";
    reloadEnv();
    await connect();
    await append(rawMail({ subject: "huge", text: `${"x".repeat(76)}\n`.repeat(20_000) }));
    await append(rawMail({ subject: "small" }));
    await pollOnce();
    expect(await subjects()).toEqual(["huge", "small"]);
    const huge = await db().prisma.message.findFirstOrThrow({ where: { subject: "huge" } });
    expect(huge.text).toContain("larger than 1 MB");
    expect(huge.fromAddress).toBe("customer@customer.test");
  });

  it("of 0 bytes are kept as a receipt with the reason", async () => {
    await connect();
    // IMAP refuses to append an empty mail; a file system that lost its contents does not.
    await saveMails(bed, { user: USER, folder }, [""]);
    await append(rawMail({ subject: "whole" }));
    await pollOnce();
    expect(await subjects()).toEqual(["whole"]);
    const empty = await db().prisma.inboundEmail.findFirstOrThrow({
      where: { status: "QUARANTINED" },
    });
    expect(empty.reason).toMatch(/empty/);
  });
});
