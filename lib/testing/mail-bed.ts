import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImapFlow, type ImapFlowOptions } from "imapflow";
import nodemailer from "nodemailer";
import { makeCertificates } from "./certificates";
import { BED_CLIENT_ADDRESS, type Dovecot, prepareDovecot } from "./dovecot";
import { findFreePorts } from "./free-ports";
import { type Postfix, preparePostfix } from "./postfix";
import { endLeftovers } from "./process-group";
import { startTokenCheck } from "./token-check";

const PREFIX = "mailbed-";

const FIRST_USERS = [
  "support@example.test",
  "billing@example.test",
  "agent@example.test",
  "customer@customer.test",
  "stranger@customer.test",
];

/** A mail as the bed's Dovecot holds it; `raw` is its bytes read as UTF-8. */
type StoredMail = { uid: number; raw: string; flags: string[] };

type AppendOptions = { flags?: string[]; internalDate?: Date; folder?: string };

/** A folder of a mail user. */
type Place = { user: string; folder: string };

/**
 * A private mail server on 127.0.0.1: real Dovecot and Postfix for example.test and customer.test.
 * All four ports also answer with a bad certificate: expired on 127.0.0.2, another name's on
 * 127.0.0.3, self-made on 127.0.0.4. Scripted SMTP answers: see `preparePostfix`.
 */
export type MailBed = {
  /** The bed's own folder, short because unix sockets live in it. */
  dir: string;
  imapPort: number;
  imapsPort: number;
  smtpPort: number;
  smtpsPort: number;
  lmtpPort: number;
  caFile: string;
  caPem: string;
  /** Adds a mail user; the password is "pw" unless given. */
  addUser: (address: string, password?: string) => Promise<void>;
  setPassword: (address: string, password: string) => Promise<void>;
  /** Lets this user sign in by IMAP, or no longer, whatever the password; sending goes on. */
  allowImap: (address: string, isAllowed: boolean) => Promise<void>;
  /** What Dovecot has logged so far, and what Postfix has. */
  imapLog: () => string;
  smtpLog: () => string;
  /** Runs doveadm on this bed and returns what it prints. */
  doveadm: (...args: string[]) => Promise<string>;
  /** Puts a mail into a folder over IMAP, bytes unchanged. */
  append: (user: string, raw: string | Buffer, opts?: AppendOptions) => Promise<{ uid: number }>;
  /** Sends a mail to a local recipient by SMTP without signing in, as the outside world does. */
  deliver: (envelopeFrom: string, rcpt: string, raw: string | Buffer) => Promise<void>;
  /** What Dovecot holds, read without setting any flag. */
  mailsOf: (user: string, folder?: string) => Promise<StoredMail[]>;
  /** Does what another mail program does: signs in, opens a folder for writing, works in it. */
  withClient: <T>(at: Place, work: (client: ImapFlow) => Promise<T>) => Promise<T>;
  /** Polls until the user's INBOX holds at least `count` mails (default limit 15 s). */
  waitForMail: (user: string, count: number, timeoutMs?: number) => Promise<StoredMail[]>;
  /** How often somebody other than the bed has signed in by IMAP since the start. */
  logins: () => number;
  /** Gives the user's INBOX another UIDVALIDITY; the UIDs stay. */
  bumpUidValidity: (user: string, value: number) => Promise<void>;
  /** Ends Dovecot and cuts every session, as a crashed server does. */
  stopImap: () => Promise<void>;
  /** Starts Dovecot again on the same ports. */
  startImap: () => Promise<void>;
  /** Ends everything and removes the folder. */
  stop: () => Promise<void>;
};

export type MailBedOptions = {
  anyUser?: boolean;
  /** Whose mailbox a token opens; null for none, and a throw is a check that is out of order. */
  mailboxOf?: (token: string) => Promise<string | null>;
  /** By which mechanisms tokens may come. */
  mechanisms?: string;
};

/**
 * Starts a bed of its own; any number may run at once. Needs root and the packages dovecot-imapd,
 * dovecot-lmtpd, postfix and openssl. Beds left over from a crashed process are ended first.
 * With `anyUser`, whoever signs in with the password "pw" is a mail user, and as many as like. With
 * `mailboxOf`, tokens sign in as well, and Postfix takes sign-ins without TLS.
 */
export async function startMailBed({
  anyUser = false,
  mailboxOf,
  mechanisms = "xoauth2 oauthbearer",
}: MailBedOptions = {}): Promise<MailBed> {
  requireInstalled();
  await endAbandonedBeds();
  const dir = await mkdtemp(join(tmpdir(), PREFIX));
  // Dovecot's auth process runs as another user and must be able to read below this folder.
  await chmod(dir, 0o755);
  await writeFile(join(dir, "owner"), identityOf(process.pid));
  const certificates = await makeCertificates(dir);
  const [imapPort = 0, imapsPort = 0, smtpPort = 0, smtpsPort = 0, lmtpPort = 0] =
    await findFreePorts(5);
  const dovecotPorts = { imap: imapPort, imaps: imapsPort, lmtp: lmtpPort };
  const check = mailboxOf ? await startTokenCheck(mailboxOf) : null;
  const byToken = check && { checkUrl: check.url, mechanisms };
  const dovecot = await prepareDovecot(dir, dovecotPorts, { anyUser, byToken });
  const smtpPorts = { smtp: smtpPort, smtps: smtpsPort };
  const postfix = await preparePostfix(dir, smtpPorts, { signsInWithoutTls: check !== null });
  const passwords = new Map<string, string>();
  const setPassword = async (address: string, password: string) => {
    passwords.set(address, password);
    await dovecot.setPassword(address, password);
  };
  for (const address of FIRST_USERS) await setPassword(address, "pw");
  const signIn = (user: string) => connectAs(imapPort, user, passwords.get(user) ?? "pw");
  const mailsOf = async (user: string, folder = "INBOX") => readAll(await signIn(user), folder);
  const { start, end } = lifecycle(dir, dovecot, postfix);
  await start();
  return {
    ...{ dir, imapPort, imapsPort, smtpPort, smtpsPort, lmtpPort },
    caFile: certificates.caFile,
    caPem: certificates.caPem,
    addUser: (address, password = "pw") => setPassword(address, password),
    setPassword,
    allowImap: dovecot.allowImap,
    imapLog: dovecot.log,
    smtpLog: postfix.log,
    doveadm: dovecot.doveadm,
    append: async (user, raw, opts) => appendMail(await signIn(user), raw, opts),
    deliver: (from, rcpt, raw) => deliverMail(smtpPort, { from, rcpt, raw }),
    mailsOf,
    withClient: async ({ user, folder }, work) => workIn(await signIn(user), folder, work),
    waitForMail: (user, count, timeoutMs = 15_000) => poll(() => mailsOf(user), count, timeoutMs),
    logins: dovecot.logins,
    bumpUidValidity: async (user, value) => {
      const args = ["mailbox", "update", "--uid-validity", String(value), "-u", user, "INBOX"];
      await dovecot.doveadm(...args);
    },
    stopImap: dovecot.end,
    startImap: async () => {
      await dovecot.start();
      await writePids(dir, dovecot, postfix);
    },
    stop: async () => {
      await end();
      await check?.stop();
    },
  };
}

function requireInstalled(): void {
  for (const file of ["/usr/sbin/dovecot", "/usr/lib/dovecot/lmtp", "/usr/sbin/postfix"]) {
    if (existsSync(file)) continue;
    const packages = "dovecot-imapd dovecot-lmtpd postfix";
    throw new Error(`the mail test bed needs ${file}: apt-get install ${packages}`);
  }
}

function lifecycle(dir: string, dovecot: Dovecot, postfix: Postfix) {
  const end = async () => {
    await Promise.all([dovecot.end(), postfix.end()]);
    await rm(dir, { recursive: true, force: true });
  };
  const start = async () => {
    try {
      await dovecot.start();
      await postfix.start();
      await writePids(dir, dovecot, postfix);
    } catch (error) {
      await end();
      throw error;
    }
  };
  return { start, end };
}

async function writePids(dir: string, dovecot: Dovecot, postfix: Postfix): Promise<void> {
  await writeFile(join(dir, "pids"), `${dovecot.pid()}\n${postfix.pid()}\n`);
}

/** Both daemons survive a crash of whoever started them; the `owner` file tells who that was. */
async function endAbandonedBeds(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const dir = join(tmpdir(), name);
    const owner = await readFile(join(dir, "owner"), "utf8").catch(() => "");
    if (owner === "" || identityOf(Number(owner.split(" ")[0])) === owner) continue;
    await endLeftovers(join(dir, "pids"), dir);
    await rm(dir, { recursive: true, force: true });
  }
}

/** Process id and start time: the id alone may belong to another process by now (proc(5)). */
function identityOf(pid: number): string {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ");
    return `${pid} ${fields?.[19] ?? ""}`;
  } catch {
    return "";
  }
}

async function connectAs(port: number, user: string, password: string): Promise<ImapFlow> {
  // The library hands these to net.connect, which knows localAddress; its types do not.
  const tls: ImapFlowOptions["tls"] & { localAddress: string } = {
    localAddress: BED_CLIENT_ADDRESS,
  };
  const client = new ImapFlow({
    host: "127.0.0.1",
    port,
    secure: false,
    doSTARTTLS: false,
    disableAutoIdle: true,
    logger: false,
    auth: { user, pass: password },
    tls,
  });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

async function appendMail(
  client: ImapFlow,
  raw: string | Buffer,
  opts: AppendOptions = {},
): Promise<{ uid: number }> {
  try {
    const folder = opts.folder ?? "INBOX";
    if (folder !== "INBOX") await client.mailboxCreate(folder);
    const bytes = Buffer.isBuffer(raw) ? raw : Buffer.from(raw);
    const answer = await client.append(folder, bytes, opts.flags, opts.internalDate);
    if (!answer || answer.uid === undefined) throw new Error("APPEND gave no UID");
    return { uid: answer.uid };
  } finally {
    client.close();
  }
}

async function workIn<T>(
  client: ImapFlow,
  folder: string,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  try {
    await client.mailboxOpen(folder);
    return await work(client);
  } finally {
    client.close();
  }
}

async function readAll(client: ImapFlow, folder: string): Promise<StoredMail[]> {
  try {
    const box = await client.mailboxOpen(folder, { readOnly: true });
    if (box.exists === 0) return [];
    const mails = await client.fetchAll("1:*", { uid: true, flags: true, source: true });
    return mails.map(({ uid, flags, source }) => ({
      uid,
      raw: source?.toString("utf8") ?? "",
      flags: [...(flags ?? [])],
    }));
  } finally {
    client.close();
  }
}

type Delivery = { from: string; rcpt: string; raw: string | Buffer };

async function deliverMail(port: number, { from, rcpt, raw }: Delivery): Promise<void> {
  const transport = nodemailer.createTransport({ host: "127.0.0.1", port, ignoreTLS: true });
  try {
    await transport.sendMail({ envelope: { from, to: [rcpt] }, raw });
  } finally {
    transport.close();
  }
}

async function poll(
  read: () => Promise<StoredMail[]>,
  count: number,
  timeoutMs: number,
): Promise<StoredMail[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const mails = await read();
    if (mails.length >= count) return mails;
    if (performance.now() > deadline) {
      throw new Error(`expected ${count} mails within ${timeoutMs} ms, found ${mails.length}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
