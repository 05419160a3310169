import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { createAccount } from "../accounts/create";
import type { Crashpoint } from "../crashpoint";
import { closeDb, db, openDatabase, useDatabase } from "../db/client";
import { reloadEnv } from "../env";
import { replyToTicket } from "../tickets/reply";
import { createUser } from "../users";
import type { Expected } from "./crash-checker";
import { type MailBed, startMailBed } from "./mail-bed";
import { saveMails } from "./maildir";
import { startTestServer, TEMPLATE, type TestServer } from "./postgres-setup";

const SUPPORT = "support@example.test";
/** Dovecot puts what comes for customer+anything into the customer's inbox. */
const personOf = (token: string) => `customer+${token}@customer.test`;
const LEASE_SECONDS = 2;
/** A worker that was killed leaves its leases; nothing else may take this long. */
const QUIET_MS = 90_000;
const ATTACHMENT_BYTES = 40_000;

const BUNDLE = "dist/crash";

const SECRET = "a secret only for the crash runs and long enough";

/**
 * A small desk to break: a durable Postgres, real Dovecot and Postfix, one account with polling and
 * acknowledgements on. Mails and replies are put in round by round; workers are started to be killed.
 */
export class CrashWorld {
  readonly expected: Expected = { mails: [], replies: [] };
  private counter = 0;
  private readonly answerable: string[] = [];
  private agent = { id: "", role: "AGENT" as const };

  private constructor(
    readonly postgres: TestServer,
    readonly bed: MailBed,
    readonly databaseUrl: string,
    private readonly folder: string,
  ) {}

  static async start(): Promise<CrashWorld> {
    execFileSync(process.execPath, ["scripts/build-worker.mjs", BUNDLE]);
    const postgres = await startTestServer({ durable: true });
    const bed = await startMailBed();
    const admin = new pg.Client({ connectionString: `${postgres.url}/postgres` });
    await admin.connect();
    await admin.query(`CREATE DATABASE crash TEMPLATE ${TEMPLATE}`);
    await admin.end();
    const url = `${postgres.url}/crash`;
    Object.assign(process.env, {
      ...{ DATABASE_URL: url, APP_SECRET: SECRET, WORKER_LEASE_SECONDS: String(LEASE_SECONDS) },
      EMAIL_ALLOWED_PRIVATE_HOSTS: "127.0.0.0/8,localhost",
    });
    reloadEnv();
    useDatabase(openDatabase(url, 4));
    const world = new CrashWorld(postgres, bed, url, mkdtempSync(join(tmpdir(), "mr-crash-")));
    await world.connect();
    return world;
  }

  private async connect(): Promise<void> {
    // Opened once, so that Dovecot itself has made the folders.
    await this.bed.mailsOf(SUPPORT);
    await createAccount(
      { id: null, role: "ADMIN" },
      {
        ...{ email: SUPPORT, smtpHost: "127.0.0.1", smtpPort: this.bed.smtpPort },
        ...{ smtpUsername: SUPPORT, smtpPassword: "pw" },
        ...{ imapHost: "127.0.0.1", imapPort: this.bed.imapPort },
        ...{ pollingEnabled: true, startMode: "all", autoAckEnabled: true },
      },
    );
    const input = { email: "agent@desk.example", name: "Agent", password: "agent signs in" };
    this.agent.id = (await createUser(null, { ...input, role: "AGENT" })).id;
    // No mailbox here takes mail to agents: it would bounce, and the judge counts every mail.
    await db().prisma.user.update({
      where: { id: this.agent.id },
      data: { notifyAssigned: false, notifyReplies: false },
    });
  }

  /**
   * One round of work: a mail with a file, the same bytes a second time, a plain mail, an answer to a
   * mail of an earlier round, and an agent's reply that waits to be sent.
   */
  async fill(): Promise<void> {
    const first = this.mail({ withFile: true });
    const plain = this.mail({});
    const known = this.answerable.at(-1);
    const answer = known ? [this.mail({ inReplyTo: known })] : [];
    const raws = [first.raw, first.raw, plain.raw, ...answer.map(({ raw }) => raw)];
    await saveMails(this.bed, { user: SUPPORT, folder: "INBOX" }, raws);
    await this.reply();
    this.answerable.push(plain.token);
  }

  private mail(options: { withFile?: boolean; inReplyTo?: string }) {
    const token = `t${++this.counter}x${randomBytes(4).toString("hex")}`;
    const file = options.withFile ? randomBytes(ATTACHMENT_BYTES) : null;
    // Who answers is the person who wrote: others may not join by somebody's Message-ID.
    const person = personOf(options.inReplyTo ?? token);
    const raw = crashMail({ token, person, file, inReplyTo: options.inReplyTo ?? null });
    this.expected.mails.push({
      token,
      isAnswer: options.inReplyTo !== undefined,
      fileSha256: file ? createHash("sha256").update(file).digest("hex") : null,
    });
    return { token, raw };
  }

  /** An agent answers the newest ticket that has no answer of ours yet, if there is one. */
  private async reply(): Promise<void> {
    const ticket = await db().prisma.ticket.findFirst({
      where: { messages: { none: { kind: "OUTBOUND", authorId: this.agent.id } } },
      orderBy: { number: "desc" },
      select: { number: true },
    });
    if (!ticket) return;
    const token = `r${++this.counter}x${randomBytes(4).toString("hex")}`;
    this.expected.replies.push(token);
    await replyToTicket(this.agent, { number: ticket.number, text: `Our answer ${token}` });
  }

  /** The server forgets which mail had which UID: everything is listed again. */
  async resetFolder(): Promise<void> {
    await this.bed.bumpUidValidity(SUPPORT, 100_000 + ++this.counter);
  }

  /** How many mails the inbox holds: what Dovecot has, by its own files. */
  mailsInInbox(): number {
    return filesOf(this.bed.dir, SUPPORT).length;
  }

  /** What Postfix and Dovecot delivered to the customers, byte for byte. */
  deliveredToCustomers(): string[] {
    return filesOf(this.bed.dir, "customer@customer.test").map((file) =>
      readFileSync(file, "utf8"),
    );
  }

  /** Starts a worker; with `crashAt` it kills itself there, with `trace` it writes down its way. */
  startWorker(options: { crashAt?: `${Crashpoint}:${number}`; trace?: string } = {}): Victim {
    return new Victim({
      ...{ DATABASE_URL: this.databaseUrl, APP_SECRET: SECRET, NODE_ENV: "production" },
      ...{ NODE_EXTRA_CA_CERTS: this.bed.caFile, EMAIL_POLLING_INTERVAL: "1" },
      ...(options.crashAt ? { CRASH_AT: options.crashAt } : {}),
      ...(options.trace ? { CRASH_TRACE: join(this.folder, options.trace) } : {}),
    });
  }

  /** How often each point was passed in a traced run. */
  passages(trace: string): Map<string, number> {
    const counts = new Map<string, number>();
    for (const name of readFileSync(join(this.folder, trace), "utf8").split("\n"))
      if (name) counts.set(name, (counts.get(name) ?? 0) + 1);
    return counts;
  }

  /** Waits until everything that came is processed and everything to be sent is sent or given up. */
  async untilQuiet(): Promise<void> {
    const deadline = performance.now() + QUIET_MS;
    let state = "";
    while (performance.now() < deadline) {
      state = await this.unfinished().catch((error) => `the database: ${error}`);
      if (state === "") return;
      await sleep(100);
    }
    throw new Error(`Not quiet after ${QUIET_MS / 1000} s: ${state}`);
  }

  private async unfinished(): Promise<string> {
    const { rows } = await db().pool.query<Record<string, string>>(`SELECT
      (SELECT count(*) FROM "InboundEmail" i JOIN "EmailAccount" a ON a."id" = i."accountId" AND a."epoch" = i."epoch") AS receipts,
      (SELECT count(*) FROM "InboundEmail" WHERE "status" = 'PENDING') AS pending,
      (SELECT count(*) FROM "OutboundEmail" o LEFT JOIN "Message" m ON m."id" = o."messageRowId"
        WHERE o."status" IN ('QUEUED', 'SENDING') OR (o."status" = 'UNKNOWN' AND o."unknowns" = 1
          AND m."automaticKind" IS DISTINCT FROM 'acknowledgement')) AS unsent`);
    const { receipts, pending, unsent } = rows[0] ?? {};
    const missing = this.mailsInInbox() - Number(receipts);
    if (missing === 0 && pending === "0" && unsent === "0") return "";
    return `${missing} not fetched, ${pending} not processed, ${unsent} not sent`;
  }

  async stop(): Promise<void> {
    await closeDb();
    await Promise.all([this.bed.stop(), this.postgres.stop()]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A worker that may die at any moment. */
export class Victim {
  private readonly child: ChildProcess;
  private output = "";
  readonly exited: Promise<unknown>;

  constructor(env: Record<string, string>) {
    this.child = spawn(process.execPath, [`${BUNDLE}/worker.mjs`], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child.stdout?.on("data", (chunk) => this.hear(chunk));
    this.child.stderr?.on("data", (chunk) => this.hear(chunk));
    this.exited = once(this.child, "exit");
  }

  private hear(chunk: Buffer): void {
    this.output = (this.output + chunk.toString("utf8")).slice(-20_000);
  }

  log = () => this.output;

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** True when it was killed, not ended: by its own crash point or by us. */
  get wasKilled(): boolean {
    return this.child.signalCode === "SIGKILL";
  }

  async untilReady(): Promise<void> {
    while (this.isAlive && !/ is ready$/m.test(this.output)) await sleep(20);
    if (!this.isAlive && !this.wasKilled) throw new Error(`The worker ended: ${this.output}`);
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    if (this.isAlive) await this.exited;
  }

  async stop(): Promise<void> {
    this.child.kill("SIGTERM");
    if (this.isAlive) await this.exited;
  }
}

function filesOf(bedDir: string, user: string): string[] {
  return ["new", "cur"].flatMap((folder) => {
    const path = join(bedDir, "mail", user, "Maildir", folder);
    try {
      return readdirSync(path).map((name) => join(path, name));
    } catch {
      return [];
    }
  });
}

type CrashMail = { token: string; person: string; file: Buffer | null; inReplyTo: string | null };

const messageIdOf = (token: string) => `${token}@customer.test`;

/** A mail whose text, Message-ID and file all say which one it is. */
function crashMail({ token, person, file, inReplyTo }: CrashMail): string {
  const head = [
    `From: Person ${token} <${person}>`,
    `To: ${SUPPORT}`,
    `Subject: Question ${token}`,
    `Message-ID: <${messageIdOf(token)}>`,
    ...(inReplyTo ? [`In-Reply-To: <${messageIdOf(inReplyTo)}>`] : []),
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    "Authentication-Results: mail.example.test; dmarc=pass",
    "MIME-Version: 1.0",
  ];
  const text = [`Hello, this is ${token}.`, "It does not work."];
  if (!file)
    return [...head, "Content-Type: text/plain; charset=utf-8", "", ...text, ""].join("\r\n");
  const base64 = file.toString("base64").replace(/.{76}/g, "$&\r\n");
  return [
    ...head,
    'Content-Type: multipart/mixed; boundary="cut here"',
    "",
    "--cut here",
    "Content-Type: text/plain; charset=utf-8",
    "",
    ...text,
    "--cut here",
    `Content-Type: application/octet-stream; name="${token}.bin"`,
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: attachment; filename="${token}.bin"`,
    "",
    base64,
    "--cut here--",
    "",
  ].join("\r\n");
}
