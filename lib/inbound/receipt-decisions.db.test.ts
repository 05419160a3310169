import { beforeEach, describe, expect, it } from "vitest";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { at, createAccount, createReceipt } from "../testing/factories";
import { addLiveWorker, OWNER, outcomeOf, store, testProcessor } from "../testing/pipeline";
import { rawMail } from "../testing/raw-mail";
import {
  fetchAgain,
  type ReceiptActor,
  releaseHeld,
  retryQuarantined,
  retryReceipt,
} from "./receipt-decisions";
import { countRetryable, heldMails } from "./receipts";

useTestDatabase();
beforeEach(() => emptyDatabase(db().pool));

const agent: ReceiptActor = { id: null, role: "AGENT" };
const row = (id: string) => db().prisma.inboundEmail.findUniqueOrThrow({ where: { id } });

/** An account that has taken in, within the day, as many mails as a reset may bring unasked. */
async function flooded(): Promise<string> {
  const { id } = await createAccount({ pollingEnabled: true });
  for (let n = 0; n < 100; n++)
    await createReceipt({
      ...{ accountId: id, isRelisted: true, status: "PROCESSED", outcome: "ticket", bytes: null },
      processedAt: new Date(),
    });
  return id;
}

const held = (accountId: string) =>
  createReceipt({
    ...{ accountId, isRelisted: true, status: "HELD", receivedAt: new Date(Date.now() - 60_000) },
    bytes: rawMail(),
  });

describe("trying a mail again", () => {
  it("puts it back as if it had just come", async () => {
    const { id } = await createReceipt({
      status: "QUARANTINED",
      attempts: 5,
      parserKills: 2,
      error: "The parser died",
      processedAt: at(1),
    });
    await retryReceipt(OWNER, id);
    expect(await row(id)).toMatchObject({
      status: "PENDING",
      attempts: 0,
      parserKills: 0,
      reason: null,
      error: null,
      processedAt: null,
    });
    expect(await db().prisma.auditLog.count({ where: { action: "mail.retried" } })).toBe(1);
    await expect(retryReceipt(OWNER, id)).rejects.toMatchObject({ code: "conflict" });
  });

  it("is refused without bytes, for a mail that is done, and to anyone but an admin", async () => {
    const lost = await createReceipt({ status: "QUARANTINED", bytes: null });
    await expect(retryReceipt(OWNER, lost.id)).rejects.toThrow(/never delivered/);
    const done = await createReceipt({ status: "PROCESSED", outcome: "ticket" });
    await expect(retryReceipt(OWNER, done.id)).rejects.toMatchObject({ code: "conflict" });
    const waiting = await createReceipt({ status: "HELD" });
    await expect(retryReceipt(agent, waiting.id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(retryReceipt(OWNER, "x")).rejects.toMatchObject({ code: "not-found" });
    expect((await row(waiting.id)).status).toBe("HELD");
  });

  it("of the whole quarantine takes what has bytes, of one account or of all", async () => {
    const bad = await createReceipt({ status: "QUARANTINED" });
    const other = await createReceipt({ status: "QUARANTINED" });
    const lost = await createReceipt({ status: "QUARANTINED", bytes: null });
    expect(await countRetryable(null)).toBe(2);
    expect(await retryQuarantined(OWNER, bad.accountId)).toBe(1);
    expect((await row(other.id)).status).toBe("QUARANTINED");
    expect(await retryQuarantined(OWNER, null)).toBe(1);
    expect((await row(lost.id)).status).toBe("QUARANTINED");
    await expect(retryQuarantined(OWNER, null)).rejects.toMatchObject({ code: "conflict" });
    await expect(retryQuarantined(agent, null)).rejects.toMatchObject({ code: "forbidden" });
  });
});

describe("mail on hold", () => {
  it("is released account by account, becomes tickets, and is not held again", async () => {
    const accountId = await flooded();
    const mails = [await held(accountId), await held(accountId)];
    const elsewhere = await held(await flooded());
    expect((await heldMails(null)).map(({ count }) => count).sort()).toEqual([1, 2]);
    expect(await releaseHeld(OWNER, accountId)).toBe(2);
    await testProcessor().run({});
    for (const { id } of mails)
      expect(await outcomeOf(id)).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
    expect((await row(elsewhere.id)).status).toBe("HELD");
    expect(await db().prisma.auditLog.count({ where: { action: "mail.released" } })).toBe(1);
  });

  it("of an account that was deleted can be released too", async () => {
    const accountId = await flooded();
    const { id } = await held(accountId);
    await db().prisma.emailAccount.delete({ where: { id: accountId } });
    expect(await heldMails(null)).toEqual([{ accountId: null, email: null, count: 1 }]);
    expect(await releaseHeld(OWNER, null)).toBe(1);
    await testProcessor().run({});
    expect(await outcomeOf(id)).toMatchObject({ status: "PROCESSED" });
  });

  it("once released stays listed again after a reset: nobody gets an automatic answer to it", async () => {
    const accountId = await flooded();
    const { id } = await held(accountId);
    await releaseHeld(OWNER, accountId);
    expect(await row(id)).toMatchObject({ isRelisted: true, releasedAt: expect.any(Date) });
  });

  it("is released by admins only, and only where there is any", async () => {
    const accountId = await flooded();
    await expect(releaseHeld(OWNER, accountId)).rejects.toMatchObject({ code: "conflict" });
    await held(accountId);
    await expect(releaseHeld(agent, accountId)).rejects.toMatchObject({ code: "forbidden" });
    await expect(releaseHeld(OWNER, "x")).rejects.toMatchObject({ code: "not-found" });
  });

  it("and mail in quarantine are in the way of no other mail", async () => {
    const accountId = await flooded();
    const early = { accountId, receivedAt: new Date(Date.now() - 3_600_000) };
    const unreadable = await store("\r\n\r\n", early);
    const flood = await store(rawMail(), { ...early, isRelisted: true });
    const good = [await store(rawMail(), { accountId }), await store(rawMail(), { accountId })];
    await testProcessor().run({});
    expect((await row(unreadable)).status).toBe("QUARANTINED");
    expect((await row(flood)).status).toBe("HELD");
    for (const id of good)
      expect(await outcomeOf(id)).toMatchObject({ status: "PROCESSED", outcome: "ticket" });
  });
});

describe("fetching a mail again", () => {
  const lost = (accountId: string) =>
    createReceipt({ accountId, status: "QUARANTINED", bytes: null });

  it("is asked of the next poll", async () => {
    await addLiveWorker();
    const account = await createAccount({ pollingEnabled: true });
    const { id } = await lost(account.id);
    await fetchAgain(OWNER, id);
    expect((await row(id)).refetchAt).not.toBeNull();
    const { pollRequestedAt } = await db().prisma.emailAccount.findFirstOrThrow();
    expect(pollRequestedAt).not.toBeNull();
  });

  it("is refused with words where it can't be", async () => {
    const account = await createAccount({ pollingEnabled: true });
    const { id } = await lost(account.id);
    await expect(fetchAgain(agent, id)).rejects.toMatchObject({ code: "forbidden" });
    await expect(fetchAgain(OWNER, id)).rejects.toThrow(/No worker is running/);
    await expect(fetchAgain(OWNER, "x")).rejects.toMatchObject({ code: "not-found" });
    const whole = await createReceipt({ accountId: account.id, status: "QUARANTINED" });
    await expect(fetchAgain(OWNER, whole.id)).rejects.toThrow(/without its bytes/);
    await db().prisma.emailAccount.delete({ where: { id: account.id } });
    await expect(fetchAgain(OWNER, id)).rejects.toThrow(/was deleted/);
  });
});
