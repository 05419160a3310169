import type { ImapFlow } from "imapflow";
import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { bed, folder, proxy, USER, useMailFolder } from "../testing/mail-folder";
import { saveMails } from "../testing/maildir";
import { connectAccount, pollOnce } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";

// Somebody works in the same inbox with another mail program while we poll it.

useMailFolder();

/** The command that asks for whole mails; what is in the folder has been listed by then. */
const FETCHING = /BODY\.PEEK\[\]/;

/** An account with a folder of its own that holds three mails. */
beforeEach(async () => {
  await connectAccount(bed, { folder, imapPort: proxy.port });
  const mails = ["one", "two", "three"].map((subject) => rawMail({ subject }));
  await saveMails(bed, { user: USER, folder }, mails);
});

/** What another mail program does in our folder. */
const elsewhere = (work: (client: ImapFlow) => Promise<unknown>) =>
  bed.withClient({ user: USER, folder }, work);

const moveBack = async (client: ImapFlow) => {
  await client.mailboxOpen("Archive");
  await client.messageMove("*", folder);
};

const readIt = (client: ImapFlow) => client.messageFlagsAdd("2", ["\\Seen"]);
const deleteIt = (client: ImapFlow) => client.messageDelete("2");
const moveItAway = (client: ImapFlow) => client.messageMove("2", "Archive");
const moveItAwayAndBack = async (client: ImapFlow) => {
  await moveItAway(client);
  await moveBack(client);
};
const moveOneIn = async (client: ImapFlow) => {
  await client.append("Archive", rawMail({ subject: "moved in" }));
  await moveBack(client);
};
const deleteAll = (client: ImapFlow) => client.messageDelete("1:*");

/** A poll during which `work` happens: after the folder was listed, before a mail is asked for. */
async function pollDuring(work: () => Promise<unknown>) {
  const before = proxy.held();
  proxy.set({ holdAt: FETCHING });
  const polling = pollOnce();
  await expect.poll(proxy.held, { timeout: 10_000, interval: 10 }).toBe(before + 1);
  await work();
  proxy.set({});
  return polling;
}

const subjects = async () => {
  const tickets = await db().prisma.ticket.findMany({ orderBy: { number: "asc" } });
  return tickets.map(({ subject }) => subject);
};

const readOnServer = async () => {
  const mails = await bed.mailsOf(USER, folder);
  return mails
    .filter(({ flags }) => flags.includes("\\Seen"))
    .map(({ raw }) => /^Subject: (.*)\r$/m.exec(raw)?.[1]);
};

/** Every receipt became a message of its own, and the account is well. */
async function expectNothingAmiss(): Promise<void> {
  const receipts = await db().prisma.inboundEmail.count({ where: { status: "PROCESSED" } });
  expect(await db().prisma.inboundEmail.count()).toBe(receipts);
  expect(await db().prisma.message.count()).toBe(receipts);
  const account = await db().prisma.emailAccount.findFirstOrThrow();
  expect(account).toMatchObject({ lastError: null, consecutiveFailures: 0 });
}

const ALL = ["one", "two", "three"];
const OTHERS = ["one", "three"];

describe("another mail program, before the poll", () => {
  it("reads, moves or deletes mails: those still in the folder are imported, read or not", async () => {
    await elsewhere(async (client) => {
      await client.messageFlagsAdd("1", ["\\Seen"]);
      await client.messageMove("3", "Archive");
      await client.messageDelete("2");
      await moveOneIn(client);
    });
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 2 });
    expect(await subjects()).toEqual(["one", "moved in"]);
    expect(await readOnServer()).toEqual(["one"]);
    await expectNothingAmiss();
  });
});

describe("another mail program, between our listing and our fetching", () => {
  it.each([
    ["reads a mail: it is imported all the same", readIt, ALL, []],
    ["deletes a mail: the others are imported, without an error", deleteIt, OTHERS, []],
    ["deletes all mails: nothing is imported, without an error", deleteAll, [], []],
    ["moves a mail away: the others are imported, without an error", moveItAway, OTHERS, []],
    ["moves a mail away and back: the next poll imports it", moveItAwayAndBack, OTHERS, ["two"]],
    ["moves a mail in: the next poll imports it", moveOneIn, ALL, ["moved in"]],
  ])("%s", async (_what, work, now, next) => {
    const pass = await pollDuring(() => elsewhere(work));
    expect(pass).toMatchObject({ failed: [], ticketsCreated: now.length });
    expect(await subjects()).toEqual(now);
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: next.length });
    expect(await subjects()).toEqual([...now, ...next]);
    if (work === readIt) expect(await readOnServer()).toEqual(["two"]);
    await expectNothingAmiss();
  });
});

describe("another mail program, after the poll", () => {
  it("reads, deletes or moves a mail: its ticket stays, and the next poll finds nothing", async () => {
    await pollOnce();
    await elsewhere(async (client) => {
      await client.messageFlagsAdd("1", ["\\Seen"]);
      await client.messageMove("3", "Archive");
      await client.messageDelete("2");
    });
    expect(await pollOnce()).toMatchObject({ failed: [], emailsProcessed: 0 });
    expect(await subjects()).toEqual(ALL);
    expect(await readOnServer()).toEqual(["one"]);
    await expectNothingAmiss();
  });

  it("moves a mail away and back: it is known, and makes no second ticket", async () => {
    await pollOnce();
    await elsewhere(moveItAwayAndBack);
    const pass = { failed: [], emailsProcessed: 1, duplicates: 1, ticketsCreated: 0 };
    expect(await pollOnce()).toMatchObject(pass);
    expect(await subjects()).toEqual(ALL);
  });
});

describe("the folder, deleted and made anew between our listing and our fetching", () => {
  it("fails that poll in plain words, and the next one imports what the new folder holds", async () => {
    const pass = await pollDuring(async () => {
      await bed.doveadm("mailbox", "delete", "-u", USER, folder);
      await bed.doveadm("mailbox", "create", "-u", USER, folder);
      await bed.append(USER, rawMail({ subject: "in the new folder" }), { folder });
    });
    expect(pass.failed).toMatchObject([{ error: "127.0.0.1 closed the connection." }]);
    const failed = await db().prisma.emailAccount.findFirstOrThrow();
    expect(failed).toMatchObject({ lastErrorKind: "transient", consecutiveFailures: 1 });
    expect(failed.lastErrorFix).toContain("It will be tried again.");
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 1 });
    expect(await subjects()).toEqual(["in the new folder"]);
    await expectNothingAmiss();
  });
});
