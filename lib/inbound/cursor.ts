import { crashpoint } from "../crashpoint";
import { db, inTransaction } from "../db/client";
import type { AccountLease } from "./lease";
import { type FolderState, LeaseLost } from "./store";

export type Cursor = FolderState & {
  lastUid: number;
  /** Mail up to this UID was in the folder before a reset, and is being listed again. */
  relistUpTo: number;
  stuckUid: number | null;
  stuckTries: number;
};

type Folder = { folder: string; uidValidity: bigint; uidNext: number };

/**
 * Where to read on in this folder. A folder never read before starts at its beginning: what is older
 * than the account's start is left out by the listing. Another UIDVALIDITY (RFC 3501 §2.3.1.1), or
 * another epoch because the admin changed host, user or folder, lists everything again in a new
 * epoch; identity then swallows what we have. So does a UIDNEXT that went back, which it never may:
 * the folder was restored from a backup, and new mail would get UIDs we have read past.
 * @throws LeaseLost when the account has passed to somebody else.
 */
export async function openCursor(lease: AccountLease, opened: Folder): Promise<Cursor> {
  const account = await db().prisma.emailAccount.findFirst({
    where: { id: lease.accountId, leaseToken: lease.token },
    select: { epoch: true, cursors: { where: { folder: opened.folder } } },
  });
  if (!account) throw new LeaseLost("The account was taken over.");
  const known = account.cursors[0];
  if (
    known &&
    known.epoch === account.epoch &&
    known.uidValidity === opened.uidValidity &&
    opened.uidNext > known.lastUid
  ) {
    return {
      folder: opened.folder,
      epoch: known.epoch,
      uidValidity: known.uidValidity,
      lastUid: Number(known.lastUid),
      relistUpTo: Number(known.relistUpTo),
      stuckUid: known.stuckUid === null ? null : Number(known.stuckUid),
      stuckTries: known.stuckTries,
    };
  }
  return startAgain(lease, opened, {
    needsNewEpoch: known !== undefined && known.epoch === account.epoch,
  });
}

/**
 * Begins a new listing of the folder from its first mail.
 * `needsNewEpoch`: the same UIDs may mean other mails from now on.
 */
export async function startAgain(
  lease: AccountLease,
  opened: Folder,
  reset: { needsNewEpoch: boolean },
): Promise<Cursor> {
  return inTransaction(async (tx) => {
    const held = await tx.emailAccount.updateMany({
      where: { id: lease.accountId, leaseToken: lease.token },
      data: { compareDueAt: null, ...(reset.needsNewEpoch ? { epoch: { increment: 1 } } : {}) },
    });
    if (held.count === 0) throw new LeaseLost("The account was taken over.");
    const { epoch, cursors } = await tx.emailAccount.findUniqueOrThrow({
      where: { id: lease.accountId },
      select: {
        epoch: true,
        cursors: { where: { folder: opened.folder }, select: { folder: true } },
      },
    });
    // The very first listing is no reset: nothing in it was here before.
    const relistUpTo = cursors.length > 0 ? opened.uidNext - 1 : 0;
    const at = {
      epoch,
      uidValidity: opened.uidValidity,
      lastUid: 0n,
      relistUpTo: BigInt(relistUpTo),
      stuckUid: null,
      stuckTries: 0,
    };
    await tx.folderCursor.upsert({
      where: { accountId_folder: { accountId: lease.accountId, folder: opened.folder } },
      create: { accountId: lease.accountId, folder: opened.folder, ...at },
      update: at,
    });
    crashpoint("fetch.cursor-reset");
    return {
      folder: opened.folder,
      epoch,
      uidValidity: opened.uidValidity,
      lastUid: 0,
      relistUpTo,
      stuckUid: null,
      stuckTries: 0,
    };
  });
}

/** Notes that the server failed to deliver this UID once more. */
export async function recordStuck(lease: AccountLease, cursor: Cursor, uid: number): Promise<void> {
  await db().prisma.folderCursor.updateMany({
    where: { accountId: lease.accountId, folder: cursor.folder, epoch: cursor.epoch },
    data: { stuckUid: BigInt(uid), stuckTries: cursor.stuckUid === uid ? { increment: 1 } : 1 },
  });
}
