import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccountInput } from "../accounts/schema";
import { updateAccount } from "../accounts/update";
import { db } from "../db/client";
import { deliverDue } from "../outbound/deliver";
import { BAD_CERTIFICATES } from "../testing/certificates";
import { runDesk } from "../testing/child-process";
import { useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import { type LineServer, startLineServer } from "../testing/line-server";
import { type MailBed, startMailBed } from "../testing/mail-bed";
import { connectAccount, OWNER, pollOnce, receiveOnTicket } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import { type ScriptedSmtp, startScriptedSmtp } from "../testing/scripted-smtp";
import { replyToTicket } from "../tickets/reply";

// Polls and deliveries over every kind of connection, good and bad, by a process of its own that
// trusts the bed's authority as an admin makes it: with NODE_EXTRA_CA_CERTS.

useTestDatabase();

const USER = "safe@example.test";
const PASSWORD = "corr3ct-h0rse-battery";
/** For a dozen accounts and two processes, on a machine with other things to do. */
const HOOK_MS = 240_000;
const CUSTOMER = "customer@customer.test";

let bed: MailBed;
let agent: { id: string; role: "AGENT" };

beforeAll(async () => {
  bed = await startMailBed();
  await bed.addUser(USER, PASSWORD);
  agent = { id: (await createUser()).id, role: "AGENT" };
});
afterAll(() => bed?.stop());

type Servers = Pick<AccountInput, "imapHost" | "imapPort" | "imapSecurity"> &
  Pick<AccountInput, "smtpHost" | "smtpPort" | "smtpSecurity">;

/** The bed's servers as they are reached on one address. */
function serversAt(address: string, security: "tls" | "starttls" | "none"): Servers {
  const isTls = security === "tls";
  return {
    ...{ imapHost: address, imapPort: isTls ? bed.imapsPort : bed.imapPort },
    ...{ smtpHost: address, smtpPort: isTls ? bed.smtpsPort : bed.smtpPort },
    ...{ imapSecurity: security, smtpSecurity: security },
  };
}

/**
 * An account that reads a folder of its own, in which a mail waits, as somebody of the bed, and that
 * has an answer to send.
 */
async function connect(name: string, servers: Servers, [user, password] = [USER, PASSWORD]) {
  await bed.append(user, rawMail({ subject: `to ${name}` }), { folder: name });
  const signIn = { smtpUsername: user, smtpPassword: password };
  const email = `${name}@example.test`;
  const account = await connectAccount(bed, { email, folder: name, ...signIn, ...servers });
  const question = rawMail({ to: email, subject: `answered by ${name}` });
  const { ticket } = await receiveOnTicket(question, { accountId: account.id });
  const { messageRowId } = await replyToTicket(agent, { number: ticket.number, text: "Hello" });
  return { ...account, name, messageRowId };
}

type Connected = Awaited<ReturnType<typeof connect>>;

/** What the servers have logged since a moment; they may be a little behind. */
type Log = { imap: () => string[]; smtp: () => string[] };

/** One pass of polling and one of sending, both at once. @returns the servers' log from then on. */
async function pollAndSend(): Promise<Log> {
  const before = { imap: bed.imapLog().length, smtp: bed.smtpLog().length };
  const env = { NODE_EXTRA_CA_CERTS: bed.caFile };
  const passes = await Promise.all([runDesk(["poll"], env), runDesk(["deliver"], env)]);
  expect(passes.map(({ code }) => code)).toEqual([0, 0]);
  expect(passes.map(({ stdout, stderr }) => stdout + stderr).join()).not.toContain(PASSWORD);
  return {
    imap: () => bed.imapLog().slice(before.imap).split("\n"),
    smtp: () => bed.smtpLog().slice(before.smtp).split("\n"),
  };
}

const accountOf = ({ id }: Connected) =>
  db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });

const deliveryOf = ({ messageRowId }: Connected) =>
  db().prisma.outboundEmail.findFirstOrThrow({ where: { messageRowId } });

const ticketsTo = (name: string) => db().prisma.ticket.count({ where: { subject: `to ${name}` } });

/** The mail is a ticket, the answer has left, and nobody complains. */
async function expectBothWays(connected: Connected): Promise<void> {
  expect(await accountOf(connected)).toMatchObject({ lastError: null, consecutiveFailures: 0 });
  expect(await ticketsTo(connected.name)).toBe(1);
  expect(await deliveryOf(connected)).toMatchObject({ status: "SENT", lastError: null });
}

/** Neither way worked, both say why and what to do, and both wait for better settings. */
async function expectNeitherWay(connected: Connected, cause: RegExp, fix: RegExp): Promise<void> {
  expect(await accountOf(connected)).toMatchObject({
    lastError: expect.stringMatching(cause),
    lastErrorFix: expect.stringMatching(fix),
    lastErrorKind: "config",
    lastPolledAt: null,
  });
  expect(await ticketsTo(connected.name)).toBe(0);
  expect(await deliveryOf(connected)).toMatchObject({
    status: "QUEUED",
    attempts: 1,
    lastError: expect.stringMatching(cause),
    lastErrorFix: expect.stringMatching(fix),
  });
}

/** The ways in which a password may be written on a connection (RFC 4616 and LOGIN). */
const WRITTEN = [PASSWORD, Buffer.from(PASSWORD), Buffer.from(`\0${USER}\0${PASSWORD}`)].map(
  (text) => (typeof text === "string" ? text : text.toString("base64")),
);

const CERTIFICATES = BAD_CERTIFICATES.flatMap((bad) =>
  (["tls", "starttls"] as const).map((security) => ({ ...bad, security })),
);
const SAID = {
  expired: [/^The certificate of 127\.0\.0\.2 has expired\.$/, /must renew it/],
  wrong: [/^The certificate of 127\.0\.0\.3 is for another name/, /Enter the host name/],
  selfmade: [
    /^The certificate of 127\.0\.0\.4 is not signed by an authority this machine trusts\.$/,
    /NODE_EXTRA_CA_CERTS/,
  ],
} as const;

/** The accounts whose servers were refused, by name. */
const refused = new Map<string, Connected>();
const refusedAs = (name: string) => refused.get(name) ?? expect.fail(`no account ${name}`);

describe("a server whose encryption is refused", () => {
  let imap: LineServer;
  let smtp: LineServer;
  let log: Log;

  beforeAll(async () => {
    imap = await startImapWithoutTls();
    smtp = await startSmtpWithoutTls();
    const add = async (name: string, servers: Servers) =>
      refused.set(name, await connect(name, servers));
    for (const { certificate, address, security } of CERTIFICATES)
      await add(`${certificate}-${security}`, serversAt(address, security));
    for (const security of ["starttls", "auto"] as const)
      await add(`stripped-${security}`, {
        ...{ imapHost: "127.0.0.1", imapPort: imap.port, imapSecurity: security },
        ...{ smtpHost: "127.0.0.1", smtpPort: smtp.port, smtpSecurity: security },
      });
    log = await pollAndSend();
  }, HOOK_MS);
  afterAll(() => Promise.all([imap?.close(), smtp?.close()]));

  it.each(CERTIFICATES)(
    "for its $certificate certificate, over $security, is neither polled nor sent through",
    async ({ certificate, security }) => {
      const [cause, fix] = SAID[certificate];
      await expectNeitherWay(refusedAs(`${certificate}-${security}`), cause, fix);
    },
  );

  it.each(["starttls", "auto"])(
    "for hiding STARTTLS is neither polled nor sent through, with %s chosen",
    async (security) => {
      const cause = /^127\.0\.0\.1 does not offer STARTTLS on port \d+, so nothing was sent to it/;
      await expectNeitherWay(refusedAs(`stripped-${security}`), cause, /never goes in the clear/);
    },
  );

  it("hears no password and no sign-in, by IMAP or SMTP", async () => {
    const imapEnds = () => log.imap().filter((line) => /lip=127\.0\.0\.[234]/.test(line));
    const smtpEnds = () => log.smtp().filter((line) => line.includes(": disconnect from"));
    await expect.poll(imapEnds).toHaveLength(CERTIFICATES.length);
    await expect.poll(smtpEnds).toHaveLength(CERTIFICATES.length);
    for (const line of imapEnds()) expect(line).toMatch(/no auth attempts|before auth was ready/);
    expect(smtpEnds().join()).not.toMatch(/auth=|mail=/);
    expect(imap.lines.join()).toContain("CAPABILITY");
    expect(smtp.lines.join()).toContain("EHLO");
    const heard = [...imap.lines, ...smtp.lines].join("\n");
    expect(heard).not.toMatch(/LOGIN|AUTH|MAIL FROM/i);
    const everything = [heard, ...log.imap(), ...log.smtp()].join("\n");
    for (const written of WRITTEN) expect(everything).not.toContain(written);
  });
});

describe("a server that may be talked to", () => {
  const connected = new Map<string, Connected>();
  const as = (name: string) => connected.get(name) ?? expect.fail(`no account ${name}`);
  let plainSmtp: ScriptedSmtp;
  let log: Log;

  beforeAll(async () => {
    plainSmtp = await startScriptedSmtp();
    const add = async (name: string, servers: Servers) =>
      connected.set(name, await connect(name, servers, [`${name}@example.test`, "pw"]));
    await add("support", serversAt("127.0.0.1", "tls"));
    await add("billing", serversAt("127.0.0.1", "starttls"));
    await add("agent", { ...serversAt("127.0.0.1", "none"), smtpPort: plainSmtp.port });
    const plain = serversAt("127.0.0.1", "none");
    connected.set("plain-postfix", await connect("plain-postfix", plain));
    for (const { id, email, name } of refused.values())
      await updateAccount(OWNER, id, {
        ...{ email, folder: name, pollingEnabled: true, startMode: "all" },
        ...{ smtpUsername: USER, smtpPassword: PASSWORD },
        ...serversAt("127.0.0.1", "tls"),
        isDefault: (await accountOf(refusedAs(name))).isDefault,
      });
    log = await pollAndSend();
  }, HOOK_MS);
  afterAll(() => plainSmtp?.close());

  it.each([
    ["implicit TLS", "support"],
    ["STARTTLS", "billing"],
  ])(
    "over %s is polled and sent through, after a sign-in that is encrypted",
    async (_how, name) => {
      await expectBothWays(as(name));
      const signIns = () => log.imap().filter((line) => line.includes(`Login: user=<${name}@`));
      await expect.poll(signIns).toEqual([expect.stringContaining(", TLS,")]);
      // Postfix offers a sign-in inside of TLS only.
      await expect.poll(() => log.smtp().join()).toContain(`sasl_username=${name}@example.test`);
    },
  );

  it("in the clear is polled and sent through, because that was chosen", async () => {
    await expectBothWays(as("agent"));
    const signIns = () => log.imap().filter((line) => line.includes("Login: user=<agent@"));
    await expect.poll(signIns).toEqual([expect.not.stringContaining(", TLS,")]);
    expect(plainSmtp.mails.map(({ from }) => from)).toEqual(["agent@example.test"]);
  });

  it("in the clear, but takes no sign-in there, is not sent through without one", async () => {
    expect(await deliveryOf(as("plain-postfix"))).toMatchObject({
      status: "QUEUED",
      lastError: expect.stringMatching(/^127\.0\.0\.1 offers no sign-in on port/),
    });
    expect(log.smtp().join()).not.toContain("from=<plain-postfix@example.test>");
  });

  it("after one that was refused loses nothing: the mail comes in, and the answer goes out", async () => {
    for (const account of refused.values()) await expectBothWays(account);
    const answers = (await bed.waitForMail(CUSTOMER, refused.size + 2)).map(({ raw }) => raw);
    for (const { email } of refused.values())
      expect(answers.filter((raw) => raw.includes(`<${email}>\r\nTo:`))).toHaveLength(1);
  });

  it("by an authority this process does not know is refused both ways", async () => {
    const account = await connect("unknown", serversAt("127.0.0.1", "tls"));
    await pollOnce([account.id]);
    await deliverDue("test");
    const cause = /is not signed by an authority this machine trusts/;
    await expectNeitherWay(account, cause, /NODE_EXTRA_CA_CERTS/);
  });
});

/** An IMAP server, or who stands in front of it, that takes passwords and offers no STARTTLS. */
function startImapWithoutTls(): Promise<LineServer> {
  return startLineServer("* OK ready\r\n", (line) => {
    const [tag, command = ""] = line.split(" ");
    const capabilities = "* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n";
    return `${command === "CAPABILITY" ? capabilities : ""}${tag} OK done\r\n`;
  });
}

function startSmtpWithoutTls(): Promise<LineServer> {
  return startLineServer("220 ready ESMTP\r\n", (line) => {
    if (line.startsWith("EHLO")) return "250-ready\r\n250 AUTH PLAIN LOGIN\r\n";
    if (line === "STARTTLS") return "502 5.5.1 not here\r\n";
    if (line === "QUIT") return "221 bye\r\n";
    return line.startsWith("AUTH") ? "235 2.7.0 in\r\n" : "250 ok\r\n";
  });
}
