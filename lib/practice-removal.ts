import { type AccountActor, assertAdmin, recordAudit } from "./accounts/admin";
import { deleteAccountIn } from "./accounts/delete";
import { lockDefault } from "./accounts/lock";
import { db, inTransaction, type Tx } from "./db/client";
import { notify } from "./db/listen";
import { AppError } from "./errors";
import { PRACTICE_ADDRESS } from "./practice-address";

/** The setting that says it: the next quickstart does not bring the samples back. */
const KEY = "practice-removed";

/** Whether somebody has removed the practice account for good. */
export async function isPracticeRemoved(): Promise<boolean> {
  const setting = { where: { key: KEY }, select: { key: true } };
  return (await db().prisma.setting.findUnique(setting)) !== null;
}

/** How many tickets removePractice() would delete; null without a practice account. */
export async function countSamples(): Promise<number | null> {
  const account = await db().prisma.emailAccount.findUnique({
    where: { email: PRACTICE_ADDRESS },
    select: { _count: { select: { tickets: { where: { deletedAt: null } } } } },
  });
  return account?._count.tickets ?? null;
}

/**
 * "Remove the sample tickets": deletes every ticket of the practice account and the account itself,
 * both or neither. Mails that wait to be read into it make no ticket any more, and another account
 * inherits the default.
 * @throws AppError "forbidden"; "not-found" when there is no practice account.
 */
export async function removePractice(
  actor: AccountActor,
): Promise<{ tickets: number; newDefault: string | null }> {
  assertAdmin(actor);
  return inTransaction(async (tx) => {
    await lockDefault(tx);
    const id = await stopPolling(tx);
    await ignoreWaitingMail(tx, id);
    const tickets = await deleteTickets(tx, actor, id);
    const { newDefault } = await deleteAccountIn(tx, actor, id);
    const value = { at: new Date().toISOString() };
    await tx.setting.upsert({
      where: { key: KEY },
      create: { key: KEY, value },
      update: { value },
      select: { key: true },
    });
    await recordAudit(tx, actor, { action: "practice.removed", accountId: id, data: { tickets } });
    return { tickets, newDefault };
  });
}

/**
 * From here on no poll stores another mail. Not lockAccount(): its lock would make a mail that is
 * being processed wait for us, while we wait for it.
 */
async function stopPolling(tx: Tx): Promise<string> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    UPDATE "EmailAccount" SET "isActive" = false, "pollingEnabled" = false
    WHERE "email" = ${PRACTICE_ADDRESS} RETURNING "id"`;
  const id = rows[0]?.id;
  if (!id) throw new AppError("not-found", "The sample tickets are removed already.");
  return id;
}

async function ignoreWaitingMail(tx: Tx, accountId: string): Promise<void> {
  await tx.inboundEmail.updateMany({
    where: { accountId, status: { in: ["PENDING", "HELD"] } },
    data: {
      status: "IGNORED",
      reason: "The sample tickets were removed before it was processed.",
      processedAt: new Date(),
      leaseOwner: null,
      leaseUntil: null,
    },
  });
}

/** In one statement however many there are: a practice inbox can have been filled for hours. */
async function deleteTickets(tx: Tx, actor: AccountActor, accountId: string): Promise<number> {
  const gone = await tx.$queryRaw<{ id: string }[]>`
    UPDATE "Ticket" SET "deletedAt" = now(), "updatedAt" = now()
    WHERE "accountId" = ${accountId}::uuid AND "deletedAt" IS NULL RETURNING "id"`;
  const data = { why: "the sample tickets were removed" };
  await tx.ticketEvent.createMany({
    data: gone.map(({ id }) => ({ ticketId: id, actorId: actor.id, kind: "deleted", data })),
  });
  // Open lists read themselves again after any one of them.
  for (const { id } of gone.slice(0, 1)) await notify(tx, "ticket", id);
  return gone.length;
}
