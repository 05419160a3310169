import type { Tx } from "../db/client";
import { Prisma } from "../db/generated/client";
import { addressKey } from "../mail/address";

/** How long a notice gathers before it leaves: what comes at once is told at once. */
const GATHER_SECONDS = 10;

/** Answers that people wrote; `from` is the sender's address. */
export type Answer = { ticketId: string; from: string };

/**
 * The statement that owes the owners of these tickets a mail about the answers: those who want it,
 * but nobody for their own words. Run it in the transaction of the answers. What is owed already
 * grows, and stays due when it was.
 */
export function oweReplies(answers: readonly Answer[]): Prisma.Sql {
  const tickets = answers.map(({ ticketId }) => ticketId);
  const senders = answers.map(({ from }) => addressKey(from));
  return Prisma.sql`
    INSERT INTO "AgentNotice" ("userId", "ticketId", "replies", "dueAt")
    SELECT u."id", t."id", count(*)::int, now() + make_interval(secs => ${GATHER_SECONDS}::int)
    FROM unnest(${tickets}::uuid[], ${senders}::text[]) AS answer (ticket, sender)
      JOIN "Ticket" t ON t."id" = answer.ticket
      JOIN "User" u ON u."id" = t."assigneeId"
    WHERE u."notifyReplies" AND u."isActive" AND NOT t."isSpam" AND u."email" <> answer.sender::citext
    GROUP BY u."id", t."id" ORDER BY t."id"
    ON CONFLICT ("userId", "ticketId") DO UPDATE SET "replies" = "AgentNotice"."replies" + EXCLUDED."replies"`;
}

/**
 * Owes an agent a mail about tickets that `by` gave to them, in the same transaction; not when they
 * took them, or want no such mail. `by` is null for the machine's owner.
 */
export async function oweAssignments(
  tx: Pick<Tx, "$executeRaw">,
  ticketIds: string[],
  { to, by }: { to: string; by: string | null },
): Promise<void> {
  if (to === by) return;
  await tx.$executeRaw`
    INSERT INTO "AgentNotice" ("userId", "ticketId", "isAssignment", "assignedById", "dueAt")
    SELECT u."id", ticket, true, ${by}::uuid, now() + make_interval(secs => ${GATHER_SECONDS}::int)
    FROM unnest(${ticketIds}::uuid[]) AS ticket, "User" u
    WHERE u."id" = ${to}::uuid AND u."notifyAssigned" AND u."isActive" ORDER BY ticket
    ON CONFLICT ("userId", "ticketId")
      DO UPDATE SET "isAssignment" = true, "assignedById" = EXCLUDED."assignedById"`;
}

/** Owes agents a mail about a note that names them, in the same transaction; nobody for their own. */
export async function oweMentions(
  tx: Pick<Tx, "$executeRaw">,
  ticketId: string,
  { to, by }: { to: string[]; by: string },
): Promise<void> {
  const others = to.filter((id) => id !== by);
  if (others.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO "AgentNotice" ("userId", "ticketId", "isMention", "mentionedById", "dueAt")
    SELECT u."id", ${ticketId}::uuid, true, ${by}::uuid, now() + make_interval(secs => ${GATHER_SECONDS}::int)
    FROM "User" u WHERE u."id" = ANY(${others}::uuid[]) AND u."isActive" ORDER BY u."id"
    ON CONFLICT ("userId", "ticketId")
      DO UPDATE SET "isMention" = true, "mentionedById" = EXCLUDED."mentionedById"`;
}
