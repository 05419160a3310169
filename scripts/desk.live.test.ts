import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { db } from "@/lib/db/client";
import { runDesk } from "@/lib/testing/child-process";
import { useTestDatabase } from "@/lib/testing/database";
import { createReceipt } from "@/lib/testing/factories";
import { type MailBed, startMailBed } from "@/lib/testing/mail-bed";
import { rawMail } from "@/lib/testing/raw-mail";

useTestDatabase();

let bed: MailBed;
let dir = "";
beforeAll(async () => {
  bed = await startMailBed();
  dir = mkdtempSync(path.join(os.tmpdir(), "mr-desk-"));
});
afterAll(async () => {
  rmSync(dir, { recursive: true, force: true });
  await bed?.stop();
});

/** Runs a command; DATABASE_URL and APP_SECRET are those of this test. */
const desk = (line: string, stdin = "", env: Record<string, string> = {}) =>
  runDesk(line.split(" "), { NODE_EXTRA_CA_CERTS: bed.caFile, ...env }, stdin);

/** Runs a command that must go well. @returns the JSON it printed. */
async function answer(line: string, stdin = "") {
  const { code, stdout, stderr } = await desk(line, stdin);
  expect([line, code, stderr.replace(/^INFO: .*\n/gm, "")]).toEqual([line, 0, ""]);
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  return { value: JSON.parse(stdout), stderr };
}

const accountAdd = (email: string, more = "") =>
  `account add --email ${email} --smtp-host localhost --smtp-port ${bed.smtpsPort} --smtp-security tls ` +
  `--imap-host localhost --imap-port ${bed.imapsPort} --imap-security tls --username support@example.test --password-stdin${more}`;

describe("the desk command line", () => {
  it("goes the whole way: connect, poll, read, answer, deliver", async () => {
    const agent = "user add --email agent@desk.test --name Agent --role AGENT --password-stdin";
    const added = await answer(agent, "a long enough passphrase\n");
    expect(added.value).toMatchObject({ email: "agent@desk.test", role: "AGENT" });

    const line = accountAdd("support@example.test", " --active --polling --start-from all");
    const { id } = (await answer(`${line} --name Lamps`, "pw\n")).value;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const [account] = (await answer("account list")).value;
    expect(account).toMatchObject({ id, isDefault: true, pollingEnabled: true });
    expect(JSON.stringify(account)).not.toMatch(/password|sealed/i);
    const tested = (await answer(`account test ${id}`)).value;
    expect(tested).toMatchObject({ smtp: { ok: true }, imap: { ok: true } });
    expect(Object.keys(tested)).toEqual(["smtp", "imap"]);

    for (const subject of ["one", "two"])
      await bed.append("support@example.test", rawMail({ subject }));
    const polled = await answer("poll");
    expect(polled.value).toMatchObject({ emailsProcessed: 2, ticketsCreated: 2, failed: [] });
    expect(polled.stderr.trimEnd().split("\n")).toEqual([
      "INFO: Polled account support@example.test: 2 emails processed, 2 tickets created",
      "INFO: Email polling: 2 emails processed, 2 tickets created",
    ]);
    const again = (await answer(`poll --account ${id}`)).value;
    expect(again).toMatchObject({ emailsProcessed: 0, ticketsCreated: 0 });

    const tickets = (await answer("tickets list")).value;
    expect(tickets.map((row: { subject: string }) => row.subject).sort()).toEqual(["one", "two"]);
    const { number } = tickets[0];
    const sent = await answer(`reply ${number} --as agent@desk.test --text-stdin`, "Grüße\n\nWir");
    expect(sent.value).toMatchObject({ number, status: "QUEUED" });
    expect((await answer("deliver")).value).toEqual({ sent: 1, retried: 0, failed: 0, unknown: 0 });
    const [mail] = await bed.waitForMail("customer@customer.test", 1);
    expect(mail?.raw).toContain(`Message-ID: <${sent.value.messageId}>`);

    const shown = (await answer(`tickets show ${number}`)).value;
    expect(shown.messages.map(({ kind }: { kind: string }) => kind)).toEqual([
      "INBOUND",
      "OUTBOUND",
    ]);
    expect(shown.messages[1]).toMatchObject({
      newText: "Grüße\n\nWir",
      text: expect.stringMatching(/^Grüße\n\nWir\n\nOn .* wrote:\n> Hello, this is mail/),
      outbound: [{ status: "SENT", attempts: 1 }],
    });
    const inbound = (await answer("inbound list --status PROCESSED")).value;
    expect(inbound).toHaveLength(2);
    expect(inbound[0]).toMatchObject({ account: "support@example.test" });
  });

  it("puts mails in quarantine back into the queue, one or all", async () => {
    const accountId = (await db().prisma.emailAccount.findFirstOrThrow()).id;
    const held = { accountId, status: "QUARANTINED" as const };
    const one = await createReceipt({ ...held, bytes: rawMail() });
    await createReceipt({ ...held, bytes: rawMail() });
    expect((await answer(`inbound retry ${one.id}`)).value).toEqual({ retried: 1 });
    expect((await answer("inbound retry --all")).value).toEqual({ retried: 1 });
    expect(await db().prisma.inboundEmail.count({ where: { status: "PENDING" } })).toBe(2);
    const refused = await desk("inbound retry 123");
    expect([refused.code, refused.stdout]).toEqual([1, ""]);
    expect(refused.stderr).toBe("ERROR: There is no such mail.\n");
  });

  it("says what keeps an account from working, and fails", async () => {
    const line = accountAdd("wrong@example.test", " --active --polling");
    const { id } = (await answer(line, "not the password")).value;
    const tested = await desk(`account test ${id} --imap`);
    expect(tested.code).toBe(1);
    expect(JSON.parse(tested.stdout)).toMatchObject({ imap: { ok: false } });
    expect(tested.stderr).toMatch(/^ERROR: IMAP connection test failed/);
    const polled = await desk(`poll --account ${id}`);
    expect(polled.code).toBe(1);
    expect(polled.stderr).toContain("ERROR: Polling account wrong@example.test failed: ");
    expect(tested.stderr + tested.stdout + polled.stderr).not.toContain("not the password");
  });

  it.each([
    ["a taken address", () => accountAdd("Support@Example.test"), /already connected/],
    [
      "an impossible port",
      () => accountAdd("x@example.test").replace(/port \d+/, "port 99999"),
      /from 1 to 65535/,
    ],
    [
      "polling on an account that is not active",
      () => accountAdd("x@example.test", " --polling"),
      /^ERROR: Cannot enable polling for inactive account$/m,
    ],
    ["an unknown ticket", () => "tickets show 99999", /no ticket #99999/],
    ["an unknown agent", () => "reply 1 --as nobody@desk.test --text-stdin", /no active agent/],
  ])("refuses %s with one line and exit 1", async (_what, line, words) => {
    const { code, stdout, stderr } = await desk(line(), "pw");
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(words);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it.each([
    ["no command", "", /^usage: npm run -s desk/],
    ["an unknown option", "poll --quickly", /^usage: npm run -s desk -- poll/m],
    ["a number that is none", "tickets show seven", /not a ticket number: seven/],
  ])("answers %s with its usage and exit 2", async (_what, line, words) => {
    const { code, stdout, stderr } = await desk(line);
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(words);
  });

  it("stops at a wrong environment value with one line that names it", async () => {
    const { code, stderr } = await desk("account list", "", { EMAIL_POLLING_INTERVAL: "soon" });
    expect(code).toBe(1);
    expect(stderr).toBe(
      'ERROR: EMAIL_POLLING_INTERVAL must be a whole number from 1 to 86400 (it is "soon")\n',
    );
  });

  it("brings an empty database up to date, once", async () => {
    const admin = new pg.Client({ connectionString: `${inject("postgresUrl")}/postgres` });
    await admin.connect();
    try {
      await admin.query("CREATE DATABASE desk_empty");
      const env = { DATABASE_URL: `${inject("postgresUrl")}/desk_empty` };
      const first = await desk("migrate", "", env);
      expect([first.code, JSON.parse(first.stdout).applied.length > 0]).toEqual([0, true]);
      const second = await desk("migrate", "", env);
      expect([second.code, JSON.parse(second.stdout)]).toEqual([0, { applied: [] }]);
    } finally {
      await admin.query("DROP DATABASE IF EXISTS desk_empty WITH (FORCE)");
      await admin.end();
    }
  });
});

describe("mail explain", () => {
  it("explains files in order, without a database and without making one", async () => {
    const good = path.join(dir, "good.eml");
    const empty = path.join(dir, "empty.eml");
    const last = path.join(dir, "last.eml");
    const data = path.join(dir, "data");
    writeFileSync(
      good,
      rawMail({ subject: "=?utf-8?q?Gr=C3=BC=C3=9Fe?=", text: "Hello\n> quoted" }),
    );
    writeFileSync(empty, "");
    writeFileSync(
      last,
      rawMail({ subject: "Out of office", headers: ["Auto-Submitted: auto-replied"] }),
    );
    const env = { DATABASE_URL: "", APP_SECRET: "", MAILROOM_DATA_DIR: data };
    const { code, stdout, stderr } = await desk(`mail explain ${good} ${empty} ${last}`, "", env);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ file }) => file)).toEqual([good, empty, last]);
    expect(lines[0]).toMatchObject({
      subject: "Grüße",
      from: { name: "Carla Customer", address: "customer@customer.test" },
      to: [{ name: "", address: "support@example.test" }],
      automatic: null,
      warnings: [],
    });
    expect(Object.keys(lines[1])).toHaveLength(Object.keys(lines[0]).length);
    expect(lines[1].warnings).toEqual(["This is no mail: it is empty"]);
    expect(lines[2].automatic).toMatchObject({ kind: "out-of-office" });
    expect(existsSync(data)).toBe(false);
  });

  it("prints the whole shape, and nothing else, for mails of every kind", async () => {
    const names = [
      ...["plain", "reply", "inline-image", "authenticated", "out-of-office", "bounce", "digest"],
      ...["forwarded-inline", "forwarded-as-attachment", "no-from", "only-line-ends", "bare-cr"],
      ...["multipart-without-boundary", "gb2312-raw-headers", "from-punycode-look-alike"],
    ];
    const files = names.map((name) => `lib/mail/fixtures/${name}.eml`);
    const { code, stdout, stderr } = await desk(`mail explain ${files.join(" ")}`, "", {
      DATABASE_URL: "",
      APP_SECRET: "",
      MAILROOM_DATA_DIR: path.join(dir, "data"),
    });
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    const mails = lines.map((line) => JSON.parse(line));
    for (const [i, mail] of mails.entries()) {
      expect([mail.file, ...Object.keys(mail)]).toEqual([files[i], ...EXPLAINED]);
      expectShape(mail);
    }
    const byName = Object.fromEntries(mails.map((mail, i) => [names[i], mail]));
    expect(byName["no-from"].from).toBeNull();
    expect(byName.reply).toMatchObject({ newText: "It still burns." });
    expect(byName.digest.attachments).toHaveLength(2);
    expect(byName["out-of-office"].automatic.kind).toBe("out-of-office");
    expect(byName.bounce.bounce).toEqual({
      recipients: [{ address: "jo@customer.example", status: "5.1.1", permanent: true }],
      originalMessageId: "0123.mailroom@example.com",
    });
    expect(byName["forwarded-inline"].forwarded).toEqual({
      from: { name: "Jo Doe", address: "jo@customer.example" },
      subject: "Printer on fire",
      date: "2026-11-22T10:05:30.000Z",
    });
    expect(byName.authenticated.authentication).toMatchObject({ dmarc: "pass" });
    expect(byName["from-punycode-look-alike"].warnings.join()).toContain("apple.com");
  });

  it("refuses a file that is not there, after those before it", async () => {
    const good = path.join(dir, "good.eml");
    writeFileSync(good, rawMail());
    const missing = path.join(dir, "missing.eml");
    const { code, stdout, stderr } = await desk(`mail explain ${good} ${missing} ${good}`);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toBe(`ERROR: There is no file ${missing}.\n`);
  });
});

/** The fields in their order, as tools outside rely on them. */
const EXPLAINED = [
  ...["file", "messageId", "from", "replyTo", "to", "cc", "subject", "date", "text", "html"],
  ...["newText", "quotedText", "attachments", "automatic", "bounce", "forwarded"],
  ...["authentication", "warnings"],
];

/** What each field may be, for any mail. */
function expectShape(mail: Record<string, unknown>): void {
  const text = expect.any(String);
  const maybe = (shape: unknown) =>
    expect.toSatisfy((value) => value === null || isLike(value, shape));
  const each = (shape: unknown) =>
    expect.toSatisfy((value) => Array.isArray(value) && value.every((one) => isLike(one, shape)));
  const person = { name: text, address: text };
  expect(mail).toEqual({
    file: text,
    messageId: maybe(text),
    from: maybe(person),
    replyTo: each(person),
    to: each(person),
    cc: each(person),
    subject: text,
    date: maybe(expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)),
    text,
    html: maybe(text),
    newText: text,
    quotedText: text,
    attachments: each({
      filename: text,
      mediaType: text,
      size: expect.any(Number),
      contentId: maybe(text),
    }),
    automatic: maybe({ kind: text, why: text }),
    bounce: maybe({
      recipients: each({ address: text, status: text, permanent: expect.any(Boolean) }),
      originalMessageId: maybe(text),
    }),
    forwarded: maybe({ from: maybe(person), subject: maybe(text), date: maybe(text) }),
    authentication: maybe({
      spf: maybe(text),
      dkim: maybe(text),
      dmarc: maybe(text),
      server: maybe(text),
    }),
    warnings: each(text),
  });
}

function isLike(value: unknown, shape: unknown): boolean {
  try {
    expect(value).toEqual(shape);
    return true;
  } catch {
    return false;
  }
}
