import { agentMail, type TicketNews } from "../agent-mails";
import { inTransaction, type Tx } from "../db/client";
import { isDueNow } from "../db/due-now";
import { Prisma } from "../db/generated/client";
import { queueNotice } from "./notice";

/** A ticket's next mail to the same agent comes no sooner. */
const AGAIN_SECONDS = 300;

/** Tickets due at once that get a mail each; more of them share one. */
const APART_MAX = 3;

/** Tickets of one mail; what is over comes with the next one. */
const TOGETHER_MAX = 100;

const GIVE_UP_AFTER_MS = 24 * 3600_000;

type Owed = Omit<TicketNews, "due"> & {
  isDueSoon: boolean;
  dueAt: Date | null;
  isResponseDue: boolean | null;
  zone: string | null;
  userId: string;
  ticketId: string;
  email: string;
  name: string;
  /** It is still the agent's, who has not seen to it meanwhile, or they were named on it. */
  isWanted: boolean;
};

/**
 * One pass over what agents are owed: queues the mails that are due, one agent at a time. An agent
 * with more than three tickets due gets one mail about all of them. What is not theirs any more, is
 * gone or was read or answered meanwhile is forgotten. Any number of workers may do it at once.
 * @returns how many mails were queued.
 */
export async function queueAgentNotices(signal?: AbortSignal): Promise<number> {
  let queued = 0;
  while (!signal?.aborted) {
    const mails = await inTransaction(queueNext);
    if (mails === null) break;
    queued += mails;
  }
  return queued;
}

/** @returns how many mails one agent gets; null when nothing is due. */
async function queueNext(tx: Tx): Promise<number | null> {
  const owed = await claimOwed(tx);
  const [first] = owed;
  if (!first) return null;
  const to = { name: first.name, address: first.email };
  const giveUpAt = new Date(Date.now() + GIVE_UP_AFTER_MS);
  const wanted = owed.map(withDue).filter(({ isWanted, isAssignment, isMention, replies, due }) => {
    return isWanted && (isAssignment || isMention || replies > 0 || due);
  });
  let mails = 0;
  for (const [news, ...more] of wanted.length > APART_MAX ? [wanted] : wanted.map((one) => [one]))
    if (news && (await queueNotice(tx, agentMail(to, [news, ...more]), giveUpAt))) mails++;
  await settle(tx, first.userId, {
    told: wanted.map(({ ticketId }) => ticketId),
    forgotten: owed.flatMap(({ ticketId }) =>
      wanted.some((one) => one.ticketId === ticketId) ? [] : ticketId,
    ),
  });
  return mails;
}

function withDue(owed: Owed): Owed & Pick<TicketNews, "due"> {
  const { isDueSoon, dueAt, isResponseDue, zone } = owed;
  const what = isResponseDue ? "first-response" : "resolution";
  return { ...owed, due: isDueSoon && dueAt ? { what, at: dueAt, zone: zone ?? "UTC" } : null };
}

/**
 * What the agent who waits longest is owed and is due. A reply is seen to when it has been answered,
 * or read: `readAt` is the time of the last mail that was seen, and an old one read late counts only
 * where it is the ticket's last.
 */
function claimOwed(tx: Tx): Promise<Owed[]> {
  return tx.$queryRaw<Owed[]>`
    SELECT n."userId", n."ticketId", u."email"::text, u."name", t."number", t."subject", t."snippet",
      coalesce(nullif(c."name", ''), c."email"::text) AS "requester", giver."name" AS "assignedBy",
      n."isMention", namer."name" AS "mentionedBy",
      (n."isAssignment" AND u."notifyAssigned" AND t."assigneeId" = u."id") AS "isAssignment",
      CASE WHEN u."notifyReplies" AND t."assigneeId" = u."id" AND t."awaitingUs" AND NOT coalesce(r."readAt" >= t."lastMessageAt" AND t."lastMessageAt" <= (
        SELECT m."sentAt" FROM "Message" m WHERE m."ticketId" = t."id" AND m."kind" = 'INBOUND'
        ORDER BY m."createdAt" DESC LIMIT 1), false) THEN n."replies" ELSE 0 END AS "replies",
      (n."isDueSoon" AND u."notifyTargets" AND t."assigneeId" = u."id") AS "isDueSoon", t."dueAt", t."dueAt" = t."firstResponseDueAt" AS "isResponseDue",
      a."timeZone" AS "zone",
      (u."isActive" AND (n."isMention" OR t."assigneeId" = u."id" AND NOT t."isSpam") AND t."deletedAt" IS NULL
        AND t."mergedIntoId" IS NULL) AS "isWanted"
    FROM "AgentNotice" n
    JOIN "User" u ON u."id" = n."userId"
    JOIN "Ticket" t ON t."id" = n."ticketId"
    LEFT JOIN "User" giver ON giver."id" = n."assignedById"
    LEFT JOIN "AccountTime" a ON a."accountId" = t."accountId"
    LEFT JOIN "User" namer ON namer."id" = n."mentionedById"
    LEFT JOIN "Contact" c ON c."id" = t."requesterId"
    LEFT JOIN "TicketRead" r ON r."ticketId" = n."ticketId" AND r."userId" = n."userId"
    WHERE ${Prisma.raw(isDueNow('n."dueAt"'))} AND n."userId" = (
      SELECT "userId" FROM "AgentNotice" WHERE ${Prisma.raw(isDueNow('"dueAt"'))} ORDER BY "dueAt" LIMIT 1)
    ORDER BY n."dueAt", n."ticketId" LIMIT ${TOGETHER_MAX} FOR UPDATE OF n SKIP LOCKED`;
}

/** Who was told hears no more of that ticket for a while; the others owe nothing any more. */
async function settle(
  tx: Tx,
  userId: string,
  { told, forgotten }: { told: string[]; forgotten: string[] },
): Promise<void> {
  await tx.$executeRaw`
    UPDATE "AgentNotice" SET "isAssignment" = false, "assignedById" = NULL, "replies" = 0, "isDueSoon" = false,
      "isMention" = false, "mentionedById" = NULL,
      "dueAt" = now() + make_interval(secs => ${AGAIN_SECONDS}::int)
    WHERE "userId" = ${userId}::uuid AND "ticketId" = ANY(${told}::uuid[])`;
  await tx.agentNotice.deleteMany({ where: { userId, ticketId: { in: forgotten } } });
}
