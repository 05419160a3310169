import { db } from "./db/client";
import { AppError } from "./errors";
import { PRACTICE_ADDRESS } from "./practice-address";
import type { Actor } from "./tickets/access";

export type StepId =
  | "read-sample"
  | "answer-sample"
  | "customer-answers"
  | "connect"
  | "poll"
  | "first-mail"
  | "first-answer"
  | "colleague";

/** Where a step is done; null where it is done outside of Mailroom. */
export type StepPlace =
  | { page: "ticket"; number: number }
  | { page: "tickets" | "practice" | "new-account" | "accounts" | "new-person" }
  | null;

export type FirstStep = { id: StepId; isDone: boolean; place: StepPlace };

export type FirstSteps = {
  /** In the order a newcomer takes them. */
  steps: FirstStep[];
  /** The one to take now; null when all are done. */
  next: StepId | null;
  /** The newest own address, to say where the first mail goes. */
  ownAddress: string | null;
  /** The sample tickets, once they are in the way: an own account is connected. */
  sampleTickets: number | null;
};

/** How long "all done" stays before the list is gone for good. */
const SHOWN_WHEN_DONE_MS = 3_600_000;
const FINISHED_KEY = "first-steps";
const hiddenKey = (userId: string) => `first-steps:hidden:${userId}`;

/**
 * What a new admin has done and does next. Every step is a fact of the database, so it ticks itself
 * off, whoever did it and by whatever way. The practice steps are there with a practice server only.
 * @returns null for anyone but admins, for an admin who hid the list, and for everybody a while
 * after all steps were done.
 */
export async function readFirstSteps(
  viewer: Actor,
  options: { hasPracticeServer: boolean },
): Promise<FirstSteps | null> {
  if (viewer.role !== "ADMIN") return null;
  const settings = await db().prisma.setting.findMany({
    where: { key: { in: [FINISHED_KEY, hiddenKey(viewer.id)] } },
    select: { key: true, updatedAt: true },
  });
  if (settings.some(({ key }) => key !== FINISHED_KEY)) return null;
  const finishedAt = settings[0]?.updatedAt.getTime();
  if (finishedAt && Date.now() - finishedAt > SHOWN_WHEN_DONE_MS) return null;
  const facts = await readFacts(viewer.id);
  const steps = [
    ...(options.hasPracticeServer && facts.hasPractice ? practiceSteps(facts) : []),
    ...ownSteps(facts),
  ];
  if (!finishedAt && steps.every(({ isDone }) => isDone)) await rememberFinished();
  const { ownAddress, hasPractice, sampleTickets } = facts;
  const areInTheWay = hasPractice && ownAddress !== null;
  const next = nextOf(steps);
  return { steps, next, ownAddress, sampleTickets: areInTheWay ? Number(sampleTickets) : null };
}

/** Whoever has begun with an own account is not sent back to practise. */
function nextOf(steps: FirstStep[]): StepId | null {
  const begun = steps.findIndex(({ id, isDone }) => id === "connect" && isDone);
  const undone = (from: FirstStep[]) => from.find(({ isDone }) => !isDone)?.id;
  return undone(steps.slice(Math.max(begun, 0))) ?? undone(steps) ?? null;
}

function practiceSteps(facts: Facts): FirstStep[] {
  const sample = facts.readSample ?? facts.anySample;
  return [
    {
      id: "read-sample",
      isDone: facts.hasReadSample,
      place: ticketOr("tickets", facts.anySample),
    },
    { id: "answer-sample", isDone: facts.hasAnsweredSample, place: ticketOr("tickets", sample) },
    { id: "customer-answers", isDone: facts.hasCustomerAnswered, place: { page: "practice" } },
  ];
}

function ownSteps(facts: Facts): FirstStep[] {
  return [
    { id: "connect", isDone: facts.ownAddress !== null, place: { page: "new-account" } },
    {
      id: "poll",
      isDone: facts.isPolled,
      place: { page: facts.ownAddress === null ? "new-account" : "accounts" },
    },
    { id: "first-mail", isDone: facts.hasOwnTicket, place: null },
    { id: "first-answer", isDone: facts.hasAnswered, place: ticketOr("tickets", facts.ownTicket) },
    { id: "colleague", isDone: facts.hasColleague, place: { page: "new-person" } },
  ];
}

const ticketOr = (page: "tickets", number: number | null): StepPlace =>
  number === null ? { page } : { page: "ticket", number };

type Facts = {
  hasPractice: boolean;
  sampleTickets: bigint;
  anySample: number | null;
  readSample: number | null;
  hasReadSample: boolean;
  hasAnsweredSample: boolean;
  hasCustomerAnswered: boolean;
  ownAddress: string | null;
  isPolled: boolean;
  hasOwnTicket: boolean;
  ownTicket: number | null;
  hasAnswered: boolean;
  hasColleague: boolean;
};

/**
 * Everything in one query; each part stops at the first row it finds. The sample to begin with is the
 * longest conversation: it shows most of what a ticket is.
 */
async function readFacts(viewerId: string): Promise<Facts> {
  const rows = await db().prisma.$queryRaw<Facts[]>`
    WITH "practice" AS MATERIALIZED (
      SELECT "id" FROM "EmailAccount" WHERE "email" = ${PRACTICE_ADDRESS}
    ), "own" AS MATERIALIZED (
      SELECT "id", "email", "createdAt", "isActive" AND "pollingEnabled" AS "isPolled"
      FROM "EmailAccount" WHERE "email" <> ${PRACTICE_ADDRESS}
    ), "samples" AS MATERIALIZED (
      SELECT t."id", t."number", t."messageCount", t."lastMessageAt",
        t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL AS "isThere",
        NOT t."isAutomatic" AND t."requesterId" IS NOT NULL AS "isAnswerable",
        EXISTS (SELECT 1 FROM "TicketRead" r
          WHERE r."ticketId" = t."id" AND r."userId" = ${viewerId}::uuid) AS "isRead"
      FROM "Ticket" t WHERE t."accountId" = (SELECT "id" FROM "practice")
    )
    SELECT
      EXISTS (SELECT 1 FROM "practice") AS "hasPractice",
      (SELECT count(*) FROM "samples" WHERE "isThere") AS "sampleTickets",
      (SELECT "number" FROM "samples" WHERE "isThere" AND "isAnswerable"
        ORDER BY "messageCount" DESC, "lastMessageAt" DESC LIMIT 1) AS "anySample",
      (SELECT "number" FROM "samples" WHERE "isThere" AND "isAnswerable" AND "isRead"
        ORDER BY "lastMessageAt" DESC LIMIT 1) AS "readSample",
      EXISTS (SELECT 1 FROM "samples" WHERE "isRead") AS "hasReadSample",
      EXISTS (SELECT 1 FROM "samples" s JOIN "Message" m ON m."ticketId" = s."id"
        WHERE m."kind" = 'OUTBOUND' AND m."authorId" IS NOT NULL) AS "hasAnsweredSample",
      EXISTS (SELECT 1 FROM "samples" s JOIN "Message" ours ON ours."ticketId" = s."id"
        JOIN "Message" theirs ON theirs."ticketId" = s."id" AND theirs."createdAt" > ours."createdAt"
        WHERE ours."kind" = 'OUTBOUND' AND ours."authorId" IS NOT NULL
          AND theirs."kind" = 'INBOUND' AND theirs."automaticKind" IS NULL) AS "hasCustomerAnswered",
      (SELECT "email"::text FROM "own" ORDER BY "isPolled" DESC, "createdAt" DESC LIMIT 1) AS "ownAddress",
      EXISTS (SELECT 1 FROM "own" WHERE "isPolled") AS "isPolled",
      EXISTS (SELECT 1 FROM "own" JOIN "Ticket" t ON t."accountId" = "own"."id"
        WHERE t."source" = 'EMAIL') AS "hasOwnTicket",
      (SELECT t."number" FROM "Ticket" t WHERE t."accountId" IN (SELECT "id" FROM "own")
          AND t."source" = 'EMAIL' AND t."deletedAt" IS NULL AND t."mergedIntoId" IS NULL
          AND t."requesterId" IS NOT NULL AND NOT t."isAutomatic"
        ORDER BY t."lastMessageAt" DESC LIMIT 1) AS "ownTicket",
      EXISTS (SELECT 1 FROM "OutboundEmail" o JOIN "own" ON o."accountId" = "own"."id"
        JOIN "Message" m ON m."id" = o."messageRowId"
        WHERE o."status" = 'SENT' AND m."kind" = 'OUTBOUND' AND m."authorId" IS NOT NULL) AS "hasAnswered",
      (SELECT count(*) > 1 FROM (SELECT 1 FROM "User"
        WHERE "role" IN ('ADMIN', 'AGENT') AND "isActive" LIMIT 2) two) AS "hasColleague"`;
  const [facts] = rows;
  if (!facts) throw new Error("A query without FROM gave no row.");
  return facts;
}

/** Once, by whoever sees it first; what changes later does not bring the list back. */
async function rememberFinished(): Promise<void> {
  await db().prisma.setting.createMany({
    data: { key: FINISHED_KEY, value: {} },
    skipDuplicates: true,
  });
}

/** Puts the list away for this admin. @throws AppError "forbidden". */
export async function hideFirstSteps(admin: Actor): Promise<void> {
  requireAdminOf(admin);
  const key = hiddenKey(admin.id);
  await db().prisma.setting.createMany({ data: { key, value: {} }, skipDuplicates: true });
}

/** Brings the list back for this admin. @throws AppError "forbidden". */
export async function showFirstSteps(admin: Actor): Promise<void> {
  requireAdminOf(admin);
  await db().prisma.setting.deleteMany({ where: { key: hiddenKey(admin.id) } });
}

/** Whether Help offers the list again: this admin hid it, and something is still to do. */
export async function canShowFirstSteps(viewer: Actor): Promise<boolean> {
  if (viewer.role !== "ADMIN") return false;
  const settings = await db().prisma.setting.findMany({
    where: { key: { in: [FINISHED_KEY, hiddenKey(viewer.id)] } },
    select: { key: true },
  });
  return settings.length === 1 && settings[0]?.key !== FINISHED_KEY;
}

function requireAdminOf(actor: Actor): void {
  if (actor.role !== "ADMIN") throw new AppError("forbidden", "Only admins may do this.");
}
