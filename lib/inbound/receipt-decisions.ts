import { pollNow } from "../accounts/polling";
import { db, inTransaction, type Tx } from "../db/client";
import { Prisma } from "../db/generated/client";
import type { Role } from "../db/generated/enums";
import { notify } from "../db/listen";
import { AppError } from "../errors";
import { isUuid } from "../uuid";

/** As if the mail had just come, with the admin's yes. */
const AS_NEW = Prisma.sql`
  UPDATE "InboundEmail" SET "status" = 'PENDING', "attempts" = 0, "parserKills" = 0,
    "reason" = NULL, "error" = NULL, "processedAt" = NULL, "nextTryAt" = now(),
    "leaseOwner" = NULL, "leaseUntil" = NULL, "releasedAt" = now()`;

/** Who decides on a mail; `id` is null when the machine's owner does it with the CLI. */
export type ReceiptActor = { id: string | null; role: Role };

/**
 * Puts a quarantined or held mail back into the queue, as if it had just come. That is the admin's
 * yes: it is not held again.
 * @throws AppError "forbidden", "not-found"; "conflict" when it is not waiting for a decision, or
 * when there are no bytes to process.
 */
export async function retryReceipt(actor: ReceiptActor, id: string): Promise<void> {
  assertAdmin(actor);
  await inTransaction(async (tx) => {
    const receipt = isUuid(id)
      ? await tx.inboundEmail.findUnique({
          where: { id },
          select: { status: true, raw: { select: { inboundEmailId: true } } },
        })
      : null;
    if (!receipt) throw new AppError("not-found", "There is no such mail.");
    if (!receipt.raw) {
      throw new AppError(
        "conflict",
        "The server never delivered this mail, so there is nothing to try again. Fetch it again.",
      );
    }
    const retried = await tx.$executeRaw`
      ${AS_NEW} WHERE "id" = ${id}::uuid AND "status" IN ('QUARANTINED', 'HELD')`;
    if (retried === 0) {
      throw new AppError("conflict", "Only a mail in quarantine or on hold can be tried again.");
    }
    await audit(tx, actor, "mail.retried", `InboundEmail:${id}`);
    await notify(tx, "inbound", id);
  });
}

/**
 * The admin's yes to all mail of one account that is on hold: it is processed, oldest first.
 * `accountId` null: mail of accounts that were deleted meanwhile.
 * @returns how many mails that is.
 */
export async function releaseHeld(actor: ReceiptActor, accountId: string | null): Promise<number> {
  assertAdmin(actor);
  if (accountId !== null && !isUuid(accountId))
    throw new AppError("not-found", "There is no such email account.");
  return inTransaction(async (tx) => {
    const released = await tx.$executeRaw`
      ${AS_NEW} WHERE "status" = 'HELD' AND "accountId" IS NOT DISTINCT FROM ${accountId}::uuid`;
    if (released === 0) throw new AppError("conflict", "No mail of this account is on hold now.");
    await audit(tx, actor, "mail.released", `EmailAccount:${accountId ?? "deleted"}`);
    await notify(tx, "inbound", accountId ?? "");
    return released;
  });
}

/**
 * Tries everything in the quarantine again whose bytes we have; null for all accounts.
 * @returns how many mails that is.
 */
export async function retryQuarantined(
  actor: ReceiptActor,
  accountId: string | null,
): Promise<number> {
  assertAdmin(actor);
  if (accountId !== null && !isUuid(accountId))
    throw new AppError("not-found", "There is no such email account.");
  return inTransaction(async (tx) => {
    const retried = await tx.$executeRaw`
      ${AS_NEW} WHERE "status" = 'QUARANTINED' AND (${accountId}::uuid IS NULL OR "accountId" = ${accountId}::uuid)
        AND EXISTS (SELECT 1 FROM "RawMail" WHERE "inboundEmailId" = "InboundEmail"."id")`;
    if (retried === 0)
      throw new AppError("conflict", "Nothing in the quarantine can be tried again.");
    await audit(tx, actor, "mail.retried", "InboundEmail:all");
    await notify(tx, "inbound", accountId ?? "");
    return retried;
  });
}

/**
 * Has the next poll ask the server once more for a mail that was set aside without its bytes, and
 * asks for that poll.
 * @throws AppError "forbidden", "not-found"; "conflict" when the mail's bytes are here, or its account
 * is not polled; "unavailable" when no worker runs: then it stays asked for.
 */
export async function fetchAgain(actor: ReceiptActor, id: string): Promise<void> {
  assertAdmin(actor);
  const receipt = isUuid(id)
    ? await db().prisma.inboundEmail.findUnique({ where: { id }, select: { accountId: true } })
    : null;
  if (!receipt) throw new AppError("not-found", "There is no such mail.");
  const { accountId } = receipt;
  if (!accountId)
    throw new AppError("conflict", "The email account it came by was deleted: nobody can ask.");
  await inTransaction(async (tx) => {
    const asked = await tx.$executeRaw`
      UPDATE "InboundEmail" SET "refetchAt" = now()
      WHERE "id" = ${id}::uuid AND "status" = 'QUARANTINED'
        AND NOT EXISTS (SELECT 1 FROM "RawMail" WHERE "inboundEmailId" = "InboundEmail"."id")`;
    if (asked === 0)
      throw new AppError(
        "conflict",
        "Only a mail in quarantine without its bytes is fetched again.",
      );
    await audit(tx, actor, "mail.asked-again", `InboundEmail:${id}`);
    await notify(tx, "inbound", id);
  });
  await pollNow(actor, accountId);
}

function assertAdmin(actor: ReceiptActor): void {
  if (actor.role !== "ADMIN") throw new AppError("forbidden", "Only admins may do this.");
}

async function audit(tx: Tx, actor: ReceiptActor, action: string, target: string): Promise<void> {
  await tx.auditLog.create({ data: { actorId: actor.id, action, target }, select: { id: true } });
}
