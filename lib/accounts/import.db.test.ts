import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import type { AccountActor } from "./admin";
import { checkImport, importAccounts } from "./import";
import { IMPORT_COLUMNS } from "./import-columns";
import { importTemplate } from "./import-csv";
import { imapServerOf, smtpServerOf } from "./servers";

useTestDatabase();

let admin: AccountActor;
beforeEach(async () => {
  await emptyDatabase(db().pool);
  admin = { id: (await createUser({ role: "ADMIN" })).id, role: "ADMIN" };
});

const noDns = async () => [];
const file = (...lines: string[]) => Buffer.from(`${lines.join("\r\n")}\r\n`);
const HEAD = "Email Address,SMTP Host,SMTP Username,SMTP Password,IMAP Host,Enable Polling";
const line = (name: string, password = "pw", polling = "yes") =>
  `${name}@desk.example,mail.desk.example,${name},${password},mail.desk.example,${polling}`;
const check = (bytes: Buffer) => checkImport(admin, bytes, noDns);
const importIt = async (bytes: Buffer) => {
  const { digest, rows } = await check(bytes);
  const ready = rows.filter(({ problems }) => problems.length === 0).length;
  return importAccounts(admin, bytes, { digest, ready }, noDns);
};
const problemsOf = async (bytes: Buffer) =>
  (await check(bytes)).rows.flatMap(({ line: at, problems }) =>
    problems.map(({ column, message }) => `${at} ${column}: ${message}`),
  );
const emails = async () => {
  const accounts = await db().prisma.emailAccount.findMany({ orderBy: { email: "asc" } });
  return accounts.map(({ email }) => email);
};

describe("the dry run", () => {
  it("takes the template as it is downloaded, but for its example's password", async () => {
    expect(await problemsOf(Buffer.from(importTemplate()))).toEqual([]);
    expect(await emails()).toEqual([]);
  });

  it("names what is wrong by line and heading, and saves nothing", async () => {
    const bytes = file(
      "Email Address,SMTP Host,SMTP Port,SMTP Username,SMTP Password,Enable Polling,Start from,SMTP Encryption",
      "a@desk.example,mail.desk.example,99999,a,pw,no,now,auto",
      "not an address,mail.desk.example,,a,pw,maybe,now,auto",
      "",
      "b@desk.example,mail.desk.example,587,b,,no,now,auto",
      "c@desk.example,mail.desk.example,587,c,pw,no,later,none",
      "d@desk.example,mail.desk.example,587,d,pw",
      "e@nowhere.invalid,,,e,pw,no,now,auto",
    );
    expect(await problemsOf(bytes)).toEqual([
      "2 SMTP Port: SMTP Port must be a port from 1 to 65535.",
      "3 Enable Polling: Write yes or no.",
      expect.stringMatching(/^3 Email Address: Email Address must be a whole address/),
      "5 SMTP Password: Enter the password for sending.",
      "6 Start from: Choose where to start.",
      '7 null: It has 5 cells, and there are 8 headings. A cell with a comma in it must stand in "quotes".',
      "8 SMTP Host: No SMTP server is known for nowhere.invalid; enter it.",
    ]);
    expect(await emails()).toEqual([]);
  });

  it("says that no encryption must be known, as the form does", async () => {
    const head = `${HEAD},SMTP Encryption,I know what None means`;
    const bytes = file(head, `${line("a")},none,no`, `${line("b")},none,yes`);
    expect(await problemsOf(bytes)).toEqual([
      expect.stringMatching(/^2 SMTP Encryption: Without encryption the password/),
    ]);
  });

  it("names addresses that are connected, as accounts or as others of theirs, and twins in the file", async () => {
    await importIt(file(`${HEAD},Other addresses`, `${line("a")},"x@desk.example y@desk.example"`));
    const bytes = file(
      `${HEAD},Other addresses`,
      `${line("A")},`,
      `${line("x")},`,
      `${line("b")},y@desk.example`,
      `${line("c")},`,
      `${line("C")},`,
      `${line("d")},c@desk.example`,
    );
    expect(await problemsOf(bytes)).toEqual([
      "2 Email Address: a@desk.example is already connected.",
      "3 Email Address: x@desk.example is already connected.",
      "4 Other addresses: y@desk.example is already connected.",
      "6 Email Address: c@desk.example stands in line 5 as well.",
      "7 Other addresses: c@desk.example stands in line 5 as well.",
    ]);
  });

  it("knows lines by their first one, also where a cell has several", async () => {
    const bytes = file(
      `${HEAD},Signature`,
      `${line("a")},"One\r\nTwo\r\nThree"`,
      `${line("b")},`,
      `nobody,,,,,,`,
    );
    expect((await check(bytes)).rows.map((row) => row.line)).toEqual([2, 5, 6]);
  });

  it.each([
    ["semicolons", ";"],
    ["tabs", "\t"],
  ])("reads %s, a byte order mark and headings however they are written", async (_what, sign) => {
    const head = ["e-mail_address", "smtpHost", "SMTP USERNAME", "smtp_password"];
    const cells = ["a@desk.example", "mail.desk.example", "a", "p,w"];
    const text = `\uFEFF${head.join(sign).replace("e-mail", "email")}\n${cells.join(sign)}\n`;
    await importIt(Buffer.from(text));
    const account = await db().prisma.emailAccount.findFirstOrThrow();
    expect(smtpServerOf(account)).toMatchObject({ username: "a", password: "p,w" });
  });

  it.each<[string, Buffer, RegExp]>([
    ["is empty", Buffer.from(""), /Choose a CSV file/],
    ["has only headings", file(HEAD), /no accounts below/],
    ["is too large", Buffer.alloc(1024 * 1024 + 1, "a"), /larger than 1 MB/],
    [
      "has too many lines",
      file(HEAD, ...Array(1001).fill(line("a"))),
      /1001 accounts, and at most 1,000/,
    ],
    ["is no text", Buffer.from([0xff, 0xfe, 0x41, 0x00]), /not in UTF-8/],
    [
      "has an unknown heading",
      file(`${HEAD},SMTP Pasword`, `${line("a")},x`),
      /“SMTP Pasword” \(line 1\)/,
    ],
    ["has a heading twice", file(`${HEAD},email`, `${line("a")},x`), /two columns “Email Address”/],
    ["has no address", file("SMTP Host", "mail.desk.example"), /no column “Email Address”/],
  ])("refuses a file that %s", async (_what, bytes, message) => {
    await expect(check(bytes)).rejects.toMatchObject({ code: "invalid", field: "file", message });
  });

  it.each([
    ["that never ends", `a@desk.example,"canary-5Vq8`, /never ends/],
    ["in the middle of a cell", `a@desk.example,canary"-5Vq8"x`, /must be doubled/],
  ])("names the line of a quote %s, and never a password", async (_what, row, message) => {
    const bytes = file("email,smtpPassword", `b@desk.example,fine`, row);
    const error = await check(bytes).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringMatching(/^Line [34]: /) });
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(JSON.stringify({ ...Object(error), text: String(error) })).not.toContain("canary");
  });
});

describe("the import", () => {
  it("connects the lines that are right, with what their cells say, and leaves the others out", async () => {
    const head = `${HEAD},Other addresses,After import,Folder to move to,Active,Signature`;
    const bytes = file(
      head,
      `${line("a", "  s p ")},"x@desk.example, y@desk.example",move,Done,,"Best\nA"`,
      `${line("b", "")},,,,,`,
      `${line("c", "pw", "no")},,,,no,`,
    );
    const made = await importIt(bytes);
    expect(made.map(({ email }) => email)).toEqual(["a@desk.example", "c@desk.example"]);
    const [a, c] = await db().prisma.emailAccount.findMany({
      orderBy: { email: "asc" },
      include: { aliases: { orderBy: { email: "asc" } } },
    });
    expect(a).toMatchObject({
      ...{ isDefault: true, isActive: true, pollingEnabled: true, signature: "Best\nA" },
      ...{ afterImport: "move", afterImportFolder: "Done", startMode: "now" },
      ...{ aliases: [{ email: "x@desk.example" }, { email: "y@desk.example" }] },
    });
    expect(a?.startFrom).not.toBeNull();
    expect(a && imapServerOf(a).password).toBe("  s p ");
    expect(c).toMatchObject({ isDefault: false, isActive: false, pollingEnabled: false });
    const log = await db().prisma.auditLog.findMany();
    expect(log).toHaveLength(2);
    expect(JSON.stringify(log)).not.toContain("s p");
  });

  it("takes only the file that was checked, and saves nothing when an account came in between", async () => {
    const bytes = file(HEAD, line("a"), line("b"));
    const { digest } = await check(bytes);
    const importOf = (given: Buffer) => importAccounts(admin, given, { digest, ready: 2 }, noDns);
    await expect(importOf(file(HEAD, line("z")))).rejects.toMatchObject({ code: "conflict" });
    await importIt(file(HEAD, line("b")));
    await expect(importOf(bytes)).rejects.toMatchObject({ code: "conflict" });
    expect(await emails()).toEqual(["b@desk.example"]);
  });

  it("is for admins", async () => {
    const agent = { id: null, role: "AGENT" } as const;
    await expect(checkImport(agent, file(HEAD), noDns)).rejects.toMatchObject({
      code: "forbidden",
    });
    await expect(
      importAccounts(agent, file(HEAD), { digest: "", ready: 0 }, noDns),
    ).rejects.toMatchObject({ code: "forbidden" });
  });

  it("of two at once of the same file connects each account once", async () => {
    const bytes = file(HEAD, ...Array.from({ length: 20 }, (_, n) => line(`desk${n}`)));
    const results = await Promise.allSettled([importIt(bytes), importIt(bytes)]);
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(await emails()).toHaveLength(20);
  });

  it("of 1,000 accounts is one transaction of a few seconds", async () => {
    const bytes = file(HEAD, ...Array.from({ length: 1000 }, (_, n) => line(`desk${n}`)));
    const startedAt = performance.now();
    expect(await importIt(bytes)).toHaveLength(1000);
    expect(performance.now() - startedAt).toBeLessThan(30_000);
    expect(await db().prisma.emailAccount.count({ where: { isDefault: true } })).toBe(1);
  });
});

it("has a heading for every field of the form but a sign-in at a provider, being the default one and what a test has seen", async () => {
  const { accountSchema } = await import("./schema");
  const fields = Object.keys(accountSchema.shape).filter(
    (name) => !["isDefault", "provider", "grantId", "oauthMailbox", "smtpSizeSeen"].includes(name),
  );
  const headings = IMPORT_COLUMNS.map(({ name }) => String(name));
  expect(headings.filter((name) => name !== "allowPlain").sort()).toEqual(fields.sort());
});
