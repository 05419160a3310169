import { beforeEach, describe, expect, it } from "vitest";
import { readRawMail } from "../db/bytes";
import { db } from "../db/client";
import { emptyDatabase, useTestDatabase } from "../testing/database";
import { createAccount } from "../testing/factories";
import { rawMail } from "../testing/raw-mail";
import { openCursor, startAgain } from "./cursor";
import { type AccountLease, claimAccounts } from "./lease";
import { LeaseLost, type Receipt, storeBatch, UidReused } from "./store";

useTestDatabase();

let accountId = "";
let lease: AccountLease;
let pollRunId = "";

beforeEach(async () => {
  await emptyDatabase(db().pool);
  accountId = (await createAccount({ pollingEnabled: true })).id;
  lease = await claim();
  pollRunId = (await db().prisma.pollRun.create({ data: { accountId } })).id;
});

async function claim(): Promise<AccountLease> {
  await db().prisma.emailAccount.update({
    where: { id: accountId },
    data: { leaseUntil: new Date(0) },
  });
  const [claimed] = await claimAccounts("w", [accountId], 30);
  if (!claimed) throw new Error("nothing was claimed");
  return claimed;
}

const FOLDER = { folder: "INBOX", uidValidity: 7n };
const open = (uidNext = 1) => openCursor(lease, { ...FOLDER, uidNext });

const receipt = (uid: number, raw: string | Buffer | null = rawMail()): Receipt => ({
  uid,
  internalDate: new Date(),
  raw: raw === null ? null : Buffer.from(raw),
  isTruncated: false,
  isRelisted: false,
  quarantine: raw === null ? "No bytes." : null,
});

const batch = (receipts: Receipt[]) => ({
  receipts,
  lastUid: receipts.at(-1)?.uid ?? 0,
  pollRunId,
  leaseSeconds: 30,
});

const stored = () => db().prisma.inboundEmail.count();
const lastUid = async () =>
  Number((await db().prisma.folderCursor.findFirstOrThrow({ where: { accountId } })).lastUid);

describe("storing what was fetched", () => {
  it("keeps the exact bytes, whatever and however many, and moves the cursor", async () => {
    const cursor = await open();
    const bytes = Buffer.from(Array.from({ length: 9_000_000 }, (_, n) => (n * 31) % 256));
    expect(await storeBatch(lease, cursor, batch([receipt(1, bytes), receipt(2)]))).toBe(2);
    const row = await db().prisma.inboundEmail.findFirstOrThrow({ where: { uid: 1 } });
    expect(row).toMatchObject({ status: "PENDING", size: 9_000_000, attempts: 0 });
    expect((await readRawMail(row.id))?.equals(bytes)).toBe(true);
    expect(await lastUid()).toBe(2);
  });

  it("again stores nothing twice and never moves the cursor back", async () => {
    const cursor = await open();
    const receipts = [receipt(1), receipt(2), receipt(3)];
    await storeBatch(lease, cursor, batch(receipts));
    expect(await storeBatch(lease, cursor, batch(receipts.slice(0, 2)))).toBe(0);
    expect([await stored(), await lastUid()]).toEqual([3, 3]);
  });

  it("that fails in the middle stores none of its mails and leaves the cursor where it was", async () => {
    const cursor = await open();
    await storeBatch(lease, cursor, batch([receipt(1)]));
    const bad = { ...receipt(3), uid: Number.NaN };
    await expect(storeBatch(lease, cursor, batch([receipt(2), bad]))).rejects.toThrow();
    expect([await stored(), await lastUid()]).toEqual([1, 1]);
  });

  it("stores nothing at all when the lease has passed to another worker", async () => {
    const cursor = await open();
    await claim();
    const attempt = storeBatch(lease, cursor, batch([receipt(1)]));
    await expect(attempt).rejects.toBeInstanceOf(LeaseLost);
    expect([await stored(), await lastUid()]).toEqual([0, 0]);
  });

  it.each([{ isActive: false }, { pollingEnabled: false }, { epoch: 2 }])(
    "stores nothing when the account became %o in the meantime",
    async (data) => {
      const cursor = await open();
      await db().prisma.emailAccount.update({ where: { id: accountId }, data });
      const attempt = storeBatch(lease, cursor, batch([receipt(1)]));
      await expect(attempt).rejects.toBeInstanceOf(LeaseLost);
      expect([await stored(), await lastUid()]).toEqual([0, 0]);
    },
  );

  it("refuses the whole batch when a UID has other bytes than before", async () => {
    const cursor = await open();
    await storeBatch(lease, cursor, batch([receipt(1)]));
    const attempt = storeBatch(lease, cursor, batch([receipt(1), receipt(2)]));
    await expect(attempt).rejects.toBeInstanceOf(UidReused);
    expect([await stored(), await lastUid()]).toEqual([1, 1]);
  });

  it("keeps a receipt for a mail that has no bytes, with the reason", async () => {
    await storeBatch(lease, await open(), batch([receipt(1, null)]));
    const row = await db().prisma.inboundEmail.findFirstOrThrow({ include: { raw: true } });
    expect(row).toMatchObject({ status: "QUARANTINED", reason: "No bytes.", raw: null, size: 0 });
    expect(row.processedAt).not.toBeNull();
  });
});

describe("where to read on", () => {
  it("is the beginning for a folder never read, and nothing counts as listed again", async () => {
    expect(await open(50)).toMatchObject({ lastUid: 0, relistUpTo: 0, epoch: 1 });
  });

  it("is where the last batch ended", async () => {
    await storeBatch(lease, await open(), batch([receipt(4)]));
    expect(await open(5)).toMatchObject({ lastUid: 4, relistUpTo: 0, epoch: 1 });
  });

  it("is the beginning of a new epoch when UIDVALIDITY changed", async () => {
    await storeBatch(lease, await open(), batch([receipt(4)]));
    const again = await openCursor(lease, { ...FOLDER, uidValidity: 8n, uidNext: 10 });
    expect(again).toMatchObject({ lastUid: 0, relistUpTo: 9, epoch: 2, uidValidity: 8n });
    await storeBatch(lease, again, batch([receipt(4)]));
    expect(await stored()).toBe(2);
  });

  it("is the beginning when the server would give out UIDs a second time", async () => {
    await storeBatch(lease, await open(), batch([receipt(4)]));
    expect(await open(3)).toMatchObject({ lastUid: 0, relistUpTo: 2, epoch: 2 });
  });

  it("is the beginning when the admin changed server or folder, without another epoch", async () => {
    await storeBatch(lease, await open(), batch([receipt(4)]));
    await db().prisma.emailAccount.update({ where: { id: accountId }, data: { epoch: 5 } });
    expect(await open(9)).toMatchObject({ lastUid: 0, relistUpTo: 8, epoch: 5 });
  });

  it("is nobody's business any more once the lease is lost", async () => {
    await claim();
    await expect(open()).rejects.toBeInstanceOf(LeaseLost);
    const folder = { ...FOLDER, uidNext: 1 };
    const again = startAgain(lease, folder, { needsNewEpoch: true });
    await expect(again).rejects.toBeInstanceOf(LeaseLost);
    const account = await db().prisma.emailAccount.findUniqueOrThrow({ where: { id: accountId } });
    expect(account.epoch).toBe(1);
  });
});
