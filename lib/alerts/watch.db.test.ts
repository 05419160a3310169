import { beforeEach, describe, expect, it } from "vitest";
import { deleteAccount } from "../accounts/delete";
import { disablePolling, enablePolling } from "../accounts/polling";
import { stoppedAccounts } from "../accounts/stopped";
import { db } from "../db/client";
import { reloadEnv } from "../env";
import { openNotice } from "../outbound/notice";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount, createUser } from "../testing/factories";
import { OWNER } from "../testing/pipeline";
import { watchAccounts } from "./watch";
import { saveWebhook } from "./webhook-settings";

useTestDatabase();

beforeEach(async () => {
  process.env.EMAIL_POLLING_ENABLED = "true";
  reloadEnv();
  await emptyDatabase(db().pool);
  // Somebody has watched for an hour.
  await db().pool.query(
    `INSERT INTO "Setting" ("key", "value", "updatedAt")
     VALUES ('alerts.watch', jsonb_build_object('since', now() - interval '1 hour'), now())`,
  );
});

const ago = (seconds: number) => new Date(Date.now() - seconds * 1000);

/** An account that was last polled well so long ago, and is expected to be polled since yesterday. */
const polled = (secondsAgo: number, fields: Parameters<typeof createAccount>[0] = {}) =>
  createAccount({
    ...{ pollingEnabled: true, pollingSince: ago(86_400), lastPolledAt: ago(secondsAgo) },
    ...fields,
  });

const admin = (fields: Parameters<typeof createUser>[0] = {}) =>
  createUser({ role: "ADMIN", ...fields });

async function mails() {
  const rows = await db().prisma.outboundEmail.findMany({
    orderBy: { id: "asc" },
    select: { id: true, noticeSealed: true, account: { select: { email: true } } },
  });
  return rows.map(({ id, noticeSealed, account }) => ({
    from: account?.email,
    ...openNotice(id, noticeSealed ?? ""),
  }));
}

const bodies = async () =>
  (await db().prisma.webhookDelivery.findMany({ orderBy: { id: "asc" } })).map(({ body }) =>
    JSON.parse(body),
  );

const pollWell = (id: string) =>
  db().pool.query(
    `UPDATE "EmailAccount" SET "lastPolledAt" = clock_timestamp(), "failingSince" = NULL WHERE "id" = $1`,
    [id],
  );

describe("an account that is late", () => {
  it("is told of once: by mail from another account, and to the webhook", async () => {
    const ada = await admin({ name: "Ada" });
    await admin({ isActive: false });
    await createUser();
    const other = await polled(10);
    const late = await polled(400, {
      ...{ isDefault: true, failingSince: ago(390), lastErrorKind: "transient" },
      ...{ lastError: "Nothing answers.", lastErrorFix: "Start it." },
    });
    await saveWebhook(OWNER, "https://alerts.example/hook");
    expect(await watchAccounts()).toEqual({ opened: 1, closed: 0 });
    expect(await watchAccounts()).toEqual({ opened: 0, closed: 0 });
    expect(await mails()).toMatchObject([
      {
        from: other.email,
        to: { name: "Ada", address: ada.email },
        subject: `${late.email} brings no mail`,
        text: expect.stringContaining("Nothing answers.\nStart it."),
      },
    ]);
    expect(await bodies()).toMatchObject([
      {
        type: "accounts.stopped",
        data: { accounts: [{ email: late.email, cause: "Nothing answers.", ending: null }] },
      },
    ]);
  });

  it("is told of once more when it works again, and may be late another time", async () => {
    await admin();
    await polled(10);
    const { id, email } = await polled(400);
    await saveWebhook(OWNER, "https://alerts.example/hook");
    await watchAccounts();
    await pollWell(id);
    expect(await watchAccounts()).toEqual({ opened: 0, closed: 1 });
    expect(await watchAccounts()).toEqual({ opened: 0, closed: 0 });
    expect((await mails()).map(({ subject }) => subject)).toEqual([
      `${email} brings no mail`,
      `${email} brings mail again`,
    ]);
    expect((await bodies()).map(({ type, data }) => [type, data.accounts[0].ending])).toEqual([
      ["accounts.stopped", null],
      ["accounts.resolved", "recovered"],
    ]);
    await db().prisma.emailAccount.update({ where: { id }, data: { lastPolledAt: ago(400) } });
    expect(await watchAccounts()).toEqual({ opened: 1, closed: 0 });
  });

  it("is told of once by many workers that look at the same time", async () => {
    await admin();
    await polled(10);
    const late = await polled(400);
    await saveWebhook(OWNER, "https://alerts.example/hook");
    const passes = await Promise.all(Array.from({ length: 8 }, () => watchAccounts()));
    expect(passes.reduce((sum, { opened }) => sum + opened, 0)).toBe(1);
    await pollWell(late.id);
    await Promise.all(Array.from({ length: 8 }, () => watchAccounts()));
    expect(await mails()).toHaveLength(2);
    expect(await bodies()).toHaveLength(2);
  });

  it("shares one mail and one request with all that became late with it", async () => {
    await admin();
    await polled(10);
    for (let n = 0; n < 30; n++) await polled(400 + n);
    await saveWebhook(OWNER, "https://alerts.example/hook");
    expect(await watchAccounts()).toEqual({ opened: 30, closed: 0 });
    const [mail, ...more] = await mails();
    expect(more).toEqual([]);
    expect(mail?.subject).toBe("30 email accounts bring no mail");
    expect(mail?.text).toContain("And 10 more.");
    expect((await bodies())[0].data.accounts).toHaveLength(30);
  });

  it("is told to the webhook alone where no account could send the mail", async () => {
    await admin();
    await polled(400);
    await polled(500, { isDefault: true });
    await createAccount({ isActive: false });
    await saveWebhook(OWNER, "https://alerts.example/hook");
    await watchAccounts();
    expect(await mails()).toEqual([]);
    expect(await bodies()).toHaveLength(1);
    expect(await db().prisma.accountAlert.findFirst()).toMatchObject({ mailed: 0 });
    expect(await stoppedAccounts()).toMatchObject({ count: 2 });
  });

  it("is not told to an address of the desk's own", async () => {
    const own = await polled(10);
    await admin({ email: own.email });
    await polled(400);
    await watchAccounts();
    expect(await mails()).toEqual([]);
  });

  it.each([
    [
      "that was late for less than five minutes and an interval",
      () => ({ lastPolledAt: ago(330) }),
    ],
    [
      "that failed once",
      () => ({ lastPolledAt: ago(70), failingSince: ago(10), consecutiveFailures: 1 }),
    ],
    ["that was just enabled again after a week", () => ({ pollingSince: ago(20) })],
    ["that is paused", () => ({ pollingEnabled: false })],
    ["that is inactive", () => ({ isActive: false })],
  ])("is none %s", async (_what, fields) => {
    await polled(604_800, fields());
    expect(await watchAccounts()).toEqual({ opened: 0, closed: 0 });
  });

  it("is one that never polled well since it was enabled", async () => {
    await polled(0, { lastPolledAt: null, pollingSince: ago(400) });
    expect(await watchAccounts()).toMatchObject({ opened: 1 });
  });

  it("is none while a long poll takes in mail, and is one when that stands still", async () => {
    const { id } = await polled(900, { leaseUntil: ago(-30) });
    await db().pool.query(
      `INSERT INTO "FolderCursor" ("accountId", "folder", "epoch", "uidValidity", "lastUid", "updatedAt")
       VALUES ($1, 'INBOX', 1, 1, 9, now() - interval '2 minutes')`,
      [id],
    );
    expect(await watchAccounts()).toMatchObject({ opened: 0 });
    await db().pool.query(`UPDATE "FolderCursor" SET "updatedAt" = now() - interval '7 minutes'`);
    expect(await watchAccounts()).toMatchObject({ opened: 1 });
  });
});

describe("nobody watched", () => {
  it("is no account's fault: the first pass after that tells nothing", async () => {
    await db().pool.query(`UPDATE "Setting" SET "updatedAt" = now() - interval '3 minutes'`);
    await polled(4_000);
    expect(await watchAccounts()).toMatchObject({ opened: 0 });
    // It has been watched for six minutes since, and was not polled.
    await db().pool.query(
      `UPDATE "Setting" SET "value" = jsonb_build_object('since', now() - interval '361 seconds')`,
    );
    expect(await watchAccounts()).toMatchObject({ opened: 1 });
  });

  it("but workers that end and start again within two minutes are a watch", async () => {
    await db().pool.query(`UPDATE "Setting" SET "updatedAt" = now() - interval '100 seconds'`);
    await polled(4_000);
    expect(await watchAccounts()).toMatchObject({ opened: 1 });
  });

  it("nor does a worker that does not poll watch", async () => {
    process.env.EMAIL_POLLING_ENABLED = "false";
    reloadEnv();
    await polled(4_000);
    expect(await watchAccounts()).toEqual({ opened: 0, closed: 0 });
  });
});

describe("an alert ends", () => {
  it.each([
    ["paused", (id: string) => disablePolling(OWNER, id)],
    ["removed", (id: string) => deleteAccount(OWNER, id)],
  ])("when the account is %s, and says so", async (ending, stop) => {
    await admin();
    await polled(10);
    const { id, email } = await polled(400);
    await saveWebhook(OWNER, "https://alerts.example/hook");
    await watchAccounts();
    await stop(id);
    expect(await watchAccounts()).toEqual({ opened: 0, closed: 1 });
    expect((await mails())[1]?.subject).toBe(`${email}: no longer waited for`);
    expect((await bodies())[1].data.accounts).toMatchObject([{ email, ending }]);
    expect(await stoppedAccounts()).toBeNull();
  });

  it("not by a new try alone", async () => {
    const { id } = await polled(400, { imapPasswordSealed: "x", imapUsername: "x" });
    await watchAccounts();
    await enablePolling(OWNER, id);
    expect(await watchAccounts()).toEqual({ opened: 0, closed: 0 });
  });
});

describe("the banner", () => {
  it("names the account that stopped first, and how many there are", async () => {
    await polled(10);
    expect(await stoppedAccounts()).toBeNull();
    await polled(100, { failingSince: ago(30), lastErrorKind: "transient" });
    expect(await stoppedAccounts()).toBeNull();
    const { email } = await polled(90, { failingSince: ago(30), lastErrorKind: "auth" });
    expect(await stoppedAccounts()).toMatchObject({ count: 1, email, needsPassword: true });
    const late = await polled(4_000);
    await watchAccounts();
    expect(await stoppedAccounts()).toMatchObject({
      ...{ count: 2, email: late.email, needsPassword: false },
    });
  });

  it("says nothing about accounts that are not polled", async () => {
    await polled(90, { failingSince: ago(30), lastErrorKind: "auth", pollingEnabled: false });
    expect(await stoppedAccounts()).toBeNull();
  });
});
