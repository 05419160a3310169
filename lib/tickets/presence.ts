import { db } from "../db/client";
import { notifyNow } from "../db/listen";
import { AppError } from "../errors";
import { type Actor, requireDesk } from "./access";
import { PRESENT_MS, type PresenceState, type Present } from "./presence-rules";

/** People that are told of at once. */
const SHOWN_MAX = 20;

/**
 * Says that somebody has a ticket open, on the database's clock. Everybody at the ticket hears of it
 * when it changes what is to be seen, not with every beat.
 * @throws AppError "forbidden" for customers, "not-found" for a missing or deleted ticket.
 */
export async function sayPresence(
  actor: Actor,
  { number, state }: { number: number; state: PresenceState },
): Promise<void> {
  requireDesk(actor);
  const ticketId = await idOf(number);
  const isNews =
    state === "left" ? await leave(actor, ticketId) : await beat(actor, ticketId, state);
  if (!isNews) return;
  await notifyNow("presence", ticketId);
  await forgetGone();
}

/** Who was at a ticket and left without a word is nobody's business later. */
async function forgetGone(): Promise<void> {
  await db().prisma.$executeRaw`
    DELETE FROM "TicketPresence" WHERE ("ticketId", "userId") IN (
      SELECT "ticketId", "userId" FROM "TicketPresence"
      WHERE "seenAt" < now() - make_interval(secs => ${PRESENT_MS / 1000})
      FOR UPDATE SKIP LOCKED)`;
}

async function leave(actor: Actor, ticketId: string): Promise<boolean> {
  const { count } = await db().prisma.ticketPresence.deleteMany({
    where: { ticketId, userId: actor.id },
  });
  return count > 0;
}

/** @returns whether others see something else now. */
async function beat(
  actor: Actor,
  ticketId: string,
  state: "viewing" | "replying" | "stopped",
): Promise<boolean> {
  const isReplying = state === "replying";
  // Another window of the same agent may be where they reply: only "stopped" ends that.
  const [row] = await db().prisma.$queryRaw<{ isNews: boolean }[]>`
    WITH before AS (
      SELECT "replyingAt" > now() - make_interval(secs => ${PRESENT_MS / 1000}) AS "isReplying"
      FROM "TicketPresence"
      WHERE "ticketId" = ${ticketId}::uuid AND "userId" = ${actor.id}::uuid
        AND "seenAt" > now() - make_interval(secs => ${PRESENT_MS / 1000})),
    said AS (
      INSERT INTO "TicketPresence" AS p ("ticketId", "userId", "seenAt", "replyingAt")
      VALUES (${ticketId}::uuid, ${actor.id}::uuid, now(), CASE WHEN ${isReplying} THEN now() END)
      ON CONFLICT ("ticketId", "userId") DO UPDATE SET "seenAt" = now(),
        "replyingAt" = CASE WHEN ${isReplying} THEN now() WHEN ${state === "stopped"} THEN NULL
          ELSE p."replyingAt" END
      RETURNING 1)
    SELECT NOT EXISTS (SELECT 1 FROM before)
      OR coalesce((SELECT "isReplying" FROM before), false) <> ${isReplying} AND ${state !== "viewing"} AS "isNews"
    FROM said`;
  return row?.isNews ?? false;
}

/**
 * Who else has a ticket open, those who reply first.
 * @throws AppError as of sayPresence().
 */
export async function listPresent(viewer: Actor, number: number): Promise<Present[]> {
  requireDesk(viewer);
  return presentOn(viewer, await idOf(number));
}

/** As listPresent(), of a ticket that is known to be there. */
export function presentOn(viewer: Actor, ticketId: string): Promise<Present[]> {
  const seconds = PRESENT_MS / 1000;
  return db().prisma.$queryRaw<Present[]>`
    WITH present AS (
      SELECT p."userId", u."name", p."seenAt", p."replyingAt",
        coalesce(p."replyingAt" > now() - make_interval(secs => ${seconds}), false) AS "isReplying"
      FROM "TicketPresence" p JOIN "User" u ON u."id" = p."userId"
      WHERE p."ticketId" = ${ticketId}::uuid AND p."userId" <> ${viewer.id}::uuid
        AND p."seenAt" > now() - make_interval(secs => ${seconds}) AND u."isActive")
    SELECT "userId"::text AS "userId", "name", "isReplying", greatest(0, round(1000 * (${seconds}
      - extract(epoch FROM now() - CASE WHEN "isReplying" THEN "replyingAt" ELSE "seenAt" END))))::int AS "goodForMs"
    FROM present ORDER BY "isReplying" DESC, "name", "userId" LIMIT ${SHOWN_MAX}`;
}

async function idOf(number: number): Promise<string> {
  const ticket = Number.isSafeInteger(number)
    ? await db().prisma.ticket.findFirst({
        where: { number, deletedAt: null },
        select: { id: true },
      })
    : null;
  if (!ticket) throw new AppError("not-found", `There is no ticket #${number}.`);
  return ticket.id;
}
