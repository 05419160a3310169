import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { closeDb, db, openDatabase, useDatabase } from "@/lib/db/client";
import { reloadEnv } from "@/lib/env";
import { startWorkerProcess, type WorkerProcess } from "@/lib/testing/child-process";
import { cloneDatabase } from "@/lib/testing/database";
import { createUser } from "@/lib/testing/factories";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { connectAccount } from "@/lib/testing/pipeline";
import { rawMail } from "@/lib/testing/raw-mail";
import { type ScriptedSmtp, startScriptedSmtp } from "@/lib/testing/scripted-smtp";
import { openTicketAsAgent } from "@/lib/tickets/open";
import { changeStatus } from "@/lib/tickets/status";

// Robots that write to each other: two whole Mailrooms, and one against a responder that says nowhere
// that it is one. Each Mailroom is a worker of its own on a database of its own; everything goes by
// SMTP through one server in the middle, which vouches for every sender and may strip what could
// end a loop.

const SUPPORT = "support@example.test";
const DESK = "desk@customer.test";
const ANNA = "customer@customer.test";
/** The robots may exchange so many mails, each of them. */
const MAILS_MAX = 5;
/** Nothing on its way for so long: the loop has ended by itself. Every account is polled each second. */
const QUIET_MS = 6_000;
const DEADLINE_MS = 75_000;

type Mailroom = { url: string; address: string; worker: WorkerProcess | null };

let bed: MailBed;
let middle: ScriptedSmtp;
let ours: Mailroom;
let theirs: Mailroom;
const drops: (() => Promise<void>)[] = [];
let isOver = false;
let trouble: unknown = null;

beforeAll(async () => {
  Object.assign(process.env, {
    APP_SECRET: "a secret only for tests and long enough for the rule",
    EMAIL_ALLOWED_PRIVATE_HOSTS: "127.0.0.0/8,localhost",
  });
  bed = await startMailBed();
  await bed.addUser(DESK);
});
afterAll(() => bed?.stop());

beforeEach(async () => {
  isOver = false;
  trouble = null;
  for (const user of [SUPPORT, DESK, ANNA]) {
    await bed.mailsOf(user);
    await bed.doveadm("expunge", "-u", user, "mailbox", "INBOX", "all");
  }
  middle = await startScriptedSmtp();
  ours = await openMailroom(SUPPORT);
  theirs = await openMailroom(DESK);
});

afterEach(async () => {
  isOver = true;
  for (const { worker } of [ours, theirs]) await worker?.stop();
  await middle.close();
  for (const drop of drops.splice(0)) await drop();
  expect(trouble, "what went wrong on the way").toBeNull();
});

/** A Mailroom with one account that acknowledges whatever it may; its worker is not started yet. */
async function openMailroom(address: string): Promise<Mailroom> {
  const { url, drop } = await cloneDatabase(inject("postgresUrl"));
  drops.push(drop);
  const mailroom = { url, address, worker: null };
  await inside(mailroom, () =>
    connectAccount(
      { imapPort: bed.imapPort, smtpPort: middle.port },
      {
        ...{ email: address, autoAckEnabled: true, autoAckText: "We have it: #{{number}}." },
        ...{ smtpUsername: "", smtpPassword: "", imapUsername: address, imapPassword: "pw" },
      },
    ),
  );
  return mailroom;
}

/** Runs something in the database of one Mailroom. */
async function inside<T>({ url }: Mailroom, work: () => Promise<T>): Promise<T> {
  process.env.DATABASE_URL = url;
  reloadEnv();
  useDatabase(openDatabase(url, 2));
  try {
    return await work();
  } finally {
    await closeDb();
  }
}

async function start(...mailrooms: Mailroom[]): Promise<void> {
  for (const mailroom of mailrooms)
    mailroom.worker = await startWorkerProcess({
      ...{ DATABASE_URL: mailroom.url, EMAIL_POLLING_INTERVAL: "1" },
      NODE_EXTRA_CA_CERTS: bed.caFile,
    });
}

/** Carries on what comes to the server in the middle, until the test is over. */
async function carry(change: (raw: string) => string): Promise<void> {
  for (let next = 0; !isOver; ) {
    const mail = middle.mails[next];
    if (!mail) {
      await sleep(50);
      continue;
    }
    next += 1;
    const raw = `Authentication-Results: mail.example.test; dmarc=pass\r\n${change(mail.raw)}`;
    for (const to of mail.to) await bed.deliver(mail.from, to, raw);
  }
}

/** Answers every mail to Anna, as a responder does that knows no RFC. */
async function beAway(): Promise<void> {
  for (let answered = 0; !isOver; await sleep(200)) {
    const mails = await bed.mailsOf(ANNA);
    for (; answered < mails.length && !isOver; answered++) {
      const to = /^From:.*?([^\s<>"]+@[^\s<>"]+)/im.exec(mails[answered]?.raw ?? "")?.[1] ?? "";
      const text = "I am away until Monday and will read your mail then.";
      const answer = rawMail({ from: `Anna <${ANNA}>`, to, subject: "I am away", text });
      middle.mails.push({ from: ANNA, to: [to], raw: answer });
    }
  }
}

function inBackground(work: Promise<void>): void {
  work.catch((error) => {
    trouble ??= error;
  });
}

const asItIs = (raw: string) => raw;

/** Takes every header away by which a mail says what it answers and that a machine wrote it. */
function stripped(raw: string): string {
  const end = raw.indexOf("\r\n\r\n");
  const fields = raw.slice(0, end).split(/\r\n(?![ \t])/);
  const named =
    /^(?:auto-submitted|precedence|x-[^:]*|list-[^:]*|message-id|in-reply-to|references):/i;
  return fields.filter((field) => !named.test(field)).join("\r\n") + raw.slice(end);
}

/** Waits until nothing is on its way any more, or fails. */
async function untilQuiet(): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  let before = "";
  let since = performance.now();
  while (performance.now() - since < QUIET_MS) {
    if (performance.now() > deadline) throw new Error(`Still going on: ${before}`);
    const [inOurs, inTheirs] = [await stateOf(ours), await stateOf(theirs)];
    const now = JSON.stringify({ carried: middle.mails.length, inOurs, inTheirs });
    if (now !== before || inOurs.isBusy || inTheirs.isBusy) since = performance.now();
    before = now;
    await sleep(250);
  }
}

async function stateOf(mailroom: Mailroom) {
  const { length } = await bed.mailsOf(mailroom.address);
  return inside(mailroom, async () => {
    const processed = await db().prisma.inboundEmail.count({
      where: { NOT: { status: "PENDING" } },
    });
    const waiting = await db().prisma.outboundEmail.count({
      where: { status: { in: ["QUEUED", "SENDING"] } },
    });
    return {
      length,
      processed,
      isBusy: mailroom.worker !== null && (processed < length || waiting > 0),
    };
  });
}

const sentBy = (address: string) => middle.mails.filter(({ from }) => from === address).length;

/** An agent of a Mailroom opens a ticket by mail. @returns its number. */
async function writeFrom(mailroom: Mailroom, to: string): Promise<number> {
  return inside(mailroom, async () => {
    const agent = { id: (await createUser()).id, role: "AGENT" as const };
    const { number } = await openTicketAsAgent(agent, {
      ...{ subject: "The lamp", text: "Please have a look.", requesterEmail: to, sendByMail: true },
    });
    await changeStatus(agent, number, "SOLVED");
    return number;
  });
}

async function ticketsOf(mailroom: Mailroom) {
  return inside(mailroom, async () => {
    return db().prisma.ticket.findMany({
      select: {
        number: true,
        status: true,
        isAutomatic: true,
        messages: { select: { kind: true, automaticKind: true } },
      },
      orderBy: { number: "asc" },
    });
  });
}

const kindsOn = (tickets: Awaited<ReturnType<typeof ticketsOf>>) =>
  tickets.flatMap(({ messages }) => messages.map(({ automaticKind }) => automaticKind));

describe.each([
  ["as they are", asItIs],
  ["without any header that tells", stripped],
])("mails that arrive %s", (_way, change) => {
  beforeEach(() => inBackground(carry(change)));

  it("end by themselves between two Mailrooms that acknowledge everything", async () => {
    // Numbers that mean nothing at the other one.
    await inside(theirs, () => db().pool.query(`ALTER SEQUENCE "Ticket_number_seq" RESTART 500`));
    const number = await writeFrom(theirs, SUPPORT);
    await start(ours, theirs);
    await untilQuiet();
    expect(kindsOn(await ticketsOf(ours))).toContain("acknowledgement");
    expect((await bed.mailsOf(DESK)).length).toBeGreaterThanOrEqual(1);
    expect(sentBy(SUPPORT)).toBeLessThanOrEqual(MAILS_MAX);
    expect(sentBy(DESK)).toBeLessThanOrEqual(MAILS_MAX);
    const first = (await ticketsOf(theirs)).find((ticket) => ticket.number === number);
    expect(first?.status).toBe("SOLVED");
  });

  it("end by themselves with a responder that sets no header", async () => {
    inBackground(beAway());
    const number = await writeFrom(ours, ANNA);
    await start(ours);
    await untilQuiet();
    const tickets = await ticketsOf(ours);
    expect(kindsOn(tickets)).toContain("acknowledgement");
    expect(sentBy(ANNA)).toBeGreaterThanOrEqual(2);
    expect(sentBy(ANNA)).toBeLessThanOrEqual(MAILS_MAX);
    expect(sentBy(SUPPORT)).toBeLessThanOrEqual(MAILS_MAX);
    expect(tickets.find((ticket) => ticket.number === number)?.status).toBe("SOLVED");
  });
});
