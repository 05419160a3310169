import type { Tx } from "../db/client";
import type { Role } from "../db/generated/enums";
import type { InputJsonValue } from "../db/generated/internal/prismaNamespace";
import { AppError } from "../errors";

/** Who changes an account. `id` is null when the machine's owner does it: the CLI, the quickstart. */
export type AccountActor = { id: string | null; role: Role };

/** @throws AppError "forbidden" for anyone but an admin. */
export function assertAdmin(actor: AccountActor): void {
  if (actor.role !== "ADMIN") throw new AppError("forbidden", "Only admins may do this.");
}

type Entry = { action: string; accountId: string; data?: InputJsonValue };

/** Writes who did what to an account, in the change's own transaction. Never give it a secret. */
export async function recordAudit(tx: Tx, actor: AccountActor, entry: Entry): Promise<void> {
  await tx.auditLog.create({ data: auditEntry(actor, entry), select: { id: true } });
}

/** What recordAudit() writes, for many at once. */
export function auditEntry(actor: AccountActor, { action, accountId, data }: Entry) {
  return { actorId: actor.id, action, target: `EmailAccount:${accountId}`, data: data ?? {} };
}
