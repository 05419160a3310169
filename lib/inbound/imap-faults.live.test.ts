import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { type FaultProxy, startFaultProxy } from "../testing/fault-proxy";
import { type ForgetfulServer, startForgetfulServer } from "../testing/forgetful-server";
import { type LineAnswer, startLineServer } from "../testing/line-server";
import { connectAccount, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { IdleFolders } from "./idle";
import { AUTH_FAILURES_MAX, claimDueAccounts } from "./lease";
import { pollAccounts } from "./poll";

// Servers that turn us away, hang up or talk nonsense, as no real one here can be made to.

useTestDatabase();

const SUBJECTS = ["mail 1", "mail 2", "mail 3"];

let server: ForgetfulServer;
let proxy: FaultProxy;

beforeEach(async () => {
  await emptyDatabase(db().pool);
  server = await startForgetfulServer(
    SUBJECTS.map((subject, n) => ({ uid: n + 1, raw: rawMail({ subject }) })),
  );
  proxy = await startFaultProxy(server.port);
  await connectAccount({ imapPort: proxy.port, smtpPort: 1 });
});
afterEach(async () => {
  await proxy.close();
  await server.close();
});

/** What a worker does with the account, whose time has come. */
async function pollDue(idle?: IdleFolders) {
  await db().pool.query(`UPDATE "EmailAccount" SET "nextPollAt" = now() - interval '1 second'`);
  const leases = await claimDueAccounts("test", 9, 30);
  expect(leases).toHaveLength(1);
  return pollAccounts(leases, testProcessor(), new AbortController().signal, { idle });
}

const account = () => db().prisma.emailAccount.findFirstOrThrow();
const subjects = async () => {
  const tickets = await db().prisma.ticket.findMany({ orderBy: { number: "asc" } });
  return tickets.map(({ subject }) => subject);
};
const uids = async () => {
  const receipts = await db().prisma.inboundEmail.findMany({ orderBy: { uid: "asc" } });
  return receipts.map(({ uid, status }) => [Number(uid), status]);
};

/** By the database's clock: from the beginning of this try to the next one. */
async function secondsToNextTry(): Promise<number> {
  const { rows } = await db().pool.query<{ wait: number }>(
    `SELECT extract(epoch FROM "nextPollAt" - "lastAttemptAt")::float AS wait FROM "EmailAccount"`,
  );
  return rows[0]?.wait ?? 0;
}

async function expectHealed(): Promise<void> {
  server.odd = null;
  expect(await pollDue()).toMatchObject({ failed: [], ticketsCreated: 3 });
  expect(await subjects()).toEqual(SUBJECTS);
  expect(await account()).toMatchObject({ lastError: null, consecutiveFailures: 0 });
}

/** Answers with this where a line matches, as usual elsewhere. */
const oddAt =
  (where: RegExp, say: (tag: string, usual: string) => LineAnswer) =>
  (line: string, usual: string) =>
    where.test(line) ? say(line.split(" ")[0] ?? "", usual) : usual;

describe("a server that takes the sign-in and hangs up, for ever", () => {
  it("is tried ever more rarely, never twice in 2 s, and within a minute of its recovery", async () => {
    server.odd = oddAt(/ EXAMINE /, () => "drop");
    const waits: number[] = [];
    for (let tries = 1; tries <= 12; tries++) {
      expect((await pollDue()).failed).toMatchObject([{ error: expect.stringMatching(/closed/) }]);
      expect(proxy.accepted()).toBe(tries);
      waits.push(await secondsToNextTry());
    }
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(2);
    expect(Math.min(...waits.slice(-3))).toBeGreaterThanOrEqual(30);
    // One more look of the worker at what is due comes on top.
    expect(Math.max(...waits)).toBeLessThan(59);
    expect(await account()).toMatchObject({ lastErrorKind: "transient", consecutiveFailures: 12 });
    await expectHealed();
  });
});

describe("a server that says goodbye", () => {
  it("instead of a greeting is tried again; nobody is told of a wrong password", async () => {
    const words = "* BYE Too many simultaneous connections\r\n";
    const turnsAway = await startLineServer(words, () => null);
    await db().prisma.emailAccount.updateMany({ data: { imapPort: turnsAway.port } });
    expect((await pollDue()).failed).toHaveLength(1);
    expect(await account()).toMatchObject({
      lastErrorKind: "transient",
      lastError: "127.0.0.1 allows no further connection to this mailbox at the moment.",
    });
    await turnsAway.close();
    await db().prisma.emailAccount.updateMany({ data: { imapPort: proxy.port } });
    await expectHealed();
  });

  it.each([
    ["to the sign-in", / LOGIN /],
    ["when the folder is opened", / EXAMINE /],
    ["when a mail is asked for", /BODY\.PEEK\[\]/],
  ])(
    "%s, with or without words, is tried again; no wrong password, and nothing is lost",
    async (_when, where) => {
      for (const answer of [{ last: "* BYE Server shutting down\r\n" }, "drop"] as const) {
        server.odd = oddAt(where, () => answer);
        expect((await pollDue()).failed).toHaveLength(1);
        expect(await account()).toMatchObject({ lastErrorKind: "transient" });
      }
      expect(await uids()).toEqual([]);
      await expectHealed();
    },
  );
});

describe("a sign-in refused for another reason than the password", () => {
  it.each([
    ["NO", "[UNAVAILABLE] Temporary authentication failure."],
    ["NO", "[LIMIT] Too many connections"],
    ["NO", "[INUSE] Mailbox is locked"],
    ["NO", "[ALERT] Too many simultaneous connections. (Failure)"],
    ["NO", "[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)"],
    ["BAD", "Request is throttled. Suggested Backoff Time: 100 milliseconds"],
  ])("%s %s: it is tried again, oftener than a wrong password is", async (status, words) => {
    server.odd = oddAt(/ LOGIN /, (tag) => `${tag} ${status} ${words}\r\n`);
    for (let tries = 0; tries <= AUTH_FAILURES_MAX; tries++)
      expect((await pollDue()).failed).toHaveLength(1);
    expect(await account()).toMatchObject({
      lastErrorKind: "transient",
      lastErrorSaid: words.replace(/^\[\w+\] /, ""),
    });
    await expectHealed();
  });
});

describe("a server that answers more, or less, than was asked", () => {
  it("with rows out of order, twice and of other mails: each mail is stored once, with its own bytes", async () => {
    const foreign = "* 9 FETCH (UID 99 FLAGS () RFC822.SIZE 5 BODY[] {5}\r\nother)\r\n";
    const again = "* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 5 BODY[] {5}\r\nagain)\r\n";
    server.odd = oddAt(/BODY\.PEEK\[\]/, (_tag, usual) => {
      const [first = "", second = "", third = "", done = ""] =
        usual.split(/(?=^\* \d FETCH|^\w+ OK)/m);
      return [
        "* 2 FETCH (FLAGS (\\Seen))\r\n",
        foreign,
        third,
        first,
        again,
        third,
        second,
        done,
      ].join("");
    });
    expect(await pollDue()).toMatchObject({ failed: [], ticketsCreated: 3 });
    expect(await subjects()).toEqual(SUBJECTS);
    expect((await uids()).map(([uid]) => uid)).toEqual([1, 2, 3]);
    const { rows } = await db().pool.query<{ bytes: Buffer }>(
      `SELECT "bytes" FROM "RawMail" JOIN "InboundEmail" ON "id" = "inboundEmailId" ORDER BY "uid"`,
    );
    expect(rows.map(({ bytes }) => bytes.toString())).toEqual(server.mails.map(({ raw }) => raw));
    expect(await pollDue()).toMatchObject({ failed: [], emailsProcessed: 0 });
  });

  it.each(["BODY[] {0}\r\n", 'BODY[] ""', "BODY[] NIL"])(
    "with no bytes where there are some (%j): the mail is set aside, and those behind it come",
    async (empty) => {
      const [, second = { raw: "" }] = server.mails;
      const full = `BODY[] {${second.raw.length}}\r\n${second.raw}`;
      server.odd = oddAt(/BODY\.PEEK\[\]/, (_tag, usual) => usual.replace(full, () => empty));
      for (let tries = 0; tries < 6; tries++) await pollDue();
      expect(await uids()).toEqual([
        [1, "PROCESSED"],
        [2, "QUARANTINED"],
        [3, "PROCESSED"],
      ]);
      expect(await account()).toMatchObject({ lastError: null });
    },
  );
});

describe("UIDVALIDITY", () => {
  const say = (words: string) =>
    oddAt(/ EXAMINE /, (_tag, usual) => usual.replace("* OK [UIDVALIDITY 7] x\r\n", words));
  const mailFour = () => server.mails.push({ uid: 4, raw: rawMail({ subject: "mail 4" }) });

  it.each(["", "* OK [UIDVALIDITY 0] x\r\n"])(
    "that is suddenly %j: nothing is stored, the account says why, and nothing is lost or doubled",
    async (words) => {
      await pollDue();
      mailFour();
      server.odd = say(words);
      expect((await pollDue()).failed).toHaveLength(1);
      expect(await account()).toMatchObject({
        lastError: "127.0.0.1 gives no UIDVALIDITY for the folder, so mails cannot be told apart.",
        lastErrorKind: "transient",
      });
      expect(await uids()).toHaveLength(3);
      server.odd = null;
      expect(await pollDue()).toMatchObject({ failed: [], ticketsCreated: 1, duplicates: 0 });
    },
  );

  it("that goes down is another one: all is listed again, nothing lost or doubled", async () => {
    await pollDue();
    mailFour();
    server.odd = say("* OK [UIDVALIDITY 3] x\r\n");
    expect(await pollDue()).toMatchObject({ failed: [], ticketsCreated: 1, duplicates: 3 });
    expect(await subjects()).toEqual([...SUBJECTS, "mail 4"]);
  });
});

describe("a server that can IMAP4rev1 and nothing else", () => {
  it("is polled all the same, over a connection for each poll", async () => {
    const idle = new IdleFolders("test", () => undefined);
    expect(await pollDue(idle)).toMatchObject({ failed: [], ticketsCreated: 3 });
    expect(idle.size).toBe(0);
    server.mails.push({ uid: 4, raw: rawMail({ subject: "mail 4" }) });
    expect(await pollDue(idle)).toMatchObject({ failed: [], ticketsCreated: 1 });
    expect(proxy.accepted()).toBe(2);
  });

  it("hears no command that would change anything in the mailbox", async () => {
    await pollDue();
    await pollDue();
    const commands = server.lines.map((line) => /^\S+ ((?:UID )?\w+)/.exec(line)?.[1]);
    expect([...new Set(commands)].sort()).toEqual([
      "CAPABILITY",
      "EXAMINE",
      "LIST",
      "LOGIN",
      "LOGOUT",
      "LSUB",
      "UID FETCH",
      "UID SEARCH",
    ]);
    expect(server.lines.filter((line) => /BODY(?!\.PEEK)/.test(line))).toEqual([]);
  });
});

it("20,000 old mails are passed over by an account that starts from now: none is asked for", async () => {
  const raw = rawMail({ date: new Date("2020-02-02") });
  server.mails = Array.from({ length: 20_000 }, (_, n) => ({ uid: n + 1, raw }));
  await db().prisma.emailAccount.updateMany({
    data: { startMode: "now", startFrom: new Date("2026-01-02") },
  });
  expect(await pollDue()).toMatchObject({ failed: [], emailsProcessed: 0 });
  expect(server.lines.filter((line) => line.includes("BODY"))).toEqual([]);
  expect(await db().prisma.pollRun.findFirst()).toMatchObject({ skipped: 20_000, stored: 0 });
});
