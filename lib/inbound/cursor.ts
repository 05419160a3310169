import { crashpoint } from "../crashpoint";
import { db } from "../db/client";
import { inPgTransaction } from "../db/pg-transaction";
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
  const { rows } = await db().pool.query<Known>(
    `SELECT a."epoch" = c."epoch" AS "isCurrent", ${POSITION}
     FROM "EmailAccount" a LEFT JOIN "FolderCursor" c ON c."accountId" = a."id" AND c."folder" = $3
     WHERE a."id" = $1 AND a."leaseToken" = $2`,
    [lease.accountId, lease.token.toString(), opened.folder],
  );
  const [known] = rows;
  if (!known) throw new LeaseLost("The account was taken over.");
  if (known.isCurrent && known.uidValidity === opened.uidValidity.toString()) {
    const cursor = cursorOf(opened, known);
    if (opened.uidNext > cursor.lastUid) return cursor;
  }
  return startAgain(lease, opened, { needsNewEpoch: known.isCurrent === true });
}

/** Where a cursor stands: 64-bit numbers come as text. */
type Position = {
  epoch: number;
  uidValidity: string;
  lastUid: string;
  relistUpTo: string;
  stuckUid: string | null;
  stuckTries: number;
};

/** A cursor, and whether it is of the account's epoch: all null where the folder was never read. */
type Known = Position & { isCurrent: boolean | null };

const POSITION = `c."epoch", c."uidValidity", c."lastUid", c."relistUpTo", c."stuckUid", c."stuckTries"`;

function cursorOf({ folder, uidValidity }: Folder, at: Position): Cursor {
  return {
    ...{ folder, uidValidity, epoch: at.epoch, lastUid: Number(at.lastUid) },
    relistUpTo: Number(at.relistUpTo),
    stuckUid: at.stuckUid === null ? null : Number(at.stuckUid),
    stuckTries: at.stuckTries,
  };
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
  return inPgTransaction(async (client) => {
    const held = await client.query<{ epoch: number }>(
      `UPDATE "EmailAccount" SET "compareDueAt" = NULL, "epoch" = "epoch" + $3, "updatedAt" = now()
       WHERE "id" = $1 AND "leaseToken" = $2 RETURNING "epoch"`,
      [lease.accountId, lease.token.toString(), reset.needsNewEpoch ? 1 : 0],
    );
    const [account] = held.rows;
    if (!account) throw new LeaseLost("The account was taken over.");
    // The very first listing is no reset: nothing in it was here before.
    const { rows } = await client.query<Position>(
      `INSERT INTO "FolderCursor" AS c ("accountId", "folder", "epoch", "uidValidity", "lastUid", "relistUpTo", "stuckTries", "updatedAt")
       VALUES ($1, $2, $3, $4, 0, 0, 0, now())
       ON CONFLICT ("accountId", "folder") DO UPDATE SET "epoch" = EXCLUDED."epoch", "uidValidity" = EXCLUDED."uidValidity",
         "lastUid" = 0, "relistUpTo" = $5, "stuckUid" = NULL, "stuckTries" = 0, "updatedAt" = now()
       RETURNING ${POSITION}`,
      [
        lease.accountId,
        opened.folder,
        account.epoch,
        opened.uidValidity.toString(),
        opened.uidNext - 1,
      ],
    );
    crashpoint("fetch.cursor-reset");
    const [position] = rows;
    if (!position) throw new Error("A cursor was not written.");
    return cursorOf(opened, position);
  });
}

/** Notes that the server failed to deliver this UID once more. */
export async function recordStuck(lease: AccountLease, cursor: Cursor, uid: number): Promise<void> {
  await db().prisma.folderCursor.updateMany({
    where: { accountId: lease.accountId, folder: cursor.folder, epoch: cursor.epoch },
    data: { stuckUid: BigInt(uid), stuckTries: cursor.stuckUid === uid ? { increment: 1 } : 1 },
  });
}
