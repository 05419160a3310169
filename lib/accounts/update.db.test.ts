import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createOutbound, createReceipt, createTicket } from "../testing/factories";
import type { AccountActor } from "./admin";
import { createAccount } from "./create";
import { deleteAccount } from "./delete";
import type { AccountInput } from "./schema";
import { imapServerOf, smtpServerOf } from "./servers";
import { updateAccount } from "./update";

useTestDatabase();

const admin: AccountActor = { id: null, role: "ADMIN" };
const input: AccountInput = {
  email: "support@yourcompany.example",
  smtpHost: "mail.yourcompany.example",
  smtpPort: 587,
  smtpUsername: "support",
  smtpPassword: "first secret",
  imapHost: "imap.yourcompany.example",
  pollingEnabled: true,
  isDefault: true,
};
const unchanged: AccountInput = { ...input, smtpPassword: "" };
let id = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  id = (await createAccount(admin, input)).id;
});

const row = (accountId = id) =>
  db().prisma.emailAccount.findUniqueOrThrow({ where: { id: accountId } });

describe("changing an email account", () => {
  it("keeps the stored password when the field is left blank", async () => {
    await updateAccount(admin, id, { ...unchanged, name: "Our desk" });
    const account = await row();
    expect(account.name).toBe("Our desk");
    expect(smtpServerOf(account).password).toBe("first secret");
    expect(account.epoch).toBe(1);
  });

  it.each([
    ["another SMTP host", { smtpHost: "evil.example" }],
    ["another SMTP port", { smtpPort: 465 }],
    ["another SMTP username", { smtpUsername: "somebody" }],
    ["SMTP without encryption", { smtpSecurity: "none" }],
    ["another IMAP host", { imapHost: "evil.example" }],
    ["another IMAP port", { imapPort: 2993 }],
    ["another IMAP username", { imapUsername: "somebody" }],
    ["IMAP without encryption", { imapSecurity: "none" }],
  ] satisfies [string, AccountInputPart][])(
    "asks for the password again for %s",
    async (_what, change) => {
      await expect(updateAccount(admin, id, { ...unchanged, ...change })).rejects.toMatchObject({
        code: "invalid",
        field: "smtpPassword",
        message: expect.stringContaining("Enter the password again"),
      });
      expect((await row()).smtpHost).toBe("mail.yourcompany.example");
      await updateAccount(admin, id, { ...unchanged, ...change, smtpPassword: "second secret" });
      expect(smtpServerOf(await row()).password).toBe("second secret");
    },
  );

  it("asks for IMAP's own password when there is one, and for neither when only SMTP stays", async () => {
    const own = { imapUsername: "reader", imapPassword: "reading secret" };
    await updateAccount(admin, id, { ...unchanged, ...own });
    const moved = { ...unchanged, imapUsername: "reader", imapHost: "other.example" };
    await expect(updateAccount(admin, id, moved)).rejects.toMatchObject({ field: "imapPassword" });
    await updateAccount(admin, id, { ...unchanged, imapUsername: "reader", folder: "Support" });
    expect(imapServerOf(await row()).password).toBe("reading secret");
  });

  it("keeps an IMAP password that came without a username of its own", async () => {
    await updateAccount(admin, id, { ...unchanged, imapPassword: "reading secret" });
    await updateAccount(admin, id, { ...unchanged, imapUsername: "support" });
    expect(imapServerOf(await row())).toMatchObject({
      username: "support",
      password: "reading secret",
    });
  });

  it("forgets IMAP's own password with its username, and then wants the SMTP one again", async () => {
    const own = { imapUsername: "reader", imapPassword: "reading secret" };
    await updateAccount(admin, id, { ...unchanged, ...own });
    await expect(updateAccount(admin, id, unchanged)).rejects.toMatchObject({
      field: "smtpPassword",
    });
    await updateAccount(admin, id, input);
    expect(await row()).toMatchObject({ imapUsername: null, imapPasswordSealed: null });
    expect(imapServerOf(await row()).password).toBe("first secret");
  });

  it.each([
    ["host", { imapHost: "other.example" }],
    ["username", { imapUsername: "other" }],
    ["folder", { folder: "Support" }],
  ] satisfies [string, AccountInputPart][])(
    "starts a new epoch for another IMAP %s, and ends the lease that reads the old inbox",
    async (_what, change) => {
      await db().prisma.emailAccount.update({
        where: { id },
        data: { leaseOwner: "w", leaseToken: 7n, leaseUntil: new Date(Date.now() + 60_000) },
      });
      await updateAccount(admin, id, { ...input, ...change });
      expect(await row()).toMatchObject({ epoch: 2, leaseToken: 8n, leaseUntil: null });
    },
  );

  it("does not start a new epoch for another port or password", async () => {
    await updateAccount(admin, id, { ...input, imapPort: 143, smtpPassword: "new" });
    expect(await row()).toMatchObject({ epoch: 1, imapPort: 143, imapSecurity: "STARTTLS" });
  });

  it("forgets failures and is due at once", async () => {
    await db().prisma.emailAccount.update({
      where: { id },
      data: {
        lastError: "Wrong password",
        lastErrorKind: "auth",
        lastErrorFix: "New one",
        failingSince: new Date(),
        consecutiveFailures: 9,
        nextPollAt: new Date(Date.now() + 3_600_000),
      },
    });
    await updateAccount(admin, id, input);
    const account = await row();
    expect(account).toMatchObject({
      lastError: null,
      lastErrorKind: null,
      lastErrorFix: null,
      failingSince: null,
      consecutiveFailures: 0,
    });
    expect(account.nextPollAt.getTime()).toBeLessThan(Date.now() + 60_000);
  });

  it("makes the mail that waits for its next try due at once, and no other", async () => {
    const later = new Date(Date.now() + 3_600_000);
    const fields = { accountId: id, nextAttemptAt: later, attempts: 1 };
    const waiting = await createOutbound({ ...fields, status: "QUEUED" });
    await createOutbound({ ...fields, status: "UNKNOWN" });
    await createOutbound({ nextAttemptAt: later, attempts: 1 });
    // Its author may still take it back.
    await createOutbound({ accountId: id, nextAttemptAt: later });
    await updateAccount(admin, id, unchanged);
    const due = await db().prisma.outboundEmail.findMany({
      where: { nextAttemptAt: { lt: later } },
    });
    expect(due.map((delivery) => delivery.id)).toEqual([waiting.id]);
  });

  it("keeps Enable Polling when Active is unticked, but does not enable it then", async () => {
    await updateAccount(admin, id, { ...unchanged, isActive: false });
    expect(await row()).toMatchObject({ isActive: false, pollingEnabled: true });
    await updateAccount(admin, id, { ...unchanged, isActive: false, pollingEnabled: false });
    await expect(
      updateAccount(admin, id, { ...unchanged, isActive: false, pollingEnabled: true }),
    ).rejects.toThrow("Cannot enable polling for inactive account");
  });

  it("moves the default in one step, and never leaves none", async () => {
    await expect(
      updateAccount(admin, id, { ...unchanged, isDefault: false }),
    ).rejects.toMatchObject({ field: "isDefault" });
    const other = { ...input, email: "b@yourcompany.example", isDefault: false };
    const second = await createAccount(admin, other);
    await updateAccount(admin, second.id, { ...other, isDefault: true });
    expect([(await row()).isDefault, (await row(second.id)).isDefault]).toEqual([false, true]);
  });

  it("does not move the start of an account that has been polled", async () => {
    const startFrom = new Date("2026-01-01T00:00:00Z");
    await db().prisma.emailAccount.update({
      where: { id },
      data: { startFrom, lastPolledAt: new Date() },
    });
    await updateAccount(admin, id, { ...unchanged, startMode: "all" });
    expect(await row()).toMatchObject({ startMode: "now", startFrom });
  });

  it("refuses another account's address, a missing account and anyone but an admin", async () => {
    await createAccount(admin, { ...input, email: "taken@x.example", isDefault: false });
    await expect(
      updateAccount(admin, id, { ...unchanged, email: "TAKEN@x.example" }),
    ).rejects.toMatchObject({ code: "conflict", field: "email" });
    for (const missing of ["not-an-id", "0190a0a0-0000-7000-8000-000000000000"]) {
      await expect(updateAccount(admin, missing, unchanged)).rejects.toMatchObject({
        code: "not-found",
      });
    }
    await expect(updateAccount({ id: null, role: "AGENT" }, id, unchanged)).rejects.toMatchObject({
      code: "forbidden",
    });
  });
});

describe("deleting an email account", () => {
  it("keeps its tickets and mails, and hands the default on", async () => {
    const second = await createAccount(admin, {
      ...input,
      email: "b@yourcompany.example",
      isDefault: false,
    });
    const ticket = await createTicket({ accountId: id });
    const receipt = await createReceipt({ accountId: id });
    expect(await deleteAccount(admin, id)).toEqual({
      email: "support@yourcompany.example",
      newDefault: "b@yourcompany.example",
    });
    const kept = await db().prisma.ticket.findUniqueOrThrow({ where: { id: ticket.id } });
    const mail = await db().prisma.inboundEmail.findUniqueOrThrow({ where: { id: receipt.id } });
    expect([kept.accountId, mail.accountId]).toEqual([null, null]);
    expect((await row(second.id)).isDefault).toBe(true);
    await expect(deleteAccount(admin, id)).rejects.toMatchObject({ code: "not-found" });
  });

  it("is refused to an agent", async () => {
    await expect(deleteAccount({ id: null, role: "AGENT" }, id)).rejects.toMatchObject({
      code: "forbidden",
    });
    expect(await db().prisma.emailAccount.count()).toBe(1);
  });
});

type AccountInputPart = Partial<AccountInput>;
