import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AccountInput } from "../accounts/schema";
import { db } from "../db/client";
import { deliverDue } from "../outbound/deliver";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { type FaultProxy, startFaultProxy } from "../testing/fault-proxy";
import { startLineServer } from "../testing/line-server";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { saveMails } from "../testing/maildir";
import { connectAccount, makeEverythingDue, pollOnce, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { type ScriptedSmtp, startScriptedSmtp } from "../testing/scripted-smtp";
import { replyToTicket } from "../tickets/reply";

// The server changes or goes away at one exact moment: the proxy holds back a command of ours.

useTestDatabase();

const USER = "support@example.test";
/** More than one batch, how many are in the first, and the command that asks for the second one. */
const MANY = 104;
const FIRST = 10;
const SECOND_BATCH = /UID FETCH 11:/;
const CLOSED = "127.0.0.1 closed the connection.";

let bed: MailBed;
let imap: FaultProxy;
let smtpServer: ScriptedSmtp;
let smtp: FaultProxy;
let folder = "";
let folders = 0;

beforeAll(async () => {
  bed = await startMailBed();
  imap = await startFaultProxy(bed.imapPort);
  // Postfix takes a password in TLS only, and there no proxy sees where the conversation is.
  smtpServer = await startScriptedSmtp();
  smtp = await startFaultProxy(smtpServer.port);
});
afterAll(async () => {
  await imap?.close();
  await smtp?.close();
  await smtpServer?.close();
  await bed?.stop();
});

beforeEach(async () => {
  await emptyDatabase(db().pool);
  imap.set({});
  smtp.set({});
  folders += 1;
  folder = `M${folders}`;
});

const createFolder = () => bed.doveadm("mailbox", "create", "-u", USER, folder);

const connect = (fields: Partial<AccountInput> = {}) =>
  connectAccount({ imapPort: imap.port, smtpPort: smtp.port }, { folder, ...fields });

const account = () => db().prisma.emailAccount.findFirstOrThrow();
const counts = async () => ({
  receipts: await db().prisma.inboundEmail.count(),
  messages: await db().prisma.message.count(),
  tickets: await db().prisma.ticket.count(),
});

/** A poll of many mails, of which the first batch is stored and the second about to be asked for. */
async function pollHalfway() {
  await createFolder();
  const mails = Array.from({ length: MANY }, () => rawMail());
  await saveMails(bed, { user: USER, folder }, mails);
  await connect();
  const before = imap.held();
  imap.set({ holdAt: SECOND_BATCH });
  const polling = pollOnce();
  await expect.poll(imap.held, { timeout: 20_000, interval: 10 }).toBe(before + 1);
  const finish = () => {
    imap.set({});
    return polling;
  };
  return { finish };
}

describe("in the middle of a poll", () => {
  it("the server goes away: half is kept and processed, the account says why, all is there when it is back", async () => {
    const { finish } = await pollHalfway();
    await bed.stopImap();
    try {
      expect((await finish()).failed).toMatchObject([{ error: CLOSED }]);
      expect(await counts()).toEqual({ receipts: FIRST, messages: FIRST, tickets: FIRST });
      expect(await account()).toMatchObject({
        lastError: CLOSED,
        lastErrorFix: expect.stringContaining("It will be tried again."),
        lastErrorKind: "transient",
        consecutiveFailures: 1,
        lastPolledAt: null,
      });
      expect((await pollOnce()).failed).toHaveLength(1);
      expect(await account()).toMatchObject({ consecutiveFailures: 2 });
    } finally {
      await bed.startImap();
    }
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: MANY - FIRST });
    expect(await counts()).toEqual({ receipts: MANY, messages: MANY, tickets: MANY });
    expect(await account()).toMatchObject({ lastError: null, consecutiveFailures: 0 });
  });

  it("the folder gets another UIDVALIDITY: nothing is doubled and nothing lost", async () => {
    const { finish } = await pollHalfway();
    await bed.doveadm("mailbox", "update", "--uid-validity", "4711", "-u", USER, folder);
    expect((await finish()).failed).toMatchObject([{ error: CLOSED }]);
    expect(await account()).toMatchObject({ lastErrorKind: "transient" });
    const pass = { failed: [], duplicates: FIRST, ticketsCreated: MANY - FIRST };
    expect(await pollOnce()).toMatchObject(pass);
    expect(await counts()).toMatchObject({ messages: MANY, tickets: MANY });
    expect(await account()).toMatchObject({ lastError: null, consecutiveFailures: 0 });
  });
});

describe("in the middle of sending", () => {
  it("the server goes away: the answer waits, says why, and arrives once when it is back", async () => {
    const { id } = await connect({ folder: "INBOX" });
    const { ticket } = await receiveOnTicket(rawMail(), { accountId: id });
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    await replyToTicket(agent, { number: ticket.number, text: "Try another bulb." });
    smtp.set({ holdAt: /^DATA\r$/m });
    const sending = deliverDue("test");
    await expect.poll(smtp.held, { timeout: 10_000, interval: 10 }).toBe(1);
    smtp.reset();
    smtp.set({ reset: true });
    expect(await sending).toMatchObject({ retried: 1, sent: 0 });
    const waiting = await db().prisma.outboundEmail.findFirstOrThrow();
    expect(waiting).toMatchObject({ status: "QUEUED", unknowns: 0, lastError: CLOSED });
    await makeEverythingDue();
    expect(await deliverDue("test")).toMatchObject({ retried: 1 });
    smtp.set({});
    await makeEverythingDue();
    expect(await deliverDue("test")).toMatchObject({ sent: 1 });
    expect(smtpServer.mails).toHaveLength(1);
    expect(smtpServer.mails[0]?.raw).toContain(`Message-ID: <${waiting.messageId}>`);
  });
});

describe("a folder that is not there", () => {
  it("is named, and read from its first mail once somebody has made it", async () => {
    await connect();
    expect((await pollOnce()).failed).toHaveLength(1);
    expect(await account()).toMatchObject({
      lastError: `${USER} signed in, but there is no inbox to read: there is no folder “${folder}”.`,
      lastErrorFix: expect.stringContaining("Check the username and the folder."),
      lastErrorKind: "config",
    });
    await createFolder();
    await bed.append(USER, rawMail(), { folder });
    expect(await pollOnce()).toMatchObject({ failed: [], ticketsCreated: 1 });
    expect(await account()).toMatchObject({ lastError: null, consecutiveFailures: 0 });
  });

  it("is named also when it is INBOX itself", async () => {
    const server = await startLineServer("* OK ready\r\n", (line) => {
      const [tag, command = ""] = line.split(" ");
      if (command === "CAPABILITY") return `* CAPABILITY IMAP4rev1\r\n${tag} OK done\r\n`;
      if (command === "EXAMINE") return `${tag} NO [NONEXISTENT] Mailbox doesn't exist: INBOX\r\n`;
      if (command === "LOGOUT") return `* BYE bye\r\n${tag} OK done\r\n`;
      return `${tag} OK done\r\n`;
    });
    try {
      await connect({ folder: "INBOX", imapPort: server.port });
      expect((await pollOnce()).failed).toHaveLength(1);
      expect(await account()).toMatchObject({
        lastError: `${USER} signed in, but there is no inbox to read: there is no folder “INBOX”.`,
        lastErrorFix: expect.stringContaining("Usually the wrong user signed in"),
        lastErrorKind: "config",
      });
    } finally {
      await server.close();
    }
  });
});
