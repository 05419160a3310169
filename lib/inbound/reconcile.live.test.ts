import { beforeEach, describe, expect, it } from "vitest";
import { compareNow } from "../accounts/polling";
import type { AccountInput } from "../accounts/schema";
import { db } from "../db/client";
import { startForgetfulServer } from "../testing/forgetful-server";
import { bed, folder, proxy, USER, useMailFolder } from "../testing/mail-folder";
import { saveMails } from "../testing/maildir";
import { addLiveWorker, connectAccount, OWNER, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";

// The folder on the server compared with what we hold of it.

useMailFolder();

beforeEach(async () => {
  await addLiveWorker();
});

const connect = (fields: Partial<AccountInput> = {}) =>
  connectAccount(bed, { folder, imapPort: proxy.port, ...fields });

/** An account that has read these mails. */
async function connectWith(subjects: string[]): Promise<string> {
  await saveMails(
    bed,
    { user: USER, folder },
    subjects.map((subject) => rawMail({ subject })),
  );
  const { id } = await connect();
  expect(await pollOnce()).toMatchObject({ failed: [], emailsProcessed: subjects.length });
  return id;
}

const account = () => db().prisma.emailAccount.findFirstOrThrow();
const cursor = () => db().prisma.folderCursor.findFirstOrThrow();
const deleteReceipts = (uids: number[]) =>
  db().pool.query('DELETE FROM "InboundEmail" WHERE "uid" = ANY($1)', [uids]);

const figures = async () => {
  const row = await account();
  return {
    server: row.serverMails,
    held: row.heldMails,
    leftOut: row.leftOutMails,
    gone: row.goneMails,
    fetched: row.fetchedMails,
    missing: row.missingMails,
  };
};
const WHOLE = { leftOut: 0, gone: 0, fetched: 0, missing: 0 };

const subjects = async () => {
  const tickets = await db().prisma.ticket.findMany({ orderBy: { number: "asc" } });
  return tickets.map(({ subject }) => subject);
};

/** Takes mails out of our books altogether, as if they had never been seen. */
async function forget(uids: number[]): Promise<void> {
  await db().pool.query(
    `DELETE FROM "Ticket" WHERE "id" IN (SELECT m."ticketId" FROM "Message" m
       JOIN "InboundEmail" i ON i."messageRowId" = m."id" WHERE i."uid" = ANY($1))`,
    [uids],
  );
  await deleteReceipts(uids);
}

describe("the comparison", () => {
  it("finds a hole in our receipts below the cursor and fetches it; the cursor stays", async () => {
    const id = await connectWith(["one", "two", "three", "four"]);
    expect(await figures()).toEqual({ ...WHOLE, server: 4, held: 4 });
    await forget([2, 3]);
    await compareNow(OWNER, id);
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 2 });
    expect(await figures()).toEqual({ ...WHOLE, server: 4, held: 4, fetched: 2 });
    expect((await subjects()).sort()).toEqual(["four", "one", "three", "two"]);
    expect(Number((await cursor()).lastUid)).toBe(4);
  });

  it("knows a mail whose receipt is gone and whose message is there: nothing is doubled", async () => {
    const id = await connectWith(["one", "two"]);
    await deleteReceipts([1]);
    await compareNow(OWNER, id);
    expect(await pollOnce()).toMatchObject({ duplicates: 1, ticketsCreated: 0 });
    expect(await subjects()).toEqual(["one", "two"]);
  });

  it("is made once a day, or when it is asked for", async () => {
    const id = await connectWith(["one", "two"]);
    await forget([1]);
    expect(await pollOnce()).toMatchObject({ emailsProcessed: 0 });
    await db().pool.query(`UPDATE "EmailAccount" SET "compareDueAt" = now() - interval '1 second'`);
    expect(await pollOnce()).toMatchObject({ ticketsCreated: 1 });
    const { compareDueAt, reconciledAt } = await account();
    expect(Number(compareDueAt) - Number(reconciledAt)).toBe(86_400_000);
    await forget([1]);
    await compareNow(OWNER, id);
    expect(await pollOnce()).toMatchObject({ ticketsCreated: 1 });
  });

  it("is made after a reset", async () => {
    await connectWith(["one", "two"]);
    const { reconciledAt } = await account();
    await bed.doveadm("mailbox", "update", "--uid-validity", "4711", "-u", USER, folder);
    await pollOnce();
    expect(Number((await account()).reconciledAt)).toBeGreaterThan(Number(reconciledAt));
    expect(await figures()).toEqual({ ...WHOLE, server: 2, held: 2 });
  });

  it("leaves out what the fetch left out: by the server's date at first, by both after a reset", async () => {
    const old = { internalDate: new Date("2020-02-02T02:02:02Z"), folder };
    await bed.append(USER, rawMail({ subject: "old", date: new Date("2020-02-02") }), old);
    await bed.append(USER, rawMail({ subject: "restored", date: new Date("2024-06-01") }), old);
    await bed.append(USER, rawMail({ subject: "new" }), { folder });
    await connect({ startMode: "date", startDate: "2024-05-01" });
    await pollOnce();
    expect(await subjects()).toEqual(["new"]);
    expect(await figures()).toEqual({ ...WHOLE, server: 3, held: 1, leftOut: 2 });
    await bed.doveadm("mailbox", "update", "--uid-validity", "4712", "-u", USER, folder);
    await pollOnce();
    expect(await subjects()).toEqual(["new", "restored"]);
    expect(await figures()).toEqual({ ...WHOLE, server: 3, held: 2, leftOut: 1 });
  });

  it("counts what was deleted on the server, keeps it, and is not about mail above the cursor", async () => {
    const id = await connectWith(["one", "two", "three"]);
    await bed.withClient({ user: USER, folder }, (client) => client.messageDelete("2"));
    await compareNow(OWNER, id);
    const before = proxy.held();
    proxy.set({ holdAt: /UID SEARCH/ });
    const polling = pollOnce();
    await expect.poll(proxy.held, { timeout: 10_000, interval: 10 }).toBe(before + 1);
    await bed.append(USER, rawMail({ subject: "four" }), { folder });
    proxy.set({});
    expect(await polling).toMatchObject({ failed: [], emailsProcessed: 0 });
    expect(await figures()).toEqual({ ...WHOLE, server: 2, held: 2, gone: 1 });
    await pollOnce();
    expect(await subjects()).toEqual(["one", "two", "three", "four"]);
  });
});

describe("a connection that is lost", () => {
  it.each([
    ["while the folder is listed", /UID SEARCH/],
    ["while a hole is looked at", /UID FETCH 1 \(UID RFC822.SIZE|UID FETCH 1 \(.*INTERNALDATE/],
  ])("%s: nothing is concluded, the poll is well, and it says why", async (_when, holdAt) => {
    const id = await connectWith(["one", "two"]);
    const before = await account();
    await forget([1]);
    await bed.append(USER, rawMail({ subject: "three" }), { folder });
    await compareNow(OWNER, id);
    const held = proxy.held();
    proxy.set({ holdAt });
    const polling = pollOnce();
    await expect.poll(proxy.held, { timeout: 10_000, interval: 10 }).toBe(held + 1);
    proxy.cut();
    proxy.set({});
    expect(await polling).toMatchObject({ failed: [], ticketsCreated: 1 });
    const after = await account();
    expect(after).toMatchObject({
      reconciledAt: before.reconciledAt,
      serverMails: 2,
      heldMails: 2,
      lastError: null,
      compareError: "127.0.0.1 closed the connection.",
    });
    await compareNow(OWNER, id);
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 1 });
    expect(await account()).toMatchObject({ compareError: null });
    expect((await subjects()).sort()).toEqual(["one", "three", "two"]);
  });
});

describe("yesterday's backup, restored", () => {
  it("of the server's folder: nothing is doubled, and mail that gets an old UID is read", async () => {
    const mails = ["one", "two", "three"].map((subject) => rawMail({ subject }));
    const restore = async (held: string[]) => {
      await bed.doveadm("mailbox", "delete", "-u", USER, folder);
      await bed.doveadm("mailbox", "create", "-u", USER, folder);
      await bed.doveadm("mailbox", "update", "--uid-validity", "9000", "-u", USER, folder);
      await saveMails(bed, { user: USER, folder }, held);
    };
    await restore(mails);
    await connect();
    await pollOnce();
    await restore([...mails.slice(0, 1), rawMail({ subject: "after the restore" })]);
    expect(await pollOnce()).toMatchObject({ failed: [], duplicates: 1, ticketsCreated: 1 });
    expect(await subjects()).toEqual(["one", "two", "three", "after the restore"]);
    expect(await figures()).toEqual({ ...WHOLE, server: 2, held: 2 });
  });

  it("of our database: what came since comes again, what the tickets still hold is known", async () => {
    await connectWith(["one", "two", "three", "four"]);
    // The last day: one mail that is nowhere any more, and one that is on a ticket all the same.
    await forget([3]);
    await deleteReceipts([4]);
    await db().prisma.folderCursor.updateMany({ data: { lastUid: 2 } });
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 1, duplicates: 1 });
    expect((await subjects()).sort()).toEqual(["four", "one", "three", "two"]);
  });
});

describe("a folder of 50,000 mails", () => {
  it("is compared in a few dozen commands, with every mail accounted for", async () => {
    const raw = rawMail({ date: new Date("2020-02-02") });
    const mails = Array.from({ length: 50_000 }, (_, n) => ({ uid: n + 1, raw }));
    const server = await startForgetfulServer(mails);
    try {
      const { id } = await connectAccount(
        { imapPort: server.port, smtpPort: 1 },
        { startMode: "now" },
      );
      // Read before; every second mail of the first thousand has a receipt.
      await db().prisma.folderCursor.create({
        data: { accountId: id, folder: "INBOX", epoch: 1, uidValidity: 7n, lastUid: 50_000n },
      });
      await db().pool.query(
        `INSERT INTO "InboundEmail" ("id", "accountId", "folder", "epoch", "uidValidity", "uid", "size", "status", "reason", "outcome")
         SELECT gen_random_uuid(), $1, 'INBOX', 1, 7, 2 * n, 1, 'PROCESSED', 'x', 'ticket' FROM generate_series(1, 500) AS n`,
        [id],
      );
      expect(await pollOnce()).toMatchObject({ failed: [], emailsProcessed: 0 });
      const start = server.lines.findIndex((line) => line.includes("UID SEARCH"));
      const commands = server.lines.slice(start);
      expect(commands.length).toBeLessThan(60);
      expect(Math.max(...commands.map((line) => line.length))).toBeLessThan(8_000);
      expect(await account()).toMatchObject({ compareError: null });
      expect(await figures()).toEqual({ ...WHOLE, server: 50_000, held: 500, leftOut: 49_500 });
    } finally {
      await server.close();
    }
  });
});
