import { db, type Tx } from "../db/client";
import type { EmailAccount } from "../db/generated/client";
import { AppError } from "../errors";
import { isUuid } from "../uuid";

/**
 * Locks an account's row until the transaction ends, so that a poll's bookkeeping and an admin's
 * change do not overwrite each other.
 * @returns the row, and the time by the database's clock, which all leases and due times use.
 * @throws AppError "not-found".
 */
export async function lockAccount(
  tx: Tx,
  id: string,
): Promise<{ account: EmailAccount; now: Date }> {
  if (isUuid(id)) {
    const [locked] = await tx.$queryRaw<{ now: Date }[]>`
      SELECT clock_timestamp() AS "now" FROM "EmailAccount" WHERE "id" = ${id}::uuid FOR UPDATE`;
    const account = locked && (await tx.emailAccount.findUnique({ where: { id } }));
    if (account) return { account, now: locked.now };
  }
  throw new AppError("not-found", "There is no such email account.");
}

/** The time by the database's clock. */
export async function databaseNow(tx?: Tx): Promise<Date> {
  const [row] = await (tx ?? db().prisma).$queryRaw<{ now: Date }[]>`
    SELECT clock_timestamp() AS "now"`;
  return row?.now ?? new Date();
}

/**
 * Serialises everything that moves the default from one account to another, and the creation of
 * accounts: two first accounts at once must not both become it.
 */
export async function lockDefault(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('EmailAccount.isDefault'))`;
}

/** Makes one account the default and takes it from the one that had it. Call lockDefault() first. */
export async function giveDefault(tx: Tx, id: string): Promise<void> {
  // In this order: the partial unique index allows one default at any moment.
  await tx.emailAccount.updateMany({
    where: { isDefault: true, id: { not: id } },
    data: { isDefault: false },
  });
  await tx.emailAccount.update({ where: { id }, data: { isDefault: true }, select: { id: true } });
}
