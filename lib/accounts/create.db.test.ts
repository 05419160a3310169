import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createUser } from "../testing/factories";
import type { AccountActor } from "./admin";
import { createAccount } from "./create";
import { getEditableAccount } from "./get";
import { listAccounts } from "./list";
import type { AccountInput } from "./schema";
import { imapServerOf, smtpServerOf } from "./servers";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const admin: AccountActor = { id: null, role: "ADMIN" };
const input: AccountInput = {
  email: "support@yourcompany.example",
  smtpHost: "mail.yourcompany.example",
  smtpPort: 587,
  smtpUsername: "support@yourcompany.example",
  smtpPassword: "the secret of sending",
  imapHost: "imap.yourcompany.example",
};

const row = (id: string) => db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });

describe("connecting an email account", () => {
  it("stores detected servers and the encryption their ports speak", async () => {
    const { id } = await createAccount(admin, {
      email: "desk@gmail.com",
      smtpHost: "smtp.gmail.com",
      smtpPort: 587,
      smtpUsername: "desk@gmail.com",
      smtpPassword: "abcd efgh ijkl mnop",
      pollingEnabled: true,
    });
    const account = await row(id);
    expect(account).toMatchObject({
      smtpSecurity: "STARTTLS",
      imapHost: "imap.gmail.com",
      imapPort: 993,
      imapSecurity: "TLS",
      folder: "INBOX",
    });
    expect(smtpServerOf(account).password).toBe("abcdefghijklmnop");
  });

  it("makes the first account the default, and only a ticked one after that", async () => {
    const first = await createAccount(admin, input);
    const second = await createAccount(admin, { ...input, email: "b@yourcompany.example" });
    expect((await row(first.id)).isDefault).toBe(true);
    expect((await row(second.id)).isDefault).toBe(false);
    const third = await createAccount(admin, {
      ...input,
      email: "c@yourcompany.example",
      isDefault: true,
    });
    expect((await row(first.id)).isDefault).toBe(false);
    expect((await row(third.id)).isDefault).toBe(true);
  });

  it("gives exactly one default when two first accounts are made at once", async () => {
    await Promise.all(
      ["a", "b", "c", "d"].map((name) =>
        createAccount(admin, { ...input, email: `${name}@yourcompany.example` }),
      ),
    );
    expect(await db().prisma.emailAccount.count({ where: { isDefault: true } })).toBe(1);
  });

  it("refuses an address that is connected, whatever its case", async () => {
    await createAccount(admin, input);
    await expect(
      createAccount(admin, { ...input, email: "Support@YourCompany.example" }),
    ).rejects.toMatchObject({
      code: "conflict",
      field: "email",
      message: "Support@YourCompany.example is already connected.",
    });
  });

  it("refuses polling without an IMAP server, and shows a guess as a guess", async () => {
    const unknown = { ...input, imapHost: "", smtpHost: "smtp.yourcompany.example" };
    await expect(createAccount(admin, { ...unknown, pollingEnabled: true })).rejects.toMatchObject({
      code: "invalid",
      field: "imapHost",
      message:
        "No IMAP server is known for yourcompany.example; enter it. A guess, not tested: imap.yourcompany.example.",
    });
    const { id } = await createAccount(admin, unknown);
    expect(await row(id)).toMatchObject({ imapHost: null, imapPort: null, imapSecurity: null });
  });

  it("refuses polling for an inactive account in the guide's words", async () => {
    await expect(
      createAccount(admin, { ...input, isActive: false, pollingEnabled: true }),
    ).rejects.toMatchObject({
      code: "conflict",
      message: "Cannot enable polling for inactive account",
    });
  });

  it("starts from now at the moment polling is first enabled, unless told otherwise", async () => {
    const before = Date.now();
    const later = await row((await createAccount(admin, input)).id);
    expect(later).toMatchObject({ startMode: "now", startFrom: null });
    const polled = await row(
      (await createAccount(admin, { ...input, email: "b@x.example", pollingEnabled: true })).id,
    );
    expect(polled.startFrom?.getTime()).toBeGreaterThan(before - 60_000);
    const all = await createAccount(admin, {
      ...input,
      email: "c@x.example",
      pollingEnabled: true,
      startMode: "all",
    });
    expect(await row(all.id)).toMatchObject({ startMode: "all", startFrom: null });
    const dated = await createAccount(admin, {
      ...input,
      email: "d@x.example",
      startMode: "date",
      startDate: "2025-03-01",
    });
    expect((await row(dated.id)).startFrom).toEqual(new Date("2025-03-01T00:00:00Z"));
  });

  it("signs in to IMAP with the SMTP username and password unless others are given", async () => {
    const same = await row((await createAccount(admin, input)).id);
    expect(imapServerOf(same)).toEqual({
      host: "imap.yourcompany.example",
      port: 993,
      security: "tls",
      username: "support@yourcompany.example",
      password: "the secret of sending",
    });
    const other = await createAccount(admin, {
      ...input,
      email: "b@x.example",
      imapUsername: "reader",
      imapPassword: "the secret of reading",
    });
    expect(imapServerOf(await row(other.id))).toMatchObject({
      username: "reader",
      password: "the secret of reading",
    });
  });

  it("keeps passwords sealed, bound to their row, and out of everything a page gets", async () => {
    const { id } = await createAccount(admin, { ...input, imapPassword: "secret two" });
    const other = await createAccount(admin, { ...input, email: "b@x.example" });
    const account = await row(id);
    expect(account.smtpPasswordSealed).toMatch(/^v1:/);
    expect(JSON.stringify(account, bigintText)).not.toContain("secret");
    const shown = JSON.stringify([await listAccounts(), await getEditableAccount(id)], bigintText);
    expect(shown).not.toMatch(/secret|v1:|[sS]ealed/);
    expect((await listAccounts()).accounts[0]).toMatchObject({ hasPassword: true });
    const moved = { ...(await row(other.id)), smtpPasswordSealed: account.smtpPasswordSealed };
    expect(() => smtpServerOf(moved)).toThrow(/wrong row/);
  });

  it("writes who did it to the audit log, without secrets", async () => {
    const user = await createUser({ role: "ADMIN" });
    const { id } = await createAccount({ id: user.id, role: "ADMIN" }, input);
    const [entry] = await db().prisma.auditLog.findMany();
    expect(entry).toMatchObject({
      actorId: user.id,
      action: "account.created",
      target: `EmailAccount:${id}`,
    });
    expect(JSON.stringify(entry)).not.toContain("secret");
  });

  it.each(["AGENT", "CUSTOMER"] as const)("is refused to a role of %s", async (role) => {
    await expect(createAccount({ id: null, role }, input)).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await db().prisma.emailAccount.count()).toBe(0);
  });

  it("comes back to the form with detected servers left blank", async () => {
    const { id } = await createAccount(admin, {
      email: "desk@gmail.com",
      smtpHost: "smtp.gmail.com",
      smtpUsername: "desk@gmail.com",
      smtpPassword: "abcdefghijklmnop",
    });
    const { values } = await getEditableAccount(id);
    expect(values).toMatchObject({ smtpHost: "smtp.gmail.com", imapHost: "", imapPort: "" });
    const own = await getEditableAccount((await createAccount(admin, input)).id);
    expect(own.values).toMatchObject({
      smtpPort: "587",
      smtpSecurity: "auto",
      imapHost: "imap.yourcompany.example",
      imapSecurity: "auto",
    });
  });
});

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
