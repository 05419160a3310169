import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { blockByHand } from "../blocked-senders";
import { db } from "../db/client";
import { composeTestMail } from "../test-mail";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createMessage, createOutbound, createTicket, createUser } from "../testing/factories";
import { startFaultProxy } from "../testing/fault-proxy";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { saveMails } from "../testing/maildir";
import { connectAccount, OWNER, pollOnce, receiveOnTicket } from "../testing/pipeline";
import { type RawMail, rawBounce, rawMail } from "../testing/raw-mail";
import { composeBytes } from "../transport/smtp";
import { type DryRun, dryRun } from "./dry-run";
import type { AccountInput } from "./schema";

useTestDatabase();

const USER = "support@example.test";
const ANN = "Ann <ann@customer.test>";
const BOB = "Bob <bob@customer.test>";
const STRANGER = "Sly <sly@elsewhere.test>";

let bed: MailBed;
let folder = "";
let folders = 0;
beforeAll(async () => {
  bed = await startMailBed();
});
afterAll(() => bed?.stop());
beforeEach(async () => {
  await emptyDatabase(db().pool);
  folders += 1;
  folder = `Dry${folders}`;
  await bed.doveadm("mailbox", "create", "-u", USER, folder);
});

const input = (fields: Partial<AccountInput> = {}): AccountInput => ({
  ...{ email: "desk@example.test", smtpUsername: USER, smtpPassword: "pw" },
  ...{ smtpHost: "127.0.0.1", smtpPort: bed.smtpPort, smtpSecurity: "none" },
  ...{ imapHost: "127.0.0.1", imapPort: bed.imapPort, imapSecurity: "none" },
  ...{ folder, startMode: "all" },
  ...fields,
});

async function run(fields: Partial<AccountInput> = {}): Promise<DryRun> {
  const result = await dryRun(OWNER, input(fields), {});
  if (!result.ok) throw new Error(`${result.cause} ${result.fix}`);
  return result;
}

const append = (raw: string | Buffer, internalDate?: Date) =>
  bed.append(USER, raw, { folder, ...(internalDate ? { internalDate } : {}) });

/** Every row of every table, and where the sequences stand. */
async function databaseState(): Promise<string> {
  const { rows } = await db().pool.query<{ name: string }>(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY 1`,
  );
  const states: string[] = [];
  for (const { name } of rows) {
    const sum = `SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) AS sum FROM "${name}" t`;
    states.push(`${name} ${(await db().pool.query<{ sum: string }>(sum)).rows[0]?.sum}`);
  }
  const { rows: sequences } = await db().pool.query(
    `SELECT sequencename, last_value FROM pg_sequences ORDER BY 1`,
  );
  return `${states.join("\n")}\n${JSON.stringify(sequences, (_key, value) => String(value))}`;
}

async function folderState(): Promise<string> {
  const status = await bed.doveadm("mailbox", "status", "-u", USER, "all", folder);
  const flags = (await bed.mailsOf(USER, folder)).map((each) => `${each.uid} ${each.flags.join()}`);
  return `${status}\n${flags.join("\n")}`;
}

/** What a poll of the same account with the same start makes of the same mails. */
async function reallyPolled(fields: Partial<AccountInput> = {}) {
  const account = await connectAccount(bed, { ...input(), pollingEnabled: true, ...fields });
  return pollOnce([account.id]);
}

/** What a dry run says, in a poll's words. */
const inWords = ({ counts, automaticTickets }: DryRun) => ({
  ticketsCreated: counts.ticket + automaticTickets,
  messagesAppended: counts.reply + counts.automatic - automaticTickets,
  ...{ duplicates: counts.known, ignored: counts.own, quarantined: counts.unreadable },
});

/** Tickets that are there already, which the mails below answer. */
async function fillDesk() {
  const known = rawMail({ subject: "here before", from: ANN, messageId: "before@customer.test" });
  const { ticket } = await receiveOnTicket(known);
  const ours = await createMessage({
    ...{ ticketId: ticket.id, kind: "OUTBOUND", messageId: "ours.1@example.test" },
    fromAddress: USER,
  });
  await createOutbound({ messageRowId: ours.id, messageId: "ours.1@example.test", recipients: [] });
  const closed = await createTicket({ status: "CLOSED" });
  await createMessage({
    ...{ ticketId: closed.id, kind: "OUTBOUND", messageId: "ours.2@example.test" },
  });
  return { known, number: ticket.number };
}

describe("a dry run", () => {
  it("foresees what a poll then does, mail by mail, and changes nothing", async () => {
    const { known, number } = await fillDesk();
    await blockByHand(await createUser(), "spam@bad.test");
    const mails: (string | Buffer)[] = [];
    const mail = (fields: RawMail) => mails.push(rawMail(fields));
    const first = rawMail({
      ...{ from: ANN, cc: BOB, subject: "lamp", messageId: "a1@customer.test" },
    });
    mails.push(first);
    mail({ from: BOB, inReplyTo: "a1@customer.test", subject: "Re: lamp" });
    mail({ from: STRANGER, inReplyTo: "a1@customer.test", subject: "Re: lamp" });
    mail({ from: STRANGER, inReplyTo: "ours.1@example.test", subject: "Re: before" });
    mail({
      from: STRANGER,
      subject: "Out of office",
      headers: ["Auto-Submitted: auto-replied"],
    });
    mail({ from: "News <news@lists.test>", headers: ["List-Id: <news.lists.test>"] });
    mail({
      ...{ from: ANN, subject: "Automatic reply", inReplyTo: "ours.1@example.test" },
      headers: ["Auto-Submitted: auto-replied"],
    });
    mails.push(first);
    mails.push(known);
    mail({ from: ANN, inReplyTo: "c1@customer.test", subject: "Re: chair" });
    mail({ from: ANN, messageId: "c1@customer.test", subject: "chair" });
    mail({ from: ANN, subject: `Re: [#${number}] before` });
    mail({ from: STRANGER, subject: `Re: [#${number}] before` });
    mails.push(
      rawBounce({ messageId: "ours.1@example.test", to: USER, address: "ann@customer.test" }),
    );
    mail({ from: "Spam <spam@bad.test>", inReplyTo: "a1@customer.test" });
    mail({ from: ANN, inReplyTo: "ours.2@example.test", subject: "Re: closed" });
    const test = await composeBytes(composeTestMail({ email: USER, name: "" }).message);
    mails.push(test.bytes);
    mails.push("\r\n");
    const large = "a long line of a long mail\n".repeat(8_000);
    mail({ from: STRANGER, text: large, subject: "large" });
    mail({ from: ANN, text: large, inReplyTo: "a1@customer.test", subject: "Re: lamp" });

    await saveMails(bed, { user: USER, folder }, mails);

    const before = [await databaseState(), await folderState()];
    const result = await run();
    expect([await databaseState(), await folderState()]).toEqual(before);
    expect(result).toMatchObject({ found: 20, looked: 20, since: null, isOnlyShown: false });
    expect(result.counts).toEqual({
      ...{ ticket: 7, reply: 5, automatic: 4, known: 2, own: 1, unreadable: 1 },
    });
    expect(result.automaticTickets).toBe(2);
    expect(result.mails[0]).toMatchObject({ from: "Ann", subject: "Re: lamp", outcome: "reply" });
    expect(result.mails).toHaveLength(20);

    expect(await reallyPolled()).toMatchObject({ ...inWords(result), failed: [] });
    const again = await run();
    expect(again.counts).toMatchObject({ ticket: 0, reply: 0 });
  });

  it("foresees what becomes of every odd mail there is a fixture of", async () => {
    const fixtures = path.join(process.cwd(), "lib/mail/fixtures");
    const mails = readdirSync(fixtures)
      .filter((file) => file.endsWith(".eml"))
      .map((file) => readFileSync(path.join(fixtures, file)));
    await saveMails(bed, { user: USER, folder }, mails);
    const result = await run();
    expect(result.looked).toBe(mails.length);
    expect(mails.length).toBeGreaterThan(100);
    expect(await reallyPolled()).toMatchObject({ ...inWords(result), failed: [] });
  });

  it("of a date takes what arrived since then, and of now what the last days would have been", async () => {
    const day = 86_400_000;
    const now = Date.now();
    await append(rawMail({ subject: "old" }), new Date(now - 90 * day));
    await append(rawMail({ subject: "the day before" }), new Date(now - 11 * day));
    await append(rawMail({ subject: "since" }), new Date(now - 9 * day));
    const startDate = new Date(now - 10 * day);
    const dated = await run({ startMode: "date", startDate });
    expect(dated).toMatchObject({ found: 1, looked: 1, isOnlyShown: false });
    expect(dated.since).toBe(startDate.toISOString());
    const shown = await run({ startMode: "now" });
    expect(shown).toMatchObject({ found: 2, looked: 2, isOnlyShown: true });
    const polled = await reallyPolled({ startMode: "date", startDate });
    expect(polled).toMatchObject(inWords(dated));
  });

  it("of a large inbox looks at the newest 500 and says so", async () => {
    const mails = Array.from({ length: 530 }, (_, n) =>
      rawMail({ subject: `Mail ${n}`, from: `P${n} <p${n}@customer.test>` }),
    );
    await saveMails(bed, { user: USER, folder }, mails);
    const result = await run();
    expect(result).toMatchObject({ found: 530, looked: 500, counts: { ticket: 500 } });
    expect(result.mails).toHaveLength(50);
    expect(result.mails[0]?.subject).toBe("Mail 529");
  });

  it("of an empty folder says that there is nothing", async () => {
    expect(await run()).toMatchObject({ found: 0, looked: 0, mails: [] });
  });

  it("says why a server would not, and keeps what it has seen of one that stops", async () => {
    expect(await dryRun(OWNER, input({ smtpPassword: "not it" }), {})).toMatchObject({
      ...{ ok: false, cause: expect.stringMatching(/refused this username or password/) },
    });
    expect(await dryRun(OWNER, input({ folder: "Nowhere" }), {})).toMatchObject({ ok: false });
    const text = `${"x".repeat(70)}\n`.repeat(2_000);
    const mails = Array.from({ length: 40 }, (_, n) => rawMail({ subject: `Mail ${n}`, text }));
    await saveMails(bed, { user: USER, folder }, mails);
    const proxy = await startFaultProxy(bed.imapPort, { resetAfter: 600_000 });
    const part = await run({ imapPort: proxy.port });
    expect(part.found).toBe(40);
    expect(part.looked).toBe(5);
    await proxy.close();
  });

  it("is an admin's alone, and asks for what is missing before it connects", async () => {
    const agent = { id: null, role: "AGENT" } as const;
    await expect(dryRun(agent, input(), {})).rejects.toMatchObject({ code: "forbidden" });
    await expect(dryRun(OWNER, input({ smtpPassword: "" }), {})).rejects.toMatchObject({
      field: "smtpPassword",
    });
    await expect(dryRun(OWNER, input({ startMode: "date" }), {})).rejects.toMatchObject({
      field: "startDate",
    });
    await expect(dryRun(OWNER, input({ imapHost: "" }), {})).rejects.toMatchObject({
      field: "imapHost",
    });
  });
});
