import { db } from "./db/client";
import type { Role } from "./db/generated/enums";
import { isUuid } from "./uuid";

/** A session nobody used for this long is over. */
export const SESSION_IDLE_DAYS = 7;
/** No session lives longer, however much it is used. */
export const SESSION_DAYS_MAX = 30;

const DAY_MS = 86_400_000;
const USER_AGENT_LENGTH_MAX = 300;

export type SignedIn = {
  id: string;
  email: string;
  name: string;
  role: Role;
  sessionId: string;
  /** Whether single letters are shortcuts on the desk. */
  singleKeys: boolean;
};

/** Writes the row that stands for one sign-in. @returns its id: all that the cookie carries. */
export async function startSession(userId: string, userAgent: string | null): Promise<string> {
  const session = await db().prisma.session.create({
    data: {
      userId,
      expiresAt: new Date(Date.now() + SESSION_DAYS_MAX * DAY_MS),
      userAgent: userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
    },
    select: { id: true },
  });
  return session.id;
}

/**
 * Who stands behind a session: null when it ended, expired, idled too long, or its user was
 * deactivated. Looks at the database every time, so an end takes effect with the next request.
 */
export async function findSession(sessionId: string): Promise<SignedIn | null> {
  if (!isUuid(sessionId)) return null;
  const idleSince = new Date(Date.now() - SESSION_IDLE_DAYS * DAY_MS);
  // One statement, where Prisma's own would be two: every request waits for it before anything else.
  const [session] = await db().prisma.$queryRaw<(SignedIn & { lastSeenAt: Date })[]>`
    SELECT u."id", u."email"::text AS "email", u."name", u."role"::text AS "role", u."singleKeys",
      s."id" AS "sessionId", s."lastSeenAt"
    FROM "Session" s JOIN "User" u ON u."id" = s."userId"
    WHERE s."id" = ${sessionId}::uuid AND s."endedAt" IS NULL AND s."expiresAt" > ${new Date()}
      AND s."lastSeenAt" > ${idleSince} AND u."isActive"`;
  if (!session) return null;
  const { lastSeenAt, ...signedIn } = session;
  await touch(sessionId, lastSeenAt);
  return signedIn;
}

/** Notes that the session is in use: every five minutes is exact enough for a limit of days. */
async function touch(id: string, lastSeenAt: Date): Promise<void> {
  const old = new Date(Date.now() - 5 * 60_000);
  if (lastSeenAt > old) return;
  await db().prisma.session.updateMany({
    where: { id, endedAt: null, lastSeenAt: { lte: old } },
    data: { lastSeenAt: new Date() },
  });
}

/** Sign-out. Ending a session that is over already is no error. */
export async function endSession(sessionId: string): Promise<void> {
  await db().prisma.session.updateMany({
    where: { id: sessionId, endedAt: null },
    data: { endedAt: new Date() },
  });
}

/** Sign-out everywhere. @returns how many sessions ended. */
export async function endAllSessions(userId: string): Promise<number> {
  const ended = await db().prisma.session.updateMany({
    where: { userId, endedAt: null },
    data: { endedAt: new Date() },
  });
  return ended.count;
}
