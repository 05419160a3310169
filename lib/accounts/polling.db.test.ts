import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { listen, type Notice } from "../db/listen";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createReceipt, createAccount as createRow } from "../testing/factories";
import type { AccountActor } from "./admin";
import { createAccount } from "./create";
import { listAccounts } from "./list";
import { databaseNow } from "./lock";
import {
  compareNow,
  disablePolling,
  enablePolling,
  pollNow,
  requestPoll,
  setActive,
  setDefault,
} from "./polling";

useTestDatabase();

const admin: AccountActor = { id: null, role: "ADMIN" };
let id = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  const account = await createAccount(admin, {
    email: "support@yourcompany.example",
    smtpHost: "mail.yourcompany.example",
    smtpUsername: "support",
    smtpPassword: "secret",
    imapHost: "imap.yourcompany.example",
  });
  id = account.id;
});

const row = () => db().prisma.emailAccount.findUniqueOrThrow({ where: { id } });
const worker = (fields: { pollingEnabled?: boolean; heartbeatAt?: Date } = {}) =>
  db().prisma.worker.create({
    data: { id: "w1", hostname: "h", pid: 1, version: "1", ...fields },
  });

const alsoReadBy = (email: string) =>
  expect.arrayContaining([
    expect.objectContaining({ cause: `This inbox is also read by ${email}.` }),
  ]);

describe("enabling polling", () => {
  it("sets the start once, however often polling is turned off and on", async () => {
    expect(await enablePolling(admin, id)).toEqual({ id, email: "support@yourcompany.example" });
    const first = await row();
    expect(first.pollingEnabled).toBe(true);
    expect(first.startFrom).not.toBeNull();
    await disablePolling(admin, id);
    expect((await row()).pollingEnabled).toBe(false);
    await enablePolling(admin, id);
    expect((await row()).startFrom).toEqual(first.startFrom);
  });

  it("is refused for an inactive account in the guide's words, and deactivating keeps it", async () => {
    await enablePolling(admin, id);
    await setActive(admin, id, false);
    expect(await row()).toMatchObject({ isActive: false, pollingEnabled: true });
    await disablePolling(admin, id);
    await expect(enablePolling(admin, id)).rejects.toMatchObject({
      code: "conflict",
      message: "Cannot enable polling for inactive account",
    });
    await setActive(admin, id, true);
    await enablePolling(admin, id);
  });

  it("needs an IMAP server and a password", async () => {
    const bare = await createRow({ imapHost: null });
    await expect(enablePolling(admin, bare.id)).rejects.toMatchObject({
      message: "No IMAP server is known for desk.example; enter it.",
    });
    const open = await createRow();
    await expect(enablePolling(admin, open.id)).rejects.toThrow(/Enter the password of/);
  });

  it("makes the account due and forgets its failures", async () => {
    await db().prisma.emailAccount.update({
      where: { id },
      data: { consecutiveFailures: 5, lastError: "x", nextPollAt: new Date(Date.now() + 1e9) },
    });
    await enablePolling(admin, id);
    const account = await row();
    expect(account).toMatchObject({ consecutiveFailures: 0, lastError: null });
    expect(account.nextPollAt.getTime()).toBeLessThanOrEqual((await databaseNow()).getTime() + 1);
  });

  it.each(["AGENT", "CUSTOMER"] as const)(
    "and every other change is refused to %s",
    async (role) => {
      const actor: AccountActor = { id: null, role };
      for (const change of [
        () => enablePolling(actor, id),
        () => disablePolling(actor, id),
        () => setActive(actor, id, false),
        () => setDefault(actor, id),
        () => pollNow(actor, id),
        () => compareNow(actor, id),
      ]) {
        await expect(change()).rejects.toMatchObject({ code: "forbidden" });
      }
      expect(await row()).toMatchObject({ isActive: true, pollingEnabled: false });
    },
  );

  it("tells every open page through the database", async () => {
    const notices: Notice[] = [];
    const stop = listen((notice) => notices.push(notice));
    await expect.poll(() => notices.length).toBe(1);
    await enablePolling(admin, id);
    await requestPoll(id);
    await expect
      .poll(() => notices.slice(1))
      .toEqual([
        { topic: "account", id },
        { topic: "poll", id },
      ]);
    await stop();
  });
});

describe("Poll now", () => {
  it("asks for the poll, and says when no worker is there to do it", async () => {
    await enablePolling(admin, id);
    await expect(pollNow(admin, id)).rejects.toMatchObject({
      code: "unavailable",
      message: "No worker is running. Start it with `npm run start:worker`.",
    });
    expect((await row()).pollRequestedAt).not.toBeNull();
    await worker();
    expect(await pollNow(admin, id)).toMatchObject({ id });
  });

  it("with a comparison is asked for in the same way", async () => {
    await enablePolling(admin, id);
    const tomorrow = new Date(Date.now() + 86_400_000);
    await db().prisma.emailAccount.update({ where: { id }, data: { compareDueAt: tomorrow } });
    await expect(compareNow(admin, id)).rejects.toThrow("No worker is running.");
    const { compareDueAt, pollRequestedAt } = await row();
    expect([compareDueAt, pollRequestedAt !== null]).toEqual([null, true]);
    await worker();
    expect(await compareNow(admin, id)).toMatchObject({ id });
  });

  it("counts a worker that has been silent for two leases as none", async () => {
    await enablePolling(admin, id);
    await worker({ heartbeatAt: new Date(Date.now() - 121_000) });
    await expect(pollNow(admin, id)).rejects.toThrow("No worker is running.");
  });

  it("says that polling is switched off where it is", async () => {
    await expect(pollNow(admin, id)).rejects.toMatchObject({
      message: "Polling is not enabled for support@yourcompany.example.",
    });
    await enablePolling(admin, id);
    await worker({ pollingEnabled: false });
    await expect(pollNow(admin, id)).rejects.toThrow("EMAIL_POLLING_ENABLED=false");
  });
});

describe("the list of accounts", () => {
  it("shows the polls of a day, today's mail and who reads the same inbox", async () => {
    const twin = await createAccount(admin, {
      email: "sales@yourcompany.example",
      smtpHost: "mail.yourcompany.example",
      smtpUsername: "SUPPORT",
      smtpPassword: "secret",
      imapHost: "IMAP.yourcompany.example",
      folder: "inbox",
    });
    const now = await databaseNow();
    const halfHour = 1_800_000;
    const newest = Math.floor(now.getTime() / halfHour) * halfHour;
    const polls = (back: number, fields: { polls: number; mails?: number; failed?: number }) =>
      db().prisma.pollSpan.create({
        data: { accountId: id, startedAt: new Date(newest - back * halfHour), ...fields },
      });
    await polls(0, { polls: 2, mails: 3 });
    await polls(1, { polls: 1, failed: 1 });
    await polls(47, { polls: 1 });
    await polls(49, { polls: 1, failed: 1 });
    await createReceipt({
      accountId: id,
      receivedAt: new Date(),
      status: "PROCESSED",
      outcome: "ticket",
    });
    await createReceipt({ accountId: id, receivedAt: new Date() });
    await createReceipt({ accountId: id, receivedAt: new Date(now.getTime() - 49 * 3_600_000) });

    const { accounts, hasWorker } = await listAccounts();
    expect(hasWorker).toBe(false);
    const [first, second] = accounts;
    expect(first).toMatchObject({
      isDefault: true,
      causes: alsoReadBy("sales@yourcompany.example"),
    });
    expect(first?.today).toEqual({ mails: 2, tickets: 1 });
    expect(first?.polls).toMatchObject({ polls: 4, failed: 1, mails: 3 });
    expect(first?.polls.bars.length).toBe(48);
    expect(first?.polls.bars.slice(-2)).toEqual(["failed", "mail"]);
    expect(first?.polls.bars[0]).toBe("quiet");
    expect(second).toMatchObject({
      id: twin.id,
      causes: alsoReadBy("support@yourcompany.example"),
    });
    expect(second?.polls.bars).toEqual([]);
  });
});
