import { inTransaction, type Tx } from "../db/client";
import { notify } from "../db/listen";
import { dropGrant } from "../oauth/grants";
import { type AccountActor, assertAdmin, recordAudit } from "./admin";
import { giveDefault, lockAccount, lockDefault } from "./lock";

/**
 * Forgets an account, its sealed passwords or tokens, and its poll history. Tickets, mails and deliveries stay,
 * without an account. When it was the default, the oldest active account becomes it.
 * @throws AppError "forbidden", "not-found".
 */
export async function deleteAccount(
  actor: AccountActor,
  id: string,
): Promise<{ email: string; newDefault: string | null }> {
  assertAdmin(actor);
  return inTransaction((tx) => deleteAccountIn(tx, actor, id));
}

/** The part of deleteAccount() that belongs in a transaction. Its caller has checked the actor. */
export async function deleteAccountIn(
  tx: Tx,
  actor: AccountActor,
  id: string,
): Promise<{ email: string; newDefault: string | null }> {
  await lockDefault(tx);
  const { account } = await lockAccount(tx, id);
  // Nobody can change these targets any more.
  await tx.$executeRaw`
    UPDATE "Ticket" SET "firstResponseDueAt" = NULL, "resolutionDueAt" = NULL, "dueAt" = NULL, "dueWarnAt" = NULL,
      "firstResponseTellAt" = NULL, "resolutionTellAt" = NULL
    WHERE "accountId" = ${id}::uuid AND "dueAt" IS NOT NULL`;
  await dropGrant(tx, id);
  await tx.emailAccount.delete({ where: { id }, select: { id: true } });
  const heir = account.isDefault
    ? await tx.emailAccount.findFirst({
        orderBy: [{ isActive: "desc" }, { createdAt: "asc" }, { id: "asc" }],
        select: { id: true, email: true },
      })
    : null;
  if (heir) await giveDefault(tx, heir.id);
  await recordAudit(tx, actor, {
    action: "account.deleted",
    accountId: id,
    data: { email: account.email },
  });
  await notify(tx, "account", id);
  return { email: account.email, newDefault: heir?.email ?? null };
}
